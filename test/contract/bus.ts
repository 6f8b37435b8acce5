import { expect, it } from 'vitest';
import type { Published } from '../../src/index.ts';
import { counter } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { codeOf } from '../support/code-of.ts';
import type { World } from './world.ts';

/** Publishers and subscribers know nothing of each other. */
export function busBehaviour(world: World): void {
  it('wildcards are NATS’s, and every handler of a pattern hears the event once', async () => {
    await using pair = await world.pair();
    const heard = collect<string>();
    for (const pattern of ['order.created', 'order.*', 'order.>', '>', '*.created', 'order.item.*', '*'])
      pair.far.subscribe(pattern, ({ type }) => heard.add(`${pattern} ${type}`));
    pair.far.subscribe('last', () => heard.add('end'));
    await pair.far.actors();
    for (const type of ['order.created', 'order.item.added', 'order', 'last']) pair.near.publish({ type });
    await heard.atLeast(12);
    expect(heard.items.filter((each) => each !== 'end').toSorted()).toEqual([
      '* last',
      '* order',
      '*.created order.created',
      '> last',
      '> order',
      '> order.created',
      '> order.item.added',
      'order.* order.created',
      'order.> order.created',
      'order.> order.item.added',
      'order.created order.created',
      'order.item.* order.item.added',
    ]);
  });

  it('T1 keeps the order of a publisher, on its own node too', async () => {
    await using pair = await world.pair();
    const here = collect<number>();
    const there = collect<number>();
    pair.near.subscribe<{ type: string; n: number }>('tick.*', ({ n }) => here.add(n));
    pair.far.subscribe<{ type: string; n: number }>('tick.*', ({ n }) => there.add(n));
    await pair.near.actors();
    for (let n = 0; n < 2_000; n++) pair.near.publish({ type: 'tick.tock', n });
    const numbers = Array.from({ length: 2_000 }, (_, n) => n);
    expect(await here.atLeast(2_000)).toEqual(numbers);
    expect(await there.atLeast(2_000)).toEqual(numbers);
  });

  it('of a group, on all nodes, one handler gets each event', async () => {
    await using pair = await world.pair();
    const all = collect<number>();
    for (const system of [pair.near, pair.far, pair.far])
      system.subscribe<{ type: string; n: number }>('job', ({ n }) => all.add(n), { group: 'workers' });
    await pair.near.actors();
    await pair.far.actors();
    for (let n = 0; n < 300; n++) pair.near.publish({ type: 'job', n });
    expect((await all.atLeast(300)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 300 }, (_, n) => n),
    );
  });

  it('a handler that throws or rejects stops no other, and is reported as a dead letter', async () => {
    await using pair = await world.pair();
    const heard = collect<string>();
    const details = collect<string | undefined>();
    pair.far.onDeadLetter(({ reason, detail }) => details.add(`${reason}: ${String(detail)}`));
    pair.far.subscribe('news', () => {
      throw new Error('thrown');
    });
    pair.far.subscribe('news', async () => Promise.reject(new Error('rejected')));
    pair.far.subscribe('news', ({ type }) => heard.add(type));
    await pair.far.actors();
    pair.near.publish({ type: 'news' });
    pair.near.publish({ type: 'news' });
    expect(await heard.atLeast(2)).toEqual(['news', 'news']);
    await details.atLeast(4);
    expect(details.items.toSorted()).toEqual([
      'handler-failed: rejected',
      'handler-failed: rejected',
      'handler-failed: thrown',
      'handler-failed: thrown',
    ]);
  });

  it('what an actor emits is published, with where it came from; an actor can subscribe', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'source' });
    await pair.near.spawn(counter, { id: 'sink', subscribe: ['ADD'] });
    const published = collect<Published>();
    pair.near.subscribe('news.*', (_event, about) => published.add(about));
    await pair.near.actors();
    const source = pair.near.ref<typeof counter>('source');
    source.send({ type: 'ADD', by: 2 });
    source.send({ type: 'ANNOUNCE', topic: 'news.now' });
    const [about] = await published.atLeast(1);
    expect(about).toMatchObject({ event: { type: 'news.now', n: 2 }, from: 'source' });
    expect(about!.cause).toBe(about!.correlation);
    expect(about!.id.startsWith(pair.far.node)).toBe(true);
    pair.far.publish({ type: 'ADD', by: 30 });
    await pair.near.ref<typeof counter>('sink').waitFor(({ context }) => context.n === 30);
  });

  it('an actor that has ended, even at once, hears nothing more and buries nothing', async () => {
    await using pair = await world.pair();
    const actor = await pair.near.spawn(counter, { id: 'sink', subscribe: ['ADD'] });
    await actor.stop();
    const heard = collect<string>();
    pair.near.subscribe('ADD', ({ type }) => heard.add(type));
    pair.near.publish({ type: 'ADD', by: 1 });
    await heard.atLeast(1);
    expect(pair.near.stats().deadLetters).toEqual({});
  });

  it('an unsubscribed handler hears nothing more', async () => {
    await using pair = await world.pair();
    const heard = collect<string>();
    const gone = pair.near.subscribe('news', () => heard.add('gone'));
    const other = pair.near.subscribe('news', () => heard.add('other'));
    gone.unsubscribe();
    gone.unsubscribe();
    pair.near.publish({ type: 'news' });
    expect(await heard.atLeast(1)).toEqual(['other']);
    other.unsubscribe();
    pair.near.subscribe('news', () => heard.add('third'));
    pair.near.publish({ type: 'news' });
    await heard.first((each) => each === 'third');
    expect(heard.items).toEqual(['other', 'third']);
  });

  it('T4 refuses types and patterns that are none', async () => {
    await using pair = await world.pair();
    for (const type of ['a..b', '.a', 'a.', 'a.*', '*', '>', 'a.>', 'xstate.init', 'x'.repeat(2_000)])
      expect(await codeOf(() => pair.near.publish({ type })), type).toBe('INVALID_EVENT');
    for (const pattern of ['', 'a..b', 'a.>.b', '>.a'])
      expect(await codeOf(() => pair.near.subscribe(pattern, () => undefined)), pattern).toBe(
        'INVALID_EVENT',
      );
    const heard = collect<string>();
    pair.near.subscribe('ключ.пробел тоже', ({ type }) => heard.add(type));
    pair.near.publish({ type: 'ключ.пробел тоже' });
    expect(await heard.atLeast(1)).toEqual(['ключ.пробел тоже']);
  });
}

import { expect, it } from 'vitest';
import { createClient, defineService, TroupeError } from '../../src/index.ts';
import { counter, ledger, teller } from '../support/actors.ts';
import { codeOf } from '../support/code-of.ts';
import { freshName, type World } from './world.ts';

interface Prices {
  total(input: { items: readonly number[] }): number;
  refuse(input: { why: string }): never;
}

/** Many answer for one name. */
export function serviceBehaviour(world: World): void {
  it('instances of all nodes take turns, evenly', async () => {
    await using pair = await world.pair();
    await pair.near.serve('tellers', teller, { instances: 1 });
    await pair.far.serve('tellers', teller, { instances: 3 });
    const ref = pair.near.ref<typeof teller>('tellers');
    await expect.poll(() => pair.near.members()[0]?.services).toEqual({ tellers: 3 });
    const answers = await Promise.all(Array.from({ length: 40 }, async () => ref.ask({ type: 'WHO' })));
    const counts = new Map<number, number>();
    for (const { instance } of answers) counts.set(instance, (counts.get(instance) ?? 0) + 1);
    expect([...counts.values()]).toEqual([10, 10, 10, 10]);
  });

  it('a node that serves none calls those of others, and finds none when they have stopped', async () => {
    await using pair = await world.pair();
    const handle = await pair.far.serve('tellers', teller, { instances: 2 });
    const ref = pair.near.ref<typeof teller>('tellers');
    expect((await ref.ask({ type: 'WHO' })).type).toBe('ME');
    await handle.stop();
    await expect.poll(async () => codeOf(ref.ask({ type: 'WHO' }))).toBe('NO_SUCH_ACTOR');
    expect(await codeOf(pair.near.serve('tellers', teller))).toBe('fine');
  });

  it('an instance that fails for good leaves the others to answer', async () => {
    await using pair = await world.pair();
    await pair.far.serve('tellers', teller, { instances: 2, supervision: { directive: 'stop' } });
    const ref = pair.near.ref<typeof teller>('tellers');
    await ref.ask({ type: 'WHO' });
    ref.send({ type: 'DIE' });
    await expect.poll(() => pair.near.members()[0]?.services).toEqual({ tellers: 1 });
    const answers = await Promise.all(Array.from({ length: 10 }, async () => ref.ask({ type: 'WHO' })));
    expect(new Set(answers.map(({ instance }) => instance)).size).toBe(1);
  });

  it('a name is a service’s or an actor’s, in the whole cluster', async () => {
    await using pair = await world.pair();
    await pair.far.serve('taken', teller);
    await pair.far.spawn(counter, { id: 'also' });
    await expect.poll(() => pair.near.members()[0]?.services).toEqual({ taken: 1 });
    expect(await codeOf(pair.near.spawn(counter, { id: 'taken' }))).toBe('DUPLICATE_ID');
    expect(await codeOf(pair.near.serve('also', teller))).toBe('DUPLICATE_ID');
    expect(await codeOf(pair.far.serve('also', teller))).toBe('DUPLICATE_ID');
    expect(await codeOf(pair.far.serve('taken', teller))).toBe('DUPLICATE_ID');
    expect(await codeOf(pair.near.serve('taken', teller))).toBe('fine');
  });

  it('of the bus events a service subscribes to, each goes to one instance in the cluster', async () => {
    await using pair = await world.pair();
    await pair.near.spawn(ledger, { id: 'jobs' });
    await pair.near.serve('tellers', teller, { instances: 2, subscribe: ['job.*'] });
    await pair.far.serve('tellers', teller, { instances: 2, subscribe: ['job.*'] });
    // A queue group is in force once the server knows of it: its first event has then arrived somewhere.
    for (let n = 0; n < 100; n++) pair.near.publish({ type: 'job.done', n });
    const notes = async () =>
      (await pair.near.ref<typeof ledger>('jobs').ask({ type: 'REPORT' })).notes['tellers'] ?? [];
    await expect.poll(async () => (await notes()).length).toBe(100);
    expect((await notes()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('a node whose last instance failed leaves the events to the instances elsewhere', async () => {
    await using pair = await world.pair();
    await pair.near.spawn(ledger, { id: 'jobs' });
    const doomed = await pair.far.serve('tellers', teller, {
      subscribe: ['job.*'],
      supervision: { directive: 'stop' },
    });
    await pair.near.serve('tellers', teller, { subscribe: ['job.*'] });
    doomed.instances[0]!.send({ type: 'DIE' });
    await expect.poll(() => pair.near.members()[0]?.services).toEqual({});
    for (let n = 0; n < 20; n++) pair.near.publish({ type: 'job.done', n });
    const notes = async () =>
      (await pair.near.ref<typeof ledger>('jobs').ask({ type: 'REPORT' })).notes['tellers'];
    await expect.poll(async () => (await notes())?.length).toBe(20);
    expect(pair.far.stats().deadLetters).toEqual({});
  });

  it('a client calls a service by its contract, and catches its errors with their codes', async () => {
    await using pair = await world.pair();
    const prices = defineService<Prices>({
      total: ({ items }) => items.reduce((sum, each) => sum + each, 0),
      refuse: ({ why }) => {
        throw new TroupeError('REFUSED_BY_TEST', why, { data: { why } });
      },
    });
    await pair.far.serve('prices', prices, { instances: 2, input: {} });
    const client = createClient<Prices>(pair.near.ref('prices') as never);
    expect(await Promise.all([client.total({ items: [1, 2] }), client.total({ items: [3, 4] })])).toEqual([
      3, 7,
    ]);
    await expect(client.refuse({ why: 'no' })).rejects.toMatchObject({
      code: 'REFUSED_BY_TEST',
      message: 'no',
      data: { why: 'no' },
    });
    const other = createClient<{ nothing(input: null): null }>(pair.near.ref('prices') as never);
    expect(await codeOf(other.nothing(null))).toBe('NO_SUCH_METHOD');
  });

  it('is found by a node that joins later', async () => {
    const name = freshName();
    await using first = await world.join(name);
    await first.serve('tellers', teller);
    await using later = await world.join(name);
    expect(await codeOf(later.ref<typeof teller>('tellers').ask({ type: 'WHO' }))).toBe('fine');
  });
}

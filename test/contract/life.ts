import { expect, it } from 'vitest';
import { setup } from 'xstate';
import type { Ending } from '../../src/index.ts';
import { counter, ledger } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { codeOf } from '../support/code-of.ts';
import { freshName, type World } from './world.ts';

/** Actors are born once per id, can be observed to their end from anywhere, and take their children with them. */
export function lifeBehaviour(world: World): void {
  it('an id is unique in the cluster, and free again when its actor has ended', async () => {
    await using pair = await world.pair();
    const ref = await pair.far.spawn(counter, { id: 'one' });
    expect(await codeOf(pair.far.spawn(counter, { id: 'one' }))).toBe('DUPLICATE_ID');
    await expect(pair.near.spawn(counter, { id: 'one' })).rejects.toMatchObject({
      code: 'DUPLICATE_ID',
      message: expect.stringContaining(
        `"one" is taken by an actor or service of node "${pair.far.node}"`,
      ) as string,
    });
    await ref.stop();
    expect((await pair.near.spawn(counter, { id: 'one' })).address).toBe('one');
  });

  it('of two that want one id at the same moment, one gets it', async () => {
    await using pair = await world.pair();
    for (let round = 0; round < 20; round++) {
      const id = `race/${round}`;
      const outcomes = await Promise.all([
        codeOf(pair.near.spawn(counter, { id })),
        codeOf(pair.far.spawn(counter, { id })),
        codeOf(pair.near.spawn(counter, { id })),
      ]);
      expect(outcomes.toSorted(), id).toEqual(['DUPLICATE_ID', 'DUPLICATE_ID', 'fine']);
    }
    expect((await pair.near.actors()).length).toBe(20);
  });

  it('of two spawns of one id in a node that is alone, one gets it; of two serves too', async () => {
    await using alone = await world.join(freshName());
    const spawns = await Promise.all([1, 2].map(async () => codeOf(alone.spawn(counter, { id: 'one' }))));
    expect(spawns).toEqual(['fine', 'DUPLICATE_ID']);
    const serves = await Promise.all([1, 2].map(async () => codeOf(alone.serve('many', counter))));
    expect(serves).toEqual(['fine', 'DUPLICATE_ID']);
    expect(alone.stats().actors).toBe(2);
  });

  it('a refused option leaves nothing behind: the id stays free', async () => {
    await using pair = await world.pair();
    const wrong = { id: 'one', supervision: { maxRestarts: -1 } };
    expect(await codeOf(pair.near.spawn(counter, wrong))).toBe('INVALID_OPTION');
    expect(await codeOf(pair.near.spawn(counter, { id: 'one', subscribe: ['a..b'] }))).toBe('INVALID_EVENT');
    expect(await codeOf(pair.near.serve('one', counter, { subscribe: ['a.>.b'] }))).toBe('INVALID_EVENT');
    expect(await codeOf(pair.near.serve('one', counter, { instances: 0 }))).toBe('INVALID_OPTION');
    expect(pair.near.stats().actors).toBe(0);
    expect(await codeOf(pair.far.spawn(counter, { id: 'one' }))).toBe('fine');
  });

  it('waitFor and subscribe see the present snapshot first, and the last before the end', async () => {
    await using pair = await world.pair();
    for (const system of [pair.far, pair.near]) {
      const actor = await pair.far.spawn(counter);
      actor.send({ type: 'ADD', by: 1 });
      const ref = system.ref<typeof counter>(actor.address);
      const seen = collect<string>();
      ref.subscribe({
        next: ({ context, status }) => seen.add(`${status} ${context.n}`),
        complete: () => seen.add('complete'),
      });
      expect(await seen.atLeast(1)).toEqual(['active 1']);
      const done = ref.waitFor(({ status }) => status === 'done');
      await ref.snapshot();
      actor.send({ type: 'ADD', by: 2 });
      actor.send({ type: 'END' });
      expect((await done).output).toEqual({ total: 3 });
      await seen.first((each) => each === 'complete');
      expect(seen.items.at(-2)).toBe('done 3');
    }
  });

  it('a view has the methods of a snapshot, from afar too', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one' });
    const view = await pair.near.ref<typeof counter>('one').snapshot();
    expect([view.matches('open'), view.matches('closed'), view.hasTag('x')]).toEqual([true, false, false]);
    expect(view.value).toBe('open');
  });

  it('waitFor ends with TIMEOUT, ACTOR_STOPPED, NO_SUCH_ACTOR, an abort or the error of its predicate', async () => {
    await using pair = await world.pair();
    const actor = await pair.far.spawn(counter, { id: 'one' });
    const ref = pair.near.ref<typeof counter>('one');
    const never = (): boolean => false;
    expect(await codeOf(ref.waitFor(never, { timeout: 20 }))).toBe('TIMEOUT');
    const controller = new AbortController();
    const aborted = ref.waitFor(never, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    const fails = (): boolean => {
      throw new Error('bad predicate');
    };
    await expect(ref.waitFor(fails)).rejects.toThrow('bad predicate');
    const waiting = codeOf(ref.waitFor(never));
    await ref.snapshot();
    await actor.stop();
    expect(await waiting).toBe('ACTOR_STOPPED');
    expect(await codeOf(ref.waitFor(never))).toBe('NO_SUCH_ACTOR');
  });

  it('A3 a watcher is told once how the actor ended, and a failing watcher stops no other', async () => {
    await using pair = await world.pair();
    const endings: Record<string, (actor: Awaited<ReturnType<typeof spawn>>) => unknown> = {
      done: (actor) => actor.send({ type: 'END' }),
      stopped: (actor) => actor.stop(),
      failed: (actor) => actor.send({ type: 'FAIL' }),
    };
    const spawn = async () => pair.far.spawn(counter, { supervision: { directive: 'stop' } });
    for (const [reason, end] of Object.entries(endings)) {
      const actor = await spawn();
      const told = collect<Ending>();
      for (const system of [pair.far, pair.near]) {
        system.watch(actor.address, () => {
          throw new Error('a bad watcher');
        });
        system.watch(actor.address, (ending) => told.add(ending));
      }
      await pair.near.ref<typeof counter>(actor.address).snapshot();
      await end(actor);
      const both = await told.atLeast(2);
      expect(both.map((each) => each.reason)).toEqual([reason, reason]);
      if (reason === 'done') expect(both.map(({ output }) => output)).toEqual([{ total: 0 }, { total: 0 }]);
      if (reason === 'failed')
        expect(both.map(({ error }) => (error as Error).message)).toEqual(['told to fail', 'told to fail']);
    }
    const told = collect<Ending>();
    pair.near.watch('nobody', (ending) => told.add(ending));
    expect(await told.atLeast(1)).toEqual([{ reason: 'no-such-actor' }]);
  });

  it('A3 A4 when a node leaves, its actors’ watchers elsewhere are told', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one' });
    const told = collect<string>();
    pair.near.watch('one', ({ reason }) => told.add(reason));
    await pair.near.ref('one').snapshot();
    await pair.far.stop();
    expect(await told.atLeast(1)).toEqual(['stopped']);
    await expect.poll(() => pair.near.members()).toEqual([]);
  });

  it('stop() of a ref ends the actor wherever it is, and is no error when there is none', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one' });
    await pair.near.ref('one').stop();
    expect(pair.far.stats().actors).toBe(0);
    await pair.near.ref('one').stop();
    await pair.near.ref(`one@${pair.far.node}`).stop();
  });

  it('children carry their parent’s id, live where it lives and end with it', async () => {
    await using pair = await world.pair();
    const parent = await pair.far.spawn(counter, { id: 'parent' });
    const child = await pair.far.spawn(counter, { id: 'child', parent });
    const anonymous = await pair.far.spawn(counter, { parent: child });
    expect(child.address).toBe('parent/child');
    expect(anonymous.address.startsWith('parent/child/~')).toBe(true);
    expect(await pair.near.ref<typeof counter>('parent/child').ask({ type: 'GET' })).toMatchObject({ n: 0 });
    expect(await codeOf(pair.near.spawn(counter, { id: 'x', parent }))).toBe('NO_SUCH_ACTOR');
    await pair.near.ref('parent').stop();
    expect(pair.far.stats().actors).toBe(0);
  });

  it('two systems in one process, and two names on one network, never meet', async () => {
    await using one = await world.join('apart-1');
    await using two = await world.join('apart-2');
    await one.spawn(counter, { id: 'same' });
    await two.spawn(counter, { id: 'same' });
    one.ref<typeof counter>('same').send({ type: 'ADD', by: 5 });
    const heard = collect<string>();
    two.subscribe('>', ({ type }) => heard.add(type));
    one.publish({ type: 'one.said' });
    two.publish({ type: 'two.said' });
    expect(await heard.atLeast(1)).toEqual(['two.said']);
    expect(await one.ref<typeof counter>('same').ask({ type: 'GET' })).toMatchObject({ n: 5 });
    expect(await two.ref<typeof counter>('same').ask({ type: 'GET' })).toMatchObject({ n: 0 });
    expect([one.members(), two.members()]).toEqual([[], []]);
    await one.stop();
    expect(await two.ref<typeof counter>('same').ask({ type: 'GET' })).toMatchObject({ n: 0 });
  });

  it('a stopped system refuses everything, and settles what waits', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one' });
    const ref = pair.near.ref<typeof counter>('one');
    await ref.ask({ type: 'GET' });
    const waiting = codeOf(ref.ask({ type: 'SILENCE' }));
    await Promise.all([pair.near.stop(), pair.near.stop()]);
    expect(await waiting).toBe('SYSTEM_STOPPED');
    expect(await codeOf(ref.ask({ type: 'GET' }))).toBe('SYSTEM_STOPPED');
    expect(await codeOf(() => ref.send({ type: 'END' }))).toBe('SYSTEM_STOPPED');
    expect(await codeOf(() => pair.near.publish({ type: 'x' }))).toBe('SYSTEM_STOPPED');
    expect(await codeOf(pair.near.spawn(counter))).toBe('SYSTEM_STOPPED');
    expect(await codeOf(pair.near.serve('x', counter))).toBe('SYSTEM_STOPPED');
  });

  it('stop() lets what was said arrive first', async () => {
    await using pair = await world.pair();
    const actor = await pair.far.spawn(counter, { id: 'one' });
    const ref = pair.near.ref<typeof counter>('one');
    for (let i = 0; i < 2_000; i++) ref.send({ type: 'ADD', by: 1 });
    await pair.near.stop();
    expect((await actor.waitFor(({ context }) => context.n === 2_000)).status).toBe('active');
  });

  it('T2 a node that stops while messages arrive: each was taken, or is a dead letter on one of the two sides', async () => {
    await using pair = await world.pair();
    const actor = await pair.far.spawn(ledger, { id: 'ledger' });
    const settled = collect<number>();
    for (const system of [pair.near, pair.far])
      system.onDeadLetter(({ event }) => settled.add((event as unknown as { n: number }).n));
    let taken: readonly number[] = [];
    const began = collect<true>();
    actor.subscribe(({ context }) => {
      taken = context.notes['near'] ?? [];
      if (taken.length > 0) began.add(true);
    });
    const ref = pair.near.ref<typeof ledger>('ledger');
    await ref.ask({ type: 'PING' });
    for (let n = 0; n < 5_000; n++) ref.send({ type: 'NOTE', by: 'near', n });
    await began.atLeast(1);
    await pair.far.stop();
    await pair.near.stop();
    const accounted = new Set([...taken, ...settled.items]);
    expect(accounted.size).toBe(5_000);
  });

  it('K2 a node that stops says first what it took: nothing it took is a dead letter', async () => {
    await using pair = await world.pair();
    const actor = await pair.far.spawn(ledger, { id: 'ledger' });
    const ref = pair.near.ref<typeof ledger>('ledger');
    await ref.ask({ type: 'PING' });
    for (let n = 0; n < 100; n++) ref.send({ type: 'NOTE', by: 'near', n });
    await actor.waitFor(({ context }) => context.notes['near']?.length === 100);
    await pair.far.stop();
    await expect.poll(() => pair.near.members()).toEqual([]);
    expect(pair.near.deadLetters()).toEqual([]);
  });

  it('lists the actors of all nodes with their state', async () => {
    await using pair = await world.pair();
    const parallel = setup({}).createMachine({
      id: 'both',
      type: 'parallel',
      states: { a: { initial: 'x', states: { x: {} } }, b: {} },
    });
    await pair.far.spawn(parallel, { id: 'p' });
    await pair.near.spawn(counter, { id: 'c' });
    const rows = await pair.near.actors();
    expect(rows.toSorted((a, b) => (a.address < b.address ? -1 : 1))).toEqual([
      { address: 'c', node: pair.near.node, kind: 'counter', status: 'active', state: 'open' },
      { address: 'p', node: pair.far.node, kind: 'both', status: 'active', state: '{"a":"x","b":{}}' },
    ]);
  });

  it('lists more actors than one message holds', async () => {
    await using pair = await world.pair({ payload: 5_000 });
    await Promise.all(Array.from({ length: 200 }, async () => pair.far.spawn(counter)));
    expect(await pair.near.actors()).toHaveLength(200);
  });
}

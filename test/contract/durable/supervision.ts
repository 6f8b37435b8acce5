import { expect, it } from 'vitest';
import { assign, fromPromise, setup } from 'xstate';
import type { Supervision } from '../../../src/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { collect } from '../../support/collect.ts';
import { storedOf } from './stored.ts';
import type { World } from './world.ts';

type Event = { type: 'ADD' } | { type: 'BREAK' } | { type: 'FUSE' } | { type: 'TRY' };

/** Breaks over a message, over a timer, over a promise that nobody handles the failure of. */
const fragileWith = (attempts: { count: number }, healsAfter = Number.POSITIVE_INFINITY) => {
  const attempt = (what: string): void => {
    attempts.count += 1;
    if (attempts.count <= healsAfter) throw new Error(`${what} is broken`);
  };
  return setup({
    types: { context: {} as { n: number }, events: {} as Event },
    actors: { work: fromPromise(async () => Promise.resolve(attempt('the promise'))) },
    guards: {
      fails: () => {
        attempt('the guard');
        return true;
      },
    },
    delays: { soon: 5 },
  }).createMachine({
    id: 'fragile',
    context: { n: 0 },
    initial: 'well',
    states: {
      well: {
        on: {
          ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
          BREAK: { guard: 'fails' },
          FUSE: 'fused',
          TRY: 'trying',
        },
      },
      fused: { after: { soon: { guard: 'fails', target: 'well' } } },
      trying: { invoke: { src: 'work', onDone: 'well' } },
    },
  });
};

/** A durable actor that fails is as it was before what failed it; then its supervision says how it goes on (A2). */
export function supervisionBehaviour(world: World): void {
  it.each(['restart', 'resume'] as const)(
    '%s: the message is a dead letter, the state as it was before',
    async (directive) => {
      await using stage = world.stage();
      const { system, tap } = await stage.open();
      const fragile = fragileWith({ count: 0 });
      const ref = await system.spawn(fragile, { id: 'fragile', durable: true, supervision: { directive } });
      await ref.deliver({ type: 'ADD' });
      await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({
        code: 'ACTOR_FAILED',
        message: expect.stringMatching(/"fragile" failed over "BREAK": .*the guard is broken/s) as string,
      });
      ref.send({ type: 'BREAK' });
      await ref.deliver({ type: 'ADD' });
      expect((await storedOf(tap, 'fragile')).state.actor.context).toEqual({ n: 2 });
      const letters = system.deadLetters().map(({ reason, to, event }) => [reason, to, event?.type]);
      expect(letters).toEqual([
        ['actor-failed', 'fragile', 'BREAK'],
        ['actor-failed', 'fragile', 'BREAK'],
      ]);
    },
  );

  it('stop: it leaves with its failure, and goes on from before it when it is spawned again', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const fragile = fragileWith({ count: 0 });
    const options = { id: 'fragile', durable: true, supervision: { directive: 'stop' } } as const;
    const ref = await system.spawn(fragile, options);
    const ended = collect<string>();
    ref.watch(({ reason, error }) => ended.add(`${reason} ${(error as Error).message}`));
    await ref.deliver({ type: 'ADD' });
    expect(await codeOf(ref.deliver({ type: 'BREAK' }))).toBe('ACTOR_FAILED');
    expect((await ended.atLeast(1))[0]).toMatch(/^failed .*the guard is broken/s);
    expect(system.stats().actors).toBe(0);
    const again = await system.spawn(fragile, options);
    expect((await again.snapshot()).context).toEqual({ n: 1 });
  });

  it('escalate: the system is told, and the actor leaves', async () => {
    await using stage = world.stage();
    const told = collect<string>();
    const { system } = await stage.open({
      onEscalated: (address, error) => told.add(`${address} ${(error as Error).message}`),
    });
    const supervision: Supervision = { maxRestarts: 2, exhausted: 'escalate' };
    const ref = await system.spawn(fragileWith({ count: 0 }), { id: 'fragile', durable: true, supervision });
    for (let times = 0; times < 3; times++)
      expect(await codeOf(ref.deliver({ type: 'BREAK' }))).toBe('ACTOR_FAILED');
    expect((await told.atLeast(1))[0]).toMatch(/^fragile .*the guard is broken/s);
    expect(system.stats().actors).toBe(0);
  });

  it.each(['FUSE', 'TRY'] as const)(
    '%s: what fails it from within is tried again until it works',
    async (type) => {
      await using stage = world.stage();
      const { system, tap } = await stage.open();
      const attempts = { count: 0 };
      const fragile = fragileWith(attempts, 3);
      const supervision: Supervision = { backoff: { initial: 1 } };
      const ref = await system.spawn(fragile, { id: 'fragile', durable: true, supervision });
      await ref.deliver({ type });
      await ref.waitFor((view) => view.matches('well'));
      expect(attempts.count).toBe(4);
      await ref.deliver({ type: 'ADD' });
      expect((await storedOf(tap, 'fragile')).state.actor).toMatchObject({
        value: 'well',
        context: { n: 1 },
      });
    },
  );

  it.each(['FUSE', 'TRY'] as const)(
    '%s: after as many attempts as it may it has failed for good',
    async (type) => {
      await using stage = world.stage();
      const { system, tap } = await stage.open();
      const attempts = { count: 0 };
      const supervision: Supervision = { maxRestarts: 2 };
      const ref = await system.spawn(fragileWith(attempts), { id: 'fragile', durable: true, supervision });
      const ended = collect<string>();
      ref.watch(({ reason, error }) => ended.add(`${reason} ${(error as Error).message}`));
      await ref.deliver({ type });
      expect((await ended.atLeast(1))[0]).toMatch(/^failed .* is broken/s);
      expect((await storedOf(tap, 'fragile')).state.actor.status).toBe('error');
      expect(attempts.count).toBeLessThanOrEqual(4);
      expect(await codeOf(ref.deliver({ type: 'ADD' }))).not.toBe('fine');
    },
  );

  it('a timer whose outcome cannot be stored is given up, and the stored state stays', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const spoiled = setup({
      types: { context: {} as { kept: unknown }, events: {} as { type: 'GO' } },
      delays: { soon: 5 },
    }).createMachine({
      id: 'spoiled',
      context: { kept: 1 },
      initial: 'idle',
      states: {
        idle: { on: { GO: 'waiting' } },
        waiting: { after: { soon: { target: 'idle', actions: assign({ kept: () => () => 1 }) } } },
      },
    });
    const ref = await system.spawn(spoiled, {
      id: 'spoiled',
      durable: true,
      supervision: { maxRestarts: 1 },
    });
    const ended = collect<string>();
    ref.watch(({ reason, error }) => ended.add(`${reason} ${(error as { code?: string }).code}`));
    await ref.deliver({ type: 'GO' });
    expect(await ended.atLeast(1)).toEqual(['failed UNSERIALIZABLE']);
    const { state } = await storedOf(tap, 'spoiled');
    expect([state.actor.value, state.actor.context]).toEqual(['waiting', { kept: 1 }]);
  });

  it('work whose output cannot be stored has failed, and its machine can handle that', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const fetcher = setup({
      types: { context: {} as { why: string } },
      actors: { fetch: fromPromise(async () => Promise.resolve(() => 'a function')) },
    }).createMachine({
      id: 'fetcher',
      context: { why: '' },
      initial: 'fetching',
      states: {
        fetching: {
          invoke: {
            src: 'fetch',
            onDone: 'fetched',
            onError: {
              target: 'failed',
              actions: assign({ why: ({ event }) => (event.error as Error).message }),
            },
          },
        },
        fetched: {},
        failed: {},
      },
    });
    const ref = await system.spawn(fetcher, { id: 'fetcher', durable: true });
    const view = await ref.waitFor(({ value }) => value !== 'fetching');
    expect(view.value).toBe('failed');
    expect(view.context.why).toMatch(/The output of the actor "fetcher\/.*" cannot be stored/);
  });
}

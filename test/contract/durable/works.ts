import { expect, it } from 'vitest';
import { assign, fromCallback, fromObservable, fromPromise, setup, type Subscribable } from 'xstate';
import { idempotencyKey } from '../../../src/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { collect, type Collected } from '../../support/collect.ts';
import { deferred } from '../../support/deferred.ts';
import { storedOf } from './stored.ts';
import type { World } from './world.ts';

interface Run {
  readonly key: string;
  readonly n: number;
  readonly signal: AbortSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: unknown) => void;
}

/** Its work is done when the test says so. */
const workerWith = (runs: Collected<Run>) =>
  setup({
    types: {
      context: {} as { results: readonly string[]; n: number },
      events: {} as { type: 'GO' } | { type: 'LEAVE' } | { type: 'SPAWN' },
    },
    actors: {
      work: fromPromise<string, { n: number }>(async ({ input, system, signal }) => {
        const { promise, resolve, reject } = deferred<string>();
        runs.add({ key: idempotencyKey({ system }), n: input.n, signal, resolve, reject });
        return promise;
      }),
    },
  }).createMachine({
    id: 'worker',
    context: { results: [], n: 0 },
    initial: 'idle',
    states: {
      idle: { on: { GO: { target: 'working', actions: assign({ n: ({ context }) => context.n + 1 }) } } },
      working: {
        invoke: {
          src: 'work',
          input: ({ context }) => ({ n: context.n }),
          onDone: {
            target: 'idle',
            actions: assign({ results: ({ context, event }) => [...context.results, event.output] }),
          },
          onError: {
            target: 'idle',
            actions: assign({
              results: ({ context, event }) => [
                ...context.results,
                `failed: ${(event.error as Error).message}`,
              ],
            }),
          },
        },
        on: { LEAVE: 'idle' },
      },
    },
  });

/** Says what it hears, doubled, for as long as it lives. */
const listenerWith = (life: Collected<string>) =>
  setup({
    types: {
      context: {} as { heard: readonly number[]; seen: readonly number[] },
      events: {} as { type: 'ECHO'; n: number } | { type: 'HEARD'; n: number },
    },
    actors: {
      ear: fromCallback<{ type: 'ECHO'; n: number }>(({ receive, sendBack, system }) => {
        life.add(`born ${idempotencyKey({ system })}`);
        receive(({ n }) => sendBack({ type: 'HEARD', n: n * 2 }));
        return () => life.add('buried');
      }),
      eye: fromObservable(() => one),
    },
  }).createMachine({
    id: 'listener',
    context: { heard: [], seen: [] },
    initial: 'on',
    states: {
      on: {
        invoke: [
          { src: 'ear', id: 'ear' },
          {
            src: 'eye',
            id: 'eye',
            onSnapshot: {
              guard: ({ event }) => event.snapshot.context !== undefined,
              actions: assign({
                seen: ({ context, event }) => [...context.seen, event.snapshot.context as number],
              }),
            },
          },
        ],
        on: {
          HEARD: { actions: assign({ heard: ({ context, event }) => [...context.heard, event.n] }) },
        },
      },
    },
  });

const one: Subscribable<number> = {
  subscribe: ((observer: { next?: (n: number) => void }) => {
    observer.next?.(7);
    return { unsubscribe: () => undefined };
  }) as Subscribable<number>['subscribe'],
};

/** Promises, callbacks and observables of a durable actor: run again after a crash with the same key, until their result is stored (D4). */
export function workBehaviour(world: World): void {
  it('a promise is run again with the same input and key after a crash, and not once its result is stored', async () => {
    await using stage = world.stage();
    const runs = collect<Run>();
    const worker = workerWith(runs);
    const first = await stage.open();
    const ref = await first.system.spawn(worker, { id: 'worker', durable: true });
    await ref.deliver({ type: 'GO' });
    const [before] = await runs.atLeast(1);
    await first.crash();
    before?.resolve('of a dead node');

    const second = await stage.open();
    const again = await second.system.spawn(worker, { id: 'worker', durable: true });
    const [, after] = await runs.atLeast(2);
    expect([after?.key, after?.n]).toEqual([before?.key, 1]);
    after?.resolve('done');
    await again.waitFor((view) => view.matches('idle'));
    await again.deliver({ type: 'GO' });
    const [, , other] = await runs.atLeast(3);
    expect([other?.key === before?.key, other?.n]).toEqual([false, 2]);
    other?.reject(new Error('no luck'));
    await again.waitFor((view) => view.matches('idle'));
    await second.crash();

    const third = await stage.open();
    const last = await third.system.spawn(worker, { id: 'worker', durable: true });
    expect((await last.snapshot()).context.results).toEqual(['done', 'failed: no luck']);
    await last.deliver({ type: 'LEAVE' });
    expect(runs.items).toHaveLength(3);
    expect((await storedOf(third.tap, 'worker')).state.works).toEqual([]);
  });

  it('the signal of a promise is aborted when its state is left, and when the actor leaves memory', async () => {
    await using stage = world.stage();
    const runs = collect<Run>();
    const worker = workerWith(runs);
    const { system } = await stage.open();
    const ref = await system.spawn(worker, { id: 'worker', durable: true });
    await ref.deliver({ type: 'GO' });
    await ref.deliver({ type: 'LEAVE' });
    await ref.deliver({ type: 'GO' });
    const [left, current] = await runs.atLeast(2);
    expect([left?.signal.aborted, current?.signal.aborted]).toEqual([true, false]);
    left?.resolve('late');
    await ref.deliver({ type: 'SPAWN' });
    expect((await ref.snapshot()).context.results).toEqual([]);
    await ref.stop();
    expect(current?.signal.aborted).toBe(true);
  });

  it('callbacks and observables begin again after a crash, and are heard', async () => {
    await using stage = world.stage();
    const life = collect<string>();
    const listener = listenerWith(life);
    const first = await stage.open();
    const ref = await first.system.spawn(listener, { id: 'listener', durable: true });
    first.system.ref('listener/ear').send({ type: 'ECHO', n: 2 });
    await ref.waitFor(({ context }) => context.heard.length === 1 && context.seen.length === 1);
    await first.crash();

    const second = await stage.open();
    const again = await second.system.spawn(listener, { id: 'listener', durable: true });
    second.system.ref('listener/ear').send({ type: 'ECHO', n: 3 });
    const view = await again.waitFor(
      ({ context }) => context.heard.length === 2 && context.seen.length === 2,
    );
    expect(view.context).toEqual({ heard: [4, 6], seen: [7, 7] });
    const born = life.items.filter((each) => each.startsWith('born'));
    expect([born.length, new Set(born).size]).toEqual([2, 1]);
    await second.system.stop();
    expect(life.items.at(-1)).toBe('buried');
  });

  it('there is no idempotency key outside of the work of a durable actor', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const told = collect<string>();
    const logic = fromPromise(async ({ system: own }) =>
      told.add(await codeOf(() => idempotencyKey({ system: own }))),
    );
    await system.spawn(logic);
    expect(await told.atLeast(1)).toEqual(['INVALID_OPTION']);
    expect(await codeOf(() => idempotencyKey({ system: {} }))).toBe('INVALID_OPTION');
  });
}

import { expect, it } from 'vitest';
import { fromCallback, fromObservable, fromPromise, fromTransition, setup, type Subscribable } from 'xstate';
import { ask, reply, tell, watch, type AskLogic, type ReplyTo } from '../../src/index.ts';
import { counter } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { deferred } from '../support/deferred.ts';
import type { World } from './world.ts';

interface Count {
  readonly type: 'COUNT';
  readonly n: number;
}

/** An observable of 1, 2, 3 that then completes, once the gate is open. */
const three = (gate: Promise<unknown>): Subscribable<number> => ({
  subscribe: ((observer: { next?: (n: number) => void; complete?: () => void }) => {
    void gate.then(() => {
      for (const n of [1, 2, 3]) observer.next?.(n);
      observer.complete?.();
    });
    return { unsubscribe: () => undefined };
  }) as Subscribable<number>['subscribe'],
});

/** Every kind of XState logic lives as an actor and as a child of a machine. */
export function logicBehaviour(world: World): void {
  it('a promise is an actor that is done with its value, or fails with its error', async () => {
    await using pair = await world.pair();
    const gate = deferred<number>();
    const actor = await pair.far.spawn(fromPromise(async () => gate.promise));
    const ref = pair.near.ref(actor.address);
    const done = ref.waitFor(({ status }) => status === 'done');
    await ref.snapshot();
    gate.resolve(42);
    expect((await done).output).toBe(42);
    const failing = deferred<never>();
    const logic = fromPromise(async () => failing.promise);
    const bad = await pair.far.spawn(logic, { supervision: { directive: 'stop' } });
    const told = collect<unknown>();
    pair.near.watch(bad.address, ({ error }) => told.add((error as Error).message));
    await pair.near.ref(bad.address).snapshot();
    failing.reject(new Error('no luck'));
    expect(await told.atLeast(1)).toEqual(['no luck']);
  });

  it('a transition function takes events and shows its state as context', async () => {
    await using pair = await world.pair();
    const sum = fromTransition(
      (state: { n: number }, event: { type: 'ADD'; by: number }) => ({ n: state.n + event.by }),
      {
        n: 0,
      },
    );
    await pair.far.spawn(sum, { id: 'sum' });
    const ref = pair.near.ref<typeof sum>('sum');
    ref.send({ type: 'ADD', by: 4 });
    ref.send({ type: 'ADD', by: 5 });
    expect((await ref.waitFor(({ context }) => context.n === 9)).context).toEqual({
      n: 9,
    });
  });

  it('a callback hears events, and its cleanup runs when it is stopped', async () => {
    await using pair = await world.pair();
    const heard = collect<string>();
    const logic = fromCallback<{ type: string }>(({ receive }) => {
      receive(({ type }) => heard.add(type));
      return () => heard.add('cleaned up');
    });
    await pair.far.spawn(logic, { id: 'callback' });
    pair.near.ref('callback').send({ type: 'HELLO' });
    await heard.atLeast(1);
    await pair.near.ref('callback').stop();
    expect(heard.items).toEqual(['HELLO', 'cleaned up']);
  });

  it('an observable shows its values and is done when it completes', async () => {
    await using pair = await world.pair();
    const gate = deferred();
    const actor = await pair.far.spawn(fromObservable(() => three(gate.promise)));
    const ref = pair.near.ref(actor.address);
    const done = ref.waitFor(({ status }) => status === 'done');
    await ref.snapshot();
    gate.resolve(undefined);
    expect((await done).context).toBe(3);
  });

  it('all of them work as children of a machine, and a child has an address below its parent', async () => {
    await using pair = await world.pair();
    const heard = collect<string>();
    const parent = setup({
      types: { context: {} as { n: number } },
      actors: {
        promise: fromPromise(async () => Promise.resolve(1)),
        observable: fromObservable(() => three(Promise.resolve())),
        callback: fromCallback<{ type: string }>(({ receive }) => receive(({ type }) => heard.add(type))),
        machine: counter,
      },
    }).createMachine({
      context: { n: 0 },
      type: 'parallel',
      states: {
        promise: { initial: 'on', states: { on: { invoke: { src: 'promise', onDone: 'off' } }, off: {} } },
        observable: {
          initial: 'on',
          states: { on: { invoke: { src: 'observable', onDone: 'off' } }, off: {} },
        },
        rest: {
          invoke: [
            { src: 'callback', id: 'ear' },
            { src: 'machine', id: 'inner' },
          ],
        },
      },
    });
    await pair.far.spawn(parent, { id: 'parent' });
    const ref = pair.near.ref<typeof parent>('parent');
    await ref.waitFor(
      ({ value }) => JSON.stringify(value) === '{"promise":"off","observable":"off","rest":{}}',
    );
    pair.near.ref('parent/ear').send({ type: 'PSST' });
    expect(await heard.atLeast(1)).toEqual(['PSST']);
    const inner = pair.near.ref<typeof counter>('parent/inner');
    inner.send({ type: 'ADD', by: 3 });
    expect(await inner.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 3 });
  });

  it('a machine asks, tells, replies later and watches across nodes', async () => {
    await using pair = await world.pair();
    type Event = { type: 'RELAY'; replyTo?: ReplyTo<Count> } | { type: 'GUARD' };
    const clerk = setup({
      types: { context: {} as { asker: string | undefined; seen: string }, events: {} as Event },
      actors: { ask: ask as AskLogic<Count>, watch },
    }).createMachine({
      context: { asker: undefined, seen: '' },
      initial: 'idle',
      states: {
        idle: {
          on: {
            RELAY: {
              target: 'asking',
              actions: ({ context, event }) => void (context.asker = event.replyTo),
            },
            GUARD: 'guarding',
          },
        },
        asking: {
          entry: tell('counter', { type: 'ADD', by: 2 }),
          invoke: {
            src: 'ask',
            input: { to: 'counter', event: { type: 'GET' }, timeout: 2_000 },
            onDone: {
              target: 'idle',
              actions: tell(
                ({ context }) => context.asker,
                ({ event }) => event.output,
              ),
            },
            onError: 'failed',
          },
        },
        guarding: {
          invoke: {
            src: 'watch',
            input: { address: 'counter' },
            onDone: {
              target: 'bereaved',
              actions: ({ context, event }) => void (context.seen = event.output.reason),
            },
          },
        },
        bereaved: {},
        failed: {},
      },
    });
    await pair.far.spawn(counter, { id: 'counter' });
    await pair.near.spawn(clerk, { id: 'clerk' });
    const ref = pair.far.ref<typeof clerk>('clerk');
    expect(await ref.ask({ type: 'RELAY' })).toEqual({ type: 'COUNT', n: 2 });
    ref.send({ type: 'GUARD' });
    await ref.waitFor((view) => view.matches('guarding'));
    await pair.near.ref('counter').snapshot();
    await pair.far.ref('counter').stop();
    expect((await ref.waitFor((view) => view.matches('bereaved'))).context.seen).toBe('stopped');
  });

  it('reply with an Error rejects the asker with its code and data', async () => {
    await using pair = await world.pair();
    const grump = setup({ types: { events: {} as { type: 'ASK'; replyTo?: ReplyTo<Count> } } }).createMachine(
      {
        on: {
          ASK: { actions: reply(() => Object.assign(new Error('closed on Sundays'), { name: 'Closed' })) },
        },
      },
    );
    await pair.far.spawn(grump, { id: 'grump' });
    await expect(pair.near.ref<typeof grump>('grump').ask({ type: 'ASK' })).rejects.toMatchObject({
      code: 'REMOTE',
      message: 'closed on Sundays',
    });
  });
}

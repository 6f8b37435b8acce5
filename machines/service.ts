/**
 * A service: takes calls, handles a bounded number at a time, lets a bounded number wait, refuses the rest (bulkhead
 * with queue; load shedding after Nygard, Release It!), and drains before it stops.
 *
 * | event                                         | answer                                                      |
 * |-----------------------------------------------|-------------------------------------------------------------|
 * | CALL {id, method, input, replyTo?, deadline?} | DONE {id, output}, FAILED {id, error} or REFUSED {id, code} |
 * | HEALTH {replyTo?}                             | HEALTH_REPORT {status, counts}                              |
 * | DEGRADE / RECOVER                             | ready to degraded and back; a degraded service still serves |
 * | DRAIN                                         | takes no new call, finishes those it took, then stops       |
 *
 * Actors: `start` is invoked once, `handle` is spawned once per call. A `start` that rejects fails the service and its
 * supervisor decides; a `handle` that rejects fails its call only. Calls wait while the service starts; what waits when
 * it is drained before it started is refused.
 *
 * A child is named after its slot (`handle.0` …), not after its call: XState keeps what it selected per event type for
 * the life of the machine, and `xstate.done.actor.<call>` would be a new type for every call.
 */
import {
  assertEvent,
  assign,
  emit,
  fromPromise,
  setup,
  type DoneActorEvent,
  type ErrorActorEvent,
} from 'xstate';
import { count } from './check.ts';
import { answer, callOf, handleInput, refusal, report } from './service-calls.ts';
import type {
  HandleInput,
  ServiceContext,
  ServiceEmitted,
  ServiceEvent,
  ServiceInput,
  ServiceOutput,
  ServiceStatus,
} from './service-protocol.ts';
import { dispatch, flying, release, type HandleId } from './service-slots.ts';
import { bounded, notProvided, tell, typed } from './vocabulary.ts';

type Settled = DoneActorEvent<unknown, HandleId> | ErrorActorEvent<unknown, HandleId>;
type Received = ServiceEvent | Settled;

const base = setup({
  types: typed<{
    context: ServiceContext;
    events: Received;
    input: ServiceInput | undefined;
    output: ServiceOutput;
    emitted: ServiceEmitted;
    tags: 'serving' | 'leaving';
  }>(),
  actors: {
    start: fromPromise(() => Promise.resolve()),
    handle: notProvided<unknown, HandleInput>('handle'),
  },
  actions: {
    tell,
    publish: emit(({ context }, params: Pick<ServiceEmitted, 'type'>) => ({
      type: params.type,
      service: context.name,
    })),
    countRefusal: assign(({ context }) => ({ refused: context.refused + 1 })),
    take: assign(({ context, event }) => {
      assertEvent(event, 'CALL');
      return { waiting: [...context.waiting, callOf(event)] };
    }),
  },
  guards: {
    canTake: ({ context }) => flying(context) < context.concurrency || context.waiting.length < context.queue,
    hasRoom: ({ context }) => context.waiting.length < context.queue,
    isIdle: ({ context }) => flying(context) === 0,
  },
});

const isSettled = (event: Received): event is Settled => 'actorId' in event;

const handling = base.extend({
  actions: {
    dispatch: base.enqueueActions(({ context, enqueue }) => {
      const { started, inFlight, waiting } = dispatch(context);
      enqueue.assign({ inFlight, waiting });
      for (const { child, call } of started) {
        enqueue.spawnChild('handle', { id: child, input: handleInput(call) });
      }
    }),
    release: base.enqueueActions(({ context, event, enqueue }) => {
      if (!isSettled(event) || !(event.actorId in context.inFlight)) return;
      enqueue.stopChild(event.actorId);
      enqueue.assign({
        inFlight: release(context, event.actorId),
        ...('output' in event ? { done: context.done + 1 } : { failed: context.failed + 1 }),
      });
    }),
    refuseWaiting: base.enqueueActions(({ context, enqueue }) => {
      for (const call of context.waiting) enqueue({ type: 'tell', params: refusal(call, 'DRAINING') });
      enqueue.assign({ waiting: [], refused: context.refused + context.waiting.length });
    }),
  },
});

interface Handled {
  readonly context: ServiceContext;
  readonly event: Received;
}

const refuse = (code: 'OVERLOADED' | 'DRAINING') =>
  [
    {
      type: 'tell',
      params: ({ event }: Handled) => {
        assertEvent(event, 'CALL');
        return refusal(event, code);
      },
    },
    'countRefusal',
  ] as const;

const settle = [
  {
    type: 'tell',
    params: ({ context, event }: Handled) => {
      if (!isSettled(event)) throw new TypeError(`'${event.type}' does not end a call.`);
      return answer(context, event);
    },
  },
  'release',
  'dispatch',
] as const;

const health = (status: ServiceStatus) =>
  ({
    actions: {
      type: 'tell',
      params: ({ context, event }: Handled) => {
        assertEvent(event, 'HEALTH');
        return report(context, status, event.replyTo);
      },
    },
  }) as const;

const publish = <Type extends ServiceEmitted['type']>(type: Type) =>
  ({ type: 'publish', params: { type } }) as const;

const serving = [
  { guard: 'canTake', actions: ['take', 'dispatch'] },
  { actions: refuse('OVERLOADED') },
] as const;

const states = {
  starting: handling.createStateConfig({
    invoke: { src: 'start', id: 'start', onDone: 'ready' },
    on: {
      CALL: [{ guard: 'hasRoom', actions: 'take' }, { actions: refuse('OVERLOADED') }],
      HEALTH: health('starting'),
      DRAIN: { target: 'draining', actions: 'refuseWaiting' },
    },
  }),
  ready: handling.createStateConfig({
    tags: 'serving',
    entry: [publish('service.ready'), 'dispatch'],
    on: { CALL: serving, HEALTH: health('ready'), DEGRADE: 'degraded', DRAIN: 'draining' },
  }),
  degraded: handling.createStateConfig({
    tags: 'serving',
    entry: publish('service.degraded'),
    on: { CALL: serving, HEALTH: health('degraded'), RECOVER: 'ready', DRAIN: 'draining' },
  }),
  draining: handling.createStateConfig({
    tags: 'leaving',
    entry: publish('service.draining'),
    always: { guard: 'isIdle', target: 'stopped' },
    on: { CALL: { actions: refuse('DRAINING') }, HEALTH: health('draining') },
  }),
  stopped: handling.createStateConfig({ type: 'final', entry: publish('service.stopped') }),
};

/** See the header of the file. Throws `INVALID_OPTION` on a concurrency below 1 or a queue below 0. */
export const service = handling.createMachine({
  id: 'service',
  options: bounded,
  context: ({ input: { name = 'service', concurrency = 64, queue = 1024 } = {} }) => ({
    name,
    concurrency: count('service', 'concurrency', concurrency),
    queue: count('service', 'queue', queue, 0),
    inFlight: {},
    waiting: [],
    done: 0,
    failed: 0,
    refused: 0,
  }),
  initial: 'starting',
  on: {
    'xstate.done.actor.handle.*': { actions: settle },
    'xstate.error.actor.handle.*': { actions: settle },
  },
  states,
  output: ({ context: { done, failed, refused } }) => ({ done, failed, refused }),
});

/**
 * Circuit breaker (Nygard, Release It!; seed 002 section 3) with the semantics of resilience4j, count-based window:
 * it opens at a rate equal to the threshold or above, rejects in half-open what exceeds the permitted calls, and
 * decides half-open when all of them have reported. An actor that answers "may I?"; the caller makes the call and
 * reports its outcome with the epoch of its permit.
 *
 * | event                        | closed             | open     | halfOpen                   | forcedOpen | disabled  |
 * |------------------------------|--------------------|----------|----------------------------|------------|-----------|
 * | ACQUIRE {replyTo?}           | PERMITTED          | REJECTED | PERMITTED, then REJECTED   | REJECTED   | PERMITTED |
 * | SUCCESS, FAILURE {epoch}     | recorded, may open | ignored  | recorded, the last decides | ignored    | ignored   |
 * | IGNORED {epoch}              | ignored            | ignored  | gives the permit back      | ignored    | ignored   |
 * | RESET, FORCE_OPEN, DISABLE   | from every state to closed, forcedOpen, disabled                                  |
 *
 * Unlike resilience4j, open becomes halfOpen by a timer (its `automaticTransitionFromOpenToHalfOpenEnabled`), half-open
 * never decides before its last trial, and a report of an earlier epoch is ignored: a late success must not close a
 * breaker (opossum tests for it). closed to halfOpen is illegal in resilience4j; here no event asks for it.
 */
import { assign, emit, setup } from 'xstate';
import {
  closedWindow,
  isCurrent,
  isLastTrial,
  isTrial,
  metrics,
  recorded,
  trialWindow,
  trips,
} from './breaker-rules.ts';
import type {
  BreakerAnswer,
  BreakerContext,
  BreakerEmitted,
  BreakerEvent,
  BreakerInput,
} from './breaker-protocol.ts';
import { breakerSettings } from './breaker-settings.ts';
import type { Window } from './breaker-window.ts';
import { bounded, tell, typed, type Tell } from './vocabulary.ts';

const begin = (context: BreakerContext, window: Window): Partial<BreakerContext> => ({
  epoch: context.epoch + 1,
  window,
  permits: 0,
  notPermittedCalls: 0,
});

const base = setup({
  types: typed<{
    context: BreakerContext;
    events: BreakerEvent;
    input: BreakerInput | undefined;
    emitted: BreakerEmitted;
    tags: 'permitting' | 'rejecting' | 'manual';
  }>(),
  actions: {
    tell,
    record: assign(({ context, event }) => ({ window: recorded(context, event) })),
    beginClosed: assign(({ context }) => begin(context, closedWindow(context.settings))),
    beginHalfOpen: assign(({ context }) => begin(context, trialWindow(context.settings))),
    /** The window stays, so that one can see why the breaker opened. */
    beginOpen: assign(({ context }) => ({ epoch: context.epoch + 1, permits: 0 })),
    takePermit: assign(({ context }) => ({ permits: context.permits + 1 })),
    returnPermit: assign(({ context }) => ({ permits: context.permits - 1 })),
    countRejection: assign(({ context }) => ({ notPermittedCalls: context.notPermittedCalls + 1 })),
    publish: emit(({ context }, params: Pick<BreakerEmitted, 'type'>) => ({
      type: params.type,
      name: context.name,
      metrics: metrics(context),
    })),
  },
  guards: {
    isCurrent: ({ context, event }) => isCurrent(context, event),
    trips: ({ context, event }) => trips(context, event),
    hasPermit: ({ context }) => context.permits < context.settings.permittedNumberOfCallsInHalfOpenState,
    isTrial: ({ context, event }) => isTrial(context, event),
    isLastTrial: ({ context, event }) => isLastTrial(context, event),
    failsTrial: ({ context, event }) => isLastTrial(context, event) && trips(context, event),
    boundsHalfOpen: ({ context }) => context.settings.maxWaitDurationInHalfOpenState > 0,
  },
  delays: {
    waitDurationInOpenState: ({ context }) => context.settings.waitDurationInOpenState,
    /** Zero means for ever: the timer fires at once and the guard beside it refuses. */
    maxWaitDurationInHalfOpenState: ({ context }) => context.settings.maxWaitDurationInHalfOpenState,
  },
});

interface Asked {
  readonly context: BreakerContext;
  readonly event: BreakerEvent;
}

const answer = ({ event }: Asked, reply: BreakerAnswer): Tell => ({
  to: event.type === 'ACQUIRE' ? event.replyTo : undefined,
  event: reply,
});

const permit = {
  type: 'tell',
  params: (asked: Asked) => answer(asked, { type: 'PERMITTED', epoch: asked.context.epoch }),
} as const;

const rejectFor = (state: 'halfOpen' | 'forcedOpen') =>
  ({ type: 'tell', params: (asked: Asked) => answer(asked, { type: 'REJECTED', state }) }) as const;

const rejectForNow = {
  type: 'tell',
  params: (asked: Asked) =>
    answer(asked, {
      type: 'REJECTED',
      state: 'open',
      retryAfter: asked.context.settings.waitDurationInOpenState,
    }),
} as const;

const publish = <Type extends BreakerEmitted['type']>(type: Type) =>
  ({ type: 'publish', params: { type } }) as const;

const states = {
  closed: base.createStateConfig({
    tags: 'permitting',
    entry: 'beginClosed',
    on: {
      ACQUIRE: { actions: permit },
      RESET: { target: 'closed', reenter: true },
      SUCCESS: [
        { guard: 'trips', target: 'open', actions: ['record', publish('breaker.opened')] },
        { guard: 'isCurrent', actions: 'record' },
      ],
      FAILURE: [
        { guard: 'trips', target: 'open', actions: ['record', publish('breaker.opened')] },
        { guard: 'isCurrent', actions: 'record' },
      ],
    },
  }),
  open: base.createStateConfig({
    tags: 'rejecting',
    entry: 'beginOpen',
    on: { ACQUIRE: { actions: ['countRejection', rejectForNow] } },
    after: { waitDurationInOpenState: { target: 'halfOpen', actions: publish('breaker.halfOpened') } },
  }),
  halfOpen: base.createStateConfig({
    tags: 'permitting',
    entry: 'beginHalfOpen',
    on: {
      ACQUIRE: [
        { guard: 'hasPermit', actions: ['takePermit', permit] },
        { actions: ['countRejection', rejectFor('halfOpen')] },
      ],
      SUCCESS: [
        { guard: 'failsTrial', target: 'open', actions: ['record', publish('breaker.opened')] },
        { guard: 'isLastTrial', target: 'closed', actions: ['record', publish('breaker.closed')] },
        { guard: 'isTrial', actions: 'record' },
      ],
      FAILURE: [
        { guard: 'failsTrial', target: 'open', actions: ['record', publish('breaker.opened')] },
        { guard: 'isLastTrial', target: 'closed', actions: ['record', publish('breaker.closed')] },
        { guard: 'isTrial', actions: 'record' },
      ],
      IGNORED: { guard: 'isTrial', actions: 'returnPermit' },
    },
    after: {
      maxWaitDurationInHalfOpenState: {
        guard: 'boundsHalfOpen',
        target: 'open',
        actions: publish('breaker.opened'),
      },
    },
  }),
  forcedOpen: base.createStateConfig({
    tags: ['rejecting', 'manual'],
    entry: 'beginClosed',
    on: { ACQUIRE: { actions: ['countRejection', rejectFor('forcedOpen')] }, FORCE_OPEN: {} },
  }),
  disabled: base.createStateConfig({
    tags: ['permitting', 'manual'],
    entry: 'beginClosed',
    on: { ACQUIRE: { actions: permit }, DISABLE: {} },
  }),
};

/** See the header of the file. Input: the settings, all optional; throws `INVALID_OPTION` on a bad one. */
export const circuitBreaker = base.createMachine({
  id: 'circuit-breaker',
  options: bounded,
  context: ({ input: { name = 'breaker', ...given } = {} }) => {
    const settings = breakerSettings(given);
    return { name, settings, epoch: 0, window: closedWindow(settings), permits: 0, notPermittedCalls: 0 };
  },
  initial: 'closed',
  on: {
    RESET: { target: '.closed', actions: publish('breaker.closed') },
    FORCE_OPEN: { target: '.forcedOpen', actions: publish('breaker.forcedOpen') },
    DISABLE: { target: '.disabled', actions: publish('breaker.disabled') },
  },
  states,
});

/**
 * A step of a saga at the one who does it: takes each key once, undoes it at most once, and never takes a key that was
 * undone before it came. So messages may be repeated and may overtake each other (Garcia-Molina & Salem 1987 ask for
 * compensations that can always run; Helland 2007, "Life beyond Distributed Transactions", for tentative work that can
 * be cancelled under one key).
 *
 * | event                               | open                           | closed                       |
 * |-------------------------------------|--------------------------------|------------------------------|
 * | PERFORM {key, attempt?, replyTo?}   | PERFORMED, the first time an effect; REFUSED when undone | PERFORMED if it was, or REFUSED |
 * | COMPENSATE {key, attempt?, replyTo?} | COMPENSATED, an effect when there is one to undo; else the key is barred | the same |
 * | CLOSE / OPEN                        | takes no new key from now on   | takes new keys again         |
 *
 * Whoever runs it acts on `participant.performed` and `participant.compensated`, which it emits once for each effect.
 */
import { assign, emit, setup } from 'xstate';
import { bounded, tell, typed, type Ask, type Tell } from './vocabulary.ts';

/** One attempt at one step of one saga. `key` is the same for all attempts; `attempt` comes back in the answer. */
export interface SagaOrder extends Ask {
  readonly key: string;
  readonly attempt?: number;
}

export type SagaParticipantEvent =
  | ({ readonly type: 'PERFORM' } & SagaOrder)
  | ({ readonly type: 'COMPENSATE' } & SagaOrder)
  | { readonly type: 'CLOSE' }
  | { readonly type: 'OPEN' };

export type SagaParticipantAnswer = { readonly key: string; readonly attempt?: number } & (
  | { readonly type: 'PERFORMED' }
  | { readonly type: 'COMPENSATED' }
  | { readonly type: 'REFUSED'; readonly code: 'CLOSED' | 'CANCELLED' }
);

export interface SagaParticipantContext {
  /** What became of each key. `compensated` also bars a key that never came. */
  readonly entries: Readonly<Record<string, 'performed' | 'compensated'>>;
  /** Effects that took place, counts. */
  readonly performed: number;
  readonly compensated: number;
}

export interface SagaParticipantEmitted {
  readonly type: 'participant.performed' | 'participant.compensated';
  readonly key: string;
}

const keyOf = (event: SagaParticipantEvent): string => ('key' in event ? event.key : '');

const entryOf = ({ entries }: SagaParticipantContext, event: SagaParticipantEvent) =>
  Object.hasOwn(entries, keyOf(event)) ? entries[keyOf(event)] : undefined;

const base = setup({
  types: typed<{
    context: SagaParticipantContext;
    events: SagaParticipantEvent;
    emitted: SagaParticipantEmitted;
  }>(),
  actions: {
    tell,
    perform: assign(({ context, event }) => ({
      entries: { ...context.entries, [keyOf(event)]: 'performed' as const },
      performed: context.performed + 1,
    })),
    compensate: assign(({ context, event }) => ({
      entries: { ...context.entries, [keyOf(event)]: 'compensated' as const },
      compensated: context.compensated + 1,
    })),
    /** A compensation that overtook its action: the action must find its key barred. */
    bar: assign(({ context, event }) => ({
      entries: { ...context.entries, [keyOf(event)]: 'compensated' as const },
    })),
    publish: emit(({ event }, params: Pick<SagaParticipantEmitted, 'type'>) => ({
      type: params.type,
      key: keyOf(event),
    })),
  },
  guards: {
    isPerformed: ({ context, event }) => entryOf(context, event) === 'performed',
    isCompensated: ({ context, event }) => entryOf(context, event) === 'compensated',
  },
});

type Verdict =
  | { readonly type: 'PERFORMED' | 'COMPENSATED' }
  | { readonly type: 'REFUSED'; readonly code: 'CLOSED' | 'CANCELLED' };

const answer = (verdict: Verdict) =>
  ({
    type: 'tell',
    params: ({ event }: { event: SagaParticipantEvent }): Tell => {
      if (!('key' in event)) return { to: undefined, event: verdict };
      const { key, attempt, replyTo } = event;
      const said: SagaParticipantAnswer = { ...verdict, key, ...(attempt === undefined ? {} : { attempt }) };
      return { to: replyTo, event: said };
    },
  }) as const;

const publish = <Type extends SagaParticipantEmitted['type']>(type: Type) =>
  ({ type: 'publish', params: { type } }) as const;

const known = [
  { guard: 'isCompensated', actions: answer({ type: 'REFUSED', code: 'CANCELLED' }) },
  { guard: 'isPerformed', actions: answer({ type: 'PERFORMED' }) },
] as const;

/** See the header of the file. */
export const sagaParticipant = base.createMachine({
  id: 'saga-participant',
  options: bounded,
  context: { entries: {}, performed: 0, compensated: 0 },
  initial: 'open',
  on: {
    COMPENSATE: [
      {
        guard: 'isPerformed',
        actions: ['compensate', publish('participant.compensated'), answer({ type: 'COMPENSATED' })],
      },
      { guard: 'isCompensated', actions: answer({ type: 'COMPENSATED' }) },
      { actions: ['bar', answer({ type: 'COMPENSATED' })] },
    ],
  },
  states: {
    open: {
      on: {
        PERFORM: [
          ...known,
          { actions: ['perform', publish('participant.performed'), answer({ type: 'PERFORMED' })] },
        ],
        CLOSE: 'closed',
      },
    },
    closed: {
      on: {
        PERFORM: [...known, { actions: answer({ type: 'REFUSED', code: 'CLOSED' }) }],
        OPEN: 'open',
      },
    },
  },
});

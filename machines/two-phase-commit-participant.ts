/**
 * A participant of a two-phase commit ("resource manager" in Gray & Lamport, "Consensus on Transaction Commit", 2006): one actor for
 * one transaction. It does its part of the work, votes, and then does as the coordinator (two-phase-commit-coordinator.ts) says.
 *
 * | event             | working          | prepared  | committed | aborted |
 * |-------------------|------------------|-----------|-----------|---------|
 * | COMMIT            | ignored          | committed | stays     | ignored |
 * | ABORT             | aborted          | aborted   | ignored   | stays   |
 * | STATUS {replyTo?} | TRANSACTION {transaction, state} in every state        |
 *
 * Actor: `prepare` (PrepareInput) does the work so that it can be both committed and undone, whatever crashes. When it is done the
 * participant tells the coordinator PREPARED and has given its word; when it fails the participant aborts at once, and says REFUSED.
 * In `prepared` it asks with INQUIRE from time to time: its vote, or the decision, may have been lost.
 *
 * Actions to provide: `commit` makes the work visible, `rollback` undoes it. Both must be idempotent: after a crash they run again.
 */
import { assign, emit, setup } from 'xstate';
import { duration } from './check.ts';
import { status } from './transaction-status.ts';
import type {
  ParticipantState,
  PrepareInput,
  TransactionEmitted,
  TwoPhaseParticipantContext,
  TwoPhaseParticipantEvent,
  TwoPhaseParticipantInput,
} from './two-phase-commit-protocol.ts';
import { bounded, notProvided, tell, typed } from './vocabulary.ts';

const base = setup({
  types: typed<{
    context: TwoPhaseParticipantContext;
    events: TwoPhaseParticipantEvent;
    input: TwoPhaseParticipantInput;
    emitted: TransactionEmitted;
    tags: 'decided';
  }>(),
  actors: { prepare: notProvided<unknown, PrepareInput>('prepare') },
  actions: {
    tell,
    /** Make the work visible. */
    commit: () => undefined,
    /** Undo the work. */
    rollback: () => undefined,
    forgetLog: assign({ recovered: undefined }),
    publish: emit(({ context }, params: Pick<TransactionEmitted, 'type'>) => ({
      type: params.type,
      transaction: context.transaction,
      participant: context.participant,
    })),
  },
  guards: {
    was: ({ context }, { state }: { state: ParticipantState }) => context.recovered === state,
    refusesAloud: ({ context }) => context.refusesAloud,
    /** May it break its word when it hears nothing? Never: the others may have committed. */
    givesUp: () => false,
  },
  delays: { inquireEvery: ({ context }) => context.inquireEvery },
});

const say = (type: 'PREPARED' | 'REFUSED' | 'INQUIRE') =>
  ({
    type: 'tell',
    params: ({ context: { coordinator, participant } }: { context: TwoPhaseParticipantContext }) => ({
      to: coordinator,
      event: { type, participant },
    }),
  }) as const;

const was = (state: ParticipantState) =>
  ({ guard: { type: 'was', params: { state } }, target: state }) as const;

const states = {
  starting: base.createStateConfig({
    always: [was('prepared'), was('committed'), was('aborted'), { target: 'working' }],
    exit: 'forgetLog',
  }),
  working: base.createStateConfig({
    invoke: {
      src: 'prepare',
      id: 'prepare',
      input: ({ context: { transaction, participant } }) => ({ transaction, participant }),
      onDone: { target: 'prepared', actions: say('PREPARED') },
      onError: [{ guard: 'refusesAloud', target: 'aborted', actions: say('REFUSED') }, { target: 'aborted' }],
    },
    on: { ABORT: 'aborted', STATUS: status('working') },
  }),
  prepared: base.createStateConfig({
    on: { COMMIT: 'committed', ABORT: 'aborted', STATUS: status('prepared') },
    after: {
      inquireEvery: [
        { guard: 'givesUp', target: 'aborted' },
        { target: 'prepared', reenter: true, actions: say('INQUIRE') },
      ],
    },
  }),
  committed: base.createStateConfig({
    tags: 'decided',
    entry: ['commit', { type: 'publish', params: { type: 'transaction.committed' } }],
    on: { COMMIT: {}, STATUS: status('committed') },
  }),
  aborted: base.createStateConfig({
    tags: 'decided',
    entry: ['rollback', { type: 'publish', params: { type: 'transaction.aborted' } }],
    on: { ABORT: {}, STATUS: status('aborted') },
  }),
};

/** See the header of the file. Throws `INVALID_OPTION` on an `inquireEvery` that no timer can wait for. */
export const twoPhaseParticipant = base.createMachine({
  id: 'two-phase-participant',
  options: bounded,
  context: ({ input: { inquireEvery = 1000, refusesAloud = true, state, ...names } }) => ({
    ...names,
    inquireEvery: duration('two-phase-commit', 'inquireEvery', inquireEvery),
    refusesAloud,
    recovered: state,
  }),
  initial: 'starting',
  states,
});

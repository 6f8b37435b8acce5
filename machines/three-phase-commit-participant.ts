/**
 * A participant of a three-phase commit (Skeen 1981; three-phase-commit-coordinator.ts): it does its part of the work, votes, and does
 * as the coordinator says. When it hears nothing, it takes the lead and brings those who live to one decision (the termination
 * protocol of Bernstein, Hadzilacos & Goodman, "Concurrency Control and Recovery in Database Systems", 1987, section 7.5): it aborts
 * when nobody knows that all have prepared, and otherwise tells everybody before it commits.
 *
 * | event             | working     | prepared          | asking             | precommitted    | finishing        |
 * |-------------------|-------------|-------------------|--------------------|-----------------|------------------|
 * | PRECOMMIT {from}  | ignored     | precommitted, ACK | precommitted, ACK  | tells ACK       | tells ACK        |
 * | INQUIRE {from}    | aborts, says so | tells UNCERTAIN | tells UNCERTAIN  | tells PRECOMMIT | tells PRECOMMIT  |
 * | UNCERTAIN {from}  | ignored     | ignored           | the last: aborts   | ignored         | ignored          |
 * | ACK {from}        | ignored     | ignored           | ignored            | ignored         | the last: commits |
 * | COMMIT            | ignored     | committed         | committed          | committed       | committed        |
 * | ABORT             | aborted     | aborted           | aborted            | aborted         | aborted          |
 * | `patience` ends   |             | asking            | tells all ABORT    | finishing       | tells all COMMIT |
 *
 * In `committed` and `aborted` it answers PRECOMMIT and INQUIRE with the decision, and in every state STATUS {replyTo?} with
 * TRANSACTION {transaction, state}.
 *
 * Actor: `prepare` (PrepareInput) does the work so that it can be both committed and undone. Actions to provide: `commit` makes it
 * visible, `rollback` undoes it.
 */
import { assign, emit, setup } from 'xstate';
import { answer, begin, counted, message, none } from './three-phase-commit-rules.ts';
import type {
  ThreePhaseParticipantContext,
  ThreePhaseParticipantEvent,
  ThreePhaseParticipantInput,
} from './three-phase-commit-protocol.ts';
import { status } from './transaction-status.ts';
import type { PrepareInput, TransactionEmitted } from './two-phase-commit-protocol.ts';
import { bounded, notProvided, tell, typed } from './vocabulary.ts';

const base = setup({
  types: typed<{
    context: ThreePhaseParticipantContext;
    events: ThreePhaseParticipantEvent;
    input: ThreePhaseParticipantInput;
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
    count: assign((received) => ({ answers: counted(received) })),
    waitAnew: assign(({ context }) => ({ answers: none(context) })),
    publish: emit(({ context }, params: Pick<TransactionEmitted, 'type'>) => ({
      type: params.type,
      transaction: context.transaction,
      participant: context.self,
    })),
  },
  guards: {
    /** With this answer, have all answered? */
    completes: (received) => Object.values(counted(received)).every(Boolean),
    /** Does it ask the others before it decides? */
    asks: () => true,
  },
  delays: { patience: ({ context }) => context.patience },
});

const broadcast = (type: 'PRECOMMIT' | 'INQUIRE' | 'COMMIT' | 'ABORT') =>
  base.enqueueActions(({ context, enqueue }) => {
    for (const to of Object.keys(context.answers))
      enqueue({ type: 'tell', params: { to, event: message(type, context) } });
  });

const speaking = base.extend({
  actions: {
    broadcastPrecommit: broadcast('PRECOMMIT'),
    broadcastInquire: broadcast('INQUIRE'),
    broadcastCommit: broadcast('COMMIT'),
    broadcastAbort: broadcast('ABORT'),
  },
});

const vote = (type: 'PREPARED' | 'REFUSED') =>
  ({
    type: 'tell',
    params: ({ context }: { readonly context: ThreePhaseParticipantContext }) => ({
      to: context.coordinator,
      event: message(type, context),
    }),
  }) as const;

const following = {
  working: speaking.createStateConfig({
    invoke: {
      src: 'prepare',
      id: 'prepare',
      input: ({ context: { transaction, self } }) => ({ transaction, participant: self }),
      onDone: { target: 'prepared', actions: vote('PREPARED') },
      onError: { target: 'aborted', actions: vote('REFUSED') },
    },
    on: {
      INQUIRE: { target: 'aborted', actions: answer('ABORT') },
      ABORT: 'aborted',
      STATUS: status('working'),
    },
  }),
  prepared: speaking.createStateConfig({
    on: {
      PRECOMMIT: { target: 'precommitted', actions: answer('ACK') },
      INQUIRE: { target: 'prepared', reenter: true, actions: answer('UNCERTAIN') },
      COMMIT: 'committed',
      ABORT: 'aborted',
      STATUS: status('prepared'),
    },
    after: { patience: [{ guard: 'asks', target: 'asking' }, { target: 'aborted' }] },
  }),
  precommitted: speaking.createStateConfig({
    on: {
      PRECOMMIT: { target: 'precommitted', reenter: true, actions: answer('ACK') },
      INQUIRE: { target: 'precommitted', reenter: true, actions: answer('PRECOMMIT') },
      COMMIT: 'committed',
      ABORT: 'aborted',
      STATUS: status('precommitted'),
    },
    after: { patience: [{ guard: 'asks', target: 'finishing' }, { target: 'committed' }] },
  }),
};

const leading = {
  asking: speaking.createStateConfig({
    entry: 'broadcastInquire',
    on: {
      UNCERTAIN: [{ guard: 'completes', target: 'aborted', actions: 'broadcastAbort' }, { actions: 'count' }],
      PRECOMMIT: { target: 'precommitted', actions: answer('ACK') },
      INQUIRE: { actions: answer('UNCERTAIN') },
      COMMIT: 'committed',
      ABORT: 'aborted',
      STATUS: status('asking'),
    },
    after: { patience: { target: 'aborted', actions: 'broadcastAbort' } },
    exit: 'waitAnew',
  }),
  finishing: speaking.createStateConfig({
    entry: 'broadcastPrecommit',
    on: {
      ACK: [{ guard: 'completes', target: 'committed', actions: 'broadcastCommit' }, { actions: 'count' }],
      PRECOMMIT: { actions: answer('ACK') },
      INQUIRE: { actions: answer('PRECOMMIT') },
      COMMIT: 'committed',
      ABORT: 'aborted',
      STATUS: status('finishing'),
    },
    after: { patience: { target: 'committed', actions: 'broadcastCommit' } },
    exit: 'waitAnew',
  }),
};

const ends = {
  committed: speaking.createStateConfig({
    tags: 'decided',
    entry: ['commit', { type: 'publish', params: { type: 'transaction.committed' } }],
    on: {
      INQUIRE: { actions: answer('COMMIT') },
      PRECOMMIT: { actions: answer('COMMIT') },
      STATUS: status('committed'),
    },
  }),
  aborted: speaking.createStateConfig({
    tags: 'decided',
    entry: ['rollback', { type: 'publish', params: { type: 'transaction.aborted' } }],
    on: {
      INQUIRE: { actions: answer('ABORT') },
      PRECOMMIT: { actions: answer('ABORT') },
      STATUS: status('aborted'),
    },
  }),
};

/** See the header of the file. Throws `INVALID_OPTION` without participants, with one twice, or on a bad `patience`. */
export const threePhaseParticipant = speaking.createMachine({
  id: 'three-phase-participant',
  options: bounded,
  context: ({ input }) => ({ ...begin(input, input.participant), coordinator: input.coordinator }),
  initial: 'working',
  states: { ...following, ...leading, ...ends },
});

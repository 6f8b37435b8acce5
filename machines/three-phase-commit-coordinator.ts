/**
 * The coordinator of a three-phase commit (Skeen, "Nonblocking Commit Protocols", SIGMOD 1981): before anybody commits, everybody knows
 * that everybody has prepared. So whoever survives can decide, and nobody waits for the dead, as in two-phase commit.
 *
 * | event             | collecting                 | precommitting             | committed    | aborted     |
 * |-------------------|----------------------------|---------------------------|--------------|-------------|
 * | PREPARED {from}   | counted; the last leads on | ignored                   | ignored      | ignored     |
 * | REFUSED, CANCEL   | aborts                     | ignored                   | ignored      | ignored     |
 * | ACK {from}        | ignored                    | counted; the last commits | ignored      | ignored     |
 * | INQUIRE {from}    | aborts                     | tells PRECOMMIT           | tells COMMIT | tells ABORT |
 * | PRECOMMIT {from}  | ignored                    | tells ACK                 | tells COMMIT | tells ABORT |
 * | COMMIT            | ignored                    | commits                   | ignored      | ignored     |
 * | ABORT             | aborts                     | aborts                    | ignored      | ignored     |
 * | STATUS {replyTo?} | TRANSACTION {transaction, state} in every state                               |
 *
 * When `patience` runs out, `collecting` aborts and `precommitting` commits: who does not answer has crashed. That is the assumption of
 * the protocol: messages arrive within a known time. Where the network can split, two sides may decide differently; use two-phase
 * commit or consensus there. A site that has crashed does not come back into the transaction.
 */
import { assign, emit, setup } from 'xstate';
import { answer, begin, counted, message, none } from './three-phase-commit-rules.ts';
import type {
  ThreePhaseCoordinatorContext,
  ThreePhaseCoordinatorEvent,
  ThreePhaseCoordinatorInput,
} from './three-phase-commit-protocol.ts';
import { status } from './transaction-status.ts';
import type { TransactionEmitted } from './two-phase-commit-protocol.ts';
import { bounded, tell, typed } from './vocabulary.ts';

const base = setup({
  types: typed<{
    context: ThreePhaseCoordinatorContext;
    events: ThreePhaseCoordinatorEvent;
    input: ThreePhaseCoordinatorInput;
    emitted: TransactionEmitted;
    tags: 'decided';
  }>(),
  actions: {
    tell,
    count: assign((received) => ({ answers: counted(received) })),
    waitAnew: assign(({ context }) => ({ answers: none(context) })),
    publish: emit(({ context }, params: Pick<TransactionEmitted, 'type'>) => ({
      type: params.type,
      transaction: context.transaction,
    })),
  },
  guards: {
    /** With this answer, have all answered? */
    completes: (received) => Object.values(counted(received)).every(Boolean),
  },
  delays: { patience: ({ context }) => context.patience },
});

const broadcast = (type: 'PRECOMMIT' | 'COMMIT' | 'ABORT') =>
  base.enqueueActions(({ context, enqueue }) => {
    for (const to of Object.keys(context.answers))
      enqueue({ type: 'tell', params: { to, event: message(type, context) } });
  });

const speaking = base.extend({
  actions: {
    broadcastPrecommit: broadcast('PRECOMMIT'),
    broadcastCommit: broadcast('COMMIT'),
    broadcastAbort: broadcast('ABORT'),
  },
});

const states = {
  collecting: speaking.createStateConfig({
    on: {
      PREPARED: [{ guard: 'completes', target: 'precommitting' }, { actions: 'count' }],
      REFUSED: 'aborted',
      CANCEL: 'aborted',
      INQUIRE: 'aborted',
      ABORT: 'aborted',
      STATUS: status('collecting'),
    },
    after: { patience: 'aborted' },
    exit: 'waitAnew',
  }),
  precommitting: speaking.createStateConfig({
    entry: 'broadcastPrecommit',
    on: {
      ACK: [{ guard: 'completes', target: 'committed' }, { actions: 'count' }],
      INQUIRE: { actions: answer('PRECOMMIT') },
      PRECOMMIT: { actions: answer('ACK') },
      COMMIT: 'committed',
      ABORT: 'aborted',
      STATUS: status('precommitting'),
    },
    after: { patience: 'committed' },
    exit: 'waitAnew',
  }),
  committed: speaking.createStateConfig({
    tags: 'decided',
    entry: ['broadcastCommit', { type: 'publish', params: { type: 'transaction.committed' } }],
    on: {
      INQUIRE: { actions: answer('COMMIT') },
      PRECOMMIT: { actions: answer('COMMIT') },
      STATUS: status('committed'),
    },
  }),
  aborted: speaking.createStateConfig({
    tags: 'decided',
    entry: ['broadcastAbort', { type: 'publish', params: { type: 'transaction.aborted' } }],
    on: {
      INQUIRE: { actions: answer('ABORT') },
      PRECOMMIT: { actions: answer('ABORT') },
      STATUS: status('aborted'),
    },
  }),
};

/** See the header of the file. Throws `INVALID_OPTION` without participants, with one twice, or on a bad `patience`. */
export const threePhaseCoordinator = speaking.createMachine({
  id: 'three-phase-coordinator',
  options: bounded,
  context: ({ input }) => begin(input, input.coordinator),
  initial: 'collecting',
  states,
});

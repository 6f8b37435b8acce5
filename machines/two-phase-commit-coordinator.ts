/**
 * The coordinator of a two-phase commit (Gray 1978; Gray & Lamport, "Consensus on Transaction Commit", 2006, section 3, whose
 * specification TwoPhase this chart implements): all participants commit, or none does.
 *
 * | event                   | collecting                          | recording | committed    | aborted     |
 * |-------------------------|-------------------------------------|-----------|--------------|-------------|
 * | PREPARED {participant}  | counted; the last leads on          | known     | ignored      | ignored     |
 * | INQUIRE {participant}   | counts as PREPARED                  | known     | tells COMMIT | tells ABORT |
 * | REFUSED {participant}   | aborts                              | ignored   | ignored      | ignored     |
 * | CANCEL                  | aborts                              | ignored   | ignored      | ignored     |
 * | STATUS {replyTo?}       | TRANSACTION {transaction, state} in every state                           |
 *
 * Actor: `record` (RecordInput) makes the decision to commit durable; nobody is told before. When it fails, the transaction aborts.
 * Abort needs no record (presumed abort; Mohan, Lindsay & Obermarck 1986): a coordinator that comes back and finds nothing in its log
 * is started with the decision `abort`. It stays after the decision, for participants that were away.
 *
 * Two-phase commit blocks: between its vote and the decision a participant can only wait for the coordinator.
 */
import { assign, emit, setup } from 'xstate';
import { duration } from './check.ts';
import { failure } from './fault.ts';
import { status } from './transaction-status.ts';
import type {
  Decision,
  RecordInput,
  TransactionEmitted,
  TwoPhaseCoordinatorContext,
  TwoPhaseCoordinatorEvent,
  TwoPhaseCoordinatorInput,
} from './two-phase-commit-protocol.ts';
import { bounded, notProvided, tell, typed, type Tell } from './vocabulary.ts';

interface Received {
  readonly context: TwoPhaseCoordinatorContext;
  readonly event: TwoPhaseCoordinatorEvent;
}

const sender = ({ context: { votes }, event }: Received): string | undefined =>
  'participant' in event && Object.hasOwn(votes, event.participant) ? event.participant : undefined;

const counted = (received: Received): Readonly<Record<string, boolean>> => {
  const from = sender(received);
  return from === undefined ? received.context.votes : { ...received.context.votes, [from]: true };
};

const base = setup({
  types: typed<{
    context: TwoPhaseCoordinatorContext;
    events: TwoPhaseCoordinatorEvent;
    input: TwoPhaseCoordinatorInput;
    emitted: TransactionEmitted;
    tags: 'decided';
  }>(),
  actors: { record: notProvided<unknown, RecordInput>('record') },
  actions: {
    tell,
    count: assign(({ context, event }) => ({ votes: counted({ context, event }) })),
    keep: assign((_, { decision }: { decision: Decision }) => ({ decision })),
    publish: emit(({ context }, params: Pick<TransactionEmitted, 'type'>) => ({
      type: params.type,
      transaction: context.transaction,
    })),
  },
  guards: {
    /** With this vote, have all prepared? */
    completes: ({ context, event }) => Object.values(counted({ context, event })).every(Boolean),
    isParticipant: ({ context, event }) => sender({ context, event }) !== undefined,
    /** Is the decision recorded before anybody hears of it? */
    records: () => true,
    hasCommitted: ({ context }) => context.decision === 'commit',
    hasAborted: ({ context }) => context.decision === 'abort',
  },
  delays: { patience: ({ context }) => context.patience },
});

const broadcast = (type: 'COMMIT' | 'ABORT') =>
  base.enqueueActions(({ context, enqueue }) => {
    for (const to of Object.keys(context.votes)) enqueue({ type: 'tell', params: { to, event: { type } } });
  });

const speaking = base.extend({
  actions: { broadcastCommit: broadcast('COMMIT'), broadcastAbort: broadcast('ABORT') },
});

const keep = (decision: Decision) => ({ type: 'keep', params: { decision } }) as const;

const answer = (type: 'COMMIT' | 'ABORT') =>
  ({
    guard: 'isParticipant',
    actions: {
      type: 'tell',
      params: (received: Received): Tell => ({ to: sender(received), event: { type } }),
    },
  }) as const;

const vote = [
  { guard: 'completes', target: 'deciding', actions: 'count' },
  { guard: 'isParticipant', actions: 'count' },
] as const;

const states = {
  starting: speaking.createStateConfig({
    always: [
      { guard: 'hasCommitted', target: 'committed' },
      { guard: 'hasAborted', target: 'aborted' },
      { target: 'collecting' },
    ],
  }),
  collecting: speaking.createStateConfig({
    on: {
      PREPARED: vote,
      INQUIRE: vote,
      REFUSED: { guard: 'isParticipant', target: 'aborted' },
      CANCEL: 'aborted',
      STATUS: status('collecting'),
    },
    after: { patience: 'aborted' },
  }),
  deciding: speaking.createStateConfig({
    always: [{ guard: 'records', target: 'recording' }, { target: 'committed' }],
  }),
  recording: speaking.createStateConfig({
    invoke: {
      src: 'record',
      id: 'record',
      input: ({ context: { transaction } }) => ({ transaction }),
      onDone: { target: 'committed', actions: keep('commit') },
      onError: 'aborted',
    },
    on: { PREPARED: {}, INQUIRE: {}, STATUS: status('recording') },
  }),
  committed: speaking.createStateConfig({
    tags: 'decided',
    entry: ['broadcastCommit', { type: 'publish', params: { type: 'transaction.committed' } }],
    on: { INQUIRE: answer('COMMIT'), STATUS: status('committed') },
  }),
  aborted: speaking.createStateConfig({
    tags: 'decided',
    entry: [keep('abort'), 'broadcastAbort', { type: 'publish', params: { type: 'transaction.aborted' } }],
    on: { INQUIRE: answer('ABORT'), STATUS: status('aborted') },
  }),
};

const begin = ({ transaction, participants, patience = 10_000, decision }: TwoPhaseCoordinatorInput) => {
  if (participants.length === 0 || new Set(participants).size < participants.length)
    throw failure(
      'INVALID_OPTION',
      `two-phase-commit: participants is [${participants.join(', ')}]; it must name at least one, and none twice.`,
    );
  return {
    transaction,
    votes: Object.fromEntries(participants.map((address) => [address, false])),
    patience: duration('two-phase-commit', 'patience', patience),
    decision,
  };
};

/** See the header of the file. Throws `INVALID_OPTION` without participants or with one twice. */
export const twoPhaseCoordinator = speaking.createMachine({
  id: 'two-phase-coordinator',
  options: bounded,
  context: ({ input }) => begin(input),
  initial: 'starting',
  states,
});

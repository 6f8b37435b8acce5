/**
 * Raft (Ongaro & Ousterhout 2014, "In Search of an Understandable Consensus Algorithm", extended version, figure 2): servers agree on one
 * log of commands as long as a majority of them can talk. Election, replication, commitment; not membership change, not snapshots.
 *
 * | event                       | follower                        | candidate                     | leader                         |
 * |-----------------------------|---------------------------------|-------------------------------|--------------------------------|
 * | REQUEST_VOTE                | votes once a term, for a log as up to date as its own; a newer term makes it a follower    |||
 * | VOTE                        | -                               | a majority makes it leader    | -                              |
 * | APPEND                      | takes entries over that fit     | of this term: follows         | of a newer term: follows       |
 * | APPENDED                    | -                               | -                             | a majority commits; else backs up |
 * | PROPOSE {id, command}       | NOT_LEADER {leader}             | NOT_LEADER                    | ANSWER {result} once committed |
 * | READ {id}                   | NOT_LEADER {leader}             | NOT_LEADER                    | ANSWER {state} once committed  |
 * | no leader for a while       | candidate in a new term         | candidate in a new term       |                                |
 * | heartbeat                   |                                 |                               | APPEND to all                  |
 *
 * A message with a newer term makes every server a follower in it; one with an older term is refused with the newer. A read is an entry
 * of the log: a leader that was replaced without knowing cannot commit it, so no read is stale (section 8).
 *
 * `currentTerm`, `votedFor` and `log` have to be stored before what a step says is sent (figure 2); a server that starts again is given
 * them as input. An entry of an earlier term is committed only together with one of the current term (section 5.4.2, figure 8).
 */
import { and, enqueueActions, setup } from 'xstate';
import { agreed, holds, majority, termAt } from './raft-log.ts';
import type {
  RaftContext,
  RaftEmitted,
  RaftEvent,
  RaftInput,
  RaftMessage,
  RaftRequest,
  Replicated,
} from './raft-protocol.ts';
import {
  acknowledge,
  backUp,
  campaign,
  commit,
  follow,
  heartbeat,
  isUpToDate,
  lead,
  recordVote,
  redirect,
  refuse,
  store,
  take,
  vote,
  type Decision,
} from './raft-rules.ts';
import { begin, patience } from './raft-settings.ts';
import { bounded, tell, typed, type Tell } from './vocabulary.ts';

type Of<Type extends RaftEvent['type']> = Extract<RaftEvent, { type: Type }>;

/** An action that carries a rule out. Which transition names it decides which event it is given. */
const by = <Type extends RaftEvent['type']>(rule: (context: RaftContext, event: Of<Type>) => Decision) =>
  enqueueActions<
    RaftContext,
    RaftEvent,
    undefined,
    RaftEvent,
    never,
    { type: 'tell'; params: Tell },
    never,
    never,
    RaftEmitted
  >(({ context, event, enqueue }) => {
    const { change, tells = [], emits = [] } = rule(context, event as Of<Type>);
    enqueue.assign(change);
    for (const params of tells) enqueue({ type: 'tell', params });
    for (const news of emits) enqueue.emit(news);
  });

const termOf = (event: RaftEvent): number => ('term' in event ? event.term : Number.NaN);

const setting = (machine: Replicated<unknown, unknown>) =>
  setup({
    types: typed<{ context: RaftContext; events: RaftEvent; input: RaftInput; emitted: RaftEmitted }>(),
    actions: {
      tell,
      campaign: by(campaign),
      lead: by(lead),
      heartbeat: by(heartbeat),
      grant: by<'REQUEST_VOTE'>((context, event) => vote(context, event, true)),
      deny: by<'REQUEST_VOTE'>((context, event) => vote(context, event, false)),
      recordVote: by<'VOTE'>(recordVote),
      stepDown: by<RaftMessage['type']>((context, { term }) => follow(context, term)),
      store: by<'APPEND'>((context, event) => store(machine, context, event)),
      refuse: by<'APPEND'>(refuse),
      acknowledge: by<'APPENDED'>(acknowledge),
      backUp: by<'APPENDED'>(backUp),
      propose: by<'PROPOSE'>(take),
      read: by<'READ'>(take),
      redirect: by<RaftRequest['type']>(redirect),
      commit: by((context) => commit(machine, context)),
    },
    guards: {
      isNewer: ({ context, event }) => termOf(event) > context.currentTerm,
      isOlder: ({ context, event }) => termOf(event) < context.currentTerm,
      isCurrent: ({ context, event }) => termOf(event) === context.currentTerm,
      isPeer: ({ context, event }) => 'from' in event && context.peers.includes(event.from),
      isFree: ({ context: { currentTerm, votedFor }, event }) =>
        event.type === 'REQUEST_VOTE' &&
        (event.term > currentTerm ||
          (event.term === currentTerm && (votedFor === null || votedFor === event.from))),
      isUpToDate: ({ context, event }) => event.type === 'REQUEST_VOTE' && isUpToDate(context, event),
      isGranted: ({ event }) => event.type === 'VOTE' && event.granted,
      isElected: ({ context }) => context.votes.length >= majority(context),
      fits: ({ context, event }) =>
        event.type === 'APPEND' && holds(context.log, event.prevIndex, event.prevTerm),
      isTaken: ({ event }) => event.type === 'APPENDED' && event.success,
      mayCommit: ({ context }) => {
        const index = agreed(context);
        return index > context.commitIndex && termAt(context.log, index) === context.currentTerm;
      },
    },
    delays: {
      patience: ({ context }) => patience(context),
      heartbeat: ({ context }) => context.heartbeat,
    },
  });

const redirected = { PROPOSE: { actions: 'redirect' }, READ: { actions: 'redirect' } } as const;

const newer = { guard: and(['isPeer', 'isNewer']), target: 'follower', actions: 'stepDown' } as const;

const granting = {
  guard: and(['isPeer', 'isFree', 'isUpToDate']),
  target: 'follower',
  reenter: true,
  actions: 'grant',
} as const;

/** Who is no follower becomes one by a newer term, also when the vote is denied. */
const voting = [
  granting,
  { guard: and(['isPeer', 'isNewer']), target: 'follower', actions: 'deny' },
  { guard: 'isPeer', actions: 'deny' },
] as const;

const following = [
  { guard: and(['isPeer', 'isOlder']), actions: 'refuse' },
  { guard: and(['isPeer', 'fits']), target: 'follower', reenter: true, actions: 'store' },
  { guard: 'isPeer', target: 'follower', reenter: true, actions: 'refuse' },
] as const;

/**
 * A server of a replicated state machine. See the header of the file.
 * @param machine made once for all servers; `apply` must be pure
 * @throws an error with code INVALID_OPTION when a server is started with an input that cannot be
 */
export function raft<State, Command>(machine: Replicated<State, Command>) {
  const base = setting(machine as unknown as Replicated<unknown, unknown>);
  return base.createMachine({
    id: 'raft',
    options: bounded,
    context: ({ input }) => begin(input, machine.initial),
    initial: 'follower',
    states: {
      follower: {
        after: { patience: { target: 'candidate', actions: 'campaign' } },
        on: {
          ...redirected,
          REQUEST_VOTE: [granting, { guard: 'isPeer', actions: 'deny' }],
          VOTE: newer,
          APPEND: [...following],
          APPENDED: newer,
        },
      },
      candidate: {
        always: { guard: 'isElected', target: 'leader', actions: 'lead' },
        after: { patience: { target: 'candidate', reenter: true, actions: 'campaign' } },
        on: {
          ...redirected,
          REQUEST_VOTE: [...voting],
          VOTE: [newer, { guard: and(['isPeer', 'isCurrent', 'isGranted']), actions: 'recordVote' }],
          APPEND: [...following],
          APPENDED: newer,
        },
      },
      leader: {
        always: { guard: 'mayCommit', actions: 'commit' },
        after: { heartbeat: { target: 'leader', reenter: true, actions: 'heartbeat' } },
        on: {
          REQUEST_VOTE: [...voting],
          VOTE: newer,
          APPEND: [
            { guard: and(['isPeer', 'isOlder']), actions: 'refuse' },
            { guard: and(['isPeer', 'isNewer', 'fits']), target: 'follower', actions: 'store' },
            { guard: and(['isPeer', 'isNewer']), target: 'follower', actions: 'refuse' },
          ],
          APPENDED: [
            newer,
            { guard: and(['isPeer', 'isCurrent', 'isTaken']), actions: 'acknowledge' },
            { guard: and(['isPeer', 'isCurrent']), actions: 'backUp' },
          ],
          PROPOSE: { actions: 'propose' },
          READ: { actions: 'read' },
        },
      },
    },
  });
}

/** A replicated register: its state is what was proposed last. */
export const raftRegister = raft<unknown, unknown>({ initial: null, apply: (_, value) => [value, null] });

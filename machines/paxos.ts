/**
 * A server of single-decree Paxos (Lamport, The Part-Time Parliament, 1998; Paxos Made Simple, 2001): proposer, acceptor and learner in
 * one, behind the interface of a register that is written once (register-client.ts). With `patience` never running out it is the
 * server of Stateright's `examples/paxos.rs`, whose state counts it reproduces.
 *
 * | event                          | in                   | does                                                              |
 * |--------------------------------|----------------------|-------------------------------------------------------------------|
 * | PUT {from, request, value}     | idle, following      | opens a ballot for the value                                      |
 * | PREPARE {ballot}               | undecided            | higher than all before: promises, PREPARED with its last vote     |
 * | PREPARED {from, ballot, accepted} | preparing         | at a majority: ACCEPT, for the highest vote among them if there is one |
 * | ACCEPT {ballot, proposal}      | undecided            | not lower than its promise: votes, ACCEPTED                       |
 * | ACCEPTED {from, ballot}        | proposing            | at a majority: chosen; DECIDED to all, PUT_OK to the client       |
 * | DECIDED {ballot, proposal}     | undecided            | learns                                                            |
 * | GET {from, request}            | every state          | GET_OK {request, value}, as soon as it knows the decision         |
 *
 * A PUT that loses is not answered, nobody knows when it is safe to say so: its client reads. What runs out of `patience` opens a higher
 * ballot: a leader without majority, one that was outbid, an acceptor that hears of no decision. An acceptor that starts again must be given
 * its `memory`, or two values may be chosen.
 */
import { assertEvent, assign, setup } from 'xstate';
import type {
  Accepted,
  Ballot,
  PaxosContext,
  PaxosEvent,
  PaxosInput,
  PaxosMessage,
  Reader,
} from './paxos-protocol.ts';
import { begin, compareBallots, highest, isChosen, isPromised, opened } from './paxos-rules.ts';
import { joined } from './quorum.ts';
import type { RegisterAnswer } from './register-client.ts';
import { bounded, tell, typed } from './vocabulary.ts';

interface Handled {
  readonly context: PaxosContext;
}

const base = setup({
  types: typed<{ context: PaxosContext; events: PaxosEvent; input: PaxosInput }>(),
  actions: {
    tell,
    open: assign(({ context }) => opened(context)),
    propose: assign(({ event }) => {
      assertEvent(event, 'PUT');
      return { proposal: { request: event.request, client: event.from, value: event.value } };
    }),
    /** Who takes over carries on with what it voted for. */
    proposeVote: assign(({ context }) => ({ proposal: context.accepted?.proposal ?? null })),
    promise: assign((_, { ballot }: { ballot: Ballot }) => ({ ballot })),
    vote: assign((_, accepted: Accepted) => ({ ballot: accepted.ballot, accepted })),
    recordPromise: assign(({ context, event }) => {
      assertEvent(event, 'PREPARED');
      return { prepares: { ...context.prepares, [event.from]: event.accepted } };
    }),
    /** The heart of the protocol: what may have been chosen is proposed again. */
    adopt: assign(({ context }) => ({ proposal: highest(context) ?? context.proposal })),
    recordVote: assign(({ context }, { from }: { from: string }) => ({
      accepts: joined(context.accepts, from),
    })),
    keepReader: assign(({ context, event }) => {
      assertEvent(event, 'GET');
      return { readers: [...context.readers, { from: event.from, request: event.request }] };
    }),
  },
  guards: {
    isHigher: ({ context }, ballot: Ballot) => compareBallots(ballot, context.ballot) > 0,
    isNotLower: ({ context }, ballot: Ballot) => compareBallots(ballot, context.ballot) >= 0,
    isOwn: ({ context }, ballot: Ballot) => compareBallots(ballot, context.ballot) === 0,
    isPromised: ({ context }) => isPromised(context),
    isChosen: ({ context }) => isChosen(context),
    isWinner: ({ context: { accepted } }, request: string) => accepted?.proposal.request === request,
    hasVoted: ({ context }) => context.accepted !== null,
    hasRoom: ({ context }) => context.readers.length < context.room,
  },
  delays: { patience: ({ context }) => context.patience },
});

const answer = ({ accepted }: PaxosContext, { request }: Reader): RegisterAnswer => ({
  type: 'GET_OK',
  request,
  value: accepted?.proposal.value ?? null,
});

/** Words to all peers. */
const speaking = base.extend({
  actions: {
    /** Phase 1a. */
    sendPrepare: base.enqueueActions(({ context: { peers, ballot }, enqueue }) => {
      const event: PaxosMessage = { type: 'PREPARE', ballot };
      for (const to of peers) enqueue({ type: 'tell', params: { to, event } });
    }),
    /** Phase 2a. */
    sendAccept: base.enqueueActions(({ context, enqueue }) => {
      const event: PaxosMessage = { type: 'ACCEPT', ...proposed(context) };
      for (const to of context.peers) enqueue({ type: 'tell', params: { to, event } });
    }),
    sendDecided: base.enqueueActions(({ context, enqueue }) => {
      const { ballot, proposal } = proposed(context);
      const event: PaxosMessage = { type: 'DECIDED', ballot, proposal };
      for (const to of context.peers) enqueue({ type: 'tell', params: { to, event } });
      const { client: to, request } = proposal;
      const written: RegisterAnswer = { type: 'PUT_OK', request };
      enqueue({ type: 'tell', params: { to, event: written } });
    }),
    answerReaders: base.enqueueActions(({ context, enqueue }) => {
      for (const reader of context.readers)
        enqueue({ type: 'tell', params: { to: reader.from, event: answer(context, reader) } });
      enqueue.assign({ readers: [] });
    }),
  },
});

const voteOf = ({ ballot, proposal }: Accepted): Accepted => ({ ballot, proposal });

const ballotOf = ({ event }: { event: { readonly ballot: Ballot } }): Ballot => event.ballot;

/** What a leader proposes in its ballot, which is also its own vote. */
const proposed = ({ ballot, proposal }: PaxosContext): Accepted => {
  if (proposal === null) throw new TypeError('Nobody leads without a proposal.');
  return { ballot, proposal };
};

/** Phase 1b. */
const promise = [
  { type: 'promise', params: ({ event }: { event: { ballot: Ballot } }) => ({ ballot: event.ballot }) },
  {
    type: 'tell',
    params: ({ context: { name, ballot, accepted } }: Handled) => ({
      to: ballot.server,
      event: { type: 'PREPARED', from: name, ballot, accepted } as const,
    }),
  },
] as const;

/** Phase 2b. */
const vote = [
  {
    type: 'vote',
    params: ({ event }: { event: Accepted }) => voteOf(event),
  },
  {
    type: 'tell',
    params: ({ context: { name, ballot } }: Handled) => ({
      to: ballot.server,
      event: { type: 'ACCEPTED', from: name, ballot } as const,
    }),
  },
] as const;

const isHigher = { type: 'isHigher', params: ballotOf } as const;
const isNotLower = { type: 'isNotLower', params: ballotOf } as const;
const isOwn = { type: 'isOwn', params: ballotOf } as const;

/** A leader whose ballot is not the highest any more. */
const leading = {
  PREPARE: { guard: isHigher, target: 'outbid', actions: promise },
  ACCEPT: { guard: isNotLower, target: 'outbid', actions: vote },
} as const;

const retry = { patience: { target: 'preparing', reenter: true, actions: ['open', 'sendPrepare'] } } as const;
const open = { PUT: { target: 'preparing', actions: ['propose', 'open', 'sendPrepare'] } } as const;

const undecided = {
  idle: speaking.createStateConfig({
    always: { guard: 'hasVoted', target: 'following' },
    on: open,
  }),
  following: speaking.createStateConfig({
    after: { patience: { target: 'preparing', actions: ['proposeVote', 'open', 'sendPrepare'] } },
    on: open,
  }),
  preparing: speaking.createStateConfig({
    after: retry,
    always: { guard: 'isPromised', target: 'proposing' },
    on: { ...leading, PREPARED: { guard: isOwn, actions: 'recordPromise' } },
  }),
  /** Phase 2a. */
  proposing: speaking.createStateConfig({
    entry: [
      'adopt',
      { type: 'vote', params: ({ context }) => proposed(context) },
      { type: 'recordVote', params: ({ context }) => ({ from: context.name }) },
      'sendAccept',
    ],
    after: retry,
    always: { guard: 'isChosen', target: '#paxos.decided', actions: 'sendDecided' },
    on: {
      ...leading,
      PREPARED: { guard: isOwn, actions: 'recordPromise' },
      ACCEPTED: { guard: isOwn, actions: { type: 'recordVote', params: ({ event }) => event } },
    },
  }),
  outbid: speaking.createStateConfig({ after: retry }),
};

/** See the header of the file. Throws `INVALID_OPTION` on a name that is empty or there twice, and on a patience no timer can wait for. */
export const paxos = speaking.createMachine({
  id: 'paxos',
  options: bounded,
  context: ({ input }) => begin(input),
  initial: 'undecided',
  states: {
    undecided: {
      initial: 'idle',
      on: {
        PREPARE: { guard: isHigher, actions: promise },
        ACCEPT: { guard: isNotLower, actions: vote },
        DECIDED: { target: 'decided', actions: { type: 'vote', params: ({ event }) => voteOf(event) } },
        GET: { guard: 'hasRoom', actions: 'keepReader' },
      },
      states: undecided,
    },
    decided: {
      entry: 'answerReaders',
      on: {
        GET: {
          actions: {
            type: 'tell',
            params: ({ context, event }) => ({ to: event.from, event: answer(context, event) }),
          },
        },
        /** Its client did not hear that it won, and asks again. */
        PUT: {
          guard: { type: 'isWinner', params: ({ event }) => event.request },
          actions: {
            type: 'tell',
            params: ({ event }) => ({ to: event.from, event: { type: 'PUT_OK', request: event.request } }),
          },
        },
      },
    },
  },
});

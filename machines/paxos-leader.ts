/**
 * The leader of one ballot of Paxos whose promises somebody else gathers: it is shown them, and keeps none. So it is in Lamport's
 * specification of the protocol, where all that was ever said lies open (lecture "How to win a Turing award"; `Phase1a`, `Phase2a`). The
 * acceptors are servers of paxos.ts. A server that leads, gathers and learns by itself is paxos.ts as a whole.
 *
 * | event                        | in        | does                                                                        |
 * |------------------------------|-----------|-----------------------------------------------------------------------------|
 * | START                        | idle      | PREPARE to all acceptors                                                    |
 * | PROPOSE {proposal, promises} | leading   | ACCEPT to all acceptors, if the promises are a majority's and the proposal is that of the highest vote among them, or nobody voted |
 */
import { and, assertEvent, assign, emit, setup } from 'xstate';
import type { Accepted, Ballot, PaxosMessage, Proposal } from './paxos-protocol.ts';
import { highest } from './paxos-rules.ts';
import { bounded, tell, typed } from './vocabulary.ts';

/** The promises for a ballot, by acceptor: each with the acceptor's last vote. */
export type Promises = Readonly<Record<string, Accepted | null>>;

export interface PaxosLeaderInput {
  /** Its own. `server` is the address of this leader. */
  readonly ballot: Ballot;
  readonly acceptors: readonly string[];
}

export interface PaxosLeaderContext {
  readonly ballot: Ballot;
  /** A set: nothing but their names tells them apart. */
  readonly acceptors: ReadonlySet<string>;
  readonly proposal: Proposal | null;
}

export type PaxosLeaderEvent = { readonly type: 'START' } | ({ readonly type: 'PROPOSE' } & Offer);

interface Offer {
  readonly proposal: Proposal;
  readonly promises: Promises;
}

/** What a proposal rests on. */
export interface PaxosProposed {
  readonly type: 'paxos.proposed';
  readonly ballot: Ballot;
  readonly promises: Promises;
}

const base = setup({
  types: typed<{
    context: PaxosLeaderContext;
    events: PaxosLeaderEvent;
    input: PaxosLeaderInput;
    emitted: PaxosProposed;
  }>(),
  actions: {
    tell,
    propose: assign((_, { proposal }: { proposal: Proposal }) => ({ proposal })),
    publish: emit(({ context }, { promises }: { promises: Promises }) => ({
      type: 'paxos.proposed' as const,
      ballot: context.ballot,
      promises,
    })),
  },
  guards: {
    isPromised: ({ context, event }) =>
      Object.keys(offer(event).promises).length * 2 > context.acceptors.size,
    /** Whatever a lower ballot may have chosen is what is proposed. */
    isSafe: ({ event }) => {
      const { proposal, promises } = offer(event);
      const voted = highest({ prepares: promises });
      return voted === null || voted.request === proposal.request;
    },
    /** Nobody may see two proposals in one ballot. */
    isFirst: ({ context }) => context.proposal === null,
  },
});

const offer = (event: PaxosLeaderEvent): Offer => {
  assertEvent(event, 'PROPOSE');
  return event;
};

const leading = base.extend({
  actions: {
    sendPrepare: base.enqueueActions(({ context: { acceptors, ballot }, enqueue }) => {
      const event: PaxosMessage = { type: 'PREPARE', ballot };
      for (const to of acceptors) enqueue({ type: 'tell', params: { to, event } });
    }),
    sendAccept: base.enqueueActions(({ context: { acceptors, ballot, proposal }, enqueue }) => {
      if (proposal === null) return;
      const event: PaxosMessage = { type: 'ACCEPT', ballot, proposal };
      for (const to of acceptors) enqueue({ type: 'tell', params: { to, event } });
    }),
  },
});

/** See the header of the file. */
export const paxosLeader = leading.createMachine({
  id: 'paxosLeader',
  options: bounded,
  context: ({ input: { ballot, acceptors } }) => ({
    ballot,
    acceptors: new Set(acceptors),
    proposal: null,
  }),
  initial: 'idle',
  states: {
    idle: { on: { START: { target: 'leading', actions: 'sendPrepare' } } },
    leading: {
      on: {
        PROPOSE: {
          guard: and(['isFirst', 'isPromised', 'isSafe']),
          actions: [
            { type: 'propose', params: ({ event }) => event },
            { type: 'publish', params: ({ event }) => event },
            'sendAccept',
          ],
        },
      },
    },
  },
});

/**
 * Lamport's Paxos as he specifies it in the lecture "The Paxos algorithm, or how to win a Turing award" (tlaplus/Examples,
 * PaxosHowToWinATuringAward): acceptors, one leader for each ballot, and messages that are never taken away. The acceptors are the
 * servers that run in production.
 *
 * A leader of the specification reads all promises there are at once. Here it may be shown any promises there could be; a run in which
 * it goes by one that was never made is beyond the boundary.
 *
 *     npx troupe check examples/model-checking/paxos-synod.ts
 *     npx troupe check examples/model-checking/paxos-synod.ts --param mutant=no-adoption
 */
import type { EventObject } from 'xstate';
import { always, defineSystem, keyOf, sometimes, type Ledger, type SystemState } from 'troupe/testing';
import {
  paxos,
  paxosLeader,
  type Accepted,
  type Ballot,
  type PaxosInput,
  type PaxosLeaderEvent,
  type PaxosLeaderInput,
  type PaxosMessage,
  type PaxosProposed,
  type Promises,
  type Proposal,
} from 'troupe/machines';
import { pick } from './pick.ts';
import { named } from './register-clients.ts';

interface Charts {
  readonly acceptor?: typeof paxos;
  readonly leader?: typeof paxosLeader;
}

/** What can be got wrong; each may choose two values. */
const mutants = {
  none: {},
  /** A leader proposes what it likes, whatever has been voted for. */
  'no-adoption': { leader: paxosLeader.provide({ guards: { isSafe: () => true } }) },
  /** An acceptor votes in ballots below its promise. */
  'no-promise': { acceptor: paxos.provide({ guards: { isNotLower: () => true } }) },
  /** A leader proposes a second time in its ballot. */
  'two-proposals': { leader: paxosLeader.provide({ guards: { isFirst: () => true } }) },
  /** One promise is enough for a leader. */
  'small-quorum': { leader: paxosLeader.provide({ guards: { isPromised: () => true } }) },
} as const satisfies Readonly<Record<string, Charts>>;

export interface Params {
  readonly acceptors?: number;
  readonly values?: number;
  /** One leader each. */
  readonly ballots?: number;
  readonly mutant?: keyof typeof mutants;
}

/** What was said and done. All of it follows from the messages there are, so it makes no more states of them. */
interface History {
  /** The promises made, by leader. */
  readonly promises: Readonly<Record<string, Promises>>;
  /** Who voted, by leader and proposal. */
  readonly votes: Readonly<Record<string, Readonly<Record<string, ReadonlySet<string>>>>>;
  /** Did a leader go by a promise nobody made? */
  readonly unfounded: boolean;
}

const history: Ledger<History> = {
  initial: { promises: {}, votes: {}, unfounded: false },
  sent: (log, { event }) => {
    const said = event as PaxosMessage;
    if (said.type !== 'PREPARED') return undefined;
    const { from, ballot, accepted } = said;
    const made = { ...log.promises[ballot.server], [from]: accepted };
    return { ...log, promises: { ...log.promises, [ballot.server]: made } };
  },
  delivered: (log, { to, event }) => {
    const said = event as PaxosMessage;
    if (said.type !== 'ACCEPT') return undefined;
    const { ballot, proposal } = said;
    const votes = log.votes[ballot.server];
    const voters = new Set([...(votes?.[proposal.request] ?? []), to]);
    return { ...log, votes: { ...log.votes, [ballot.server]: { ...votes, [proposal.request]: voters } } };
  },
  emitted: (log, leader, event) => {
    const { promises } = event as EventObject & PaxosProposed;
    const made = log.promises[leader] ?? {};
    const isFounded = Object.entries(promises).every(
      ([from, accepted]) => from in made && keyOf(made[from]) === keyOf(accepted),
    );
    return isFounded ? undefined : { ...log, unfounded: true };
  },
};

/** All sets of promises of `size` acceptors there can be in a ballot. */
const promisesOf = (acceptors: readonly string[], votes: readonly Accepted[], size: number): Promises[] =>
  acceptors
    .reduce<Promises[]>(
      (sets, name) =>
        sets.flatMap((set) => [set, ...[null, ...votes].map((vote) => ({ ...set, [name]: vote }))]),
      [{}],
    )
    .filter((set) => Object.keys(set).length === size);

/** What the leader of the last of these ballots may do: start, and propose anything on any promises. */
const choicesOf = (
  ballots: readonly Ballot[],
  proposals: readonly Proposal[],
  acceptors: readonly string[],
  quorum: number,
): PaxosLeaderEvent[] => {
  const earlier = ballots.slice(0, -1);
  const votes = earlier.flatMap((ballot) => proposals.map((proposal) => ({ ballot, proposal })));
  const offers = promisesOf(acceptors, votes, quorum).flatMap((promises) =>
    proposals.map((proposal) => ({ type: 'PROPOSE', proposal, promises }) as const),
  );
  return [{ type: 'START' }, ...offers];
};

export const system = ({ acceptors = 3, values = 2, ballots = 2, mutant = 'none' }: Params = {}) => {
  const names = named('acceptor', acceptors);
  const { acceptor = paxos, leader = paxosLeader }: Charts = pick(mutants, mutant);
  const quorum = mutant === 'small-quorum' ? 1 : Math.floor(acceptors / 2) + 1;
  const proposals = named('v', values).map((value): Proposal => ({
    request: value,
    client: 'client',
    value,
  }));
  const numbered = named('leader', ballots).map((server, round): Ballot => ({ round, server }));
  const chosen = ({ history }: SystemState): ReadonlySet<string> =>
    new Set(
      Object.values((history as History).votes)
        .flatMap((votes) => Object.entries(votes))
        .filter(([, voters]) => voters.size * 2 > acceptors)
        .map(([request]) => request),
    );
  return defineSystem({
    name: 'Paxos (Synod)',
    network: 'monotone',
    timers: 'never',
    actors: {
      ...Object.fromEntries(
        names.map((name) => {
          // They never lead, so they need not know each other.
          const input: PaxosInput = { name, peers: [] };
          return [name, { logic: acceptor, input }];
        }),
      ),
      ...Object.fromEntries(
        numbered.map((ballot, round) => {
          const input: PaxosLeaderInput = { ballot, acceptors: names };
          const choices = choicesOf(numbered.slice(0, round + 1), proposals, names, quorum);
          return [ballot.server, { logic: leader, input, choices }];
        }),
      ),
    },
    history,
    boundary: (state) => !(state.history as History).unfounded,
    properties: [
      always('at most one value is chosen', (state) => chosen(state).size <= 1),
      sometimes('a value is chosen', (state) => chosen(state).size === 1),
    ],
    symmetry: [names],
  });
};

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
  type PaxosLeaderInput,
  type PaxosMessage,
  type PaxosProposed,
  type Promises,
  type Proposal,
} from 'troupe/machines';
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

/** What was said and done, as sets. All of it follows from the messages there are, so it makes no more states of them. */
interface History {
  /** Keys of the promises made. */
  readonly promises: readonly string[];
  /** Who voted for which value in which ballot. */
  readonly votes: Readonly<Record<string, readonly string[]>>;
  /** Did a leader go by a promise nobody made? */
  readonly unfounded: boolean;
}

const promiseKey = (from: string, ballot: Ballot, accepted: Accepted | null): string =>
  keyOf([from, ballot, accepted]);

const joined = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name].sort();

const history: Ledger<History> = {
  initial: { promises: [], votes: {}, unfounded: false },
  sent: (log, { event }) => {
    const said = event as PaxosMessage;
    if (said.type !== 'PREPARED') return undefined;
    return { ...log, promises: joined(log.promises, promiseKey(said.from, said.ballot, said.accepted)) };
  },
  delivered: (log, { to, event }) => {
    const said = event as PaxosMessage;
    if (said.type !== 'ACCEPT') return undefined;
    const vote = keyOf([said.ballot, said.proposal.request]);
    return { ...log, votes: { ...log.votes, [vote]: joined(log.votes[vote] ?? [], to) } };
  },
  emitted: (log, _leader, event) => {
    const { ballot, promises } = event as EventObject & PaxosProposed;
    const made = Object.entries(promises).every(([from, accepted]) =>
      log.promises.includes(promiseKey(from, ballot, accepted)),
    );
    return made ? undefined : { ...log, unfounded: true };
  },
};

/** All sets of promises there can be in a ballot, the empty one left out. */
const promisesOf = (acceptors: readonly string[], votes: readonly Accepted[]): Promises[] =>
  acceptors
    .reduce<Promises[]>(
      (sets, name) =>
        sets.flatMap((set) => [set, ...[null, ...votes].map((vote) => ({ ...set, [name]: vote }))]),
      [{}],
    )
    .filter((set) => Object.keys(set).length > 0);

const leaderOf = (
  ballot: Ballot,
  acceptors: readonly string[],
  proposals: readonly Proposal[],
  earlier: readonly Ballot[],
) => {
  const votes = earlier.flatMap((ballot) => proposals.map((proposal) => ({ ballot, proposal })));
  const input: PaxosLeaderInput = { ballot, acceptors };
  const choices = promisesOf(acceptors, votes).flatMap((promises) =>
    proposals.map((proposal) => ({ type: 'PROPOSE', proposal, promises })),
  );
  return { input, choices: [{ type: 'START' }, ...choices] };
};

export const system = ({ acceptors = 3, values = 2, ballots = 2, mutant = 'none' }: Params = {}) => {
  const names = named('acceptor', acceptors);
  const { acceptor = paxos, leader = paxosLeader }: Charts = mutants[mutant];
  const proposals = named('v', values).map((value): Proposal => ({
    request: value,
    client: 'client',
    value,
  }));
  const numbered = named('leader', ballots).map((server, round): Ballot => ({ round, server }));
  const chosen = ({ history }: SystemState): Set<unknown> =>
    new Set(
      Object.entries((history as History).votes)
        .filter(([, voters]) => voters.length * 2 > acceptors)
        .map(([vote]) => vote.slice(vote.lastIndexOf('"v'))),
    );
  return defineSystem({
    name: 'Paxos (Synod)',
    network: 'monotone',
    timers: 'never',
    actors: {
      ...Object.fromEntries(
        names.map((name) => {
          const input: PaxosInput = { name, peers: names.filter((each) => each !== name) };
          return [name, { logic: acceptor, input }];
        }),
      ),
      ...Object.fromEntries(
        numbered.map((ballot, round) => [
          ballot.server,
          { logic: leader, ...leaderOf(ballot, names, proposals, numbered.slice(0, round)) },
        ]),
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

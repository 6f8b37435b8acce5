import { duration } from './check.ts';
import type { Accepted, Ballot, PaxosContext, PaxosInput, PaxosMemory, Proposal } from './paxos-protocol.ts';
import { majority, replica } from './quorum.ts';

/** Below 0: `a` is the lower ballot. */
export const compareBallots = (a: Ballot, b: Ballot): number =>
  a.round - b.round || (a.server < b.server ? -1 : a.server > b.server ? 1 : 0);

/** Below every ballot that anybody opens. */
const lowest: Ballot = { round: 0, server: '' };

export const begin = ({
  memory = { ballot: lowest, accepted: null },
  patience = 1000,
  ...input
}: PaxosInput): PaxosContext => ({
  ...replica('paxos', input),
  patience: duration('paxos', 'patience', patience),
  ballot: memory.ballot,
  accepted: memory.accepted,
  proposal: null,
  prepares: {},
  accepts: [],
  readers: [],
});

/** What of a server has to outlive it, to be its `memory` when it starts again. */
export const memoryOf = ({ ballot, accepted }: PaxosContext): PaxosMemory => ({ ballot, accepted });

/** A new ballot above every one this server knows of, with its promise to itself. */
export const opened = ({ ballot, name, accepted }: PaxosContext) => ({
  ballot: { round: ballot.round + 1, server: name },
  prepares: { [name]: accepted },
  accepts: [],
});

/**
 * The proposal of the highest vote among the promises; null when none of them has voted. If a lower ballot has chosen a value, a
 * majority voted for it, one of them is among the promises, and this is that value (Lamport 1998, condition B3).
 */
export const highest = ({ prepares }: Pick<PaxosContext, 'prepares'>): Proposal | null => {
  let found: Accepted | null = null;
  for (const vote of Object.values(prepares))
    if (vote !== null && (found === null || compareBallots(vote.ballot, found.ballot) > 0)) found = vote;
  return found?.proposal ?? null;
};

export const isPromised = (context: PaxosContext): boolean =>
  Object.keys(context.prepares).length >= majority(context);

export const isChosen = (context: PaxosContext): boolean => context.accepts.length >= majority(context);

import { count, duration, label } from './check.ts';
import { failure } from './fault.ts';
import type { RaftContext, RaftInput } from './raft-protocol.ts';

const chart = 'raft';

/** The context a server starts, or starts again, with. Throws `INVALID_OPTION` on a name, a range or a stored state that cannot be. */
export function begin(input: RaftInput, state: unknown): RaftContext {
  const { name, servers, currentTerm = 0, votedFor = null, log = [], noop = true, seed = 0 } = input;
  const { min, max } = input.electionTimeout ?? { min: 300, max: 600 };
  const heartbeat = duration(chart, 'heartbeat', input.heartbeat ?? 50);
  duration(chart, 'electionTimeout.min', min);
  duration(chart, 'electionTimeout.max', max);
  if (min > max || heartbeat >= min)
    throw failure(
      'INVALID_OPTION',
      `raft: heartbeat ${heartbeat} ms, electionTimeout ${min} to ${max} ms; a leader has to be heard before anybody stands against it: heartbeat < min <= max.`,
    );
  return {
    name: label(chart, 'name', name),
    peers: [...new Set(servers)].filter((server) => server !== name).sort(),
    electionTimeout: { min, max },
    heartbeat,
    batch: count(chart, 'batch', input.batch ?? 100),
    noop,
    seed,
    currentTerm: count(chart, 'currentTerm', currentTerm, 0),
    votedFor,
    log,
    leader: null,
    commitIndex: 0,
    state,
    votes: [],
    next: {},
    match: {},
    waiting: {},
  };
}

/**
 * The election timeout of a server in a term, ms: spread over the range by a hash (FNV-1a) of seed, name and term, because a chart draws
 * no random numbers. Servers that collided in one term most likely do not in the next, which is all that section 5.2 needs.
 */
export function patience({ electionTimeout: { min, max }, seed, name, currentTerm }: RaftContext): number {
  let hash = 0x811c9dc5;
  for (const letter of `${seed}/${name}/${currentTerm}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  // The last letters reach the low bits first; fold the high ones in.
  hash = (hash ^ (hash >>> 15)) >>> 0;
  return min + (hash % (max - min + 1));
}

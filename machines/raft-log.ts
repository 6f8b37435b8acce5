import type { RaftContext, RaftEmitted, RaftEntry, Replicated } from './raft-protocol.ts';

/** The term of an entry; 0 before the first and beyond the last. */
export const termAt = (log: readonly RaftEntry[], index: number): number => log[index - 1]?.term ?? 0;

export const lastTerm = (log: readonly RaftEntry[]): number => termAt(log, log.length);

/** Does a log hold the entry a message builds on (figure 2, AppendEntries rule 2)? */
export const holds = (log: readonly RaftEntry[], index: number, term: number): boolean =>
  index === 0 || (index <= log.length && termAt(log, index) === term);

/**
 * A log with a leader's entries after `prevIndex` (rules 3 and 4). Only a conflict cuts entries off: a message that is late and short
 * must not take away what a later one has brought.
 */
export function merged(
  log: readonly RaftEntry[],
  prevIndex: number,
  entries: readonly RaftEntry[],
): readonly RaftEntry[] {
  const conflict = entries.findIndex((entry, at) => termAt(log, prevIndex + at + 1) !== entry.term);
  return conflict < 0 ? log : [...log.slice(0, prevIndex + conflict), ...entries.slice(conflict)];
}

/** The highest entry that a majority of the servers has, the leader included. */
export function agreed({ log, peers, match }: RaftContext): number {
  const lengths = [log.length, ...peers.map((peer) => match[peer] ?? 0)].sort((a, b) => b - a);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

export const majority = ({ peers }: RaftContext): number => Math.floor((peers.length + 1) / 2) + 1;

export interface Applied {
  readonly change: Partial<RaftContext>;
  readonly emits: readonly RaftEmitted[];
  /** By index. */
  readonly results: ReadonlyMap<number, unknown>;
}

/** Commit up to an index: every entry on the way is applied, in order, once. */
export function applyUpTo(
  { apply }: Replicated<unknown, unknown>,
  context: RaftContext,
  upTo: number,
): Applied {
  const { name, currentTerm, log, commitIndex } = context;
  const emits: RaftEmitted[] = [];
  const results = new Map<number, unknown>();
  let { state } = context;
  for (let index = commitIndex + 1; index <= upTo; index++) {
    const entry = log[index - 1];
    if (entry === undefined) break;
    let result: unknown = entry.kind === 'read' ? state : null;
    if (entry.kind === 'command') [state, result] = apply(state, entry.command);
    results.set(index, result);
    emits.push({ type: 'raft.committed', name, term: currentTerm, index, entry });
  }
  return { change: { commitIndex: commitIndex + results.size, state }, emits, results };
}

import { agreed, applyUpTo, lastTerm, merged, termAt, type Applied } from './raft-log.ts';
import type {
  RaftAnswer,
  RaftContext,
  RaftEmitted,
  RaftEntry,
  RaftMessage,
  RaftRequest,
  Replicated,
} from './raft-protocol.ts';
import type { Tell } from './vocabulary.ts';

/** What a server does about an event: a change of its context, messages, news. */
export interface Decision {
  readonly change: Partial<RaftContext>;
  readonly tells?: readonly Tell[];
  readonly emits?: readonly RaftEmitted[];
}

type Of<Type extends RaftMessage['type']> = Extract<RaftMessage, { type: Type }>;
type Machine = Replicated<unknown, unknown>;

const to = (receiver: string | undefined, event: RaftMessage | RaftAnswer): Tell => ({ to: receiver, event });

/**
 * Be a follower in `term`. Who waits for entries of this server as leader is told that it no longer knows. The vote of the term stays:
 * a second one in the same term would make two leaders.
 */
export function follow(context: RaftContext, term: number): Required<Omit<Decision, 'emits'>> {
  const isNewer = term > context.currentTerm;
  return {
    change: {
      currentTerm: term,
      ...(isNewer ? { votedFor: null, leader: null } : {}),
      votes: [],
      next: {},
      match: {},
      waiting: {},
    },
    tells: Object.values(context.waiting).map(({ id, replyTo }) => to(replyTo, { type: 'UNDECIDED', id })),
  };
}

export function campaign({ name, peers, currentTerm, log }: RaftContext): Decision {
  const term = currentTerm + 1;
  const request = {
    type: 'REQUEST_VOTE',
    term,
    from: name,
    lastIndex: log.length,
    lastTerm: lastTerm(log),
  } as const;
  return {
    change: { currentTerm: term, votedFor: name, leader: null, votes: [name] },
    tells: peers.map((peer) => to(peer, request)),
  };
}

/** The candidate's log is at least as up to date as ours (section 5.4.1). */
export const isUpToDate = (
  { log }: RaftContext,
  { lastTerm: term, lastIndex }: Of<'REQUEST_VOTE'>,
): boolean => term > lastTerm(log) || (term === lastTerm(log) && lastIndex >= log.length);

export function vote(context: RaftContext, { term, from }: Of<'REQUEST_VOTE'>, granted: boolean): Decision {
  const { change, tells } =
    granted || term > context.currentTerm ? follow(context, term) : { change: {}, tells: [] };
  const answer = {
    type: 'VOTE',
    term: Math.max(term, context.currentTerm),
    from: context.name,
    granted,
  } as const;
  return {
    change: granted ? { ...change, votedFor: from } : change,
    tells: [...tells, to(from, answer)],
  };
}

export const recordVote = ({ votes }: RaftContext, { from }: Of<'VOTE'>): Decision => ({
  change: { votes: [...new Set([...votes, from])].sort() },
});

/** What a peer is missing, or a heartbeat. */
function appendTo(context: RaftContext, peer: string): Tell {
  const { name, currentTerm: term, log, commitIndex: commit, next, batch } = context;
  const prevIndex = (next[peer] ?? log.length + 1) - 1;
  const entries = log.slice(prevIndex, prevIndex + batch);
  return to(peer, {
    type: 'APPEND',
    term,
    from: name,
    prevIndex,
    prevTerm: termAt(log, prevIndex),
    entries,
    commit,
  });
}

const appendToAll = (context: RaftContext): Tell[] => context.peers.map((peer) => appendTo(context, peer));

export const heartbeat = (context: RaftContext): Decision => ({ change: {}, tells: appendToAll(context) });

export function lead(context: RaftContext): Decision {
  const { name, peers, currentTerm: term, noop } = context;
  const log: readonly RaftEntry[] = noop ? [...context.log, { term, kind: 'noop' }] : context.log;
  const change: Partial<RaftContext> = {
    leader: name,
    votes: [],
    log,
    next: Object.fromEntries(peers.map((peer) => [peer, context.log.length + 1])),
    match: Object.fromEntries(peers.map((peer) => [peer, 0])),
  };
  return {
    change,
    tells: appendToAll({ ...context, ...change }),
    emits: [{ type: 'raft.leader', name, term }],
  };
}

/** Take over a leader's entries. Committed is what the leader says, but no more than it has just shown to be its own (rule 5). */
export function store(machine: Machine, context: RaftContext, event: Of<'APPEND'>): Decision {
  const { term, from, prevIndex, entries, commit } = event;
  const { change, tells } = follow(context, term);
  const index = prevIndex + entries.length;
  const log = merged(context.log, prevIndex, entries);
  const applied = applyUpTo(machine, { ...context, currentTerm: term, log }, Math.min(commit, index));
  const answer = { type: 'APPENDED', term, from: context.name, success: true, index } as const;
  return {
    change: { ...change, leader: from, log, ...applied.change },
    tells: [...tells, to(from, answer)],
    emits: applied.emits,
  };
}

/** The log lacks what the message builds on; or, of an old leader, nothing of it is looked at. */
export function refuse(context: RaftContext, { term, from, prevIndex }: Of<'APPEND'>): Decision {
  const isStale = term < context.currentTerm;
  const { change, tells } = isStale ? { change: {}, tells: [] } : follow(context, term);
  const answer = {
    type: 'APPENDED',
    term: Math.max(term, context.currentTerm),
    from: context.name,
    success: false,
    index: Math.min(prevIndex - 1, context.log.length),
  } as const;
  return { change: isStale ? {} : { ...change, leader: from }, tells: [...tells, to(from, answer)] };
}

/** A peer has what it was sent; more is sent when there is more. Answers may come late and twice: what is known only grows. */
export function acknowledge(context: RaftContext, { from, index }: Of<'APPENDED'>): Decision {
  const known = context.match[from] ?? 0;
  if (index <= known) return { change: {} };
  const change = {
    match: { ...context.match, [from]: index },
    next: { ...context.next, [from]: Math.max(context.next[from] ?? 1, index + 1) },
  };
  return { change, tells: index < context.log.length ? [appendTo({ ...context, ...change }, from)] : [] };
}

/** A peer lacks entries: try earlier ones, but none that it is known to have. */
export function backUp(context: RaftContext, { from, index }: Of<'APPENDED'>): Decision {
  const before = context.next[from] ?? 1;
  const next = Math.max((context.match[from] ?? 0) + 1, Math.min(before - 1, index + 1));
  if (next === before) return { change: {} };
  const change = { next: { ...context.next, [from]: next } };
  return { change, tells: [appendTo({ ...context, ...change }, from)] };
}

/** A proposal becomes an entry; so does a read, and is answered when it is committed: then this server led when it was asked. */
export function take(context: RaftContext, event: RaftRequest): Decision {
  const { id, replyTo } = event;
  const term = context.currentTerm;
  const entry: RaftEntry =
    event.type === 'READ' ? { term, kind: 'read' } : { term, kind: 'command', command: event.command };
  const log = [...context.log, entry];
  const asker = { id, ...(replyTo === undefined ? {} : { replyTo }) };
  const change = { log, waiting: { ...context.waiting, [log.length]: asker } };
  return { change, tells: appendToAll({ ...context, ...change }) };
}

/** Commit what a majority has, and answer who waited for it. */
export function commit(machine: Machine, context: RaftContext): Decision {
  const { change, emits, results }: Applied = applyUpTo(machine, context, agreed(context));
  const settled = Object.entries(context.waiting).filter(([index]) => results.has(Number(index)));
  const waiting = Object.fromEntries(
    Object.entries(context.waiting).filter(([index]) => !results.has(Number(index))),
  );
  return {
    change: { ...change, waiting },
    emits,
    tells: settled.map(([index, { id, replyTo }]) =>
      to(replyTo, { type: 'ANSWER', id, index: Number(index), result: results.get(Number(index)) }),
    ),
  };
}

export const redirect = ({ leader }: RaftContext, { id, replyTo }: RaftRequest): Decision => ({
  change: {},
  tells: [to(replyTo, { type: 'NOT_LEADER', id, leader })],
});

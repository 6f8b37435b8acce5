/** The properties of figure 3 of the Raft paper, over what the servers say and what they have stored. */
import { always, sometimes, type Ledger, type SystemState } from 'troupe/testing';
import type { RaftContext, RaftEmitted, RaftEntry } from 'troupe/machines';

/** An entry somebody took for committed, and the first term in which somebody did. */
interface Committed {
  readonly entry: RaftEntry;
  readonly term: number;
}

export interface Elections {
  /** By term, who said it leads, in order of name. */
  readonly leaders: Readonly<Record<number, readonly string[]>>;
  readonly committed: Readonly<Record<number, Committed>>;
  /** Did two servers ever take different entries for committed at one index? */
  readonly isSafe: boolean;
}

const isSame = (a: RaftEntry | undefined, b: RaftEntry | undefined): boolean =>
  a?.term === b?.term && a?.kind === b?.kind && a?.command === b?.command;

export const history: Ledger<Elections> = {
  initial: { leaders: {}, committed: {}, isSafe: true },
  emitted(seen, _server, event) {
    const news = event as RaftEmitted;
    if (news.type === 'raft.leader') {
      const names = new Set([...(seen.leaders[news.term] ?? []), news.name]);
      return { ...seen, leaders: { ...seen.leaders, [news.term]: [...names].sort() } };
    }
    const { index, entry, term } = news;
    const known = seen.committed[index];
    if (known === undefined) return { ...seen, committed: { ...seen.committed, [index]: { entry, term } } };
    if (!isSame(known.entry, entry)) return { ...seen, isSafe: false };
    if (known.term <= term) return undefined;
    return { ...seen, committed: { ...seen.committed, [index]: { entry, term } } };
  },
};

const serversOf = ({ actors }: SystemState) =>
  Object.values(actors).filter(({ status, context }) => status === 'active' && isServer(context as object));

const isServer = (context: object): context is RaftContext => 'currentTerm' in context;

const logsMatch = (a: readonly RaftEntry[], b: readonly RaftEntry[]): boolean => {
  const last = a.findLastIndex((entry, at) => entry.term === b[at]?.term);
  return a.slice(0, last + 1).every((entry, at) => isSame(entry, b[at]));
};

const seenBy = ({ history: seen }: SystemState) => seen as Elections;

export const properties = [
  always('election safety: one leader a term', (state) =>
    Object.values(seenBy(state).leaders).every(({ length }) => length === 1),
  ),
  always('log matching: same index and term, same log up to there', (state) => {
    const logs = serversOf(state).map(({ context }) => (context as RaftContext).log);
    return logs.every((log, at) => logs.slice(at + 1).every((other) => logsMatch(log, other)));
  }),
  always('leader completeness: a later leader has what was committed', (state) =>
    serversOf(state)
      .filter(({ value }) => value === 'leader')
      .every(({ context }) => {
        const { currentTerm, log } = context as RaftContext;
        return Object.entries(seenBy(state).committed).every(
          ([index, { entry, term }]) => term >= currentTerm || isSame(log[Number(index) - 1], entry),
        );
      }),
  ),
  always('state machine safety: nobody commits anything else', (state) => seenBy(state).isSafe),
  sometimes('a leader is elected', (state) => Object.keys(seenBy(state).leaders).length > 0),
  sometimes('an entry is committed', (state) => Object.keys(seenBy(state).committed).length > 0),
  sometimes('a second leader is elected', (state) => Object.keys(seenBy(state).leaders).length > 1),
];

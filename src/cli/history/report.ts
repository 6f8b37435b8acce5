import type { HistoryEntry, StoredCommit } from '../../durable/history/history.ts';
import type { Replay } from '../../durable/history/replay.ts';
import { compact } from '../../message/json.ts';
import { story } from './words.ts';

/** Columns of a line where the terminal does not say. */
const WIDTH = 100;

/** One line per commit, cut to the width of the terminal. */
export function lines(entries: readonly HistoryEntry[], width = WIDTH): readonly string[] {
  const columns = entries.map(columnsOf);
  const widest = [0, 1, 2].map((at) => Math.max(0, ...columns.map((each) => (each[at] ?? '').length)));
  return columns.map(([number, time, node, text]) => {
    const [first = 0, , third = 0] = widest;
    return cut(`${number.padStart(first)}  ${time}  ${node.padEnd(third)}  ${text}`, width);
  });
}

const NO_TIME = ' '.repeat('2026-01-01 00:00:00.000'.length);

function columnsOf(entry: HistoryEntry): readonly [number: string, time: string, node: string, text: string] {
  if ('unreadable' in entry)
    return ['?', NO_TIME, '', `UNREADABLE at position ${entry.position}: ${entry.unreadable}`];
  return [`${entry.number}`, timeText(entry.at), entry.node, story(entry)];
}

/** In UTC, as ISO 8601 has it but for a blank. */
const timeText = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, -1);

const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;

/** A commit for machines; times for people. */
export function plain(entry: HistoryEntry): unknown {
  if ('unreadable' in entry) return entry;
  const shown = Object.entries(entry).filter(([name]) => name !== 'state');
  return { ...Object.fromEntries(shown), at: dateText(entry.at), timers: entry.timers.map(dated) };
}

/** All that is known of an actor at a commit. */
export function whole(commit: StoredCommit): unknown {
  const { state } = commit;
  const { output, error } = state.actor;
  return {
    ...(plain(commit) as object),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    unfinished: state.outbox,
    works: state.works.map(({ due, ...work }) =>
      due === undefined ? work : { ...work, due: dateText(due) },
    ),
  };
}

const dateText = (at: number): string => new Date(at).toISOString();
const dated = <T extends { readonly due: number }>(timer: T) => ({ ...timer, due: dateText(timer.due) });

/** What a replay found, in a sentence or two. */
export function verdict({ replayed, given, passed, difference }: Replay): string {
  const besides = [
    given > 0 ? `${given} taken as stored, to begin from` : '',
    passed > 0 ? `${passed} passed over: unreadable, or of another machine or version` : '',
  ].filter((text) => text !== '');
  const rest = besides.length === 0 ? '' : ` (${besides.join('; ')})`;
  if (difference === undefined)
    return `replayed ${replayed} ${replayed === 1 ? 'commit' : 'commits'}: every state is as it was stored${rest}`;
  const { number, at, stored, replayed: found } = difference;
  return [
    `commit ${number} differs at ${at}; ${replayed} before it are as stored${rest}`,
    `  stored:    ${shown(stored)}`,
    `  replayed:  ${shown(found)}`,
  ].join('\n');
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : compact(value));

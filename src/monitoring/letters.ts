import type { DeadLetter } from '../actor/dead-letters.ts';
import { DeadLetterBox } from '../coordination/queue/dead-letter-box.ts';
import type { Queues } from '../durable/queue-store.ts';
import { HIDDEN } from './redact.ts';
import type { Letter, Letters, QueueTally } from './monitor-protocol.ts';
import type { Values } from './values.ts';

/** Letters that are counted, count: of more it is said that there are so many. */
const COUNTED = 10_000;
/** Of what is said of an error, characters. */
const DETAIL = 500;

const detail = (text: string, values: Values): string =>
  values.hidesErrors ? HIDDEN : text.slice(0, DETAIL);

/** Messages between actors that were not delivered, the last ones first. */
export function lettersBetween(
  all: readonly DeadLetter[],
  from: number,
  limit: number,
  values: Values,
): Letters {
  const rows = all
    .toReversed()
    .slice(from, from + limit)
    .map(({ id = '', at, reason, to, from: sender, event, detail: why }): Letter => ({
      ...{ id, time: at, reason, to },
      ...(sender === undefined ? {} : { from: sender }),
      ...(event === undefined ? {} : { event: values.event(event) }),
      ...(why === undefined ? {} : { error: detail(why, values) }),
    }));
  return { rows, total: all.length };
}

/** Those of a work queue, oldest first. */
export async function lettersOf(
  queues: Queues,
  queue: string,
  from: number,
  limit: number,
  values: Values,
): Promise<Letters> {
  const rows: Letter[] = [];
  let total = 0;
  for await (const letter of new DeadLetterBox(queues, queue).list()) {
    total += 1;
    if (total > COUNTED) break;
    if (total <= from || rows.length >= limit) continue;
    const id = String(letter.id);
    if ('unreadable' in letter) {
      rows.push({
        id,
        time: 0,
        reason: 'unreadable',
        to: '',
        error: detail(letter.unreadable, values),
        queue,
      });
      continue;
    }
    const { actor = '', event, error, attempts, died } = letter;
    rows.push({
      ...{ id, time: died, reason: error.code === '' ? error.name : error.code, to: actor, attempts, queue },
      ...(event === undefined ? {} : { event: values.event(event) }),
      error: detail(error.message, values),
    });
  }
  return { rows, total };
}

/** How full the queues are. One that cannot be asked is left out. */
export async function tallyOf(
  queues: Queues | undefined,
  names: Iterable<string>,
): Promise<readonly QueueTally[]> {
  if (queues === undefined) return [];
  const tallies = [...names].map(async (queue): Promise<QueueTally | undefined> => {
    try {
      const depth = (await (await queues.find(queue))?.count()) ?? 0;
      let deadLetters = 0;
      const dead = queues.dead.list(queue)[Symbol.asyncIterator]();
      while (deadLetters < COUNTED && (await dead.next()).done !== true) deadLetters += 1;
      await dead.return?.();
      return { queue, depth, deadLetters };
    } catch {
      return undefined;
    }
  });
  return (await Promise.all(tallies)).filter((tally) => tally !== undefined);
}

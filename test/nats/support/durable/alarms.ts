import type { Journal } from 'troupe';
import type { AlarmContext } from './alarm.ts';
import { commitsOf, storedOf } from './books.ts';

/** An alarm, as its journal has it: when it was set and when it rang, ms since the epoch. */
export interface AlarmRecord {
  readonly value: unknown;
  readonly rang: number;
  readonly set: number;
  readonly rings: readonly number[];
}

export async function alarmOf(journal: Journal, key: string): Promise<AlarmRecord> {
  const id = `alarm/${key}`;
  const { value, context } = await storedOf(journal, id);
  const commits = await commitsOf(journal, id);
  const set = commits.find(({ causes }) =>
    causes.some((cause) => cause.kind === 'message' && cause.event.type === 'SET'),
  );
  const rings = commits.filter(({ causes }) => causes.some(({ kind }) => kind === 'timer'));
  return { value, rang: (context as AlarmContext).rang, set: set?.at ?? 0, rings: rings.map(({ at }) => at) };
}

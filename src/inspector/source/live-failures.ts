import type { Entry } from '../../monitoring/entry.ts';

/** What the library's own charts emit when one ends otherwise than it should. */
const FAILURES = {
  'saga.compensated': { severity: 'warning', one: 'saga was', more: 'sagas were', how: 'undone' },
  'saga.abandoned': { severity: 'error', one: 'saga was', more: 'sagas were', how: 'abandoned half done' },
  'workflow.failed': { severity: 'error', one: 'workflow has', more: 'workflows have', how: 'failed' },
} as const;

type Failure = keyof typeof FAILURES;

/** How long one is told of, ms. */
const WINDOW = 300_000;
/** Of each kind, count: of more it is said that there are more. */
const COUNTED = 1_000;

/** Sagas and workflows that ended badly while somebody looked, in the last minutes. */
export class Failures {
  readonly #times: Readonly<Record<Failure, number[]>> = {
    'saga.compensated': [],
    'saga.abandoned': [],
    'workflow.failed': [],
  };

  take(entry: Extract<Entry, { kind: 'step' }>): void {
    for (const { type } of entry.emitted) {
      if (!Object.hasOwn(FAILURES, type)) continue;
      const times = this.#times[type as Failure];
      times.push(entry.time ?? 0);
      if (times.length > COUNTED) times.shift();
    }
  }

  /** @param isSampled only a part of what happens is told */
  alerts(
    now: number,
    isSampled: boolean,
  ): readonly { readonly severity: 'warning' | 'error'; readonly text: string }[] {
    return (Object.keys(FAILURES) as Failure[]).flatMap((type) => {
      const count = this.#times[type].filter((time) => now - time < WINDOW).length;
      if (count === 0) return [];
      const { severity, one, more, how } = FAILURES[type];
      const least = isSampled || count >= COUNTED ? 'at least ' : '';
      return [
        { severity, text: `${least}${count} ${count === 1 ? one : more} ${how} in the last 5 minutes` },
      ];
    });
  }
}

import type { Backoff } from '../../actor/supervision.ts';
import { checkKnown, TroupeError } from '../../errors.ts';
import type { Random } from '../../ports.ts';

export interface QueueOptions {
  /**
   * Parts into which a queue is divided, count: each part is worked on by one node at a time. A queue keeps the number it was made
   * with. Default 16.
   */
  readonly partitions?: number;
  /** Attempts before a message becomes a dead letter, count. Default 5. */
  readonly maxAttempts?: number;
  /** Wait before the next attempt. Default `{ initial: 1_000, factor: 2, max: 60_000, jitter: 0.2 }`, ms. */
  readonly backoff?: Backoff;
  /** Time an actor gets to handle (a durable one: to commit) a message, ms. Default 30 000. */
  readonly ackWait?: number;
  /** Messages that one consumer has under way at a time, count. Default 64. */
  readonly concurrency?: number;
  /** For how long at least a message that is done with makes another one with the same id superfluous, ms. Default one hour. */
  readonly dedupe?: number;
  /** Time between two signs of life of a consumer, ms; after four without one its part goes to the others. Default 1 000. */
  readonly heartbeat?: number;
}

export type ResolvedQueueOptions = Required<Omit<QueueOptions, 'backoff'>> & {
  readonly backoff: Required<Backoff>;
};

const DEFAULTS: ResolvedQueueOptions = {
  partitions: 16,
  maxAttempts: 5,
  backoff: { initial: 1_000, factor: 2, max: 60_000, jitter: 0.2 },
  ackWait: 30_000,
  concurrency: 64,
  dedupe: 3_600_000,
  heartbeat: 1_000,
};

/** Longest delay that timers take, ms. */
const LONGEST = 2 ** 31 - 1;
const MAX_PARTITIONS = 1_024;

/** @throws TroupeError INVALID_OPTION naming the option and the value */
export function resolveOptions(options: QueueOptions = {}): ResolvedQueueOptions {
  checkKnown(options, Object.keys(DEFAULTS), 'queue');
  checkKnown(options.backoff ?? {}, Object.keys(DEFAULTS.backoff), 'queue backoff');
  const resolved = { ...DEFAULTS, ...options, backoff: { ...DEFAULTS.backoff, ...options.backoff } };
  const { initial, factor, max, jitter } = resolved.backoff;
  checkWhole('partitions', resolved.partitions, MAX_PARTITIONS);
  checkWhole('maxAttempts', resolved.maxAttempts, Number.MAX_SAFE_INTEGER);
  checkWhole('concurrency', resolved.concurrency, Number.MAX_SAFE_INTEGER);
  for (const name of ['ackWait', 'dedupe', 'heartbeat'] as const) checkWhole(name, resolved[name], LONGEST);
  check('backoff.initial', initial, initial >= 0 && initial <= LONGEST, `0 to ${LONGEST} ms`);
  check('backoff.factor', factor, factor >= 1 && Number.isFinite(factor), '1 or more');
  check('backoff.max', max, max >= 0 && max <= LONGEST, `0 to ${LONGEST} ms`);
  check('backoff.jitter', jitter, jitter >= 0 && jitter <= 1, '0 to 1');
  return resolved;
}

export const checkWhole = (name: string, value: number, most: number): void =>
  check(
    name,
    value,
    Number.isSafeInteger(value) && value >= 1 && value <= most,
    `a whole number from 1 to ${most}`,
  );

function check(name: string, value: unknown, holds: boolean, rule: string): void {
  if (!holds)
    throw new TroupeError(
      'INVALID_OPTION',
      `The queue option ${name} must be ${rule}, got ${String(value)}.`,
    );
}

/**
 * Wait before the attempt after `attempts` failed ones, ms: exponential, with the given share of it random.
 * @param attempts 1 or more
 */
export function backoffAfter(
  attempts: number,
  { initial, factor, max, jitter }: Required<Backoff>,
  random: Random,
): number {
  const base = Math.min(max, initial * factor ** (attempts - 1));
  return Math.min(LONGEST, Math.round(base * (1 - jitter + 2 * jitter * random())));
}

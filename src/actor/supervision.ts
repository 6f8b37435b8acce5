import { checkKnown, TroupeError } from '../errors.ts';
import type { Random } from '../ports.ts';

/**
 * What becomes of an actor that failed (Hewitt's actors as Erlang/OTP and Akka supervise them):
 * - `resume` forget the event that failed it, keep state, timers and children;
 * - `restart` begin anew with the same input, keep address and mailbox;
 * - `stop` end it and tell its watchers;
 * - `escalate` fail its parent; an actor without a parent is stopped and the system is told.
 */
export type Directive = 'resume' | 'restart' | 'stop' | 'escalate';

export interface Backoff {
  /** Wait before the first restart, ms. Default 0: at once. */
  readonly initial?: number;
  /** Factor from one restart to the next within the budget's window. Default 2. */
  readonly factor?: number;
  /** Longest wait, ms. Default 30 000. */
  readonly max?: number;
  /** Share of the wait that is random, 0 to 1. Default 0.2. */
  readonly jitter?: number;
}

export interface Supervision {
  /** A directive, or one chosen by the error. Default `restart`. */
  readonly directive?: Directive | ((error: unknown) => Directive);
  /** Restarts allowed `within`. Default 10. */
  readonly maxRestarts?: number;
  /** Window of the budget, ms. Default 60 000. */
  readonly within?: number;
  /** When the budget is spent. Default `stop`; OTP's supervisors `escalate`. */
  readonly exhausted?: 'stop' | 'escalate';
  readonly backoff?: Backoff;
}

export interface Verdict {
  readonly directive: Directive;
  /** Wait before a restart, ms. */
  readonly delay: number;
  /** Restarts within the window, this one included: the budget's new state. */
  readonly restarts: readonly number[];
}

const DEFAULT: Required<Omit<Supervision, 'backoff'>> = {
  directive: 'restart',
  maxRestarts: 10,
  within: 60_000,
  exhausted: 'stop',
};

/**
 * Decide, without acting.
 * @param restarts times of earlier restarts, ms
 */
export function decide(
  policy: Supervision,
  error: unknown,
  restarts: readonly number[],
  now: number,
  random: Random,
): Verdict {
  const { directive, maxRestarts, within, exhausted } = { ...DEFAULT, ...policy };
  const chosen = typeof directive === 'function' ? directive(error) : directive;
  if (chosen !== 'restart') return { directive: chosen, delay: 0, restarts };
  const recent = restarts.filter((at) => at > now - within);
  if (recent.length >= maxRestarts) return { directive: exhausted, delay: 0, restarts: recent };
  return {
    directive: 'restart',
    delay: wait(policy.backoff, recent.length, random),
    restarts: [...recent, now],
  };
}

function wait(
  { initial = 0, factor = 2, max = 30_000, jitter = 0.2 }: Backoff = {},
  attempt: number,
  random: Random,
): number {
  const base = Math.min(max, initial * factor ** attempt);
  return Math.round(base * (1 - jitter + 2 * jitter * random()));
}

/** @throws TroupeError INVALID_OPTION naming the field and the value. */
export function checkSupervision(policy: Supervision): Supervision {
  checkKnown(policy, ['directive', 'maxRestarts', 'within', 'exhausted', 'backoff'], 'supervision');
  checkKnown(policy.backoff ?? {}, ['initial', 'factor', 'max', 'jitter'], 'supervision.backoff');
  const { directive = 'restart', exhausted = 'stop', maxRestarts = 1, within = 1, backoff = {} } = policy;
  const { initial = 0, factor = 2, max = 1, jitter = 0 } = backoff;
  const rules: readonly [string, unknown, boolean][] = [
    ['directive', directive, typeof directive === 'function' || directives.includes(directive)],
    ['exhausted', exhausted, ['stop', 'escalate'].includes(exhausted)],
    ['maxRestarts', maxRestarts, Number.isInteger(maxRestarts) && maxRestarts >= 0],
    ['within', within, within > 0],
    ['backoff.initial', initial, initial >= 0],
    ['backoff.factor', factor, factor >= 1],
    ['backoff.max', max, max >= 0],
    ['backoff.jitter', jitter, jitter >= 0 && jitter <= 1],
  ];
  for (const [name, value, holds] of rules) {
    if (!holds)
      throw new TroupeError(
        'INVALID_OPTION',
        `supervision.${name} cannot be ${String(value)}${RULES[name] ?? ''}.`,
      );
  }
  return policy;
}

const directives: readonly string[] = ['resume', 'restart', 'stop', 'escalate'];

const RULES: Readonly<Partial<Record<string, string>>> = {
  directive: ': it is resume, restart, stop or escalate, or a function of the error that returns one of them',
  exhausted: ': it is stop or escalate',
};

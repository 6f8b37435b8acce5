import type { Outcome } from '../../kernel/step.ts';
import type { ActorView } from '../model/view.ts';
import type { Move } from './move.ts';

/** Characters of one value in a line. Beyond it the value is cut. */
const longest = 60;

const plain = (_name: string, value: unknown): unknown => {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return '(function)';
  if (typeof value === 'object' && value !== null && 'sessionId' in value) return `actor ${nameOf(value)}`;
  return value;
};

const nameOf = (ref: object): string => String((ref as { id?: unknown }).id);

/** `1 path`, `2 paths`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Any value on one line, cut where it is long. */
export function valueText(value: unknown, limit = longest): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value, plain);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** `a`, `a.b` for a nested state, `(x.a, y.b)` for parallel ones. */
export function stateValueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const parts = Object.entries(value).map(([name, inner]) => {
    const below = stateValueText(inner);
    return below === '' ? name : `${name}.${below}`;
  });
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`;
}

/** Where a machine is: its state value; its status where that says more. */
export function stateText({ value, status }: Pick<ActorView, 'value' | 'status'>): string {
  const text = stateValueText(value);
  if (status === 'active' || (status === 'done' && text !== '')) return text === '' ? status : text;
  return text === '' ? status : `${text} (${status})`;
}

const outcomeText = (outcome: Outcome): string =>
  'error' in outcome
    ? `fails with ${outcome.error instanceof Error ? outcome.error.message || outcome.error.name : valueText(outcome.error)}`
    : outcome.output === undefined
      ? 'is done'
      : `is done with ${valueText(outcome.output)}`;

const within = (path: readonly string[]): string => (path.length === 0 ? '' : `${path.join('/')} `);

/** XState's name for the event of an `after`, with the delay as it was written: ms, or the name of one. */
const after = /^xstate\.after\.([^.]+)\./;

const timerText = (type: string, delay: number): string => {
  const name = after.exec(type)?.[1];
  if (name === undefined) return `${type} after ${delay} ms`;
  return name === String(delay) ? `after ${delay} ms` : `after ${name} (${delay} ms)`;
};

/** A move as a line of a path shows it: `PAY {"amount":3}`, `after 500 ms`, `charge is done with "receipt"`. */
export function moveText(move: Move): string {
  switch (move.kind) {
    case 'event': {
      const { type, ...payload } = move.event as { type: string } & Record<string, unknown>;
      return Object.keys(payload).length === 0 ? type : `${type} ${valueText(payload)}`;
    }
    case 'timer':
      return `${within(move.path)}${timerText(move.event.type, move.delay)}`;
    case 'settle':
      return `${move.path.join('/')} ${outcomeText(move.outcome)}`;
  }
}

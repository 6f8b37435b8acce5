import type { EventObject } from 'xstate';
import type { Line } from '../../../monitoring/recording.ts';

/** Equal as data; the reply address, which only the one who is asked sees, aside. */
export function sameData(a: unknown, b: unknown, top = true): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = (of: object): string[] =>
    Object.keys(of).filter(
      (key) => !(top && key === 'replyTo') && (of as Record<string, unknown>)[key] !== undefined,
    );
  const names = keys(left);
  if (names.length !== keys(right).length) return false;
  return names.every((key) => key in right && sameData(left[key], right[key], false));
}

/** Is it the end of work that asked and passed on what it was told? */
export function isOutcome(line: Line | undefined, answer: EventObject): boolean {
  const outcome = line?.action['outcome'] as { output?: unknown; error?: unknown } | undefined;
  if (outcome === undefined) return false;
  const { output, error } = answer as { output?: unknown; error?: { code?: unknown; message?: unknown } };
  if ('error' in outcome) {
    const failed = outcome.error as { code?: unknown; message?: unknown } | null | undefined;
    return error !== undefined && failed?.code === error.code && failed?.message === error.message;
  }
  return (
    sameData(outcome.output, answer) ||
    (error === undefined && sameData(outcome.output ?? null, output ?? null))
  );
}

/** What a message is called: its type, and the method of a call. */
export function eventText(event: EventObject): string {
  const { method } = event as { readonly method?: unknown };
  return typeof method === 'string' ? `${event.type} ${method}` : event.type;
}

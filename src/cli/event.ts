import { InvalidArgumentError } from 'commander';
import type { Message } from '../message/envelope.ts';

export const EVENT = 'an event as JSON, {"type":"PAY","amount":5}, or only its type';

/** An event on the command line: JSON, or a bare type such as `PING`. What is neither is a usage error. */
export function parseEvent(text: string): Message & Record<string, unknown> {
  const trimmed = text.trim();
  if (trimmed === '') throw new InvalidArgumentError('It is empty: name at least the type of the event.');
  if (!looksLikeJson(trimmed)) return { type: trimmed };
  const event = parse(trimmed);
  if (isEvent(event)) return event;
  throw new InvalidArgumentError('An event is a JSON object with a non-empty string "type".');
}

/** A type may hold any character; one that begins like a JSON container or string is more likely a mistake in quoting. */
const looksLikeJson = (text: string): boolean => /^[{["]/.test(text);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`It is not JSON: ${reason}. Quote it for the shell: '{"type":"PING"}'.`);
  }
}

const isEvent = (value: unknown): value is Message & Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof (value as { type?: unknown }).type === 'string' &&
  (value as Message).type !== '';

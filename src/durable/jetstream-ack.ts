import type { Msg } from 'nats';
import type { ApiError } from './jetstream-errors.ts';
import { isUnheard } from './jetstream-requests.ts';
import type { Position } from './store.ts';

/** How a stream answers a publish: the position it got, nobody takes it there now, or a refusal. */
export type Ack = Position | 'unheard' | ApiError;

const ZERO = 0x30;

/**
 * Reads `{"stream":"NAME", "seq":123}`, which is what nearly every answer is, without JSON.
 * Everything else (a domain, a duplicate, an error) goes the long way.
 */
export function ackReader(stream: string): (message: Msg) => Ack {
  const start = Buffer.from(`{"stream":"${stream}", "seq":`);
  return (message) => {
    if (isUnheard(message)) return 'unheard';
    const { data } = message;
    let position = 0;
    if (data[start.length - 2] === start.at(-2) && data[start.length - 1] === start.at(-1)) {
      for (let i = start.length; i < data.length - 1; i++) {
        const digit = (data[i] ?? 0) - ZERO;
        if (digit < 0 || digit > 9) return fromJson(data);
        position = position * 10 + digit;
      }
    }
    return position > 0 ? position : fromJson(data);
  };
}

function fromJson(data: Uint8Array): Position | ApiError {
  const text = Buffer.from(data).toString();
  try {
    const { seq, error } = JSON.parse(text) as { seq?: number; error?: ApiError };
    if (error !== undefined) return error;
    if (typeof seq === 'number' && seq > 0) return seq;
  } catch {
    // Falls through to an answer that nobody understands.
  }
  return { code: 500, err_code: 0, description: `it answers "${text.slice(0, 80)}"` };
}

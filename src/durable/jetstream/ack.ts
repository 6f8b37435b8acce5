import type { Msg } from 'nats';
import type { ApiError } from './errors.ts';
import { isUnheard } from './requests.ts';
import type { Position } from '../store.ts';

/** How a stream answers a publish: the position it got, nobody takes it there now, or a refusal. */
export type Ack = Position | 'unheard' | ApiError;

const ZERO = 0x30;
const END = Buffer.from('"seq":');

/**
 * Reads `{"stream":"NAME","seq":123}`, which is what nearly every answer is (older servers put a space before `"seq"`), without JSON.
 * What does not begin and end like that (a duplicate, an error) goes the long way.
 */
export function ackReader(stream: string): (message: Msg) => Ack {
  const start = Buffer.from(`{"stream":"${stream}",`);
  return (message) => {
    if (isUnheard(message)) return 'unheard';
    const { data } = message;
    let position = 0;
    let at = data.length - 2;
    for (let unit = 1; at >= start.length; at--, unit *= 10) {
      const digit = (data[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      position += digit * unit;
    }
    const isPosition = position > 0 && endsAt(data, at + 1, END) && endsAt(data, start.length, start);
    return isPosition ? position : fromJson(data);
  };
}

/** Do these bytes stand before that index? */
function endsAt(data: Uint8Array, end: number, bytes: Uint8Array): boolean {
  const start = end - bytes.length;
  if (start < 0) return false;
  for (let at = 0; at < bytes.length; at++) if (data[start + at] !== bytes[at]) return false;
  return true;
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

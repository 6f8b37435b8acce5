import type { Msg } from 'nats';
import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { API, full, isFull, isTransient, unavailable, unexpected, type ApiError } from './errors.ts';
import type { Failure, Line } from './line.ts';
import { isUnheard, pause } from './requests.ts';

export interface PublishOptions {
  readonly line: Line;
  readonly clock: Clock;
  /** ms */
  readonly timeout: number;
  readonly stream: string;
}

export interface Publication {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** May it be sent again when its outcome is in doubt? */
  readonly repeatable: boolean;
}

export interface Published {
  readonly seq: number;
  readonly duplicate: boolean;
}

type Outcome = Published | Failure | 'unheard' | ApiError;

const PAUSE = 20;
const LONGEST_PAUSE = 320;

/**
 * A message into a stream, acknowledged. Tried again while nobody can answer, until the timeout; one that is not repeatable only as
 * long as it was certainly not stored.
 * @throws TroupeError FENCED when the expected position (`Nats-Expected-Last-Subject-Sequence`) is not the last one; STORE_UNAVAILABLE,
 * STORE_FULL, STORE_DENIED
 */
export function createPublish({ line, clock, timeout, stream }: PublishOptions) {
  return async (publication: Publication): Promise<Published> => {
    const deadline = clock.now() + timeout;
    for (let wait = PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      const outcome = await attempt(line, publication, deadline);
      if (typeof outcome === 'object' && 'seq' in outcome) return outcome;
      throwIfFinal(stream, publication, outcome);
      if (clock.now() + wait >= deadline) throw unavailable(`nobody answers "${publication.subject}"`);
      await pause(clock, wait);
    }
  };
}

async function attempt(
  line: Line,
  { subject, payload, headers }: Publication,
  deadline: number,
): Promise<Outcome> {
  return new Promise<Outcome>((resolve) =>
    line.send({
      subject,
      payload,
      ...(headers === undefined ? {} : { headers: { encode: () => encoded(headers) } }),
      deadline,
      answered(message) {
        resolve(outcomeOf(message));
        return true;
      },
      failed: resolve,
    }),
  );
}

function throwIfFinal(
  stream: string,
  { subject, repeatable }: Publication,
  outcome: Exclude<Outcome, Published>,
): void {
  if (outcome instanceof TroupeError) throw outcome;
  if (outcome === 'unsent') throw unavailable(`"${subject}" could not be sent in time; nothing was stored`);
  if (outcome === 'silent' || outcome === 'disconnected') {
    if (repeatable) return;
    throw unavailable(`whether a message to "${subject}" was stored could not be found out`);
  }
  if (outcome === 'unheard') return;
  if (outcome.err_code === API.wrongLastSequence)
    throw new TroupeError(
      'FENCED',
      `The last message of "${subject}" is another one: ${outcome.description}.`,
    );
  if (isFull(outcome)) throw full(stream, outcome.description);
  if (outcome.err_code !== API.contended && !isTransient(outcome)) throw unexpected(subject, outcome);
}

const encoded = (headers: Readonly<Record<string, string | number>>): Uint8Array =>
  Buffer.from(
    `NATS/1.0\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  );

function outcomeOf(message: Msg): Outcome {
  if (isUnheard(message)) return 'unheard';
  const text = Buffer.from(message.data).toString();
  try {
    const { seq, duplicate = false, error } = JSON.parse(text) as Partial<Published> & { error?: ApiError };
    if (error !== undefined) return error;
    if (typeof seq === 'number' && seq > 0) return { seq, duplicate };
  } catch {
    // Falls through to an answer that nobody understands.
  }
  return { code: 500, err_code: 0, description: `it answers "${text.slice(0, 80)}"` };
}

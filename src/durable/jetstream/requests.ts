import type { Msg } from 'nats';
import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { isTransient, unavailable, unexpected, type ApiError } from './errors.ts';
import type { Line } from './line.ts';

/** An answer of `$JS.API`: an error, or the fields of the request's kind. */
export type Answer = { readonly error?: ApiError } & Readonly<Record<string, unknown>>;

/**
 * Requests that may be repeated: they are, while nobody can answer (an election, a restart, a lost connection), until the deadline.
 * Errors: STORE_UNAVAILABLE, STORE_DENIED.
 */
export interface Requests {
  /**
   * One attempt, not repeated; undefined when no answer, or not all of it, arrived.
   * @param apart the answers are messages of a stream, which come under their own subjects
   */
  once(
    subject: string,
    body: object | undefined,
    deadline: number,
    isLast: IsLast,
    apart?: boolean,
  ): Promise<Msg[] | undefined>;
  /** A request in JSON. An error that will not pass by itself is an answer like others. */
  ask(subject: string, body: object, deadline: number): Promise<Answer>;
  /**
   * All messages that answer a request, up to the one for which `isLast` holds.
   * @param isLast also told the number of messages so far
   */
  collect(subject: string, body: object | undefined, deadline: number, isLast: IsLast): Promise<Msg[]>;
}

export type IsLast = (message: Msg, count: number) => boolean;

const PAUSE = 20;
const LONGEST_PAUSE = 320;

const encoder = new TextEncoder();
const EMPTY = new Uint8Array();

export function createRequests(line: Line, clock: Clock): Requests {
  const once: Requests['once'] = async (subject, body, deadline, isLast, apart = false) =>
    new Promise((resolve, reject) => {
      const messages: Msg[] = [];
      line.send({
        subject,
        payload: body === undefined ? EMPTY : encoder.encode(JSON.stringify(body)),
        deadline,
        apart,
        answered(message) {
          const unheard = isUnheard(message);
          messages.push(message);
          if (!unheard && !isLast(message, messages.length)) return false;
          resolve(unheard ? undefined : messages);
          return true;
        },
        failed: (failure) => (failure instanceof TroupeError ? reject(failure) : resolve(undefined)),
      });
    });
  const collect: Requests['collect'] = async (subject, body, deadline, isLast) => {
    for (let wait = PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      const messages = await once(subject, body, deadline, isLast);
      if (messages !== undefined) return messages;
      if (clock.now() + wait >= deadline) throw unavailable(`nobody answers "${subject}"`);
      await pause(clock, wait);
    }
  };
  return {
    once,
    collect,
    async ask(subject, body, deadline) {
      for (let wait = PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
        const [message] = await collect(subject, body, deadline, () => true);
        const answer = answerOf(message);
        if (answer.error === undefined || !isTransient(answer.error)) return answer;
        if (clock.now() + wait >= deadline) throw unavailable(answer.error.description);
        await pause(clock, wait);
      }
    },
  };
}

/** The server's word that nobody listens there. */
export const isUnheard = (message: Msg): boolean =>
  message.data.length === 0 && message.headers?.code === 503;

export const pause = async (clock: Clock, ms: number): Promise<void> =>
  new Promise<void>((resolve) => void clock.setTimeout(resolve, ms));

/** @throws TroupeError STORE_UNAVAILABLE when the answer is an error */
export function expectFine(subject: string, answer: Answer): Answer {
  if (answer.error !== undefined) throw unexpected(subject, answer.error);
  return answer;
}

function answerOf(message: Msg | undefined): Answer {
  try {
    return JSON.parse(Buffer.from(message?.data ?? EMPTY).toString()) as Answer;
  } catch (cause) {
    throw unavailable('an answer is not JSON', cause);
  }
}

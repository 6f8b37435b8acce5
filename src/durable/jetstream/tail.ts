import type { Msg, MsgHdrs } from 'nats';
import type { Clock } from '../../ports.ts';
import type { Line } from './line.ts';
import { expectFine, isUnheard, pause, type Requests } from './requests.ts';

/** A message of a stream as a consumer gives it. */
export interface Read {
  readonly seq: number;
  readonly subject: string;
  /** When it was stored, ms since the epoch. */
  readonly at: number;
  readonly headers: MsgHdrs | undefined;
  readonly data: Uint8Array;
}

export interface TailOptions {
  readonly requests: Requests;
  /** A line of its own: each reader has a request waiting on it nearly all the time. */
  readonly line: Line;
  readonly clock: Clock;
  readonly stream: string;
  readonly filter: string;
  readonly headersOnly: boolean;
  /** Go on with what comes later; else end with what is there. */
  readonly live: boolean;
  readonly signal: AbortSignal;
  /** Time one request may take, as a deadline in ms since the epoch. */
  readonly deadline: () => number;
}

/** Messages asked for at once, count. */
const BATCH = 256;
/** Time a request waits for messages, ms: less than the silence that puts the line in doubt. */
const POLL = 1_000;
/** Wait before a lost consumer is made anew, ms. */
const REST = 50;
/** A consumer that nobody asks any more is removed by the server after this, ns. */
const FORGET = 30_000_000_000;
const NS_PER_MS = 1_000_000;

/**
 * The messages of a subject in the order of the stream, each once: a pull consumer without acknowledgements, asked for more only when what
 * it gave was taken. When it or a message on the way is lost, another one goes on behind the last message that was given.
 * @throws TroupeError STORE_UNAVAILABLE, STORE_DENIED
 */
export async function* tail(options: TailOptions): AsyncGenerator<Read> {
  const { signal, clock, live } = options;
  let after = 0;
  while (!signal.aborted) {
    const consumer = await createConsumer(options, after + 1);
    let number = 0;
    for (let isSound = true; isSound && !isAborted(signal);) {
      const pulled = pull(options, consumer);
      let count = 0;
      for (let next = await pulled.next(); ; next = await pulled.next()) {
        if (typeof next === 'string') {
          isSound = next === 'end';
          break;
        }
        const { read, place } = next;
        // A message on the way was lost: those behind it must not overtake it.
        if (place !== ++number) {
          isSound = false;
          break;
        }
        count++;
        after = read.seq;
        yield read;
        if (isAborted(signal)) break;
      }
      pulled.stop();
      if (isSound && !live && count < BATCH) return;
    }
    if (!isAborted(signal)) await pause(clock, REST);
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

async function createConsumer(
  { requests, stream, filter, headersOnly, deadline }: TailOptions,
  from: number,
): Promise<string> {
  const subject = `$JS.API.CONSUMER.CREATE.${stream}`;
  const config = {
    deliver_policy: 'by_start_sequence',
    opt_start_seq: from,
    ack_policy: 'none',
    replay_policy: 'instant',
    filter_subject: filter,
    headers_only: headersOnly,
    inactive_threshold: FORGET,
    mem_storage: true,
    num_replicas: 1,
  };
  const answer = expectFine(
    subject,
    await requests.ask(subject, { stream_name: stream, config }, deadline()),
  );
  return answer['name'] as string;
}

/** What a pull gives next: a message and its place among those of the consumer; or that it ended, or was lost. */
type Pulled = { readonly read: Read; readonly place: number } | 'end' | 'lost';

interface Pull {
  next(): Promise<Pulled>;
  stop(): void;
}

function pull({ line, clock, stream, live, signal }: TailOptions, consumer: string): Pull {
  const arrived: Pulled[] = [];
  let wake: () => void = () => undefined;
  let stopped = false;
  const add = (pulled: Pulled): void => {
    arrived.push(pulled);
    wake();
  };
  const abort = (): void => add('end');
  signal.addEventListener('abort', abort, { once: true });
  let count = 0;
  line.send({
    subject: `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
    payload: Buffer.from(
      JSON.stringify({ batch: BATCH, ...(live ? { expires: POLL * NS_PER_MS } : { no_wait: true }) }),
    ),
    deadline: clock.now() + 3 * POLL,
    // The server sends messages of a stream under their own subject: only the inbox tells whose they are.
    apart: true,
    answered(message) {
      if (stopped) return true;
      if (isStatus(message)) {
        add(isUnheard(message) || !OVER.has(message.headers?.code ?? 0) ? 'lost' : 'end');
        return true;
      }
      add(readOf(message));
      if (++count < BATCH) return false;
      add('end');
      return true;
    },
    failed: () => add('lost'),
  });
  return {
    async next() {
      if (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return arrived.shift() ?? 'end';
    },
    stop() {
      stopped = true;
      signal.removeEventListener('abort', abort);
    },
  };
}

/** There are no more; the time is up. */
const OVER: ReadonlySet<number> = new Set([404, 408]);

/** Is it none of the stream's? */
const isStatus = ({ reply }: Msg): boolean => reply === '' || reply === undefined;

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<seq>.<place>.<ns>.<…>`, since 2.15 with a domain and an account after `ACK`. */
function readOf({ reply = '', subject, headers, data }: Msg): {
  readonly read: Read;
  readonly place: number;
} {
  const tokens = reply.split('.');
  const first = tokens.length < 11 ? 5 : 7;
  const [seq, place, ns] = tokens.slice(first, first + 3).map(Number);
  const at = Math.floor((ns ?? 0) / NS_PER_MS);
  return { read: { seq: seq ?? 0, subject, at, headers, data: data.slice() }, place: place ?? 0 };
}

import type { Msg } from 'nats';
import type { Clock } from '../../ports.ts';
import { API, unavailable, unexpected } from './errors.ts';
import { createGet, type Got, type Wish } from './get.ts';
import { expectFine, pause, type Requests } from './requests.ts';
import type { Position } from '../store.ts';

/** The last message of a subject. */
export interface Found {
  readonly subject: string;
  readonly position: Position;
  readonly data: Uint8Array;
}

export interface ScanOptions {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly stream: string;
  /** Is the stream kept by several servers? The one that has the consumer may be behind then: it is waited for. */
  readonly replicated: boolean;
  /** Time one request may take, as a deadline in ms since the epoch. */
  readonly deadline: () => number;
}

/** Messages asked for at once, count. */
const BATCH = 2_000;
/** ms */
const PAUSE = 20;
/** A consumer that nobody asks any more is removed by the server after this, ns. */
const FORGET = 30_000_000_000;

/**
 * The last message of each subject that a filter covers, in the order of their positions: a consumer of the server's own, read in
 * batches that are asked for one after the other, so that neither side holds more than one.
 * When the consumer or a message on the way is lost, another consumer is made, and what was given is not given again.
 * @throws TroupeError STORE_UNAVAILABLE when nothing more arrives until the deadline
 */
export async function* lastOfEach(
  options: ScanOptions,
  filters: readonly string[],
  headersOnly = false,
): AsyncGenerator<Found> {
  const { deadline, clock } = options;
  const get = createGet({ ...options, replicated: true });
  const newest = await newestOf(options, get, filters);
  let given: Position = 0;
  let giveUp = deadline();
  for (;;) {
    const consumer = await createConsumer(options, filters, headersOnly);
    let seen = 0;
    for (;;) {
      const found = await pull(options, consumer, seen);
      if (found === undefined) break;
      for (const each of found) {
        if (each.position <= given) continue;
        given = each.position;
        yield each;
      }
      seen += found.length;
      if (found.length > 0) giveUp = deadline();
      if (found.length === BATCH) continue;
      if (given >= newest || (await get({ seq: newest })) === undefined) return remove(options, consumer);
      if (clock.now() >= giveUp) break;
      await pause(clock, PAUSE);
    }
    if (clock.now() >= giveUp)
      throw unavailable(`a consumer of the stream ${options.stream} does not get on`);
  }
}

/** The newest message there is, by the stream's leader; 0 when it does not matter. */
async function newestOf(
  { replicated }: ScanOptions,
  get: (wish: Wish) => Promise<Got | undefined>,
  filters: readonly string[],
): Promise<Position> {
  if (!replicated) return 0;
  const found = await Promise.all(filters.map(async (filter) => get({ last_by_subj: filter })));
  return Math.max(0, ...found.map((each) => each?.seq ?? 0));
}

async function createConsumer(
  { requests, stream, deadline }: ScanOptions,
  filters: readonly string[],
  headersOnly: boolean,
): Promise<string> {
  const subject = `$JS.API.CONSUMER.CREATE.${stream}`;
  const [filter] = filters;
  const config = {
    deliver_policy: 'last_per_subject',
    ack_policy: 'none',
    replay_policy: 'instant',
    ...(filters.length === 1 ? { filter_subject: filter } : { filter_subjects: filters }),
    headers_only: headersOnly,
    inactive_threshold: FORGET,
    mem_storage: true,
  };
  const answer = expectFine(
    subject,
    await requests.ask(subject, { stream_name: stream, config }, deadline()),
  );
  return answer['name'] as string;
}

/**
 * @param seen messages it gave before
 * @returns undefined when the consumer, or a message on the way, was lost
 */
async function pull(
  { requests, stream, deadline }: ScanOptions,
  consumer: string,
  seen: number,
): Promise<Found[] | undefined> {
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
  const isLast = (message: Msg, count: number): boolean => isStatus(message) || count === BATCH;
  const messages = await requests.once(subject, { batch: BATCH, no_wait: true }, deadline(), isLast, true);
  const end = messages?.at(-1);
  if (messages === undefined || (end !== undefined && isStatus(end) && end.headers?.code !== NO_MORE))
    return undefined;
  const found = messages.filter((message) => !isStatus(message)).map(foundIn);
  return found.every(({ number }, i) => number === seen + i + 1) ? found : undefined;
}

const NO_MORE = 404;

/** Is it none of the stream's: there are no more, or the consumer is gone? */
const isStatus = ({ reply }: Msg): boolean => reply === '' || reply === undefined;

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<position>.<number>.<…>`, since 2.15 with a domain and an account after `ACK`. */
function foundIn(message: Msg): Found & { readonly number: number } {
  const tokens = (message.reply ?? '').split('.');
  const at = tokens.length < 11 ? 5 : 7;
  const [position, number] = [Number(tokens[at]), Number(tokens[at + 1])];
  return { subject: message.subject, position, number, data: message.data };
}

async function remove({ requests, stream, deadline }: ScanOptions, consumer: string): Promise<void> {
  const subject = `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`;
  // All was read, and the server forgets the consumer by itself.
  const { error } = await requests.ask(subject, {}, deadline()).catch(() => ({ error: undefined }));
  if (error !== undefined && error.err_code !== API.noConsumer) throw unexpected(subject, error);
}

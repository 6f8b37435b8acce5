import type { Msg } from 'nats';
import { TroupeError } from '../../errors.ts';
import { API, unavailable, unexpected } from './errors.ts';
import { expectFine, type Requests } from './requests.ts';
import { baseOf } from '../record.ts';
import type { Entry, Position } from '../store.ts';

/**
 * Job: read an actor's records from its stream.
 *
 * 1. The last record is read from a server that knows it: the only one (a direct get, which any server that holds the stream may
 *    answer), or the leader of a replicated stream. A replica may be behind (measured: 6 of 100 direct gets right after an append).
 * 2. That there is none is believed only when the server says so of the subject, or the stream counts none: asked for the last message it
 *    answers the same for one that it cannot read any more (measured on 2.15.1: a changed byte in a file), and takes the first record of
 *    a new actor in its place.
 * 3. What comes before the last one may come from any replica: it is complete if it reaches the last one, and is checked for that.
 */
export interface ReadOptions {
  readonly requests: Requests;
  readonly stream: string;
  readonly replicated: boolean;
  /** Does the server answer with many messages at once? */
  readonly inBatches: () => boolean;
}

export interface Reader {
  /** The last record of a subject. */
  last(subject: string, deadline: number): Promise<Entry | undefined>;
  /** Are there no records of a subject, not even such as cannot be read? */
  hasNone(subject: string, deadline: number): Promise<boolean>;
  /** The record that follows a position, by the stream's leader. */
  next(subject: string, after: Position, deadline: number): Promise<Entry | undefined>;
  /** The records of a subject, from one position (or the first after it) to another. */
  between(subject: string, from: Position, to: Position, deadline: () => number): AsyncIterable<Entry>;
}

/** Messages asked for at once, count. */
const BATCH = 256;

export function createReader({ requests, stream, replicated, inBatches }: ReadOptions): Reader {
  const direct = `$JS.API.DIRECT.GET.${stream}`;
  const fromLeader = leaderGet(requests, stream);
  const one = async (body: object, deadline: number): Promise<Entry | undefined> => {
    if (replicated) return fromLeader(body, deadline);
    const [message] = await requests.collect(direct, body, deadline, () => true);
    return message && entryOf(direct, message);
  };
  const batch = async (subject: string, from: Position, deadline: number): Promise<Entry[]> => {
    const body = { seq: from, next_by_subj: subject, batch: BATCH };
    const messages = await requests.collect(direct, body, deadline, isEndOfBatch);
    return messages.flatMap((message) => entryOf(direct, message) ?? []);
  };
  return {
    last: async (subject, deadline) => one({ last_by_subj: subject }, deadline),
    async hasNone(subject, deadline) {
      if (!replicated && inBatches()) {
        const [message] = await requests.collect(direct, { multi_last: [subject] }, deadline, isEndOfBatch);
        if (message?.headers?.code === NOT_FOUND && message.headers.description === NO_RESULTS) return true;
      }
      const request = `$JS.API.STREAM.INFO.${stream}`;
      const { state } = expectFine(
        request,
        await requests.ask(request, { subjects_filter: subject }, deadline),
      );
      return ((state as Counted).subjects?.[subject] ?? 0) === 0;
    },
    next: async (subject, after, deadline) => fromLeader({ seq: after + 1, next_by_subj: subject }, deadline),
    async *between(subject, from, to, deadline) {
      let position = from;
      while (inBatches() && position <= to) {
        const entries = await batch(subject, position, deadline());
        for (const entry of entries) if (entry.position <= to) yield entry;
        const reached = entries.at(-1)?.position;
        if (reached === undefined) break;
        position = reached + 1;
      }
      // What a replica that is behind does not have yet, and all of it from a server that does not answer in batches.
      while (position <= to) {
        const entry = await one({ seq: position, next_by_subj: subject }, deadline());
        if (entry === undefined || entry.position > to) return;
        yield entry;
        position = entry.position + 1;
      }
    },
  };
}

/**
 * The last snapshot and all records after it (J4).
 * @throws TroupeError CORRUPTED when the snapshot is gone
 */
export async function loadChain(
  reader: Reader,
  subject: string,
  id: string,
  deadline: number,
): Promise<readonly Entry[]> {
  let missing: Position | undefined;
  for (;;) {
    const last = await reader.last(subject, deadline);
    if (last === undefined) {
      if (await reader.hasNone(subject, deadline)) return [];
      // The first may just have been appended. The same again is no accident.
      if (missing === UNREADABLE) throw unreadable(id);
      missing = UNREADABLE;
      continue;
    }
    const base = baseOf(last.record);
    if (base === undefined) return [last];
    const entries: Entry[] = [];
    for await (const entry of reader.between(subject, base, last.position, () => deadline))
      entries.push(entry);
    if (entries[0]?.position === base && entries.at(-1)?.position === last.position) return entries;
    // It may just have been dropped, because a newer one was appended meanwhile: look once more. The same again is no accident.
    if (missing === last.position) throw broken(id, base, last.position);
    missing = last.position;
  }
}

/** No record has this position. */
const UNREADABLE: Position = 0;

const unreadable = (id: string): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `The stream has records of "${id}", but the server cannot read the last one: its file is damaged (and the server does not purge what it cannot read). Restore the stream from a backup or another replica.`,
    { data: { id } },
  );

const broken = (id: string, base: Position, last: Position): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `The last record of "${id}", at ${last}, builds on one at ${base} that is no longer in the stream: restore the stream from a backup, or purge the actor.`,
    { data: { id, base, last } },
  );

/** Of `STREAM.INFO`: messages by subject, of those that were asked for. */
interface Counted {
  readonly subjects?: Readonly<Record<string, number>>;
}

interface StoredMessage {
  readonly seq: number;
  readonly data?: string;
}

const leaderGet = (requests: Requests, stream: string) => {
  const subject = `$JS.API.STREAM.MSG.GET.${stream}`;
  return async (body: object, deadline: number): Promise<Entry | undefined> => {
    const { error, message } = await requests.ask(subject, body, deadline);
    if (error?.err_code === API.noMessage) return undefined;
    if (error !== undefined) throw unexpected(subject, error);
    const { seq, data = '' } = message as StoredMessage;
    return { position: seq, record: new Uint8Array(Buffer.from(data, 'base64')) };
  };
};

const NOT_FOUND = 404;
/** How a server answers that it knows of no message (`multi_last`); of one that it cannot read it says "Message Not Found". */
const NO_RESULTS = 'No Results';
/** ends a batch */
const END = 204;

/** Servers that do not know of batches answer with one message, which says nothing of more to come. */
const isEndOfBatch = ({ headers, data }: Msg): boolean =>
  (data.length === 0 && headers !== undefined && headers.code > 0) ||
  headers?.has('Nats-Num-Pending') === false;

function entryOf(subject: string, { headers, data }: Msg): Entry | undefined {
  const position = Number(headers?.get('Nats-Sequence') ?? 0);
  // A copy: the bytes are a part of what the socket read, all of which would stay in memory with them.
  if (position > 0) return { position, record: new Uint8Array(data) };
  if (headers?.code === NOT_FOUND || headers?.code === END) return undefined;
  if (headers === undefined) throw unavailable(`"${subject}" answers without a position`);
  throw unexpected(subject, {
    code: headers.code,
    err_code: headers.code,
    description: headers.description,
  });
}

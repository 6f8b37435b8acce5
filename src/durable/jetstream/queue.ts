import type { Clock } from '../../ports.ts';
import { decodeToken, encodeToken } from '../../message/subject.ts';
import { API, unexpected } from './errors.ts';
import { createGet } from './get.ts';
import type { Line } from './line.ts';
import { createPublish } from './publish.ts';
import type { QueueNames } from './queue-names.ts';
import { infoOf, partitionsOf, type StreamInfo } from './queue-streams.ts';
import { expectFine, type Requests } from './requests.ts';
import { tail, type Read } from './tail.ts';
import type { QueueStore, Waiting } from '../queue-store.ts';

/** What a queue reaches its server through. */
export interface QueueLines {
  readonly requests: Requests;
  readonly appends: Line;
  readonly polls: Line;
  readonly clock: Clock;
  /** ms */
  readonly timeout: number;
  /** Largest payload, bytes. */
  readonly limit: () => number;
  /** A text that no other node makes. */
  readonly unique: () => string;
}

const KEY = 'Troupe-Key';
const ID = 'Troupe-Id';
const DUE = 'Troupe-Due';
const MESSAGE_ID = 'Nats-Msg-Id';
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';
const ROLLUP = 'Nats-Rollup';

interface Parts {
  readonly lines: QueueLines;
  readonly names: QueueNames;
  readonly deadline: () => number;
  readonly get: ReturnType<typeof createGet>;
  readonly publish: ReturnType<typeof createPublish>;
}

/** One queue in a stream of its own. Messages are removed one by one when they are done with; that is their acknowledgement. */
export function jetStreamQueue(
  lines: QueueLines,
  name: string,
  names: QueueNames,
  info: StreamInfo,
): QueueStore {
  const { requests, clock, timeout } = lines;
  const { stream } = names;
  const deadline = (): number => clock.now() + timeout;
  const replicated = (info.config.num_replicas ?? 1) > 1;
  const get = createGet({ requests, stream, replicated, deadline });
  const publish = createPublish({ line: lines.appends, clock, timeout, stream });
  const parts = { lines, names, deadline, get, publish };
  return {
    name,
    partitions: partitionsOf(info.config),
    incarnation: info.created.toString(36),
    get limit() {
      return lines.limit();
    },
    ...messagesOf(parts),
    ...documentsOf(parts),
    ...settledOf(parts),
  };
}

type Messages = Pick<QueueStore, 'add' | 'read' | 'body' | 'remove' | 'count'>;

function messagesOf({ lines, names, deadline, get, publish }: Parts): Messages {
  const { requests, unique } = lines;
  const { stream } = names;
  return {
    add: async ({ partition, key, id, due, body }) => {
      const headers = {
        // Without an id of the producer's, one that makes it safe to send again when the answer is lost.
        [MESSAGE_ID]: id === undefined ? unique() : encodeToken(id),
        ...(key === undefined ? {} : { [KEY]: encodeToken(key) }),
        ...(id === undefined ? {} : { [ID]: encodeToken(id) }),
        ...(due === undefined ? {} : { [DUE]: due }),
      };
      return publish({ subject: names.partition(partition), payload: body, headers, repeatable: true });
    },
    async *read(partition, signal) {
      const filter = names.partition(partition);
      const kind = { headersOnly: true, live: true } as const;
      for await (const read of tail({
        ...lines,
        line: lines.polls,
        stream,
        filter,
        ...kind,
        signal,
        deadline,
      }))
        yield waitingOf(read);
    },
    body: async (seq) => (await get({ seq }))?.data,
    async remove(seq) {
      const subject = `$JS.API.STREAM.MSG.DELETE.${stream}`;
      const { error } = await requests.ask(subject, { seq, no_erase: true }, deadline());
      if (error === undefined || isGone(error)) return;
      // A deletion that failed may say so of a message that is not there: "stream store EOF" (2.15.1).
      if ((await get({ seq })) !== undefined) throw unexpected(subject, error);
    },
    async count() {
      const found = await infoOf(requests, stream, deadline(), names.messages);
      return Object.values(found?.subjects ?? {}).reduce((sum, count) => sum + count, 0);
    },
  };
}

function documentsOf({ names, get, publish }: Parts): Pick<QueueStore, 'load' | 'save'> {
  return {
    async load(document) {
      const got = await get({ last_by_subj: names.document(document) });
      return got && { position: got.seq, bytes: got.data };
    },
    async save(document, bytes, expected) {
      const headers = { [EXPECTED]: expected, [ROLLUP]: 'sub' };
      const subject = names.document(document);
      return (await publish({ subject, payload: bytes, headers, repeatable: false })).seq;
    },
  };
}

function settledOf({
  lines,
  names,
  deadline,
  get,
  publish,
}: Parts): Pick<QueueStore, 'settle' | 'settled' | 'forget'> {
  return {
    async settle(bucket, id, seq) {
      const subject = names.settled(bucket, id);
      await publish({ subject, payload: Buffer.from(String(seq)), repeatable: true });
    },
    async settled(buckets, id) {
      const wishes = buckets.map((bucket) => ({ last_by_subj: names.settled(bucket, id) }));
      const found = await Promise.all(wishes.map(get));
      const first = found.find((got) => got !== undefined);
      return first && Number(Buffer.from(first.data).toString());
    },
    async forget(bucket) {
      const subject = `$JS.API.STREAM.PURGE.${names.stream}`;
      expectFine(subject, await lines.requests.ask(subject, { filter: names.bucket(bucket) }, deadline()));
    },
  };
}

function waitingOf({ seq, at, headers }: Read): Waiting {
  const text = (name: string): string | undefined => {
    const token = headers?.get(name) ?? '';
    return token === '' ? undefined : decodeToken(token);
  };
  const due = headers?.get(DUE) ?? '';
  return { seq, key: text(KEY), id: text(ID), due: due === '' ? undefined : Number(due), at };
}

export const isGone = ({ err_code }: { readonly err_code: number }): boolean =>
  err_code === API.noMessage || err_code === API.messageGone;

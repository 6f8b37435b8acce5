import { isTroupeError } from '../../errors.ts';
import { unexpected } from './errors.ts';
import { createGet } from './get.ts';
import { createPublish } from './publish.ts';
import { isGone, type QueueLines } from './queue.ts';
import type { DeadNames } from './queue-names.ts';
import { infoOf, type QueueConfig } from './queue-streams.ts';
import { tail, type Read, type TailOptions } from './tail.ts';
import type { DeadStore } from '../queue-store.ts';

/**
 * The dead letters of a system in a stream of their own, which keeps them until they are removed. Made when the first letter is stored:
 * looking makes nothing.
 */
export function jetStreamDead(
  lines: QueueLines,
  names: DeadNames,
  make: () => Promise<QueueConfig>,
): DeadStore {
  const { requests, clock, timeout } = lines;
  const { stream } = names;
  const deadline = (): number => clock.now() + timeout;
  const publish = createPublish({ line: lines.appends, clock, timeout, stream });
  let made: Promise<QueueConfig> | undefined;
  const replicated = async (): Promise<boolean | undefined> => {
    const info = await infoOf(requests, stream, deadline());
    return info && (info.config.num_replicas ?? 1) > 1;
  };
  const get: DeadStore['get'] = async (id) => {
    const isReplicated = await replicated();
    if (isReplicated === undefined) return undefined;
    const got = await createGet({ requests, stream, replicated: isReplicated, deadline })({ seq: id });
    return got && { id, queue: names.queueOf(got.subject), bytes: got.data };
  };
  return {
    get limit() {
      return lines.limit();
    },
    async add(queue, token, bytes) {
      const subject = names.letter(queue, token);
      try {
        await (made ??= make());
        const headers = { 'Nats-Expected-Last-Subject-Sequence': 0 };
        await publish({ subject, payload: bytes, headers, repeatable: true });
      } catch (error) {
        // The letter is there already: stored by a consumer that ended before it could remove the message.
        if (isTroupeError(error) && error.code === 'FENCED') return;
        made = undefined;
        throw error;
      }
    },
    async *list(queue) {
      if ((await replicated()) === undefined) return;
      const filter = queue === undefined ? names.all : names.of(queue);
      for await (const { seq, subject, data } of there({ ...lines, stream, filter, deadline }))
        yield { id: seq, queue: names.queueOf(subject), bytes: data };
    },
    get,
    async remove(id) {
      if ((await get(id)) === undefined) return false;
      const subject = `$JS.API.STREAM.MSG.DELETE.${stream}`;
      const { error } = await requests.ask(subject, { seq: id }, deadline());
      if (error === undefined) return true;
      // Somebody else removed it meanwhile.
      if (isGone(error) || (await get(id)) === undefined) return false;
      throw unexpected(subject, error);
    },
  };
}

/** What is there now, with its bytes. */
const there = (from: QueueLines & Pick<TailOptions, 'stream' | 'filter' | 'deadline'>): AsyncIterable<Read> =>
  tail({ ...from, line: from.polls, headersOnly: false, live: false, signal: new AbortController().signal });

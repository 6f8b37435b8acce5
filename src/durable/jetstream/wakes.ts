import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { ackReader, type Ack } from './ack.ts';
import { API, full, isFull, isTransient, unavailable, unexpected } from './errors.ts';
import type { Failure, Line } from './line.ts';
import type { Names } from './names.ts';
import { pause, type Requests } from './requests.ts';
import { lastOfEach } from './scan.ts';
import type { Journal } from '../store.ts';

export interface WakeOptions {
  readonly line: Line;
  readonly requests: Requests;
  readonly names: Names;
  readonly clock: Clock;
  readonly replicated: boolean;
  readonly deadline: () => number;
}

/** More filters than this cost the server more than reading the wakes of the other shards costs us. */
const FILTERS = 128;
const PAUSE = 20;
const LONGEST_PAUSE = 320;

/** Wakes are the last messages of their subjects, the time in digits. */
export function createWakes(options: WakeOptions): Pick<Journal, 'wake' | 'unwake' | 'wakes'> {
  const { requests, names, clock, replicated, deadline } = options;
  const publish = publisher(options);
  return {
    wake: async (id, shard, at) => publish(names.wake(id, shard), Buffer.from(String(at)), deadline()),
    async unwake(_id, _shard, position) {
      if (position < 1) return;
      const subject = `$JS.API.STREAM.MSG.DELETE.${names.wakes}`;
      const { error } = await requests.ask(subject, { seq: position, no_erase: true }, deadline());
      // Replaced, or forgotten before.
      if (error === undefined || GONE.has(error.err_code)) return;
      throw unexpected(subject, error);
    },
    async *wakes(shards) {
      const all = [...shards];
      if (all.length === 0) return;
      const filters = all.length > FILTERS ? [names.everyWake] : all.map((shard) => names.wakesOf(shard));
      for await (const found of lastOfEach(
        { requests, clock, stream: names.wakes, replicated, deadline },
        filters,
      )) {
        const { id, shard } = names.wakeOf(found.subject);
        if (!shards.has(shard)) continue;
        yield { id, at: Number(Buffer.from(found.data).toString('latin1')), position: found.position };
      }
    },
  };
}

const GONE = new Set<number>([API.messageGone, API.deleteFailed, API.noMessage]);

/** Publish until it is acknowledged: twice does no harm, the last one counts. */
function publisher({ line, names, clock }: WakeOptions) {
  const ackOf = ackReader(names.wakes);
  const once = async (subject: string, payload: Uint8Array, deadline: number): Promise<Ack | Failure> =>
    new Promise((resolve) =>
      line.send({
        subject,
        payload,
        deadline,
        answered(message) {
          resolve(ackOf(message));
          return true;
        },
        failed: resolve,
      }),
    );
  return async (subject: string, payload: Uint8Array, deadline: number): Promise<number> => {
    for (let wait = PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      const outcome = await once(subject, payload, deadline);
      if (typeof outcome === 'number') return outcome;
      if (outcome instanceof TroupeError) throw outcome;
      if (typeof outcome === 'object' && isFull(outcome)) throw full(names.wakes, outcome.description);
      if (typeof outcome === 'object' && !isTransient(outcome)) throw unexpected(subject, outcome);
      if (clock.now() + wait >= deadline) throw unavailable(`nobody acknowledges "${subject}"`);
      await pause(clock, wait);
    }
  };
}

import { createSystem, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { answer } from './answer.ts';
import { keeping } from './durable-machines.ts';

/** One node of a system whose actors are mostly not in memory. */
export interface HerdWorker {
  open(place: HerdPlace): Promise<void>;
  /** Bring so many actors into being, some with a timer, and wait until none is in memory. */
  load(herd: Herd): Promise<void>;
  /** Used heap after collection, bytes. */
  heap(): Promise<number>;
  /** Wait until an actor of every shard answers. @returns ms */
  answering(herd: Herd): Promise<number>;
}

export interface HerdPlace {
  readonly url: string;
  readonly name: string;
}

export interface Herd {
  /** Numbers of the actors: from, and up to but not including. */
  readonly from: number;
  readonly to: number;
  /** The first so many of all have a timer. */
  readonly timers: number;
}

const IDLE = 500;
const LOOK = 50;
const LANES = 1_024;
const PROBES = 2_000;

let system: System;

const deliver = async (key: number, event: Parameters<ReturnType<typeof refOf>['deliver']>[0]) =>
  refOf(key).deliver(event, { timeout: 60_000 });
const refOf = (key: number) => system.ref<typeof keeping>(`keeping/${key}`);

async function inLanes(keys: Iterable<number>, each: (key: number) => Promise<unknown>): Promise<void> {
  const left = keys[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await each(next.value);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function* range(from: number, to: number): Generator<number> {
  for (let key = from; key < to; key++) yield key;
}

answer<HerdWorker>({
  async open({ url, name }) {
    const servers = url;
    system = await createSystem({ name, transport: nats({ servers }), store: jetstream({ servers }) });
    await system.host('keeping', keeping, { idle: IDLE });
  },
  async load({ from, to, timers }) {
    await inLanes(range(from, to), async (key) =>
      deliver(key, key < timers ? { type: 'WAIT' } : { type: 'KEEP', text: `text of ${key}` }),
    );
    while (system.stats().actors > 0) await new Promise((resolve) => setTimeout(resolve, LOOK));
  },
  async heap() {
    if (gc === undefined) throw new Error('Run this with --expose-gc.');
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => void setImmediate(resolve));
      gc();
    }
    return process.memoryUsage().heapUsed;
  },
  async answering({ from, to }) {
    const began = performance.now();
    const keys = Array.from(range(from, Math.min(to, from + PROBES)));
    const again = async (key: number): Promise<void> =>
      refOf(key)
        .deliver({ type: 'KEEP', text: 'again' }, { timeout: 500, once: `again ${key}` })
        .catch(async () => again(key));
    await inLanes(keys, again);
    return performance.now() - began;
  },
});

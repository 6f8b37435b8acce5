import type { DeadLetterBox } from '../../../src/coordination/queue/dead-letter-box.ts';
import { Queue } from '../../../src/coordination/queue/queue.ts';
import type { QueueOptions } from '../../../src/coordination/queue/options.ts';
import type { QueueHost } from '../../../src/coordination/queue/work.ts';
import type { Queues } from '../../../src/durable/queue-store.ts';
import { TroupeError } from '../../../src/errors.ts';
import { silentLogger, systemClock } from '../../../src/ports.ts';
import { collect } from '../../support/collect.ts';

/** Where queues are kept. */
export interface QueueWorld extends AsyncDisposable {
  /** The queues of a system, through a connection of its own. */
  open(system: string): Promise<Queues & { close(): Promise<void> }>;
}

export type Job = {
  readonly type: 'JOB';
  readonly n: number;
  readonly of?: string;
  readonly extra?: unknown;
};
export const job = (n: number, of?: string): Job => ({ type: 'JOB', n, ...(of === undefined ? {} : { of }) });

interface Delivered {
  readonly to: string;
  readonly event: Job;
  readonly once: string;
  readonly at: number;
}

const fast: QueueOptions = {
  partitions: 4,
  heartbeat: 50,
  ackWait: 5_000,
  backoff: { initial: 20, factor: 2, max: 200, jitter: 0 },
};

let systems = 0;
let nodes = 0;

/** A node whose actors are one function: it resolves when the actor has committed, and throws when it has failed. */
export function hostOf(
  queues: Queues,
  handle: (event: Job, to: string, once: string) => Promise<void> | void,
  state: unknown = 'idle',
) {
  const delivered = collect<Delivered>();
  const host: QueueHost = {
    node: `node-${++nodes}`,
    clock: systemClock,
    random: () => Math.random(),
    log: silentLogger,
    queues,
    check(event) {
      if (event.type === '') throw new TroupeError('INVALID_EVENT', 'An event needs a type.');
      return true;
    },
    async deliver(to, event, { once }) {
      delivered.add({ to, event: event as Job, once, at: Date.now() });
      await handle(event as Job, to, once);
    },
    stateOf: async () => Promise.resolve(state),
  };
  return { host, delivered };
}

export const lettersOf = async (box: DeadLetterBox) => {
  const letters = [];
  for await (const letter of box.list()) letters.push(letter);
  return letters;
};

/** A system of the test's own in a world of its own. */
export async function sceneIn(make: () => Promise<QueueWorld>) {
  const world = await make();
  const system = `queues-${++systems}`;
  const queues = await world.open(system);
  return {
    world,
    system,
    queues,
    open: async (host: QueueHost, options: QueueOptions = {}) =>
      Queue.open<Job>(host, 'jobs', { ...fast, ...options }),
    async [Symbol.asyncDispose]() {
      await queues.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** The queues as a process sees them, and its death: from `cut` on, nothing comes through, and nothing comes back. */
export function mortal(queues: Queues): { readonly queues: Queues; cut(): void } {
  let cut = false;
  const gate = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, key) {
        const value = of[key as keyof T] as unknown;
        if (typeof value !== 'function')
          return typeof value === 'object' && value !== null ? gate(value) : value;
        return (...args: unknown[]) => {
          if (cut) return new Promise(() => undefined);
          const result = (value as (...given: unknown[]) => unknown).apply(of, args);
          return result instanceof Promise
            ? result.then((found: unknown) =>
                typeof found === 'object' && found !== null && 'add' in found ? gate(found) : found,
              )
            : result;
        };
      },
    });
  return { queues: gate(queues), cut: () => void (cut = true) };
}

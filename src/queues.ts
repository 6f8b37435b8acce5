import { createRef } from './actor/ref.ts';
import type { Queue } from './coordination/queue/queue.ts';
import type { QueueOptions } from './coordination/queue/options.ts';
import { pause, type QueueHost } from './coordination/queue/work.ts';
import type { Queues } from './durable/queue-store.ts';
import { TroupeError } from './errors.ts';
import { HybridClock } from './message/clock.ts';
import type { Message } from './message/envelope.ts';
import { Sealer } from './message/sealer.ts';
import type { Node } from './node.ts';

/** The work queues of a node, carried to the parts of the node that they concern. */
export class WorkQueues {
  readonly #node: Node;
  readonly #open = new Set<Queue>();

  constructor(node: Node) {
    this.#node = node;
  }

  /** @throws TroupeError NO_STORE, INVALID_OPTION, STORE_MISMATCH, STORE_UNAVAILABLE, STORE_DENIED */
  async open<TEvent extends Message>(name: string, options: QueueOptions): Promise<Queue<TEvent>> {
    // With the first queue, so that `import 'troupe'` stays light.
    const { Queue } = await import('./coordination/queue/queue.ts');
    const queue = await Queue.open<TEvent>(this.#host(), name, options);
    this.#open.add(queue);
    this.#node.durables.queueNames.add(name);
    return queue;
  }

  /** Let consumers finish what they have under way, at most `limits.drain`; what is left is handled by others. */
  async close(): Promise<void> {
    const { clock, limits } = this.#node.durables;
    const overdue = new AbortController();
    const closed = Promise.all([...this.#open].map(async (queue) => queue.close()));
    await Promise.race([closed, pause(clock, limits.drain, overdue.signal)]);
    overdue.abort();
  }

  #host(): QueueHost {
    const node = this.#node;
    const { clock, random, log, limits } = node.durables;
    const sealer = new Sealer(node.name, limits.depth, new HybridClock(() => clock.now()));
    return {
      node: node.name,
      clock,
      random,
      log,
      queues: this.#queues(),
      check: (event) => sealer.check(event),
      deliver: async (to, event, options) => node.deliver(to, event, options),
      stateOf: async (address, timeout) => (await createRef(node, address).snapshot({ timeout })).value,
    };
  }

  #queues(): Queues {
    const { queues } = this.#node.durables.journal;
    if (queues !== undefined) return queues;
    throw new TroupeError(
      'NO_STORE',
      "The store of this system keeps actors, but no queues: use jetstream({ servers }) of 'troupe/nats', or memory().",
    );
  }
}

import type { Clock } from '../../../../src/ports.ts';
import { local, type LocalNetwork } from '../../../../src/transport/local.ts';
import type { Link, Transport } from '../../../../src/transport/transport.ts';
import type { Process, Task } from './process.ts';
import type { World } from './world.ts';

/** Time that nodes get to answer a hello, ms; as with a real server. */
const JOINING = 20;
/** Longest time that a message takes, ms. */
const LATENCY = 3;

/** The server between processes: a decorator of the local transport that delays, loses, and does not cross partitions. */
export class Network {
  readonly #world: World;
  readonly #local: LocalNetwork;
  /** When the last message between two processes arrives: order is kept (L1). */
  readonly #last = new WeakMap<Process, WeakMap<Process, number>>();
  readonly #partitioned = new Set<string>();
  readonly #statuses = new Map<Process, (connected: boolean) => void>();
  /** Part of the messages between processes that is lost. */
  loss = 0;
  #sender: Process;

  constructor(world: World, network: LocalNetwork) {
    this.#world = world;
    this.#local = network;
    this.#sender = world.outside;
  }

  transport(process: Process): Transport {
    const inner = local(this.#local);
    return {
      name: 'simulated',
      connect: async (options) => {
        this.#statuses.set(process, options.onStatus);
        const link = await inner.connect({ ...options, clock: this.#clockOf(process) });
        return this.#decorated(link, process);
      },
      settle: async (clock) => new Promise((resolve) => void clock.setTimeout(resolve, JOINING)),
    };
  }

  /** Two processes hear nothing of each other any more. */
  partition(a: Process, b: Process): void {
    this.#world.note(a, `is partitioned from ${b.name}`);
    this.#partitioned.add(pairOf(a, b));
  }

  /** A process loses its connection to the server, or has it again. */
  setOffline(process: Process, isOffline: boolean): void {
    if (process.isOffline === isOffline || process.state === 'dead') return;
    this.#world.note(process, isOffline ? 'is cut off' : 'is connected again');
    process.isOffline = isOffline;
    process.enqueue(() => this.#statuses.get(process)?.(!isOffline));
  }

  heal(): void {
    this.#world.note(this.#world.outside, 'all partitions are healed');
    this.#partitioned.clear();
  }

  /** What `local` does later, the server does: also when the sender is dead by then. */
  #clockOf(process: Process): Clock {
    const { clock } = this.#world.outside;
    const sending = (task: Task) => (): void => {
      this.#sender = process;
      task();
    };
    return { ...clock, setImmediate: (task) => clock.setImmediate(sending(task)) };
  }

  #decorated(link: Link, process: Process): Link {
    const world = this.#world;
    return {
      get connected() {
        return link.connected && !process.isOffline;
      },
      maxPayload: link.maxPayload,
      publish: (subject, bytes, unheard) => {
        if (process.isOffline || !world.point(process, `publishes ${bytes.length} to ${subject}`)) return;
        link.publish(subject, bytes, unheard && (() => process.enqueue(unheard)));
      },
      subscribe: (subject, onMessage, group) => {
        const unsubscribe = link.subscribe(
          subject,
          (bytes, of) => this.#carry(this.#sender, process, () => onMessage(bytes, of)),
          group,
        );
        process.onDeath(unsubscribe);
        return unsubscribe;
      },
      close: async () => link.close(),
    };
  }

  #carry(from: Process, to: Process, deliver: Task): void {
    const world = this.#world;
    if (this.#partitioned.has(pairOf(from, to)) || (from !== to && world.chance(this.loss))) return;
    const last = this.#last.get(from) ?? new WeakMap<Process, number>();
    this.#last.set(from, last);
    const at = Math.max(last.get(to) ?? 0, world.now + 1 + world.below(LATENCY));
    last.set(to, at);
    const number = ++from.sent;
    world.after(at - world.now, () => {
      from.arrived = Math.max(from.arrived, number);
      if (number <= from.reach && !to.isOffline) to.enqueue(deliver);
    });
  }
}

const pairOf = (a: Process, b: Process): string => [a.name, b.name].sort().join(' ');

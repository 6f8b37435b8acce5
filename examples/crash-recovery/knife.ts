/** Where a process kills itself: at one of the points at which something leaves its memory. */
import type { Journal, Link, Store, Transport } from 'troupe';

/** A signal to oneself need not have arrived when `kill` returns, ms. */
const ARRIVAL = 1_000;

export class Knife {
  readonly #at: string | undefined;
  readonly #report: (point: string) => void;
  readonly #counts = new Map<string, number>();
  #isArmed = false;

  /** @param report is told each point */
  constructor(at: string | undefined, report: (point: string) => void) {
    this.#at = at;
    this.#report = report;
  }

  arm(): void {
    this.#isArmed = true;
  }

  /** The same thing the first time, the second time, … */
  next(what: string): number {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return count;
  }

  /** The process is at a point. At its own it goes no further: SIGKILL, nothing is cleaned up. */
  pass(point: string): void {
    if (!this.#isArmed) return;
    this.#report(point);
    if (point !== this.#at) return;
    process.kill(process.pid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ARRIVAL);
  }
}

/** A store with a point before and after each write: "after" is when it is stored and nobody has heard of it yet. */
export function cutStore(store: Store, knife: Knife): Store {
  const cut = async <T>(what: string, write: () => Promise<T>): Promise<T> => {
    knife.pass(`before ${what}`);
    const written = await write();
    knife.pass(`after ${what}`);
    return written;
  };
  const wrap = (journal: Journal): Journal => ({
    ...journal,
    get limit() {
      return journal.limit;
    },
    append: async (id, ...rest) =>
      cut(`commit ${knife.next(`commit ${id}`)} of ${id}`, async () => journal.append(id, ...rest)),
    wake: async (id, ...rest) =>
      cut(`wake ${knife.next(`wake ${id}`)} of ${id}`, async () => journal.wake(id, ...rest)),
    unwake: async (id, ...rest) =>
      cut(`end ${knife.next(`end ${id}`)} of wake of ${id}`, async () => journal.unwake(id, ...rest)),
  });
  return { name: store.name, open: async (options) => wrap(await store.open(options)) };
}

/** A transport with a point before each message to another node. */
export function cutTransport(transport: Transport, knife: Knife): Transport {
  const wrap = (link: Link): Link => ({
    get connected() {
      return link.connected;
    },
    get maxPayload() {
      return link.maxPayload;
    },
    publish(subject, ...rest) {
      if (subject.includes('.n.')) knife.pass(`before message ${knife.next('message')} to the client`);
      link.publish(subject, ...rest);
    },
    subscribe: (...subscription) => link.subscribe(...subscription),
    close: async () => link.close(),
  });
  return {
    name: transport.name,
    connect: async (options) => wrap(await transport.connect(options)),
    settle: async (clock) => transport.settle(clock),
  };
}

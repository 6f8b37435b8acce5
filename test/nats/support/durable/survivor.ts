import { createSystem, silentLogger, type Journal, type Limits, type Message, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { seeded } from '../../../../src/testing/random.ts';
import { insistOn } from '../insist.ts';
import { noting } from '../noting.ts';
import { booksOf, type Books } from './books.ts';
import { ledgerInto, type Writing } from './shop.ts';

/** Nodes notice within a fraction of a second that another is gone. */
export const limits: Partial<Limits> = {
  heartbeat: 100,
  unheardAfter: 100,
  downAfter: 1_500,
  redo: 200,
  shards: 32,
  resolve: 20,
};

/** A node of the test's own process: it sends, it is the world outside, it reads the journal, and it may host. */
export interface Survivor extends AsyncDisposable {
  readonly system: System;
  readonly journal: Journal;
  readonly written: readonly Writing[];
  /** Deliver it, again and again until it was taken. */
  readonly insist: (to: string, event: Message, once: string) => Promise<void>;
  /** Resolves when the journal satisfies a predicate. @throws Error saying how it is, after 20 s */
  readonly until: (is: (books: Books) => boolean, where: string) => Promise<Books>;
}

const PATIENCE = 20_000;
const LOOK = 20;

export async function survive(
  url: string,
  name: string,
  seed: number,
  chosen: Partial<Limits> = limits,
): Promise<Survivor> {
  const opened = noting(jetstream({ servers: url }));
  const transport = nats({ servers: url });
  const system = await createSystem({
    ...{ name, node: 'survivor', limits: chosen, random: seeded(seed), log: silentLogger },
    ...{ transport, store: opened.store },
  });
  const written: Writing[] = [];
  await system.spawn(ledgerInto(written), { id: 'ledger' });
  const journal = opened.journal();
  return {
    system,
    journal,
    written,
    insist: async (to, event, once) =>
      insistOn(async () => system.ref(to).deliver(event, { once, timeout: 1_000 }), {
        pause: LOOK,
        patience: PATIENCE,
      }),
    until: async (is, where) => until(journal, is, where),
    [Symbol.asyncDispose]: async () => system.stop(),
  };
}

async function until(journal: Journal, is: (books: Books) => boolean, where: string): Promise<Books> {
  const start = performance.now();
  for (;;) {
    const books = await booksOf(journal, limits.shards!);
    if (is(books)) return books;
    if (performance.now() - start > PATIENCE) {
      const orders = [...books.orders.values()].map(({ id, value }) => `${id} is ${String(value)}`);
      throw new Error(
        `${where}: not at rest after ${PATIENCE} ms: ${[...orders, ...books.loose].join('; ')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

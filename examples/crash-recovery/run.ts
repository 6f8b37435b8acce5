/** One run: an order is placed, the node that has it is killed at one of its points, and another takes over. */
import { createSystem, isTroupeError, silentLogger, type Ref, type StoredCommit, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { auditOf, finished, type Books, type Scenario } from './audit.ts';
import { limits } from './limits.ts';
import type { Victim } from './process.ts';
import { openShop, type Post } from './shop.ts';

export interface Outcome {
  /** Was it killed at its point, or was it over before it came there? */
  readonly isKilled: boolean;
  /** The points that it came to. */
  readonly points: readonly string[];
  /** What only the dead process knew. */
  readonly lost: string;
  /** How the order ended. */
  readonly end: string;
  /** From the death of the one to the end of the work of the other, ms. */
  readonly recovery: number;
  /** What is not as it has to be. */
  readonly faults: readonly string[];
}

export interface Plan {
  readonly url: string;
  readonly system: string;
  readonly cut: string | undefined;
  readonly scenario: Scenario;
}

const ACTORS = ['order/1', 'stock/tea', 'bank/ann'] as const;
/** Between two looks at the books, ms. */
const LOOK = 20;
/** A run that takes longer has failed, ms. */
const PATIENCE = 30_000;

export async function run(
  victim: Victim,
  { url: servers, system: name, cut, scenario }: Plan,
): Promise<Outcome> {
  const parcels: string[] = [];
  const post: Post = async (key) => void parcels.push(key);
  await using system = await createSystem({
    name,
    limits,
    node: 'heir',
    log: silentLogger,
    transport: nats({ servers }),
    store: jetstream({ servers }),
  });
  await victim.start({ url: servers, system: name, cut }, (key) => void parcels.push(key));
  const succession = victim.gone.then(async () => {
    const at = performance.now();
    const { points } = victim;
    const isKilled = cut !== undefined && points.at(-1) === cut;
    const lost = isKilled ? await lostAt(system, cut) : '';
    await openShop(system, post);
    return { isKilled, points, lost, at };
  });
  await place(system.ref('order/1'), scenario);
  const books = await atRest(system, scenario);
  const rest = performance.now();
  await victim[Symbol.asyncDispose]();
  const { at, ...death } = await succession;
  const faults = auditOf(books, parcels, scenario);
  return { ...death, end: String(books.order?.value), recovery: Math.max(0, rest - at), faults };
}

/** Placed until somebody has it: under one key, so that it is placed once. */
async function place(order: Ref, { purchase }: Scenario): Promise<void> {
  for (;;) {
    try {
      return await order.deliver({ type: 'PLACE', ...purchase }, { once: 'place order 1', timeout: 1_000 });
    } catch (error) {
      if (!isTroupeError(error) || !error.retryable) throw error;
    }
  }
}

/** The last commit of an actor; undefined: it has never been. */
async function lastOf(system: System, id: string): Promise<StoredCommit | undefined> {
  let last: StoredCommit | undefined;
  try {
    for await (const entry of system.history(id)) if (!('unreadable' in entry)) last = entry;
  } catch (error) {
    if (!isTroupeError(error) || error.code !== 'NO_SUCH_ACTOR') throw error;
  }
  return last;
}

async function booksOf(system: System): Promise<Books> {
  const [order, stock, bank] = await Promise.all(ACTORS.map(async (id) => lastOf(system, id)));
  return { order, stock, bank };
}

async function atRest(system: System, scenario: Scenario): Promise<Books> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const books = await booksOf(system);
    if (finished(books, scenario) || performance.now() > end) return books;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** What only the dead process knew. */
async function lostAt(system: System, point: string): Promise<string> {
  const [, when, what, , id = ''] = /^(before|after) (\S+) (\d+) of (?:wake of )?(\S+)$/.exec(point) ?? [];
  if (what === 'commit' && when === 'after') return unsaidOf(await lastOf(system, id));
  if (what === 'commit') return 'what it decided';
  if (what === 'wake') return 'what it decided';
  if (what === 'end') return 'nothing';
  return point.includes('parcel') ? (point.startsWith('before') ? 'the call' : 'the receipt') : 'the message';
}

/** It is stored, and nothing of it was done yet. */
function unsaidOf(commit: StoredCommit | undefined): string {
  const effects = (commit?.effects ?? []).map((effect) =>
    'event' in effect && 'to' in effect ? `${effect.kind} ${effect.event.type}` : 'the call',
  );
  return effects.length === 0 ? 'that it is stored' : `unsaid: ${effects.join(', ')}`;
}

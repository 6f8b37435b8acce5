import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { defaultLimits, type Message } from 'troupe';
import { seeded } from '../../src/testing/random.ts';
import { natsServer } from '../support/server.ts';
import { storedOf } from './support/durable-load/books.ts';
import { startCrew, type Crew } from './support/durable-load/crew.ts';
import { limits, startDriver, type Driver } from './support/durable-load/driver.ts';
import { populate } from './support/durable-load/populate.ts';
import type { SleeperContext } from './support/durable-load/sleeper.ts';

/** Actors that are stored, and those of them that have a timer. */
const ACTORS = Number(process.env['TROUPE_ACTORS'] ?? 100_000);
const TIMERS = Math.min(ACTORS, 100_000);
const NODES = 2;
const SEED = 7;
const SAMPLE = 200;
/** Actors whose timers run out just after the node has died; their wakes are the last that are read. */
const SOON = 100;
const SLEEP = 5_000;
/** What a takeover may take, ms. */
const BOUND = 10_000;
const VISITED = 10_000;

const idOf = (n: number): string => `sleeper/${n}`;
const ask = async ({ system }: Driver, id: string): Promise<unknown> =>
  system.ref(id).ask({ type: 'ARE_YOU_THERE' }, { timeout: 20_000 });

/** Ask so many actors that are not in memory, 64 at a time. */
async function visit(driver: Driver, from: number): Promise<void> {
  const left = Array.from({ length: VISITED }, (_, n) => idOf(from + n)).values();
  const run = async (): Promise<void> => {
    for (const id of left) await ask(driver, id);
  };
  await Promise.all(Array.from({ length: 64 }, run));
}

/** Of one that is not in memory, over the network, ms. */
async function activationTime(driver: Driver): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < SAMPLE; n++) {
    const start = performance.now();
    await ask(driver, idOf(n));
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[SAMPLE / 2]!;
}

async function fill({ insist, journal }: Driver): Promise<void> {
  await insist('sleeper/awake', { type: 'FORGET' }, 'like');
  await insist('sleeper/asleep', { type: 'SLEEP', ms: 3_600_000 } as Message, 'like');
  const { shards } = defaultLimits;
  const due = Date.now() + 3_600_000;
  await populate(journal, { like: 'sleeper/asleep', count: TIMERS, idOf, due, shards });
  const rest = ACTORS - TIMERS;
  await populate(journal, { like: 'sleeper/awake', count: rest, idOf: (n) => idOf(TIMERS + n), shards });
}

/** Bytes of heap that all nodes have in use, when no actor is in memory. */
async function restingHeap({ nodes }: Crew): Promise<number> {
  for (;;) {
    const found = await Promise.all(nodes.map(async (node) => node.memory()));
    if (found.every(({ actors }) => actors === 0)) return found.reduce((sum, { heap }) => sum + heap, 0);
    await pause(200);
  }
}

describe(`${ACTORS} virtual actors, ${TIMERS} of which have a timer, on ${NODES} nodes`, () => {
  it('one that has left memory costs none, and is there again when it is asked', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'many');
    await using crew = await startCrew(NODES, {
      servers: server.url,
      system: 'many',
      limits,
      hosts: 'sleepers',
    });
    await driver.insist('sleeper/awake', { type: 'FORGET' }, 'like');
    const { shards } = defaultLimits;
    await populate(driver.journal, { like: 'sleeper/awake', count: VISITED * 2, idOf, shards });
    // The first round warms the program up.
    await visit(driver, 0);
    const before = await restingHeap(crew);
    await visit(driver, VISITED);
    const bytes = Math.round(((await restingHeap(crew)) - before) / VISITED);
    const p50 = await activationTime(driver);
    console.log('a passivated actor', { bytes, activationP50Ms: p50 });
    expect(bytes).toBeLessThan(200);
    expect(p50).toBeLessThan(25);
  });

  it('C3 D3 D5: a node dies: all its actors are there again, and its timers run, within 10 s', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'many');
    const crewOptions = { servers: server.url, system: 'many', limits, hosts: 'sleepers' } as const;
    await using crew = await startCrew(NODES, crewOptions);
    await fill(driver);
    const soon = Array.from({ length: SOON }, (_, n) => `sleeper/soon-${n}`);
    const asleep = soon.map(async (id) =>
      driver.insist(id, { type: 'SLEEP', ms: SLEEP } as Message, 'sleep'),
    );
    await Promise.all(asleep);
    await crew.nodes[0]!.signal('SIGKILL');
    const died = Date.now();
    const random = seeded(SEED);
    const sample = Array.from({ length: SAMPLE }, () => idOf(Math.floor(random() * ACTORS)));
    await Promise.all(sample.map(async (id) => driver.insist(id, { type: 'FORGET' }, 'look')));
    const answered = Date.now() - died;
    const woken = await Promise.all(soon.map(async (id) => wokenAt(driver, id)));
    const late = Math.max(...woken.map(({ at, due }) => at - Math.max(due, died)));
    const ran = Math.max(...woken.map(({ at }) => at)) - died;
    console.log('takeover', { answeredMs: answered, lastTimerMs: ran, latestMs: late });
    expect(answered).toBeLessThan(BOUND);
    expect(ran).toBeLessThan(BOUND);
  });
});

async function wokenAt(driver: Driver, id: string): Promise<{ readonly at: number; readonly due: number }> {
  for (;;) {
    const { context } = await storedOf<SleeperContext>(driver.journal, id);
    const [at] = context.woken;
    if (at !== undefined) return { at, due: context.due[0]! };
    await pause(20);
  }
}

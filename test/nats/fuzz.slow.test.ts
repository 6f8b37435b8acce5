import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, type NatsConnection } from 'nats';
import type { System } from 'troupe';
import { expect, it } from 'vitest';
import { counter, ledger, teller } from '../support/actors.ts';
import { mutate, seeded } from '../support/mutate.ts';
import { natsServer } from '../support/server.ts';
import { join } from './support/join.ts';

const MESSAGES = 300_000;
const BATCH = 1_000;
/** Growth that is no leak: caches, counters and the last dead letters, MB. */
const ALLOWANCE = 80;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Frames two nodes really say to each other, of every kind there is. */
async function capture(url: string, tap: NatsConnection): Promise<readonly Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const listening = tap.subscribe('troupe.>', { callback: (_error, { data }) => frames.push(data.slice()) });
  await tap.flush();
  await using far = await join(url, 'far');
  await using near = await join(url, 'near');
  await far.spawn(counter, { id: 'captured' });
  await far.spawn(ledger, { id: 'captured-ledger' });
  await far.serve('captured-tellers', teller, { instances: 2, subscribe: ['job.*'] });
  const ref = near.ref<typeof counter>('captured');
  ref.watch(() => undefined);
  const waiting = ref.waitFor(({ context }) => context.n === 3);
  for (let i = 0; i < 3; i++) ref.send({ type: 'ADD', by: 1 });
  await waiting;
  const value = {
    at: new Date(0),
    map: new Map([[1n, new Set(['x'])]]),
    bytes: new Uint8Array(9),
    no: undefined,
  };
  await ref.ask({ type: 'ECHO', value });
  await near.ref<typeof ledger>('captured-ledger').ask({ type: 'REPORT' });
  await near.ref<typeof teller>('captured-tellers').ask({ type: 'WHO' });
  await near
    .ref('nobody')
    .ask({ type: 'X' })
    .catch(() => undefined);
  await near.spawn(counter, { id: 'captured-near' });
  await near.actors();
  near.publish({ type: 'job.done', n: 1 });
  near.publish({ type: 'news.now', n: 1 });
  await ref.ask({ type: 'GET' });
  listening.unsubscribe();
  return frames;
}

async function expectAlive(asker: System, victim: System, what: string): Promise<void> {
  const ref = asker.ref<typeof counter>('health');
  const answer = await ref
    .ask({ type: 'ECHO', value: what }, { timeout: 10_000 })
    .catch((error: unknown) => error);
  const state = (system: System) => ({ ...system.stats(), known: system.members().map(({ node }) => node) });
  const seen = JSON.stringify({ asker: state(asker), victim: state(victim) });
  expect(answer, `${what}: ${seen}`).toEqual({ type: 'ECHOED', value: what });
}

it(`T4 ${MESSAGES} random and mutated messages to inbox, cluster and bus: no crash, no leak, the node answers`, async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  process.stderr.write(`FUZZ_SEED=${seed}\n`);
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on('uncaughtExceptionMonitor', note);
  await using server = await natsServer({ jetstream: false });
  const raw = await connect({ servers: server.url });
  const corpus = await capture(server.url, raw);
  expect(corpus.length).toBeGreaterThan(20);
  await using victim = await join(server.url, 'victim');
  await using asker = await join(server.url, 'asker');
  await victim.spawn(counter, { id: 'health' });
  await victim.spawn(counter, { id: 'captured' });
  victim.subscribe('>', () => undefined);
  await expectAlive(asker, victim, `seed ${seed}, before`);
  const subjects = [
    `troupe.n.${victim.node}`,
    `troupe.n.${victim.node}`,
    'troupe.c',
    'troupe.e.news.now',
    'troupe.e.job.done',
  ];
  const random = seeded(seed);
  const before = heap();
  let refused = 0;
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    for (let i = 0; i < BATCH; i++)
      raw.publish(subjects[Math.floor(random() * subjects.length)]!, mutate(corpus, random));
    await raw.flush();
    await expectAlive(asker, victim, `seed ${seed}, after ${sent + BATCH}`);
    const now = Object.values(victim.stats().rejected).reduce((sum, each) => sum + each, 0);
    expect(now, `seed ${seed}: refusals after ${sent}`).toBeGreaterThan(refused);
    refused = now;
  }
  expect(heap() - before, `seed ${seed}: MB grown`).toBeLessThan(ALLOWANCE);
  expect(victim.stats().rejected['MALFORMED_MESSAGE']).toBeGreaterThan(MESSAGES / 4);
  expect(victim.stats().rejected['UNKNOWN_VERSION']).toBeGreaterThan(0);
  await using late = await join(server.url, 'late');
  await expectAlive(late, victim, `seed ${seed}, a newcomer`);
  await raw.close();
  process.off('uncaughtExceptionMonitor', note);
  expect(uncaught).toEqual([]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { System } from 'troupe';
import { alternatingBitSender, type threePhaseCoordinator } from 'troupe/machines';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { seeded, seedOf } from '../../src/testing/random.ts';
import { collect } from '../support/collect.ts';
import { natsServer } from '../support/server.ts';
import { run, type Command } from './support/command.ts';
import { join } from './support/join.ts';
import type { RoleOfProcess } from './support/protocol-node.ts';

let server: Server;
let here: System;
let folder: string;
let processes: Command[];

beforeEach(async () => {
  server = await natsServer({ jetstream: false });
  here = await join(server.url, 'here');
  folder = await mkdtemp(joinPath(tmpdir(), 'troupe-'));
  processes = [];
});

afterEach(async () => {
  for (const each of processes) each.kill('SIGKILL');
  await Promise.all(processes.map(async ({ finished }) => finished));
  await here.stop();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** A process of its own with one actor. */
const start = (role: RoleOfProcess): Command => {
  const process = run('test/nats/support/protocol-node.ts', [JSON.stringify(role)], {
    NATS_URL: server.url,
  });
  processes.push(process);
  return process;
};

const shows = async (process: Command, state: string): Promise<string> =>
  process.line((line) => line === state);

const state = async (id: string): Promise<unknown> =>
  (await here.ref(id).ask({ type: 'STATUS' }))['state' as never];

const transaction = 'transfer';

describe('two-phase commit between processes', () => {
  const participant = (id: string, prepare: RoleOfProcess['prepare'] = 'succeeds'): Command =>
    start({
      id,
      chart: 'two-phase-participant',
      input: { transaction, participant: id, coordinator: 'coordinator', inquireEvery: 100 },
      prepare,
    });
  const coordinator = (more: Partial<RoleOfProcess> = {}): Command =>
    start({
      id: 'coordinator',
      chart: 'two-phase-coordinator',
      input: { transaction, participants: ['p1', 'p2'] },
      log: joinPath(folder, 'log'),
      ...more,
    });

  it('commits everywhere', async () => {
    const all = [coordinator(), participant('p1'), participant('p2')];
    await Promise.all(all.map(async (each) => shows(each, 'committed')));
    expect(await Promise.all(['coordinator', 'p1', 'p2'].map(state))).toEqual([
      'committed',
      'committed',
      'committed',
    ]);
  });

  it('aborts everywhere when one cannot prepare', async () => {
    const asked = coordinator();
    await shows(asked, 'collecting');
    const all = [asked, participant('p1'), participant('p2', 'fails')];
    await Promise.all(all.map(async (each) => shows(each, 'aborted')));
    expect(await Promise.all(['coordinator', 'p1', 'p2'].map(state))).toEqual([
      'aborted',
      'aborted',
      'aborted',
    ]);
  });

  it.each([
    ['after-record', 'committed'],
    ['before-record', 'aborted'],
  ] as const)(
    'a coordinator that dies %s: the others wait, and its successor says %s',
    async (dies, decision) => {
      const first = coordinator({ dies });
      const all = [participant('p1'), participant('p2')];
      await first.finished;
      await Promise.all(all.map(async (each) => shows(each, 'prepared')));
      expect(await Promise.all(['p1', 'p2'].map(state))).toEqual(['prepared', 'prepared']);
      const second = coordinator({ restarted: true });
      await Promise.all([second, ...all].map(async (each) => shows(each, decision)));
      expect(await Promise.all(['coordinator', 'p1', 'p2'].map(state))).toEqual([
        decision,
        decision,
        decision,
      ]);
    },
  );
});

describe('three-phase commit between processes', () => {
  const input = { transaction, coordinator: 'coordinator', participants: ['p1', 'p2'] };
  const coordinator = (): Command =>
    start({ id: 'coordinator', chart: 'three-phase-coordinator', input: { ...input, patience: 30_000 } });
  const participant = (id: string, prepare: RoleOfProcess['prepare'], patience = 30_000): Command =>
    start({
      id,
      chart: 'three-phase-participant',
      input: { ...input, participant: id, patience },
      ...(prepare === undefined ? {} : { prepare }),
    });

  it('commits everywhere', async () => {
    const first = coordinator();
    await shows(first, 'collecting');
    const all = [first, participant('p1', 'succeeds'), participant('p2', 'succeeds')];
    await Promise.all(all.map(async (each) => shows(each, 'committed')));
  });

  it('the only one left commits, when it knows that all had prepared', async () => {
    const first = coordinator();
    await shows(first, 'collecting');
    const [p1, p2] = [participant('p1', 'waits', 2_000), participant('p2', 'succeeds')];
    await shows(p1, 'working');
    await here
      .ref<typeof threePhaseCoordinator>('coordinator')
      .waitFor(({ context }) => context.answers['p2'] === true);
    p2.kill('SIGKILL');
    await p2.finished;
    p1.kill('SIGUSR2');
    await shows(p1, 'precommitted');
    first.kill('SIGKILL');
    await shows(p1, 'committed');
    expect(await state('p1')).toBe('committed');
  });

  it('the others abort when the coordinator is killed during the vote', async () => {
    const dying = coordinator();
    await shows(dying, 'collecting');
    const all = [participant('p1', 'waits', 500), participant('p2', 'waits', 500)];
    await Promise.all(all.map(async (each) => shows(each, 'working')));
    dying.kill('SIGKILL');
    await dying.finished;
    for (const each of all) each.kill('SIGUSR2');
    await Promise.all(all.map(async (each) => shows(each, 'aborted')));
    expect(await Promise.all(['p1', 'p2'].map(state))).toEqual(['aborted', 'aborted']);
  });
});

it('the alternating bit protocol delivers all, once and in order, over a link that loses and repeats', async () => {
  const seed = Number(process.env['TROUPE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.info(`TROUPE_SEED=${seed}`);
  const random = seeded(seedOf(seed, 1));
  const copies = Array.from({ length: 97 }, () => Math.floor(random() * 3));
  const received = collect<unknown>();
  here.subscribe<{ type: string; data: unknown }>('alternating-bit.received', ({ data }) =>
    received.add(data),
  );
  const ends = [
    start({ id: 'receiver', chart: 'alternating-bit-receiver', input: {} }),
    start({ id: 'link', chart: 'link', input: { sender: 'sender', receiver: 'receiver', copies } }),
  ];
  await Promise.all(ends.map(async (each) => shows(each, 'ready')));
  const sender = await here.spawn(alternatingBitSender, {
    id: 'sender',
    input: { address: 'sender', to: 'link', retransmitEvery: 20 },
  });
  const wanted = Array.from({ length: 50 }, (_, n) => n);
  for (const data of wanted) sender.send({ type: 'SEND', data });
  await sender.waitFor(({ value, context }) => value === 'idle' && context.outbox.length === 0);
  expect(await received.atLeast(wanted.length)).toEqual(wanted);
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { System } from 'troupe';
import { linearizable, register } from 'troupe/testing';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { seeded } from '../../src/testing/random.ts';
import { natsServer } from '../support/server.ts';
import { run, type Command } from './support/command.ts';
import { join } from './support/join.ts';
import { Session } from './support/register-session.ts';
import type { ReplicaOfProcess } from './support/replica-node.ts';

const names = ['replica-1', 'replica-2', 'replica-3'] as const;
type Name = (typeof names)[number];

let server: Server;
let here: System;
let processes: Readonly<Record<Name, Command>>;
let sessions: readonly Session[];

beforeEach(async () => {
  server = await natsServer({ jetstream: false });
  here = await join(server.url, 'here');
});

afterEach(async () => {
  for (const each of Object.values(processes)) each.kill('SIGKILL');
  await Promise.all(Object.values(processes).map(async ({ finished }) => finished));
  await here.stop();
  await server.stop();
});

/** Three replicas in processes of their own, and clients in this one. */
async function start(chart: ReplicaOfProcess['chart'], clients: number): Promise<void> {
  const started = names.map((name, at): [Name, Command] => {
    const peers = names.filter((each) => each !== name);
    const replica = { chart, input: { name, peers, patience: 100 * (at + 1) } };
    const command = run('test/nats/support/replica-node.ts', [JSON.stringify(replica)], {
      NATS_URL: server.url,
    });
    return [name, command];
  });
  processes = Object.fromEntries(started) as Record<Name, Command>;
  await Promise.all(started.map(async ([, each]) => each.line((line) => line === 'ready')));
  await expect.poll(() => here.members().length, { timeout: 10_000 }).toBe(3);
  sessions = await Promise.all(
    Array.from({ length: clients }, async (_, n) => Session.open(here, `client-${n + 1}`)),
  );
}

const kill = async (name: Name): Promise<void> => {
  processes[name].kill('SIGKILL');
  await processes[name].finished;
};

const expectLinearizable = (): void => {
  const { verdict, text } = linearizable(
    register(null),
    sessions.flatMap(({ history }) => history),
  );
  expect(verdict, text).toBe('holds');
};

describe('Paxos between processes', () => {
  /** Each client writes to a replica of its own. A write that loses is never answered. */
  const write = (): readonly Promise<{ name: Name; written: boolean }>[] =>
    names.map(async (name, at) => ({ name, written: await sessions[at]!.write(name, `value ${at}`) }));

  const readAll = async (from: readonly Name[]): Promise<readonly unknown[]> =>
    Promise.all(sessions.flatMap((session) => from.map(async (name) => session.read(name))));

  it('all replicas give the one value that was chosen', async () => {
    await start('paxos', 3);
    const first = await Promise.race(write());
    expect(first.written).toBe(true);
    const values = new Set(await readAll(names));
    expect([...values]).toEqual([expect.stringMatching(/^value \d$/)]);
    expectLinearizable();
  });

  it('a leader that is killed before or while it proposes keeps nobody from deciding', async () => {
    await start('paxos', 3);
    void write();
    await kill('replica-1');
    const values = new Set(await readAll(['replica-2', 'replica-3']));
    expect([...values]).toEqual([expect.stringMatching(/^value \d$/)]);
    expectLinearizable();
  });

  it('a value that was chosen outlives the replica that had it chosen', async () => {
    await start('paxos', 3);
    const { name, written } = await Promise.race(write());
    expect(written).toBe(true);
    await kill(name);
    const values = new Set(await readAll(names.filter((each) => each !== name)));
    expect([...values]).toEqual([expect.stringMatching(/^value \d$/)]);
    expectLinearizable();
  });
});

describe('the register of Attiya, Bar-Noy and Dolev between processes', () => {
  it('is linearizable for concurrent clients, also when a replica is killed', async () => {
    await start('abd-register', 4);
    const seed = 20_261_120;
    let done = 0;
    let killed: Promise<void> | undefined;
    const alive = new Set<Name>(names);
    const afterwards: unknown[] = [];
    const work = async (session: Session, at: number): Promise<void> => {
      const random = seeded(seed + at);
      for (let n = 0; n < 60; n += 1) {
        const replicas = [...alive];
        const replica = replicas[Math.floor(random() * replicas.length)]!;
        const isLate = killed !== undefined;
        if (random() < 0.5) await session.write(replica, `${session.name}: ${n}`);
        else {
          const value = await session.read(replica);
          if (isLate && value !== undefined) afterwards.push(value);
        }
        done += 1;
        if (done === 100) killed = kill('replica-1').then(() => void alive.delete('replica-1'));
      }
    };
    await Promise.all(sessions.map(work));
    await killed;
    expectLinearizable();
    const operations = sessions.flatMap(({ history }) => history);
    const open = operations.filter((operation) => operation.return === undefined);
    // Unanswered is at most what was on its way to the one that died, or was sent before its death was known.
    expect(operations.length, `seed ${seed}`).toBe(240);
    expect(open.length).toBeLessThan(60);
    expect(afterwards.length).toBeGreaterThan(20);
    expect(new Set(afterwards).size).toBeGreaterThan(5);
  });
});

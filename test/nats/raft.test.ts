import type { System } from 'troupe';
import type { RaftAnswer, RaftContext } from 'troupe/machines';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsServer } from '../support/server.ts';
import { run, type Command } from './support/command.ts';
import { join } from './support/join.ts';

const names = ['s1', 's2', 's3'];

interface Server {
  readonly name: string;
  readonly value: unknown;
  readonly context: RaftContext;
}

/** What the servers that can be asked say of themselves. */
const look = async (system: System, asked: readonly string[]): Promise<readonly Server[]> => {
  const views = asked.map(async (name) => {
    const { value, context } = await system.ref(name).snapshot();
    return [{ name, value, context: context as RaftContext }];
  });
  return (await Promise.all(views.map((view) => view.catch(() => [])))).flat();
};

const leaderOf = async (system: System, asked: readonly string[]): Promise<Server> => {
  let leader: Server | undefined;
  const find = async (): Promise<boolean> => {
    leader = (await look(system, asked)).find(({ value }) => value === 'leader');
    return leader !== undefined;
  };
  await expect.poll(find, { timeout: 15_000 }).toBe(true);
  return leader!;
};

/** Ask one server after another, or whom it names, until one answers as the leader. */
async function ask(system: System, asked: readonly string[], event: object): Promise<RaftAnswer> {
  let to = asked[0]!;
  for (let attempt = 1; attempt <= 100; attempt++) {
    const answer = (await system.ref(to).ask(event as never, { timeout: 2_000 })) as unknown as RaftAnswer;
    if (answer.type !== 'NOT_LEADER') return answer;
    to =
      answer.leader !== null && asked.includes(answer.leader)
        ? answer.leader
        : asked[attempt % asked.length]!;
  }
  throw new Error('Nobody led for 100 attempts.');
}

async function propose(
  system: System,
  asked: readonly string[],
  commands: readonly string[],
): Promise<number[]> {
  const indexes: number[] = [];
  for (const command of commands) {
    const answer = await ask(system, asked, { type: 'PROPOSE', id: command, command });
    if (answer.type !== 'ANSWER') throw new Error(`${command} was answered with ${answer.type}.`);
    indexes.push(answer.index);
  }
  return indexes;
}

const numbered = (what: string): string[] => Array.from({ length: 20 }, (_, at) => `${what}-${at}`);

const commandsOf = ({ log, commitIndex }: RaftContext): unknown[] =>
  log.slice(0, commitIndex).flatMap(({ kind, command }) => (kind === 'command' ? [command] : []));

async function startServers(url: string): Promise<Readonly<Record<string, Command>>> {
  const started = names.map((name): [string, Command] => [
    name,
    run('test/nats/support/raft-server.ts', [name, ...names], { NATS_URL: url }),
  ]);
  onTestFinished(async () => {
    for (const [, command] of started) command.kill('SIGKILL');
    await Promise.all(started.map(async ([, { finished }]) => finished));
  });
  await Promise.all(started.map(async ([, command]) => command.line((line) => line === 'ready')));
  return Object.fromEntries(started);
}

describe('Raft between processes', () => {
  it('elects a leader, commits, survives its SIGKILL with another one, and keeps what was committed', async () => {
    await using server = await natsServer({ jetstream: false });
    const processes = await startServers(server.url);
    await using here = await join(server.url, 'client');
    const first = await leaderOf(here, names);
    const before = numbered('before');
    const indexes = await propose(here, names, before);
    expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    expect(new Set(indexes).size).toBe(20);

    processes[first.name]!.kill('SIGKILL');
    await processes[first.name]!.finished;
    const left = names.filter((name) => name !== first.name);
    const second = await leaderOf(here, left);
    expect(second.context.currentTerm).toBeGreaterThan(first.context.currentTerm);
    expect(await ask(here, left, { type: 'READ', id: 'read' })).toMatchObject({ result: 'before-19' });

    const after = numbered('after');
    await propose(here, left, after);
    const committed = async () => (await look(here, left)).map(({ context }) => commandsOf(context));
    await expect.poll(committed, { timeout: 5_000 }).toEqual([
      [...before, ...after],
      [...before, ...after],
    ]);
    const kept = (await look(here, left)).map(({ context: { log } }) =>
      indexes.map((at) => log[at - 1]!.command),
    );
    expect(kept).toEqual([before, before]);
  });

  it('a minority commits nothing, and answers no read', async () => {
    await using server = await natsServer({ jetstream: false });
    const processes = await startServers(server.url);
    await using here = await join(server.url, 'client');
    const { name } = await leaderOf(here, names);
    await propose(here, names, ['kept']);
    for (const other of names.filter((each) => each !== name)) {
      processes[other]!.kill('SIGKILL');
      await processes[other]!.finished;
    }
    const leader = here.ref(name);
    const read = leader.ask({ type: 'READ', id: 'read' }, { timeout: 1_000 });
    await expect(read).rejects.toMatchObject({ code: 'TIMEOUT' });
    const [alone] = await look(here, [name]);
    expect(commandsOf(alone!.context)).toEqual(['kept']);
  });
});

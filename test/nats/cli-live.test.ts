import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { natsServer } from '../support/server.ts';
import { run, type Command, type Finished } from './support/command.ts';

let server: Server;
let shop: Stage;
const stages: Stage[] = [];

interface Stage {
  readonly node: string;
  readonly process: Command;
}

/** Another process with the actors of `support/stage.ts`, all their addresses under its name. */
async function stage(name: string, many = 0): Promise<Stage> {
  const process = run('test/nats/support/stage.ts', [name, `${many}`], { NATS_URL: server.url });
  const line = await process.line((each) => each.startsWith('ready '));
  const started = { node: line.slice('ready '.length), process };
  stages.push(started);
  return started;
}

const start = (...args: readonly string[]): Command => run('src/cli/main.ts', args, { NATS_URL: server.url });
const troupe = (...args: readonly string[]): Promise<Finished> => start(...args).finished;

/** A command that fails: its exit code and the one line it says. */
async function failure(...args: readonly string[]): Promise<readonly [number | null, string]> {
  const { code, out, err } = await troupe(...args);
  expect(out).toEqual([]);
  expect(err.split('\n')).toHaveLength(2);
  return [code, err.trimEnd()];
}

const parsed = (line: string | undefined): unknown => JSON.parse(line ?? '');
const withoutTime = (line: string): string => line.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}/, '');

beforeAll(async () => {
  server = await natsServer();
  shop = await stage('shop');
});

afterAll(async () => {
  for (const { process } of stages) process.kill('SIGKILL');
  await Promise.all(stages.map(({ process }) => process.finished));
  await server.stop();
});

describe('troupe ps', () => {
  it('shows the actors of all nodes as a table, and the nodes', async () => {
    const { code, out, err } = await troupe('ps');
    expect([code, err]).toEqual([0, '']);
    const columns = out.map((line) => line.split(/ {2,}/));
    expect(columns).toEqual([
      ['ADDRESS', 'NODE', 'KIND', 'STATUS', 'STATE'],
      ['shop/counter', shop.node, 'counter', 'active', 'counting'],
      [`shop/echo/1@${shop.node}`, shop.node, 'service', 'active', 'ready'],
      [`shop/echo/2@${shop.node}`, shop.node, 'service', 'active', 'ready'],
      [`1 node: ${shop.node} (3 actors, shop/echo x2)`],
    ]);
  });

  it('lists a node with very many actors completely, in parts, and says how many it does not show', async () => {
    const big = await stage('big', 20_000);
    const [text, json] = await Promise.all([
      troupe('ps', '--kind', 'counter', '--limit', '2'),
      troupe('ps', '--json', '--limit', '20003', '--timeout', '30000'),
    ]);
    big.process.kill('SIGTERM');
    expect(text.out[3]).toBe('… and 20000 more: narrow with --kind or --state, or raise --limit');
    const { actors, hidden } = parsed(json.out[0]) as { actors: { address: string }[]; hidden: number };
    expect([actors.length, hidden]).toEqual([20_003, 3]);
    expect(new Set(actors.map(({ address }) => address)).size).toBe(20_003);
    expect(await big.process.line((line) => line === 'ended')).toBe('ended');
  });

  it('filters by kind and by state, also by the outermost name of a compound one', async () => {
    const paused = await stage('paused');
    await troupe('send', 'paused/counter', 'PAUSE');
    const filtered = await Promise.all(
      [
        ['--kind', 'service'],
        ['--state', 'paused'],
        ['--state', 'paus'],
      ].map(async (filter) => {
        const { out } = await troupe('ps', '--json', ...filter);
        const { actors } = parsed(out[0]) as { actors: { address: string; state: string }[] };
        return actors.map(({ address, state }) => `${address} ${state}`);
      }),
    );
    expect(filtered).toEqual([
      [paused, shop].flatMap(({ node }) =>
        [1, 2].map((i) => `${node.split('-')[0]}/echo/${i}@${node} ready`),
      ),
      ['paused/counter {"paused":"fresh"}'],
      [],
    ]);
    paused.process.kill('SIGKILL');
  });

  it('says so when there is nobody, and how to start a server when there is none', async () => {
    expect(await troupe('ps', '--system', 'other')).toEqual({
      code: 0,
      out: ['no node of a system "other" is there (another one: --system, --nats)'],
      err: '',
    });
    const [code, line] = await failure('ps', '--nats', 'nats://me:secret@127.0.0.1:1', '--timeout', '200');
    expect([code, line]).toEqual([
      1,
      'troupe: NO_SERVER: No NATS server answered at nats://127.0.0.1:1 within 200 ms (CONNECTION_REFUSED). ' +
        'Start one with "npx troupe nats", or name yours with --nats or NATS_URL.',
    ]);
  });
});

describe('troupe send and troupe ask', () => {
  it('reach an actor of another process, and leave no node behind', async () => {
    expect(await troupe('send', 'shop/counter', '{"type":"ADD","by":2}')).toEqual({
      code: 0,
      out: ['sent ADD to shop/counter'],
      err: '',
    });
    const { out: sent } = await troupe(
      'send',
      `shop/counter@${shop.node}`,
      '{"type":"ADD","by":3}',
      '--json',
    );
    expect(parsed(sent[0])).toEqual({
      sent: true,
      to: `shop/counter@${shop.node}`,
      event: { type: 'ADD', by: 3 },
    });
    const total = {
      type: 'TOTAL',
      count: 5,
      when: '1970-01-01T00:00:00.000Z',
      ids: ['12345678901234567890'],
      parts: { head: 'AQID' },
    };
    const asked = await troupe('ask', 'shop/counter', 'TOTAL');
    expect([asked.code, asked.out]).toEqual([0, JSON.stringify(total, null, 2).split('\n')]);
    const onOneLine = await troupe('ask', 'shop/counter', 'TOTAL', '--json');
    expect(onOneLine.out).toEqual([JSON.stringify(total)]);
    const { out } = await troupe('ps', '--json', '--kind', 'counter');
    const { nodes } = parsed(out[0]) as { nodes: { node: string }[] };
    expect(nodes.map(({ node }) => node).filter((node) => node.startsWith('cli-'))).toEqual([]);
  });

  it('send: to a service, by its name and on one node', async () => {
    for (const to of ['shop/echo', `shop/echo@${shop.node}`]) {
      expect((await troupe('send', to, 'RECOVER')).out).toEqual([`sent RECOVER to ${to}`]);
    }
  });

  it.each(['send', 'ask'])('%s: an actor or node that is not there', async (command) => {
    const missing = [`nobody`, `nobody@${shop.node}`];
    for (const to of missing) {
      expect(await failure(command, to, 'PING')).toEqual([
        1,
        `troupe: NO_SUCH_ACTOR: There is no actor "${to}": check the address, or spawn it first.`,
      ]);
    }
    const [code, line] = await failure(command, 'x@nowhere', 'PING');
    expect([code, line.startsWith('troupe: NODE_DOWN: ')]).toEqual([1, true]);
  });

  it('ask: the error the actor answers with, and silence', async () => {
    expect(await failure('ask', 'shop/counter', 'REFUSE')).toEqual([
      1,
      'troupe: NOT_TODAY: The counter refuses.',
    ]);
    expect(await failure('ask', 'shop/counter', 'SILENCE', '--timeout', '100')).toEqual([
      1,
      'troupe: TIMEOUT: "shop/counter" did not answer "SILENCE" within 100 ms; whether it took effect is unknown.',
    ]);
  });

  it('wrong input is a usage error', async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['ask', 'shop/counter', '{type: "A"}'], "It is not JSON: Expected property name or '}'"],
      [['send', 'shop/counter', '{"kind":"A"}'], 'An event is a JSON object with a non-empty string "type".'],
      [['send', 'shop/counter', '["A"]'], 'An event is a JSON object with a non-empty string "type".'],
      [['send', 'shop/counter', ''], 'It is empty: name at least the type of the event.'],
      [['ask', 'a b', 'PING'], '"a b" is not an address'],
      [['ask', 'shop/counter'], "missing required argument 'event'"],
      [['ask', 'a', 'PING', '--timeout', '0'], 'It must be a whole number from 1 to 2147483647.'],
      [['watch', 'a', '--events', '>'], 'name either the address of an actor or --events PATTERN'],
    ];
    const failures = await Promise.all(wrong.map(async ([args]) => failure(...args)));
    expect(failures).toEqual(wrong.map(([, says]) => [2, expect.stringContaining(says) as string]));
  });
});

describe('troupe watch', () => {
  it('prints snapshots with what changed, and ends well with an actor that is done', async () => {
    await stage('finite');
    const [text, json] = [start('watch', 'finite/counter'), start('watch', 'finite/counter', '--json')];
    await Promise.all([text, json].map((each) => each.line((line) => line.includes('counting'))));
    await troupe('send', 'finite/counter', '{"type":"ADD","by":4}');
    await Promise.all([
      text.line((line) => line.endsWith('count: 4')),
      json.line((line) => line.includes('4')),
    ]);
    await troupe('send', 'finite/counter', 'FINISH');
    const [lines, objects] = await Promise.all([text.finished, json.finished]);
    expect([lines.code, objects.code, lines.err]).toEqual([0, 0, '']);
    expect(lines.out.map(withoutTime)).toEqual([
      'counting  count: 0, note: "same"',
      'counting  count: 4',
      'finished',
      'ended: done  output: 4',
    ]);
    const at = expect.any(String) as string;
    expect(objects.out.map(parsed)).toEqual([
      {
        at,
        status: 'active',
        state: 'counting',
        changed: ['count', 'note'],
        context: { count: 0, note: 'same' },
      },
      { at, status: 'active', state: 'counting', changed: ['count'], context: { count: 4, note: 'same' } },
      { at, status: 'done', state: 'finished', changed: [], context: { count: 4, note: 'same' } },
      { at, ended: 'done', output: 4 },
    ]);
  });

  it('fails with an actor that fails', async () => {
    await stage('fragile');
    const watching = start('watch', 'fragile/counter');
    await watching.line((line) => line.includes('counting'));
    await troupe('send', 'fragile/counter', 'FAIL');
    const { code, out } = await watching.finished;
    expect(code).toBe(1);
    expect(withoutTime(out.at(-1)!)).toBe('ended: failed  error: {"code":"REMOTE","message":"no more"}');
  });

  it('fails when the process of the actor is killed', async () => {
    const { process } = await stage('doomed');
    const watching = start('watch', 'doomed/counter', '--json');
    await watching.line((line) => line.includes('counting'));
    process.kill('SIGKILL');
    const { code, out } = await watching.finished;
    expect([code, parsed(out.at(-1))]).toEqual([1, { at: expect.any(String) as string, ended: 'node-down' }]);
  });

  it('refuses what is no actor', async () => {
    expect(await failure('watch', 'nobody')).toEqual([
      1,
      'troupe: NO_SUCH_ACTOR: There is no actor "nobody": troupe ps lists those there are.',
    ]);
    expect(await failure('watch', 'shop/echo')).toEqual([
      1,
      `troupe: NO_SUCH_ACTOR: "shop/echo" is a service, not one actor: watch an instance such as "shop/echo/1@${shop.node}" (troupe ps lists them).`,
    ]);
    expect((await failure('watch', '--events', 'a..b'))[1]).toContain(
      'INVALID_EVENT: "a..b" is not an event pattern',
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('--events prints what is on the bus until %s', async (signal) => {
    const [text, json] = [start('watch', '--events', 'counter.*'), start('watch', '--events', '>', '--json')];
    const both = [text, json];
    await nodes(both.length);
    await troupe('send', 'shop/counter', '{"type":"ADD","by":1}');
    await Promise.all(both.map((each) => each.line((line) => line.includes('counter.added'))));
    for (const each of both) each.kill(signal);
    const [lines, objects] = await Promise.all([text.finished, json.finished]);
    expect([lines.code, objects.code]).toEqual([0, 0]);
    expect(lines.out.map(withoutTime)).toEqual(['counter.added  shop/counter  by: 1']);
    expect(objects.out.map(parsed)).toEqual([
      {
        at: expect.any(String) as string,
        id: expect.stringMatching(`^${shop.node}\\.\\d+$`) as string,
        from: 'shop/counter',
        event: { type: 'counter.added', by: 1 },
      },
    ]);
  });
});

/** Until so many commands have joined. They subscribe right after, long before a further process has started. */
async function nodes(count: number): Promise<void> {
  const { out } = await troupe('ps', '--json', '--kind', 'none');
  const joined = (parsed(out[0]) as { nodes: { node: string }[] }).nodes;
  if (joined.filter(({ node }) => node.startsWith('cli-')).length < count) await nodes(count);
}

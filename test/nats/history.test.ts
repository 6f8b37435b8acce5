import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMachine } from 'xstate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystem, silentLogger, type Store } from 'troupe';
import { file } from 'troupe/file';
import { jetstream } from 'troupe/nats';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { natsServer } from '../support/server.ts';
import { run, type Finished } from './support/command.ts';

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { PRESS: 'on' } }, on: { on: { PRESS: 'off' } } },
});

/** The same lamp, and one that goes on in another way. */
const MODULE = `
import { createMachine } from 'xstate';
const lamp = (other) => createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { PRESS: other } }, on: { on: { PRESS: 'off' } }, dim: {} },
});
export const good = lamp('on');
export const bad = lamp('dim');
export const stranger = createMachine({ id: 'stranger' });
`;

let server: Server;
let folder: string;
let module: string;

beforeAll(async () => {
  server = await natsServer();
  folder = await mkdtemp(join(tmpdir(), 'troupe-history-'));
  // In the project: it is to find xstate.
  module = join(await mkdtemp(join(import.meta.dirname, 'history-')), 'lamp.mjs');
  await writeFile(module, MODULE);
  await press(jetstream({ servers: server.url }));
  await press(file(folder));
});

afterAll(async () => {
  await rm(join(module, '..'), { recursive: true });
  await rm(folder, { recursive: true });
  await server.stop();
});

/** Three commits of one lamp. */
async function press(store: Store): Promise<void> {
  await using system = await createSystem({ name: 'house', store, limits: { shards: 8 }, log: silentLogger });
  await system.host('lamp', lamp);
  for (let time = 0; time < 3; time += 1) await system.ref('lamp/hall').deliver({ type: 'PRESS' });
}

const history = async (...args: readonly string[]): Promise<Finished> =>
  run('src/cli/main.ts', ['history', ...args]).finished;

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}node-\w{8}/;

describe('troupe history', () => {
  it.each(['nats', 'file'])('lists the commits of an actor in a store at --%s', async (place) => {
    const at = place === 'nats' ? server.url : folder;
    const { code, out, err } = await history('lamp/hall', `--${place}`, at, '--system', 'house');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.slice(0, 3).map((line) => line.replace(TIME, '-'))).toEqual([
      '1  -  start, PRESS → on',
      '2  -  PRESS → off',
      '3  -  PRESS → on',
    ]);
  });

  it('shows all that is known at a commit, and the last ones as JSON', async () => {
    const place = ['lamp/hall', '--nats', server.url, '--system', 'house'];
    const shown = await history(...place, '--at', '2');
    expect(JSON.parse(shown.out.join('\n'))).toMatchObject({
      number: 2,
      value: 'off',
      unfinished: [],
      works: [],
    });
    const { out } = await history(...place, '--limit', '1', '--json');
    const found = JSON.parse(out.join('\n')) as { hidden: number; commits: unknown[] };
    expect(found).toMatchObject({ address: 'lamp/hall', commits: [{ value: 'on' }] });
    expect(found.hidden).toBeGreaterThanOrEqual(2);
  });

  it('replays the commits, and says where another machine differs', async () => {
    const place = ['lamp/hall', '--file', folder, '--system', 'house', '--replay', module];
    const good = await history(...place, '--export', 'good');
    expect(good.code).toBe(0);
    expect(good.out).toEqual([
      expect.stringMatching(/^replayed [34] commits: every state is as it was stored$/),
    ]);
    expect(await history(...place, '--export', 'bad')).toEqual({
      code: 1,
      err: '',
      out: [
        'commit 1 differs at value; 0 before it are as stored',
        '  stored:    "on"',
        '  replayed:  "dim"',
      ],
    });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['an actor that is not there', ['lamp/attic'], /NO_SUCH_ACTOR: Nothing is stored of "lamp\/attic"/],
    ['an address that is none', ['lamp//hall'], /INVALID_ADDRESS|a segment between/],
    ['a commit that is not kept', ['lamp/hall', '--at', '77'], /NO_SUCH_COMMIT: .* kept are 1 to [34]/],
    ['a number that is none', ['lamp/hall', '--at', 'two'], /whole number/],
    [
      'another system',
      ['lamp/hall', '--system', 'yard'],
      /NO_STORE: The system "yard" has no durable actors at /,
    ],
    ['a system name that is none', ['lamp/hall', '--system', 'a b'], /INVALID/],
    ['no folder', ['lamp/hall', '--file', '/nowhere/at/all'], /not both/],
    [
      'a machine that stored nothing',
      ['lamp/hall', '--replay', 'MODULE', '--export', 'stranger'],
      /nothing of "lamp\/hall" was stored by machine "stranger" version "0"/,
    ],
    ['a module that is not there', ['lamp/hall', '--replay', 'nothing.ts'], /There is no file "nothing.ts"/],
    ['--at and --replay', ['lamp/hall', '--at', '1', '--replay', 'MODULE'], /say one of the two/],
    ['--export alone', ['lamp/hall', '--export', 'good'], /--replay/],
  ])('refuses %s in one line, with exit code 2', async (_what, args, why) => {
    const given = args.map((arg) => (arg === 'MODULE' ? module : arg));
    const system = args.includes('--system') ? [] : ['--system', 'house'];
    const { code, out, err } = await history(...given, ...system, '--nats', server.url);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err).toMatch(/^troupe: .*\n$/);
    expect(err).toMatch(why);
  });

  it('refuses a server that does not answer, and a folder that holds nothing', async () => {
    const away = await history('lamp/hall', '--nats', 'nats://127.0.0.1:1', '--timeout', '300');
    expect(away).toEqual({
      code: 2,
      out: [],
      err: expect.stringMatching(/^troupe: (STORE_UNAVAILABLE|NO_SERVER): .*\n$/) as string,
    });
    const empty = await history('lamp/hall', '--file', join(folder, 'nothing'));
    expect(empty).toEqual({
      code: 2,
      out: [],
      err: expect.stringMatching(/^troupe: NO_STORE: .* in the folder .*\n$/) as string,
    });
  });
});

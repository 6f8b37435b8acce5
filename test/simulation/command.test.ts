import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { troupe } from '../unit/fixtures/troupe.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = 'examples/10-simulate.ts';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(root, 'test/simulation/.user-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('troupe simulate', () => {
  it('says what was run and that nothing failed', async () => {
    const { code, out, err } = await troupe(['simulate', example, '--seed', '7', '--runs', '50']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^teapots\n50 runs from seed 7, /);
    expect(out).toMatch(/held +always +no teapot is sold twice\n/);
  });

  it('prints a shrunk run with the command that makes it happen again, and that command does', async () => {
    const args = ['simulate', example, '--param', 'remembers=false', '--seed', '7', '--runs', '500'];
    const first = await troupe(args);
    expect([first.code, first.err]).toEqual([1, '']);
    const command = lines(first.out).at(-1) ?? '';
    expect(command).toMatch(
      /^troupe simulate examples\/10-simulate\.ts --param remembers=false --replay [\w-]+$/,
    );
    const again = await troupe(command.split(' ').slice(1));
    const stepsOf = (out: string): string[] => lines(out).filter((line) => /^ +\d+ {2}/.test(line));
    expect(again.code).toBe(1);
    expect(stepsOf(again.out)).toEqual(stepsOf(first.out));
    expect(stepsOf(again.out)).toHaveLength(4);
  });

  it('gives JSON on one line', async () => {
    const args = ['simulate', example, '--param', 'remembers=false', '--faults', 'lose=0,delay=1', '--json'];
    const { code, out } = await troupe(args);
    const report = JSON.parse(out) as Record<string, never>;
    expect([code, lines(out).length]).toEqual([1, 1]);
    expect(report).toMatchObject({
      model: 'teapots',
      seed: 0,
      ok: false,
      params: { remembers: false },
      counts: { lost: 0 },
      failure: { property: 'no teapot is sold twice', shrunk: { steps: 3 } },
    });
  });

  it('gives the same transcript in every process', async () => {
    const args = ['simulate', example, '--seed', '3', '--runs', '5', '--transcript'];
    const [one, other] = await Promise.all([troupe(args), troupe(args)]);
    expect(one.out).toBe(other.out);
    expect(lines(one.out).filter((line) => line.startsWith('0.000 start'))).toHaveLength(5);
    expect(one.out).toContain(' shop receives BUY { id: "teapot" } from buyer | shop -> buyer THANKS\n');
  });
});

describe('troupe simulate answers bad input with one line and code 2', () => {
  it.each([
    [['nowhere.ts'], /^troupe: There is no file "nowhere\.ts"\./],
    [[example, '--export', 'shop'], /^troupe: "examples\/10-simulate\.ts" has no export "shop"\./],
    [[example, '--param', 'forgets=true'], /has no parameter "forgets"\. It takes "remembers"\.$/],
    [[example, '--seed', '-1'], /^troupe: option '--seed <seed>' argument '-1' is invalid\./],
    [
      [example, '--faults', 'loose=3'],
      /^troupe: option '--faults <budgets>' argument 'loose=3' is invalid\./,
    ],
    [[example, '--faults', 'lose=many'], /is invalid\. It must be FAULT=COUNT,/],
    [[example, '--runs', '0'], /^troupe: option '--runs <count>' argument '0' is invalid\./],
    [[example, '--replay', 'abc'], /^troupe: The replay token cannot be used: /],
    [[example, '--swarm'], /^troupe: unknown option '--swarm'/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await troupe(['simulate', ...args]);
    expect([code, out, lines(err).length]).toEqual([2, '', 1]);
    expect(err.trimEnd()).toMatch(message);
  });

  it('also a property that throws', async () => {
    const path = await file(
      'throws.ts',
      `import { createMachine } from 'xstate';
       export const system = {
         name: 'throws',
         actors: { one: { logic: createMachine({}) } },
         properties: [{ name: 'broken', kind: 'always', holds: () => { throw new Error('oh'); } }],
       };`,
    );
    const { code, out, err } = await troupe(['simulate', path]);
    expect([code, out, err]).toEqual([2, '', 'troupe: The property "broken" threw: oh\n']);
  });
});

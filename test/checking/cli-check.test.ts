import { Command } from 'commander';
import console from 'node:console';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { register } from '../../src/cli/check.ts';
import { troupe } from '../unit/fixtures/troupe.ts';
import { userProject, type UserProject } from '../unit/fixtures/user-project.ts';

let user: UserProject;

beforeAll(async () => {
  user = await userProject();
});

afterAll(() => user.remove());

/** A counter up to `limit`; its properties hold up to 3. */
const model = `
import { assign, setup } from 'xstate';
const chart = (limit: number) => setup({ types: {} as { context: { n: number } },
  guards: { hasRoom: ({ context }) => context.n < limit } }).createMachine({
  id: 'counter', context: { n: 0 },
  on: { ADD: { guard: 'hasRoom', actions: assign({ n: ({ context }) => context.n + 1 }) } } });
export const system = ({ limit = 3, name = 'counting', broken = false } = {}) => ({
  name,
  actors: { a: { logic: chart(limit), choices: [{ type: 'ADD' }] } },
  properties: [
    { name: 'small', kind: 'always', holds: (s: any) => { if (broken) throw new Error('Oops'); return s.actors.a.context.n < 4; } },
    { name: 'is 3', kind: 'sometimes', holds: (s: any) => s.actors.a.context.n === 3 },
  ],
});
export const other = { ...system(), name: 'other' };
export const nothing = 5;
export const empty = () => ({});
export const failing = () => { throw new Error('Not today.'); };
`;

/** No process that is done waits for it. */
const timer = 'setInterval(() => undefined, 1000);';

/** Each state keeps the text of all states before it. */
const endless = `
const hoarder = setup({ types: {} as { context: { text: string } } }).createMachine({
  id: 'hoarder', context: { text: '' },
  on: { ADD: { actions: assign({ text: ({ context }) => context.text + 'x'.repeat(1000) }) } } });
export const endless = {
  name: 'endless',
  actors: { a: { logic: hoarder, choices: [{ type: 'ADD' }] } },
  properties: [{ name: 'short', kind: 'always', holds: (s: any) => s.actors.a.context.text.length < 1e9 }],
};
`;

const write = (): Promise<string> => user.write('model.ts', `${model}${endless}${timer}`);

describe('troupe check', () => {
  it('judges the system of a file and exits with 0 when all properties hold', async () => {
    const { code, out, err } = await troupe(['check', await write()]);
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines[0]).toBe('counting');
    expect(lines[1]).toMatch(/^4 states, 4 generated, depth 4, /);
    expect(lines.slice(3, 8)).toEqual([
      '  verdict  kind       property                      steps',
      '  holds    always     no actor fails',
      '  holds    always     every actor is deterministic',
      '  holds    always     small',
      '  reached  sometimes  is 3                          3',
    ]);
  });

  it('prints a shortest run for what fails, and exits with 1', async () => {
    const { code, out } = await troupe(['check', await write(), '--param', 'limit=6', '--param', 'name=six']);
    expect(code).toBe(1);
    expect(out).toMatch(/^six limit=6 name=six\n7 states/);
    expect(out).toContain('"small" fails after 4 steps:');
    expect(out).toContain('  4  a chooses ADD');
  });

  it('prints JSON', async () => {
    const { code, out } = await troupe(['check', await write(), '--json', '--param', 'limit=6']);
    expect(code).toBe(1);
    const { seconds, vacuity, ...found } = JSON.parse(out) as Record<string, unknown>;
    expect(seconds).toBeTypeOf('number');
    expect(vacuity).toEqual({ unreached: [], untaken: [], unused: [], unhandled: [] });
    expect(found).toEqual({
      model: 'counting',
      params: { limit: 6 },
      distinctStates: 7,
      generatedStates: 7,
      depth: 7,
      complete: true,
      properties: [
        { name: 'no actor fails', kind: 'always', holds: true, steps: null },
        { name: 'every actor is deterministic', kind: 'always', holds: true, steps: null },
        { name: 'small', kind: 'always', holds: false, steps: 4 },
        { name: 'is 3', kind: 'sometimes', holds: true, steps: 3 },
      ],
    });
  });

  it('stops at a bound and says which field grows', async () => {
    const args = ['--param', 'limit=Infinity', '--max-states', '40'];
    const { code, out } = await troupe(['check', await write(), ...args]);
    expect(code).toBe(1);
    expect(out).toContain('Not all states were looked at: the bound of states was reached (--max-states).');
    expect(out).toContain('  unknown  always     no actor fails');
    expect(out).toContain('What still grows: a.context.n.');
  });

  it('takes the export it is told to, and ends before the heap of the process is full', async () => {
    const { code, out, err } = await troupe(['check', await write(), '--export', 'endless', '--json'], {
      env: { NODE_OPTIONS: '--max-old-space-size=200' },
    });
    expect([code, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({
      model: 'endless',
      complete: false,
      stoppedBy: 'memory',
      properties: [{ holds: null }, { holds: null }, { name: 'short', holds: null, steps: null }],
      explanation: { growing: ['a.context.text'] },
    });
  });

  it('writes the run of the first failure as a recording', async () => {
    const file = await write();
    const run = `${file}.ndjson`;
    const options = ['--param', 'limit=6', '--trace', 'ndjson', '-o', run];
    expect((await troupe(['check', file, ...options])).code).toBe(1);
    const lines = (await readFile(run, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      kind: 'recording',
      source: 'check',
      property: 'small',
      replay: `troupe check ${file} --param limit=6`,
    });
    expect(lines).toHaveLength(6);
  });
});

/** What `troupe check` says to standard error when it refuses. Commander throws then, and nothing else ends. */
async function refusal(args: readonly string[]): Promise<string> {
  let said = '';
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeErr: (text) => (said += text), writeOut: (text) => (said += text) });
  register(program);
  // A command replaces the console for good, and makes the other of Node's.
  vi.stubGlobal('console', console);
  await expect(program.parseAsync(['check', ...args], { from: 'user' })).rejects.toThrow();
  return said;
}

describe('bad input of troupe check gets one line', () => {
  afterEach(() => vi.unstubAllGlobals());

  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['no file', ['gone.ts'], 'There is no file "gone.ts". Check the path.'],
    ['no export', ['FILE', '--export', 'x'], '"FILE" has no export "x".'],
    [
      'no system',
      ['FILE', '--export', 'nothing'],
      'Export "nothing" of "FILE" is the value 5, not a system.',
    ],
    [
      'no system made',
      ['FILE', '--export', 'empty'],
      'Export "empty" of "FILE" returned an object, not a system.',
    ],
    ['throws', ['FILE', '--export', 'failing'], 'Export "failing" of "FILE" threw: Error: Not today.'],
    [
      'unknown parameter',
      ['FILE', '--param', 'limits=3'],
      'Export "system" of "FILE" has no parameter "limits". It takes "limit", "name", "broken".',
    ],
    [
      'parameter of a value',
      ['FILE', '--export', 'other', '--param', 'a=1'],
      'has no parameter "a". It takes none.',
    ],
    ['malformed parameter', ['FILE', '--param', 'limit'], 'It must be NAME=VALUE.'],
    ['bad bound', ['FILE', '--max-states', '0'], 'It must be a whole number from 1 to'],
    ['bad time', ['FILE', '--max-seconds', 'soon'], 'It must be a number of seconds above 0.'],
    [
      'a property that throws',
      ['FILE', '--param', 'broken=true'],
      'The property "small" threw: Oops. It happened in the initial state.',
    ],
  ];
  it.each(cases)('%s', async (_what, args, message) => {
    const file = await user.write('bad.ts', model);
    const said = await refusal(args.map((each) => each.replace('FILE', file)));
    expect(said).toContain(message.replace('FILE', file));
    expect(said.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a file without a system', async () => {
    const file = await user.write('none.ts', 'export const a = 1; export const b = () => 2;');
    expect(await refusal([file])).toMatch(
      new RegExp(`^error: "${file}" exports no system: "a" is the value 1, "b" is a function\\. `),
    );
  });

  it.each([
    ['a model whose functions throw', ['--param', 'broken=true'], 'The property "small" threw: Oops. '],
    ['an option', ['--max-states', '0'], 'It must be a whole number from 1 to'],
  ])('and exit code 2: %s', async (_what, args, message) => {
    const { code, out, err } = await troupe(['check', await write(), ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^troupe: /);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { troupe } from './fixtures/troupe.ts';
import { userProject, type UserProject } from './fixtures/user-project.ts';

let project: UserProject;
let shop: string;

const text = `import { assign, setup } from 'xstate';
export const shop = setup({ guards: { isEnough: ({ event }) => event.amount.toFixed() > 9 } }).createMachine({
  id: 'shop',
  initial: 'open',
  states: {
    open: { on: { PAY: { guard: 'isEnough', target: 'paid' }, LEAVE: 'gone' }, after: { 500: 'gone' } },
    paid: { type: 'final' },
    gone: { type: 'final' },
  },
});
export const counter = setup({}).createMachine({
  context: { n: 0 },
  on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});
`;

beforeAll(async () => {
  project = await userProject();
  shop = await project.write('shop.ts', text);
  await project.write('cases.ts', `export const cases = { PAY: [{ amount: 10 }, { amount: 5 }] };\n`);
});

afterAll(async () => project.remove());

const paths = (...args: string[]) => troupe(['paths', shop, ...args]);

describe('troupe paths', () => {
  it('numbers the paths, one line each, and shows what they cover', async () => {
    const { code, out, err } = await paths(
      ...['--export', 'shop', '--cases', project.path('cases.ts'), '--coverage'],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      '1. open · LEAVE → gone',
      '2. open · PAY {"amount":10} → paid',
      '3. open · after 500 ms → gone',
      '',
      '3 paths, 3 steps, 3 states',
      '',
      '3 paths, 3 steps  covered  of',
      'states                  4   4  100 %',
      'transitions             3   3  100 %',
      'guards                  2   2  100 %',
      'pairs                   0   0      -',
      '',
    ]);
  });

  it('prints JSON that says whether it is all', async () => {
    const { code, out } = await paths(
      '--export',
      'counter',
      '--states',
      '40',
      '--kind',
      'shortest',
      '--json',
    );
    const found = JSON.parse(out) as { complete: boolean; incomplete: object; paths: { name: string }[] };
    expect(code).toBe(0);
    expect([found.paths.length, found.complete]).toEqual([40, false]);
    expect(found.incomplete).toMatchObject({ limit: 'states', grows: [{ field: 'context.n' }] });
  });

  it('says the same for the same seed', async () => {
    const random = [
      '--export',
      'counter',
      '--kind',
      'random',
      '--limit',
      '2',
      '--length',
      '3',
      '--seed',
      '9',
    ];
    const [one, two] = await Promise.all([paths(...random), paths(...random)]);
    expect(one.out).toBe(two.out);
    expect(one.out).toContain('2 paths, 6 steps');
  });

  it.each<[string, readonly string[], RegExp]>([
    ['two machines', [], /exports several machines: .*Choose with --export NAME/],
    [
      'no such export',
      ['--export', 'shoe'],
      /has no export "shoe"\. It exports "counter", "shop"|"shop", "counter"/,
    ],
    ['a missing case', ['--export', 'shop'], /shop\.ts", export "shop": No case for "PAY" in state "open"/],
    ['input that is no JSON', ['--export', 'shop', '--input', '{'], /--input must be JSON, got \{/],
    ['a count that is none', ['--export', 'shop', '--limit', 'x'], /--limit must be a whole number/],
    [
      'an option of another kind',
      ['--export', 'counter', '--to', 'a'],
      /--to says nothing about --kind transitions/,
    ],
    ['a kind nobody knows', ['--kind', 'long'], /Allowed choices are/],
  ])('answers %s with one line and exit code 2', async (_what, args, line) => {
    const { code, out, err } = await paths(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(line);
  });

  it('answers a cases module that exports none, and a file that is not there', async () => {
    const none = await paths('--export', 'shop', '--cases', shop);
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringMatching(/exports none of cases, outcomes, .*: it exports/),
    ]);
    const gone = await troupe(['paths', project.path('gone.ts')]);
    expect([gone.code, gone.err.trim()]).toEqual([
      2,
      `troupe: There is no file "${project.path('gone.ts')}". Check the path.`,
    ]);
  });
});

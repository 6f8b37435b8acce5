import { execFileSync } from 'node:child_process';
import type { Benchmark } from './kit/benchmark.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { difference, pairwise } from './kit/statistics.ts';

const PLAN = { warmUp: 1, rounds: 15 };
const TARGET = 100;

const INSIDE =
  "const began = performance.now(); import('troupe').then(() => console.log(performance.now() - began))";

export const importing: Benchmark = {
  name: 'import',
  summary: "import('troupe') from dist in a fresh process",
  async run(lab) {
    const run = (code: string): string =>
      execFileSync(process.execPath, ['-e', code], { cwd: lab.root, encoding: 'utf8', env: environment() });
    const contenders: Contender<number>[] = [
      { name: 'node -e ""', round: async () => elapsed(() => run('')) },
      { name: `node -e "import('troupe')"`, round: async () => elapsed(() => run("import('troupe')")) },
      { name: `import('troupe'), timed inside`, round: async () => Number(run(INSIDE)) },
    ];
    const all = await interleave(contenders, PLAN, lab.note);
    const [empty = [], whole = [], inside = []] = all;
    return {
      settings: { ...describePlan(PLAN), from: 'dist, as the package is published' },
      readings: contenders.map(({ name }, index) => ({ contender: name, unit: 'ms', rounds: all[index]! })),
      checks: [
        {
          what: 'with import less without',
          unit: 'ms',
          bound: 'at most',
          target: TARGET,
          rounds: pairwise(whole, empty, difference),
        },
        { what: 'timed inside', unit: 'ms', bound: 'at most', target: TARGET, rounds: inside },
      ],
    };
  },
};

function elapsed(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

/** What NODE_OPTIONS load would be measured with the package. */
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, NODE_OPTIONS: '' });

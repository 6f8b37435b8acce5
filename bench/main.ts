import { Argument, Command } from 'commander';
import { resolve } from 'node:path';
import { ask } from './ask.ts';
import { durable } from './durable.ts';
import { herds } from './durable-herds.ts';
import { explore } from './explore.ts';
import { importing } from './import.ts';
import type { Benchmark } from './kit/benchmark.ts';
import { compile } from './kit/compile.ts';
import { describe, readEnvironment } from './kit/environment.ts';
import { Lab } from './kit/lab.ts';
import { isMet, toJson, toText, type Result } from './kit/report.ts';
import { inspect } from './inspect.ts';
import { localSend } from './local-send.ts';
import { memory } from './memory.ts';
import { paths } from './paths.ts';
import { send } from './send.ts';
import { simulate } from './simulate.ts';

const benchmarks: readonly Benchmark[] = [
  localSend,
  ask,
  send,
  memory,
  explore,
  importing,
  paths,
  simulate,
  durable,
  herds,
  inspect,
];

interface Options {
  readonly json?: true;
  readonly strict?: true;
  readonly profile?: string;
}

async function runAll(
  chosen: readonly Benchmark[],
  lab: Lab,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const benchmark of chosen) {
    const outcome = await benchmark.run(lab).finally(async () => lab.endWorkers());
    const result = { benchmark, outcome };
    results.push(result);
    onResult(result);
  }
  return results;
}

async function main(names: readonly string[], { json, strict, profile }: Options): Promise<void> {
  const chosen = names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
  const root = resolve(import.meta.dirname, '..');
  const before = readEnvironment(root);
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  note('building dist and the workers');
  const profiles = profile === undefined ? undefined : resolve(profile);
  const lab = new Lab({ root, workers: compile(root), profiles, note });
  const print = (result: Result): void => {
    if (!json) console.log(`\n${toText(result)}`);
  };
  const results = await runAll(chosen, lab, print).finally(async () => lab.end());
  const environment = { ...before, natsServer: lab.serverVersion ?? 'not used' };
  const met = results.every(isMet);
  if (json) console.log(JSON.stringify({ environment, met, benchmarks: results.map(toJson) }, null, 2));
  else console.log(`\n${describe(environment)}\n${met ? 'all targets met' : 'targets MISSED'}`);
  if (strict && !met) process.exitCode = 1;
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

await new Command('bench')
  .description(
    [
      'Compare Troupe with its peers:',
      ...benchmarks.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`),
    ].join('\n'),
  )
  .addArgument(
    new Argument('[names...]', 'which to run').choices(benchmarks.map(({ name }) => name)).default([], 'all'),
  )
  .option('--json', 'print one JSON object instead of tables')
  .option('--strict', 'exit with 1 when a target is missed')
  .option('--profile <dir>', 'have every worker write a CPU profile there; the numbers suffer')
  .action(main)
  .parseAsync();

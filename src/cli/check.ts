import { counted } from '../counted.ts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isTroupeError } from '../errors.ts';
import type { System } from '../testing/model/spec.ts';
import type { Status } from '../testing/explore/search.ts';
import type { Exploration } from '../testing/explore/verdict.ts';
import { whole } from './attach.ts';
import { forms, type Form } from '../testing/report/form.ts';
import { replayOf, reportOf, runOf, toJson } from './check-report.ts';
import { oneLine } from './load.ts';
import { type Params } from './load-system.ts';
import { printWhole, writeOut } from './output.ts';
import { parseParam } from './params.ts';

interface CheckOptions {
  readonly export?: string;
  readonly param?: Params;
  readonly json?: boolean;
  readonly failFast?: boolean;
  readonly explain?: boolean;
  readonly symmetry?: boolean;
  readonly partialOrder?: boolean;
  readonly maxStates?: number;
  readonly maxMemory?: number;
  readonly maxSeconds?: number;
  readonly trace: Form;
  readonly out?: string;
  readonly record?: string;
}

const MOST = 1_000_000_000;

const seconds = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && value > 0) return value;
  throw new InvalidArgumentError('It must be a number of seconds above 0.');
};

const progress = ({ distinctStates, waiting, seconds: took }: Status): void => {
  const rate = Math.round(distinctStates / took).toLocaleString('en-US');
  const found = distinctStates.toLocaleString('en-US');
  process.stderr.write(`\r${found} states, ${waiting.toLocaleString('en-US')} waiting, ${rate}/s   `);
};

interface Searched {
  readonly system: System;
  readonly found: Exploration;
}

async function search(file: string, options: CheckOptions): Promise<Searched> {
  const [{ loadSystem }, { explore }] = await Promise.all([
    import('./load-system.ts'),
    import('../testing/explore/explore.ts'),
  ]);
  const { maxStates, maxMemory, maxSeconds, failFast = false } = options;
  const { system } = await loadSystem(file, { export: options.export, params: options.param ?? {} });
  const seen = process.stderr.isTTY && options.json !== true;
  try {
    const found = explore(system, {
      failFast,
      explain: options.explain ?? false,
      symmetry: options.symmetry ?? false,
      partialOrder: options.partialOrder ?? false,
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(maxMemory === undefined ? {} : { maxMemory }),
      ...(maxSeconds === undefined ? {} : { maxSeconds }),
      ...(seen ? { onProgress: progress } : {}),
    });
    return { system, found };
  } finally {
    if (seen) process.stderr.write('\r\u001b[K');
  }
}

const check = async (file: string, options: CheckOptions, command: Command): Promise<void> => {
  try {
    const { system, found } = await search(file, options);
    const { param = {}, export: name, trace, out } = options;
    const all = options.explain ?? false;
    const context = { params: param, form: trace, all, replay: replayOf(file, name, param) };
    const text = options.json === true ? `${toJson(found, param)}\n` : reportOf(found, context);
    await printWhole(text);
    const failing = found.properties.find(({ holds }) => holds === false);
    if (out !== undefined) await writeOut(out, failing === undefined ? '' : runOf(failing, context));
    if (options.record !== undefined)
      await writeOut(options.record, await recordingOf(found, system, context));
    // A timer or connection that the user's module opened must not keep a finished check alive.
    process.exit(found.properties.every(({ holds }) => holds === true) ? 0 : 1);
  } catch (error) {
    // Bad input, also a model whose own functions throw, is no verdict: another exit code than a property that fails.
    if (isTroupeError(error)) command.error(`error: ${oneLine(error.message)}`);
    throw error;
  }
};

async function recordingOf(
  found: Exploration,
  system: System,
  { replay }: { readonly replay: string },
): Promise<string> {
  const { testRecording } = await import('./test-recording.ts');
  const failing = found.properties.find(({ holds, trace }) => holds === false && trace !== undefined);
  return testRecording({
    source: 'check',
    system,
    verdicts: found.properties,
    searched: `${counted(found.distinctStates, 'state')}${found.complete ? '' : ', not all'}`,
    untaken: found.vacuity.untaken,
    replay,
    ...(failing?.trace === undefined ? {} : { failure: { property: failing.name, trace: failing.trace } }),
  });
}

const HELP = `
FILE exports a function "system" that takes parameters and returns what defineSystem returns, or such a value.

Exit codes:
  0  every property is known to hold
  1  a property fails, or a bound stopped the search before all were decided
  2  bad input: FILE, an export, a parameter, or a model whose own functions throw

Examples:
  troupe check examples/model-checking/two-phase-commit.ts --param participants=5
  troupe check model.ts --param crash=1 --max-states 100000 --explain
`;

/** `troupe check`: every state of a system in a user's file, and a shortest run for each property that fails. */
export function register(program: Command): void {
  program
    .command('check')
    .description('look at every state of a system of machines and judge its properties')
    .argument('<file>', 'a .ts or .js module that exports a system; needs no build')
    .option('--export <name>', 'the export to check (default: system)')
    .option('--param <name=value>', 'a parameter of the system; may be given several times', parseParam)
    .option('--json', 'print one JSON object')
    .option('--fail-fast', 'stop at the first property that fails')
    .option(
      '--symmetry',
      'count states as one that differ only in the names of actors the system calls alike',
    )
    .option('--partial-order', 'leave out orders of independent steps that no property can tell apart')
    .option('--explain', 'say what the states consist of, and all that was never seen')
    .option('--max-states <count>', 'stop after so many states (default: 5000000)', whole(MOST))
    .option('--max-memory <mb>', 'stop when the process uses more, in MB (default: 1024)', whole(MOST))
    .option('--max-seconds <seconds>', 'stop after this time (default: never)', seconds)
    .addOption(new Option('--trace <form>', 'how runs are written').choices(forms).default('text'))
    .option(
      '-o, --out <out>',
      'write the run of the first property that fails to this file; empty if none has one',
    )
    .option('--record <file>', 'write properties, coverage and the failing run for troupe inspect')
    .addHelpText('after', HELP)
    .action(check);
}

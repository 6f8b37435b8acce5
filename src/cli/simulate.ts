import { counted } from '../counted.ts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isTroupeError } from '../errors.ts';
import { maxSeed } from '../testing/random.ts';
import type { System } from '../testing/model/spec.ts';
import type { Simulation } from '../testing/simulate/report.ts';
import { faultNames, type SimulatedFaults, type SimulateOptions } from '../testing/simulate/options.ts';
import { whole } from './attach.ts';
import { forms, type Form } from '../testing/report/form.ts';
import { oneLine } from './load.ts';
import type { Params } from './load-system.ts';
import { printWhole, writeOut } from './output.ts';
import { parseParam } from './params.ts';
import { print } from './show.ts';
import { replayOf, reportOf, toJson, type SimulationContext } from './simulate-report.ts';

interface SimulateFlags extends Pick<SimulateOptions, 'seed' | 'runs' | 'steps' | 'time' | 'replay'> {
  readonly export?: string;
  readonly param?: Params;
  readonly faults?: SimulatedFaults;
  readonly json?: boolean;
  readonly transcript?: boolean;
  readonly trace: Form;
  readonly record?: string;
}

const MOST = 1_000_000_000;

const seed = (text: string): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= maxSeed) return value;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${maxSeed}.`);
};

/** `lose=3,crash=1`. */
const faults = (text: string, before: SimulatedFaults = {}): SimulatedFaults => {
  const given: Record<string, number> = { ...before };
  for (const part of text.split(',')) {
    const [, name, budget] = /^([a-z]+)=(\d+|Infinity)$/.exec(part) ?? [];
    if (name === undefined || !faultNames.some((known) => known === name))
      throw new InvalidArgumentError(
        `It must be FAULT=COUNT,...; a count may be Infinity, and faults are ${faultNames.join(', ')}.`,
      );
    given[name] = Number(budget);
  }
  return given;
};

const optionsOf = (flags: SimulateFlags): SimulateOptions => ({
  ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  ...(flags.runs === undefined ? {} : { runs: flags.runs }),
  ...(flags.steps === undefined ? {} : { steps: flags.steps }),
  ...(flags.time === undefined ? {} : { time: flags.time }),
  ...(flags.faults === undefined ? {} : { faults: flags.faults }),
  ...(flags.replay === undefined ? {} : { replay: flags.replay }),
  ...(flags.transcript === true ? { transcript: print } : {}),
});

const run = async (file: string, flags: SimulateFlags, command: Command): Promise<void> => {
  try {
    const [{ loadSystem }, { simulate }] = await Promise.all([
      import('./load-system.ts'),
      import('../testing/simulate/simulate.ts'),
    ]);
    const { param: params = {}, export: name, trace: form } = flags;
    const { system } = await loadSystem(file, { export: name, params });
    const found = simulate(system, optionsOf(flags));
    const context = { file, export: name, params, form };
    const text = flags.json === true ? `${toJson(found, context)}\n` : reportOf(found, context);
    await printWhole(text);
    if (flags.record !== undefined) await writeOut(flags.record, await recordingOf(found, system, context));
    // A timer or connection that the user's module opened must not keep a finished simulation alive.
    process.exit(found.ok ? 0 : 1);
  } catch (error) {
    // Bad input, also a model whose own functions throw, is no verdict: another exit code than a property that fails.
    if (isTroupeError(error)) command.error(`error: ${oneLine(error.message)}`);
    throw error;
  }
};

async function recordingOf(
  { properties, vacuity, failure, runs, seed: first, steps }: Simulation,
  system: System,
  context: SimulationContext,
): Promise<string> {
  const { testRecording } = await import('./test-recording.ts');
  return testRecording({
    source: 'simulate',
    system,
    verdicts: properties,
    searched: `${counted(runs, 'run')} from seed ${first}, ${counted(steps, 'step')}`,
    untaken: vacuity.untaken,
    ...(failure === undefined ? {} : { failure, replay: replayOf(context, failure.token) }),
  });
}

const HELP = `
FILE exports a function "system" that takes parameters and returns what defineSystem returns, or such a value.

Exit codes:
  0  no property failed in any run
  1  a property failed; the run is shrunk and printed, with the command that makes it happen again
  2  bad input: FILE, an export, a parameter, a token, or a model whose own functions throw

Examples:
  troupe simulate examples/model-checking/two-phase-commit.ts --param participants=5 --runs 1000
  troupe simulate model.ts --faults lose=3,crash=1 --seed 7 --transcript
`;

/** `troupe simulate`: many runs of a system in a user's file, in virtual time and with faults, from one seed. */
export function register(program: Command): void {
  program
    .command('simulate')
    .description('run a system of machines many times, in virtual time and with faults')
    .argument('<file>', 'a .ts or .js module that exports a system; needs no build')
    .option('--export <name>', 'the export to simulate (default: system)')
    .option('--param <name=value>', 'a parameter of the system; may be given several times', parseParam)
    .option('--seed <seed>', 'what all decisions follow from (default: 0)', seed)
    .option('--runs <count>', 'how many runs (default: 100)', whole(MOST))
    .option('--steps <count>', 'steps after which a run ends (default: 1000)', whole(MOST))
    .option('--time <ms>', 'virtual time after which a run ends (default: never)', whole(MOST))
    .option('--faults <budgets>', "FAULT=COUNT,...: budgets of a run in place of the system's", faults)
    .option('--replay <token>', 'only the run of this token of an earlier report')
    .option('--transcript', 'print a line for everything that happens')
    .option('--json', 'print one JSON object')
    .addOption(new Option('--trace <form>', 'how a failing run is written').choices(forms).default('text'))
    .option('--record <file>', 'write properties, coverage and the failing run for troupe inspect')
    .addHelpText('after', HELP)
    .action(run);
}

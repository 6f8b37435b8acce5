import { Option, type Command } from 'commander';
import { isTroupeError, TroupeError } from '../errors.ts';
import type { ExploreOptions } from '../testing/paths/options.ts';
import type { Paths } from '../testing/paths/paths.ts';
import { printWhole, writeOut } from './output.ts';
import { word } from './check-report.ts';

const kinds = ['shortest', 'simple', 'transitions', 'pairs', 'postman', 'random'] as const;
export type Kind = (typeof kinds)[number];

interface PathsOptions {
  readonly export?: string;
  readonly kind: Kind;
  readonly input?: string;
  readonly cases?: string;
  readonly to?: string;
  readonly limit?: string;
  readonly states?: string;
  readonly seed?: string;
  readonly length?: string;
  readonly coverage?: true;
  readonly json?: true;
  readonly record?: string;
}

const bad = (message: string): TroupeError => new TroupeError('INVALID_OPTION', message);

const inputOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw bad(`--input must be JSON, got ${text}.`);
  }
};

const countOf = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw bad(`--${name} must be a whole number of at least 1, got "${text}".`);
};

const described = ['cases', 'outcomes', 'input', 'filter', 'key'] as const;

/** What may happen to a machine, from the exports of a module or of its default export. */
async function describedIn(file: string): Promise<ExploreOptions> {
  const { loadModule } = await import('./load.ts');
  const exports = await loadModule(file);
  const whole: Record<string, unknown> = { ...(exports['default'] as object | undefined), ...exports };
  const found = described.filter((name) => whole[name] !== undefined);
  if (found.length > 0) return Object.fromEntries(found.map((name) => [name, whole[name]]));
  const has = Object.keys(exports).join(', ') || 'nothing';
  throw bad(`"${file}" exports none of ${described.join(', ')}: it exports ${has}.`);
}

async function generate(file: string, options: PathsOptions): Promise<Paths> {
  const counts = {
    limit: countOf('limit', options.limit),
    length: countOf('length', options.length),
    seed: countOf('seed', options.seed) ?? 1,
  };
  const states = countOf('states', options.states);
  const input = options.input === undefined ? {} : { input: inputOf(options.input) };
  const { loadMachine } = await import('./load.ts');
  const machine = await loadMachine(file, { export: options.export });
  const limits = {
    ...(states === undefined ? {} : { states }),
    ...(counts.limit === undefined ? {} : { paths: counts.limit }),
  };
  const given = options.cases === undefined ? {} : await describedIn(options.cases);
  const { generators } = await import('./path-kinds.ts');
  const generator = generators[options.kind];
  try {
    return generator(machine, { ...given, ...input, limits }, { to: options.to, ...counts });
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    const which = options.export === undefined ? `machine "${machine.id}"` : `export "${options.export}"`;
    throw new TroupeError(error.code, `"${file}", ${which}: ${error.message}`, { cause: error });
  }
}

async function run(file: string, options: PathsOptions, command: Command): Promise<void> {
  let paths: Paths;
  try {
    paths = await generate(file, options);
  } catch (error) {
    // All that can go wrong until here is in the file or on the command line.
    if (isTroupeError(error)) return command.error(`error: ${error.message}`);
    throw error;
  }
  const { toJson, toText } = await import('./path-report.ts');
  await printWhole(options.json === true ? `${toJson(paths)}\n` : toText(paths, options.coverage === true));
  if (options.record !== undefined) {
    const { pathsRecording } = await import('./test-recording.ts');
    await writeOut(
      options.record,
      pathsRecording(paths, `troupe paths ${word(file)} --kind ${options.kind}`),
    );
  }
  // A timer or connection that the user's module opened must not keep a finished command alive.
  process.exit(paths.failures().length > 0 ? 1 : 0);
}

/** `troupe paths`: the ways through a machine, as numbered lines or JSON, and what of the chart they cover. */
export function register(program: Command): void {
  program
    .command('paths')
    .description(
      'list paths through a machine (the module is run: export machines from a file that starts nothing)',
    )
    .argument('<file>', 'a .ts or .js module that exports an XState machine; needs no build')
    .option('--export <name>', 'the export to take, when the module exports several machines')
    .addOption(new Option('--kind <kind>', 'which paths').choices(kinds).default('transitions'))
    .option('--input <json>', 'the input of the machine')
    .option('--cases <file>', 'a module that exports cases, outcomes, input, filter or key')
    .option('--to <state>', 'only to this state: a.b (shortest, simple, random)')
    .option('--limit <count>', 'at most so many paths')
    .option('--length <steps>', 'longest path (transitions, pairs, random)')
    .option('--states <count>', 'at most so many states (default: 100000)')
    .option('--seed <number>', 'of random paths (default: 1)')
    .option('--coverage', 'print what they cover')
    .option('--json', 'print one JSON object, coverage included')
    .option('--record <file>', 'write what they cover for troupe inspect')
    .action(run);
}

import { InvalidArgumentError, Option, type Command } from 'commander';
import { extname } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import { formats, formatsByExtension, render, type Format, type Look } from './draw/formats.ts';
import { divertOutput } from './loading.ts';
import { printWhole, writeOut } from './output.ts';

interface DrawOptions extends Look {
  readonly export?: string;
  readonly format?: Format;
  readonly out?: string;
  readonly output?: string;
  readonly problems?: boolean;
}

const formatOf = (format: Format | undefined, out: string | undefined, command: Command): Format => {
  if (format !== undefined) return format;
  if (out === undefined) return 'mermaid';
  const guessed = formatsByExtension[extname(out).toLowerCase()];
  if (guessed !== undefined) return guessed;
  const ask = `supported formats are ${formats.join(', ')}: choose one with --format`;
  return command.error(`error: cannot tell the format of '${out}' from its name; ${ask}`);
};

const save = async (out: string, format: Format, drawn: string | Uint8Array): Promise<void> => {
  const fenced = format === 'mermaid' && extname(out).toLowerCase() === '.md';
  await writeOut(out, fenced && typeof drawn === 'string' ? `\`\`\`mermaid\n${drawn}\`\`\`\n` : drawn);
  process.stderr.write(`troupe: wrote ${out} (${format})\n`);
};

/** What is wrong with the chart, one line each; how many there are. */
const printProblems = async (machine: AnyStateMachine, asJson: boolean): Promise<number> => {
  const { problemsOf } = await import('../inspector/index.ts');
  const { shorten, visible } = await import('../inspector/layout/text.ts');
  const problems = problemsOf(machine);
  const lines = problems.map(
    ({ at, kind, text }) => `${shorten(visible(at), 120)}: ${visible(text)}  (${kind})\n`,
  );
  if (asJson) await printWhole(`${JSON.stringify(problems, null, 2)}\n`);
  else await printWhole(problems.length === 0 ? 'no problems found\n' : lines.join(''));
  return problems.length;
};

const load = async (file: string, name: string | undefined): Promise<AnyStateMachine> => {
  const { loadMachine } = await import('./load.ts');
  const { toChart } = await import('../inspector/draw/to-chart.ts');
  try {
    const machine = await loadMachine(file, { export: name });
    // XState looks into a machine only when it is used.
    toChart(machine);
    return machine;
  } catch (error) {
    // Bad input is no verdict: another exit code than a chart with problems.
    process.exitCode = 2;
    throw error;
  }
};

const draw = async (file: string, options: DrawOptions, command: Command): Promise<void> => {
  const out = options.out ?? options.output;
  const format = formatOf(options.format, out, command);
  if (format === 'png' && out === undefined && process.stdout.isTTY) {
    command.error('error: a PNG is nothing for a terminal: name a file with --out');
  }
  // Also what it prints later, from a timer.
  const restore = divertOutput();
  const machine = await load(file, options.export);
  const drawn =
    options.problems !== true || out !== undefined
      ? await render(machine, format, options, options.problems === true)
      : undefined;
  restore();
  const problems =
    options.problems === true ? await printProblems(machine, out === undefined && format === 'json') : 0;
  if (drawn !== undefined && out === undefined) await printWhole(drawn);
  else if (drawn !== undefined && out !== undefined) await save(out, format, drawn);
  // A timer or connection that the user's module opened must not keep a finished drawing alive.
  process.exit(problems > 0 ? 1 : 0);
};

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

const scaleOf = (text: string): number => {
  const scale = Number(text);
  if (scale >= 0.1 && scale <= 8) return scale;
  throw new InvalidArgumentError('It must be between 0.1 and 8.');
};

const HELP = `
Exit codes:
  0  drawn; with --problems, there are none
  1  --problems found some, or the drawing could not be made or written
  2  bad input: the file does not load, exports no machine or a broken one, or an option is wrong

Examples:
  troupe draw machines/saga.ts -o saga.svg
  troupe draw order.ts -o order.png --theme dark --direction right
  troupe draw order.ts --format outline
  troupe draw order.ts --problems -o order.svg     # the problems are marked in the picture
`;

/** `troupe draw`: the chart of a machine in a user's file, as a picture, as text or as data. */
export function register(program: Command): void {
  program
    .command('draw')
    .description(
      'draw the statechart of a machine (the module is run: export machines from a file that starts nothing)',
    )
    .argument('<file>', 'a .ts or .js module that exports an XState machine; needs no build')
    .option('--export <name>', 'the export to draw, when the module exports several machines')
    .addOption(new Option('--format <format>', 'guessed from OUT, else mermaid').choices(formats))
    .option(
      '-o, --out <out>',
      'write to this file (.svg, .png, .mmd, .md, .json, .txt), not to standard output',
    )
    .addOption(new Option('--output <out>', 'the same as --out').hideHelp())
    .addOption(
      new Option('--theme <theme>', 'colours; of an SVG default auto: those of who looks at it').choices([
        'light',
        'dark',
        'auto',
      ]),
    )
    .addOption(
      new Option('--direction <direction>', 'where arrows lead to; default: what reads better').choices([
        'down',
        'right',
      ]),
    )
    .option('--collapse <state>', 'draw this state without its content; can be repeated', collect)
    .option('--scale <factor>', 'pixels of a PNG for each of the drawing, default 2', scaleOf)
    .option(
      '--font <file>',
      'a further font (.ttf, .otf) for a PNG, for other scripts; can be repeated',
      collect,
    )
    .option(
      '--problems',
      'print what is most likely wrong with the chart; (--format json: as JSON); exit code 1 if there is anything',
    )
    .option('--no-detail', 'leave out actions, entry, exit and invoke (mermaid)')
    .addHelpText('after', HELP)
    .action(draw);
}

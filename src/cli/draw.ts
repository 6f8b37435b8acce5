import { Option, type Command } from 'commander';
import { extname } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import { printWhole, writeOut } from './output.ts';

const formats = ['mermaid', 'json'] as const;
type Format = (typeof formats)[number];

const formatsByExtension: Readonly<Record<string, Format>> = {
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.md': 'mermaid',
  '.json': 'json',
};

interface DrawOptions {
  readonly export?: string;
  readonly format?: Format;
  readonly out?: string;
  readonly detail: boolean;
}

const formatOf = ({ format, out }: DrawOptions, command: Command): Format => {
  if (format !== undefined) return format;
  if (out === undefined) return 'mermaid';
  const guessed = formatsByExtension[extname(out).toLowerCase()];
  if (guessed !== undefined) return guessed;
  const ask = `supported formats are ${formats.join(', ')}: choose one with --format`;
  return command.error(`error: cannot tell the format of '${out}' from its name; ${ask}`);
};

const render = async (machine: AnyStateMachine, format: Format, { detail }: DrawOptions): Promise<string> => {
  const { toChart, toMermaid } = await import('../inspector/index.ts');
  return format === 'json'
    ? `${JSON.stringify(toChart(machine), null, 2)}\n`
    : toMermaid(machine, { detail });
};

const save = async (out: string, format: Format, text: string): Promise<void> => {
  const fenced = format === 'mermaid' && extname(out).toLowerCase() === '.md';
  await writeOut(out, fenced ? `\`\`\`mermaid\n${text}\`\`\`\n` : text);
  process.stderr.write(`troupe: wrote ${out} (${format})\n`);
};

const draw = async (file: string, options: DrawOptions, command: Command): Promise<void> => {
  const format = formatOf(options, command);
  const { loadMachine } = await import('./load.ts');
  const machine = await loadMachine(file, { export: options.export });
  const text = await render(machine, format, options);
  if (options.out === undefined) await printWhole(text);
  else await save(options.out, format, text);
  // A timer or connection that the user's module opened must not keep a finished drawing alive.
  process.exit();
};

/** `troupe draw`: the chart of a machine in a user's file, as Mermaid or JSON. */
export function register(program: Command): void {
  program
    .command('draw')
    .description(
      'draw the statechart of a machine (the module is run: export machines from a file that starts nothing)',
    )
    .argument('<file>', 'a .ts or .js module that exports an XState machine; needs no build')
    .option('--export <name>', 'the export to draw, when the module exports several machines')
    .addOption(new Option('--format <format>', 'guessed from OUT, else mermaid').choices(formats))
    .option('-o, --out <out>', 'write to this file (.mmd, .md, .json) instead of standard output')
    .option('--no-detail', 'leave out actions, entry, exit and invoke')
    .action(draw);
}

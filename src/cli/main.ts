#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { createRequire } from 'node:module';
import { register as acl } from './acl.ts';
import { register as ask } from './ask.ts';
import { register as check } from './check.ts';
import { register as deadLetters } from './dead-letters.ts';
import { register as draw } from './draw.ts';
import { register as history } from './history.ts';
import { register as inspect } from './inspect.ts';
import { register as nats } from './nats.ts';
import { register as paths } from './paths.ts';
import { register as ps } from './ps.ts';
import { register as send } from './send.ts';
import { register as simulate } from './simulate.ts';
import { register as watch } from './watch.ts';

/** Every command of `troupe`, in the order of its help. A new one is a file beside this one and a line here. */
const commands = [
  draw,
  paths,
  check,
  simulate,
  nats,
  acl,
  ps,
  send,
  ask,
  watch,
  inspect,
  history,
  deadLetters,
];

const { version } = createRequire(import.meta.url)('troupe/package.json') as { version: string };

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');

/** A reader that has seen enough (`troupe draw x | head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const createProgram = (): Command => {
  const program = new Command('troupe')
    .description('Actors are statecharts: run, draw and watch them.')
    .version(version, '-V, --version', 'print the version')
    .configureOutput({
      outputError: (text, write) => write(`${oneLine(text.replace(/^error:/, 'troupe:'))}\n`),
    })
    .exitOverride();
  for (const register of commands) register(program);
  for (const command of [program, ...program.commands]) {
    command.option('--verbose', 'print the stack of an error');
  }
  return program;
};

const isVerbose = (program: Command): boolean =>
  [program, ...program.commands].some((command) => command.opts<{ verbose?: boolean }>().verbose === true) ||
  (process.env['DEBUG'] ?? '').split(',').includes('troupe');

/** The exit code of an error, and one line about it. What Commander throws it has reported already. */
const report = (error: unknown, verbose: boolean): number => {
  if (error instanceof CommanderError) {
    return error.exitCode !== 0 && error.code.startsWith('commander.') ? 2 : error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`troupe: ${oneLine(message)}\n`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return Number(process.exitCode ?? 1);
};

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  // Left to itself, a timer or connection opened by the user's module would keep a failed command alive.
  process.exit(report(error, isVerbose(program)));
}

import { type Command, InvalidArgumentError } from 'commander';
import { isTroupeError } from '../errors.ts';
import { findServer } from './nats-server/find.ts';
import { type Output, serve, type ServeOptions } from './nats-server/serve.ts';

interface Options extends ServeOptions {
  readonly version?: boolean;
}

const output: Output = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`troupe nats: ${line}\n`),
};

/** Add `troupe nats`: find or fetch a nats-server and run it, alone or as a cluster, in the foreground. */
export function register(program: Command): void {
  // Without this, a --version of the program itself would swallow the one of this command.
  program.enablePositionalOptions();
  program
    .command('nats')
    .description('run a local nats-server with JetStream until Ctrl-C; fetch it first where that is possible')
    .option(
      '--cluster <size>',
      'number of servers (3 make a cluster that survives the loss of one)',
      whole(1, 9),
      1,
    )
    .option('--port <port>', 'client port of the first server, 0 for any free one', whole(0, 65_535), 4222)
    .option('--store <dir>', 'folder for JetStream, kept at the end (default: a temporary one)')
    .option('--json', 'print one line when ready: {"urls":[…],"pids":[…],"version":"…"}')
    .option('--version', 'print version and path of the server that would run, and end')
    .action(async (options: Options, command: Command) => {
      try {
        process.exitCode = options.version === true ? await tell(options) : await serve(options, output);
      } catch (error) {
        if (!isTroupeError(error)) throw error;
        command.error(`troupe nats: ${error.message}`, { code: error.code, exitCode: 1 });
      }
    });
}

async function tell({ json }: Options): Promise<number> {
  const found = await findServer({ notice: (line) => output.err(line) });
  output.out(
    json === true ? JSON.stringify(found) : `nats-server ${found.version} ${found.path} (${found.origin})`,
  );
  return 0;
}

const whole = (least: number, most: number) => (text: string) => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
};

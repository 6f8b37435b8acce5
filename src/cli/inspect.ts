import { counted } from '../counted.ts';
import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { isTroupeError } from '../errors.ts';
import type { Inspector } from '../inspector/server/server.ts';
import type { Source } from '../inspector/source/source.ts';
import { attach, attachable, coded, whole, type Attachment } from './attach.ts';
import { interruption } from './interruption.ts';
import { oneLine } from './load.ts';
import { inDeadLetters } from './open-dead-letters.ts';
import { print } from './show.ts';

interface Options extends Attachment {
  readonly port?: number;
  readonly allowSend?: boolean;
  readonly open?: boolean;
  readonly record?: string;
  readonly recordLimit: number;
  readonly stately?: boolean;
}

const MB = 1024 * 1024;
const RATE = 10_000;
const modules = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

const note = (line: string): void => void process.stderr.write(`${line}\n`);

const loopback = (host: string): string => {
  if (['127.0.0.1', 'localhost', '::1'].includes(host)) return host;
  throw new InvalidArgumentError(
    'An inspector shows and may change a system, so it answers on this machine only: leave --host out, and reach it from elsewhere through ssh -L.',
  );
};

const inspect = async (target: string | undefined, options: Options, command: Command): Promise<void> => {
  checkUsage(target, options, command);
  const interrupted = interruption();
  if (options.stately === true) return inspectStately(options, interrupted);
  if (target !== undefined) return inspectFile(target, options, interrupted, command);
  const { liveSource } = await import('../inspector/source/live.ts');
  await attach(options, async (system) => {
    if (system.members().length === 0)
      note(`no node of a system "${options.system}" is there yet (another one: --system, --nats)`);
    const source = liveSource(system, {
      canSend: options.allowSend === true,
      settle: async (deed, queue, id) => inDeadLetters({ ...options, queue }, async (box) => box[deed](id)),
    });
    const session = await recording(source, options);
    await show(source, options, interrupted);
    await session();
  });
};

function checkUsage(target: string | undefined, { stately, record }: Options, command: Command): void {
  if (target !== undefined && stately === true)
    command.error('error: name either a file or --stately', { exitCode: 2 });
  if (record !== undefined && (target !== undefined || stately === true))
    command.error('error: --record goes with a running system: leave TARGET out', { exitCode: 2 });
}

async function inspectFile(
  target: string,
  options: Options,
  interrupted: Promise<undefined>,
  command: Command,
): Promise<void> {
  let source: Source | undefined;
  try {
    source = await Promise.race([sourceOf(target), interrupted]);
  } catch (error) {
    // All that can go wrong until here is in the file.
    if (isTroupeError(error)) return command.error(`error: ${oneLine(error.message)}`);
    throw error;
  }
  // What is still being loaded ends with this process.
  if (source === undefined) process.exit(0);
  for (const flaw of source.about().flaws) note(flaw);
  await show(source, options, interrupted);
}

async function sourceOf(target: string): Promise<Source> {
  if (!modules.includes(extname(target))) {
    const { recordingSource } = await import('../inspector/source/recording.ts');
    return recordingSource(target);
  }
  const [{ designSource }, { draftOf }] = await Promise.all([
    import('../inspector/source/design.ts'),
    import('./inspect/draft.ts'),
  ]);
  return designSource(draftOf(target));
}

async function inspectStately(options: Options, interrupted: Promise<undefined>): Promise<void> {
  const { statelySource } = await import('../inspector/source/stately.ts');
  await show(statelySource(), options, interrupted, ({ statelyUrl }) => {
    print('An app of XState 5 appears with: createActor(machine, { inspect: inspector.inspect }), where');
    print("  import { createWebSocketInspector } from '@statelyai/inspect';");
    print(`  const inspector = createWebSocketInspector({ url: '${statelyUrl}' });`);
  });
}

/** Serve the page until Ctrl-C. */
async function show(
  source: Source,
  { port, allowSend, open }: Options,
  interrupted: Promise<undefined>,
  more: (inspector: Inspector) => void = () => undefined,
): Promise<void> {
  const { createInspector } = await import('../inspector/server/server.ts');
  let inspector: Inspector;
  try {
    inspector = await createInspector(source, {
      ...(port === undefined ? {} : { port }),
      allowSend: allowSend === true,
    });
  } catch (error) {
    await source.close();
    throw coded(error);
  }
  print(`inspector: ${inspector.url}`);
  more(inspector);
  note('Ctrl-C ends it. Who has the URL may look, so do not pass it on.');
  if (open === true) openUrl(inspector.url);
  await interrupted;
  await inspector.close();
}

/** Write down the session while it is looked at. @returns ends it, and says what was written */
async function recording(
  source: Source,
  { record: file, recordLimit, system }: Options,
): Promise<() => Promise<void>> {
  if (file === undefined) return () => Promise.resolve();
  const { record } = await import('../inspector/record.ts');
  const session = await record(source, file, { limit: recordLimit * MB, rate: RATE, system });
  note(`recording to ${file}, at most ${recordLimit} MB`);
  return async () => {
    const { entries, bytes, dropped, stopped } = await session.close();
    const size = `${counted(entries, 'entry', 'entries')}, ${(bytes / MB).toFixed(1)} MB`;
    const lost = dropped === 0 ? '' : `; ${counted(dropped, 'was', 'were')} left out`;
    const early = stopped === undefined ? '' : `; it ended early: ${stopped}`;
    note(`recorded ${size} to ${file}${lost}${early}`);
  };
}

/** Without a browser, the printed URL is enough. */
function openUrl(url: string): void {
  const program = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const opened = spawn(program, [url], { stdio: 'ignore', detached: true });
  opened.on('error', () => note(`"${program}" is not there: open the URL by hand`));
  opened.unref();
}

const HELP = `
TARGET is a recording (.ndjson; troupe inspect, check or simulate with --record), or a .ts or .js
file that exports machines or workflows: they are drawn, with what is wrong with them, and drawn again when the file changes.
Without TARGET the running system is shown: its actors, messages, breakers and queues.

The page is served on this machine only, to whoever has the URL; it needs no internet.

Exit codes:
  0  ended by Ctrl-C
  1  no server, the port is taken
  2  bad input: a file that does not load, exports no machine, or is no recording

Examples:
  troupe inspect --nats nats://127.0.0.1:4222 --system shop
  troupe inspect --allow-send --record session.ndjson
  troupe inspect session.ndjson
  troupe inspect machines/order.ts --open
  troupe inspect --stately
`;

/** `troupe inspect`: the inspector's page over a running system, a recording, or charts that are being written. */
export function register(program: Command): void {
  attachable(
    program
      .command('inspect')
      .description('look at a running system, a recording or a file of machines in the browser')
      .argument('[target]', 'a recording (.ndjson), or a .ts or .js file that exports machines'),
  )
    .option('--port <port>', 'port of the page (default, and 0: a free one)', whole(65_535, 0))
    .option('--host <host>', 'only a name of this machine: 127.0.0.1, localhost, ::1', loopback)
    .option('--open', 'open the page in the browser')
    .option('--allow-send', 'let the page send events, and replay or drop dead letters')
    .option('--record <file>', 'write the session to this file while looking')
    .option('--record-limit <mb>', 'end the recording at this size', whole(1_000_000), 1_024)
    .option('--stately', "wait for XState apps that speak Stately's inspector protocol")
    .addHelpText('after', HELP)
    .action(inspect);
}

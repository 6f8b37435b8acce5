import { type Command } from 'commander';
import { readCommit, readHistory, type HistoryEntry } from '../durable/history/history.ts';
import { compact } from '../message/json.ts';
import { address, attachable, whole as upTo } from './attach.ts';
import { withRecords, type Place } from './history/records.ts';
import { lines, plain, verdict, whole } from './history/report.ts';
import { loadMachine } from './load.ts';
import { printWhole } from './output.ts';
import { indented } from './show.ts';

interface Options extends Place {
  readonly at?: number;
  readonly limit: number;
  readonly replay?: string;
  readonly export?: string;
  readonly machineVersion?: string;
}

/** Everything that can go wrong is about what was asked for, or where. */
async function run(id: string, options: Options, command: Command): Promise<void> {
  const clash = clashOf(options);
  if (clash !== undefined) return refuse(command, clash);
  try {
    if (options.replay !== undefined) await replay(id, options, options.replay);
    else if (options.at !== undefined) await at(id, options, options.at);
    else await list(id, options);
  } catch (error) {
    refuse(command, error instanceof Error ? error.message : String(error));
  }
}

function clashOf({ nats, file, at: number, replay: module, ...rest }: Options): string | undefined {
  if (nats !== undefined && file !== undefined)
    return 'the records are in JetStream (--nats) or in a folder (--file), not both';
  if (number !== undefined && module !== undefined)
    return '--at shows one state, --replay compares them all: say one of the two';
  if (module === undefined && (rest.export !== undefined || rest.machineVersion !== undefined))
    return '--export and --machine-version are about the machine of --replay';
  return undefined;
}

const refuse = (command: Command, why: string): never =>
  command.error(`error: ${why}`, { exitCode: 2, code: 'commander.invalidArgument' });

async function list(id: string, options: Options): Promise<void> {
  const entries: HistoryEntry[] = [];
  let hidden = 0;
  await withRecords(options, async (records) => {
    for await (const entry of readHistory(records, id)) {
      entries.push(entry);
      if (entries.length <= options.limit) continue;
      entries.shift();
      hidden += 1;
    }
  });
  if (options.json === true)
    return printWhole(`${compact({ address: id, hidden, commits: entries.map(plain) })}\n`);
  const before = hidden === 0 ? [] : [`… and ${hidden} before them: raise --limit`];
  await printWhole(`${[...before, ...lines(entries, process.stdout.columns)].join('\n')}\n`);
}

async function at(id: string, options: Options, number: number): Promise<void> {
  const commit = await withRecords(options, async (records) => readCommit(records, id, number));
  await printWhole(`${options.json === true ? compact(whole(commit)) : indented(whole(commit))}\n`);
}

async function replay(id: string, options: Options, file: string): Promise<void> {
  const machine = await loadMachine(file, options);
  const { replayHistory } = await import('../durable/history/replay.ts');
  const { machineVersion: version } = options;
  const found = await withRecords(options, async (records) =>
    replayHistory(machine, readHistory(records, id), version === undefined ? {} : { version }),
  );
  if (found.replayed + found.given === 0 && found.difference === undefined) {
    const own = version ?? machine.version ?? '0';
    throw new Error(
      `nothing of "${id}" was stored by machine "${machine.id}" version "${own}": take the module that did, or name the version with --machine-version`,
    );
  }
  await printWhole(`${options.json === true ? compact({ address: id, ...found }) : verdict(found)}\n`);
  if (found.difference !== undefined) process.exitCode = 1;
}

/** `troupe history`: what a durable actor was told, what it decided, and how it was then. */
export function register(program: Command): void {
  attachable(
    program
      .command('history')
      .description('list the commits of a durable actor, show its state at one, or replay them')
      .argument('<address>', 'address of the actor, as order/42', address),
  )
    .option('--file <path>', 'folder of a file store, instead of a NATS server')
    .option(
      '--at <number>',
      'print all that is known of the actor after this commit',
      upTo(Number.MAX_SAFE_INTEGER),
    )
    .option('--limit <count>', 'list the last so many', upTo(Number.MAX_SAFE_INTEGER), 1_000)
    .option('--replay <module>', 'run a machine over the stored causes, and compare the states')
    .option('--export <name>', 'export of that module to take')
    .option('--machine-version <version>', 'version that the machine was stored as')
    .option('--json', 'print the result on one line')
    .action(run);
}

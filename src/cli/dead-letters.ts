import { InvalidArgumentError, type Command } from 'commander';
import type { DeadLetterBox, Letter } from '../coordination/queue/dead-letter-box.ts';
import { isTroupeError } from '../errors.ts';
import { checkName } from '../message/address.ts';
import { compact } from '../message/json.ts';
import { attachable, whole, type Attachment } from './attach.ts';
import { openDeadLetters } from './open-dead-letters.ts';
import { indented, print, table } from './show.ts';

interface Options extends Attachment {
  readonly queue?: string;
}

interface ListOptions extends Options {
  readonly limit: number;
}

interface ManyOptions extends Options {
  readonly all?: boolean;
}

async function list(options: ListOptions): Promise<void> {
  const letters: Letter[] = [];
  let hidden = 0;
  await openDeadLetters(options, async (box) => {
    for await (const letter of box.list()) {
      if (letters.length < options.limit) letters.push(letter);
      else hidden++;
    }
  });
  print(options.json === true ? compact({ letters, hidden }) : described(letters, hidden, options));
}

function described(letters: readonly Letter[], hidden: number, { queue, system }: ListOptions): string {
  const where = `of ${queue === undefined ? 'the queues' : `the queue "${queue}"`} of the system "${system}"`;
  if (letters.length === 0) return `no dead letters ${where}`;
  const lines = [
    table(['ID', 'QUEUE', 'KEY', 'EVENT', 'ATTEMPTS', 'DIED', 'ACTOR', 'ERROR'], letters.map(row)),
  ];
  if (hidden > 0) lines.push(`… and ${hidden} more: narrow with --queue, or raise --limit`);
  return lines.join('\n');
}

const SHOWN = 80;

function row(letter: Letter): readonly string[] {
  if ('unreadable' in letter)
    return [`${letter.id}`, letter.queue, '-', '-', '-', '-', '-', letter.unreadable];
  const { id, queue, key = '-', event, attempts, died, actor = '-', error } = letter;
  const why = `${error.code}: ${error.message}`.replace(/\s+/g, ' ');
  const shown = why.length > SHOWN ? `${why.slice(0, SHOWN)}…` : why;
  return [`${id}`, queue, key, event?.type ?? '-', `${attempts}`, new Date(died).toISOString(), actor, shown];
}

async function show(id: number, options: Options): Promise<void> {
  const letter = await openDeadLetters(options, async (box) => box.get(id));
  if (options.json === true) return print(compact(letter));
  if ('unreadable' in letter) return print(indented(letter));
  const { sent, firstTried, died, error, ...rest } = letter;
  const { stack, ...fault } = error;
  const times = { sent: new Date(sent), firstTried: new Date(firstTried), died: new Date(died) };
  print(indented({ ...rest, ...times, error: fault }));
  if (stack !== undefined) print(stack);
}

type Deed = 'replay' | 'drop';
const done = { replay: 'replayed', drop: 'dropped' } as const;

/** All that can be done is done; what cannot is said, and makes the exit code 1. */
const many =
  (deed: Deed) =>
  async (given: readonly number[], options: ManyOptions, command: Command): Promise<void> => {
    if (given.length > 0 === (options.all === true))
      return command.error(
        `error: name the letters to ${deed}, or say --all (with --queue, of that queue); not both`,
        {
          exitCode: 2,
          code: 'commander.missingArgument',
        },
      );
    const found: Record<'done' | 'failed', unknown[]> = { done: [], failed: [] };
    await openDeadLetters(options, async (box) => {
      for (const id of given.length > 0 ? new Set(given) : await idsOf(box)) {
        try {
          await box[deed](id);
          found.done.push(id);
        } catch (error) {
          if (!isTroupeError(error) || error.code === 'STORE_UNAVAILABLE') throw error;
          found.failed.push({ id, code: error.code, message: error.message });
          process.stderr.write(`troupe: ${error.code}: ${error.message}\n`);
        }
      }
    });
    print(
      options.json === true
        ? compact({ [done[deed]]: found.done, failed: found.failed })
        : `${done[deed]} ${found.done.length}`,
    );
    if (found.failed.length > 0) process.exitCode = 1;
  };

/** Those that are there now: what dies again meanwhile is not gone through again. */
async function idsOf(box: DeadLetterBox): Promise<readonly number[]> {
  const ids: number[] = [];
  for await (const { id } of box.list()) ids.push(id);
  return ids;
}

const idOf = whole(Number.MAX_SAFE_INTEGER);

function queueName(text: string): string {
  try {
    return checkName(text, 'queue name');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** `troupe dead-letters`: the messages that the actors of a live system could not handle. */
export function register(program: Command): void {
  const group = program
    .command('dead-letters')
    .description('list, show, put back or drop the messages of queues that could not be handled');
  const sub = (usage: string, what: string): Command =>
    attachable(group.command(usage).description(what))
      .option('--queue <name>', 'only letters of this queue', queueName)
      .option('--json', 'print the result on one line');
  sub('list', 'list them, oldest first')
    .option('--limit <count>', 'list at most so many', whole(Number.MAX_SAFE_INTEGER), 1_000)
    .action(list);
  sub('show', 'print all that is known of one').argument('<id>', 'number of the letter', idOf).action(show);
  for (const deed of ['replay', 'drop'] as const) {
    sub(deed, deed === 'replay' ? 'put messages back into their queue, once' : 'remove them for good')
      .argument(
        '[id...]',
        'numbers of the letters',
        (text: string, before: readonly number[] | undefined) => [...(before ?? []), idOf(text)],
      )
      .option('--all', 'all there are')
      .action(many(deed));
  }
}

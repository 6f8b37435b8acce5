import type { Command } from 'commander';
import type { Message } from '../message/envelope.ts';
import { address, attach, attachable, insist, type Attachment } from './attach.ts';
import { EVENT, parseEvent } from './event.ts';
import { compact } from '../message/json.ts';
import { indented, print } from './show.ts';

type Event = Message & Record<string, unknown>;

const ask = async (to: string, event: Event, options: Attachment): Promise<void> => {
  const { timeout, json } = options;
  const reply = await attach(options, async (system) =>
    insist(system, async () => system.ref(to).ask(event, { timeout })),
  );
  print(json === true ? compact(reply) : indented(reply));
};

/** `troupe ask`: an event for an actor, and its answer as JSON. */
export function register(program: Command): void {
  attachable(
    program
      .command('ask')
      .description('send an event to an actor of a live system and print its answer')
      .argument('<address>', 'address of an actor or service: id, or id@node', address)
      .argument('<event>', EVENT, parseEvent),
  )
    .option('--json', 'print the answer on one line')
    .action(ask);
}

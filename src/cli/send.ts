import type { Command } from 'commander';
import type { Message } from '../message/envelope.ts';
import { address, attach, attachable, insist, type Attachment } from './attach.ts';
import { EVENT, parseEvent } from './event.ts';
import { compact } from '../message/json.ts';
import { print } from './show.ts';

const send = async (to: string, event: Message, options: Attachment): Promise<void> => {
  const { deliver } = await import('./delivery.ts');
  await attach(options, async (system) =>
    insist(system, async () => deliver(system, to, event, options.timeout)),
  );
  print(options.json === true ? compact({ sent: true, to, event }) : `sent ${event.type} to ${to}`);
};

/** `troupe send`: an event for an actor, fire and forget; done when the actor's node has it. */
export function register(program: Command): void {
  attachable(
    program
      .command('send')
      .description('send an event to an actor of a live system')
      .argument('<address>', 'address of an actor or service: id, or id@node', address)
      .argument('<event>', EVENT, parseEvent),
  )
    .option('--json', 'print {"sent":true,"to":…,"event":…}')
    .action(send);
}

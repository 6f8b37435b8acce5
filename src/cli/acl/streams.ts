import { namesOf } from '../../durable/jetstream/names.ts';
import { deadNames, queueNames } from '../../durable/jetstream/queue-names.ts';

/** What of a system is covered. */
export interface Scope {
  readonly system: string;
  /** With durable actors. */
  readonly durable: boolean;
  /** Names of its work queues. */
  readonly queues: readonly string[];
}

export interface Stream {
  readonly name: string;
  /** Pattern of the subjects it keeps. */
  readonly subject: string;
}

/** What nodes do to a stream beyond reading it and adding to it. */
export type Removal = 'purge' | 'delete';

export interface KeptStream extends Stream {
  readonly removal: readonly Removal[];
}

/** The streams that the JetStream store of a system keeps. */
export function streamsOf({ system, durable, queues }: Scope): readonly KeptStream[] {
  return [
    ...(durable ? actorStreams(system) : []),
    ...(queues.length > 0 ? queueStreams(system, queues) : []),
  ];
}

function actorStreams(system: string): readonly KeptStream[] {
  const { actors, everyActor, wakes, everyWake } = namesOf(system);
  return [
    { name: actors, subject: everyActor, removal: ['purge'] },
    { name: wakes, subject: everyWake, removal: ['purge', 'delete'] },
  ];
}

function queueStreams(system: string, queues: readonly string[]): readonly KeptStream[] {
  const dead = deadNames(system);
  const streams = queues.map((queue): KeptStream => {
    const { stream, all } = queueNames(system, queue);
    return { name: stream, subject: all, removal: ['purge', 'delete'] };
  });
  return [...streams, { name: dead.stream, subject: dead.all, removal: ['delete'] }];
}

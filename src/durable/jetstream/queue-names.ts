import { createHash } from 'node:crypto';
import { encodeToken } from '../../message/subject.ts';
import { streamOf } from './names.ts';

/**
 * Streams and subjects of a system's queues:
 *
 *   `TROUPE_<system>_QUEUE_<name>`  `<system>.q.<name>.m.<partition>`    the messages
 *                                   `<system>.q.<name>.s.<document>`     what its consumers agree on; the last one counts
 *                                   `<system>.q.<name>.i.<bucket>.<id>`  ids of messages that are done with
 *   `TROUPE_<system>_DEAD`          `<system>.d.<queue>.<token>`         dead letters
 */
export interface QueueNames {
  readonly stream: string;
  readonly all: string;
  readonly messages: string;
  partition(index: number): string;
  document(name: string): string;
  settled(bucket: number, id: string): string;
  bucket(bucket: number): string;
}

export function queueNames(system: string, queue: string): QueueNames {
  const root = `${encodeToken(system)}.q.${encodeToken(queue)}`;
  return {
    stream: `${streamOf(system)}_QUEUE_${encodeToken(queue)}`,
    all: `${root}.>`,
    messages: `${root}.m.*`,
    partition: (index) => `${root}.m.${index}`,
    document: (name) => `${root}.s.${name}`,
    // Hashed: an id may be longer than a subject. 128 bits meet by accident never.
    settled: (bucket, id) =>
      `${root}.i.${bucket}.${createHash('sha256').update(id).digest('base64url').slice(0, 22)}`,
    bucket: (bucket) => `${root}.i.${bucket}.*`,
  };
}

export interface DeadNames {
  readonly stream: string;
  readonly all: string;
  of(queue: string): string;
  letter(queue: string, token: string): string;
  queueOf(subject: string): string;
}

export function deadNames(system: string): DeadNames {
  const root = `${encodeToken(system)}.d`;
  return {
    stream: `${streamOf(system)}_DEAD`,
    all: `${root}.>`,
    of: (queue) => `${root}.${queue}.>`,
    letter: (queue, token) => `${root}.${queue}.${token}`,
    // A queue's name is one token as it is (checkName).
    queueOf: (subject) => subject.slice(root.length + 1).split('.', 1)[0] ?? '',
  };
}

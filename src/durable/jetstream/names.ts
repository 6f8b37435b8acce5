import { TroupeError } from '../../errors.ts';
import { decodeToken, encodeToken } from '../../message/subject.ts';

/**
 * Streams and subjects of a system's durable actors:
 *
 *   `TROUPE_<system>`         `<system>.a.<id>`          the records of an actor, one token for each segment of its id
 *   `TROUPE_<system>_WAKES`   `<system>.w.<shard>.<id>`  when an actor wants to be woken; the last one counts
 */
export interface Names {
  readonly actors: string;
  readonly wakes: string;
  /** All actors. */
  readonly everyActor: string;
  readonly everyWake: string;
  /** @throws TroupeError INVALID_ADDRESS when it is too long as a subject */
  actor(id: string): string;
  wake(id: string, shard: number): string;
  wakesOf(shard: number): string;
  /** In whatever shard. */
  anyWake(id: string): string;
  /** @throws TroupeError MALFORMED_MESSAGE for what this version would not write */
  idOf(subject: string): string;
  wakeOf(subject: string): { readonly id: string; readonly shard: number };
}

/** An id whose segments are tokens as they are. */
const bare = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;
/** Subjects of actors, count: each commit needs one. */
const REMEMBERED = 4_096;
/** With it a request still fits into the line of 4,096 bytes that a server reads (max_control_line). */
const MAX_SUBJECT = 3_072;

export function namesOf(system: string): Names {
  const root = encodeToken(system);
  const tokens = (id: string): string =>
    bounded(id, bare.test(id) ? id.replaceAll('/', '.') : id.split('/').map(encodeToken).join('.'));
  const subjects = new Map<string, string>();
  const decode = (subject: string, first: number): string =>
    subject.split('.').slice(first).map(decodeToken).join('/');
  return {
    actors: streamOf(system),
    wakes: `${streamOf(system)}_WAKES`,
    everyActor: `${root}.a.>`,
    everyWake: `${root}.w.>`,
    actor(id) {
      let subject = subjects.get(id);
      if (subject === undefined) {
        if (subjects.size >= REMEMBERED) subjects.clear();
        subjects.set(id, (subject = `${root}.a.${tokens(id)}`));
      }
      return subject;
    },
    wake: (id, shard) => `${root}.w.${shard}.${tokens(id)}`,
    wakesOf: (shard) => `${root}.w.${shard}.>`,
    anyWake: (id) => `${root}.w.*.${tokens(id)}`,
    idOf: (subject) => decode(subject, 2),
    wakeOf: (subject) => ({ id: decode(subject, 3), shard: Number(subject.split('.', 3)[2]) }),
  };
}

/**
 * The stream of a system; the names of its other streams begin with it. A system whose own name ends as one of those does gets an
 * escape there that no other name has, or `shop_WAKES` would share a stream with `shop`.
 */
export const streamOf = (system: string): string =>
  `TROUPE_${encodeToken(system).replaceAll(/_(?=WAKES$|DEAD$|QUEUE_)/g, '=5F')}`;

function bounded(id: string, subject: string): string {
  if (subject.length <= MAX_SUBJECT) return subject;
  throw new TroupeError(
    'INVALID_ADDRESS',
    `The id "${id.slice(0, 40)}…" takes ${subject.length} characters as a NATS subject, ${MAX_SUBJECT} at most: use a shorter one (a letter outside A-Z a-z 0-9 _ - takes three for each of its bytes).`,
  );
}

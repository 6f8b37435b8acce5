import type { Names } from './names.ts';

/** Settings of a stream that matter, by the names of the server. */
export interface StreamConfig {
  readonly name: string;
  readonly description?: string;
  readonly subjects?: readonly string[];
  readonly retention?: string;
  readonly discard?: string;
  readonly storage?: string;
  readonly num_replicas?: number;
  readonly max_msgs_per_subject?: number;
  readonly max_msgs?: number;
  readonly max_bytes?: number;
  readonly max_age?: number;
  readonly max_msg_size?: number;
  readonly allow_direct?: boolean;
  readonly deny_delete?: boolean;
  readonly deny_purge?: boolean;
  readonly discard_new_per_subject?: boolean;
  readonly no_ack?: boolean;
  readonly sealed?: boolean;
  readonly mirror?: unknown;
  readonly subject_transform?: unknown;
  readonly persist_mode?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Wanted {
  /** Count; undefined: 1 for a new stream, and whatever an existing one has. */
  readonly replicas: number | undefined;
  readonly storage: 'file' | 'memory';
  readonly shards: number;
  readonly history: number;
  /** bytes */
  readonly maxPayload: number;
}

export const SHARDS = 'troupe.shards';

/** The records of all actors. They can be purged, one actor at a time, never deleted one by one. */
export const actorsConfig = (names: Names, wanted: Wanted): StreamConfig => ({
  ...common(wanted),
  name: names.actors,
  description: 'Records of the durable actors of a Troupe system',
  subjects: [names.everyActor],
  max_msgs_per_subject: wanted.history,
  deny_delete: true,
});

/** Of each actor that wants to be woken, when. */
export const wakesConfig = (names: Names, wanted: Wanted): StreamConfig => ({
  ...common(wanted),
  name: names.wakes,
  description: 'When the durable actors of a Troupe system want to be woken',
  subjects: [names.everyWake],
  max_msgs_per_subject: 1,
  deny_delete: false,
});

/** A stream that is full refuses: the oldest record may be the whole state of some actor, or a message nobody has handled. */
export const common = ({ replicas = 1, storage, shards }: Wanted) => ({
  retention: 'limits',
  discard: 'new',
  storage,
  num_replicas: replicas,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msg_size: -1,
  allow_direct: true,
  deny_purge: false,
  metadata: { [SHARDS]: String(shards) },
});

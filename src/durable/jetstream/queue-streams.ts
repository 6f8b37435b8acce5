import { TroupeError } from '../../errors.ts';
import { API, unexpected } from './errors.ts';
import { openStream, type OpenOptions } from './open.ts';
import type { Requests } from './requests.ts';
import { common, type StreamConfig, type Wanted } from './streams.ts';

/** Settings of a queue's stream besides those of the others. */
export interface QueueConfig extends StreamConfig {
  readonly allow_rollup_hdrs?: boolean;
  /** ns */
  readonly duplicate_window?: number;
}

export interface StreamInfo {
  readonly config: QueueConfig;
  /** When the stream was made, ms since the epoch. */
  readonly created: number;
  /** Messages by subject, of those that were asked for. */
  readonly subjects: Readonly<Record<string, number>>;
}

const PARTITIONS = 'troupe.partitions';
/** JetStream's default, ns. */
const DUPLICATES = 120_000_000_000;

/** A subject of a queue holds many messages, and any of them may be removed. */
const queued = (wanted: Wanted) => ({
  ...common(wanted),
  max_msgs_per_subject: -1,
  deny_delete: false,
  duplicate_window: DUPLICATES,
});

export function queueConfig(
  wanted: Wanted,
  stream: string,
  subject: string,
  partitions: number,
): QueueConfig {
  const shared = queued(wanted);
  return {
    ...shared,
    name: stream,
    description: 'A work queue of a Troupe system',
    subjects: [subject],
    allow_rollup_hdrs: true,
    metadata: { ...shared.metadata, [PARTITIONS]: String(partitions) },
  };
}

export const deadConfig = (wanted: Wanted, stream: string, subject: string): QueueConfig => ({
  ...queued(wanted),
  name: stream,
  description: 'Dead letters of the work queues of a Troupe system',
  subjects: [subject],
});

/** @throws TroupeError STORE_MISMATCH, STORE_UNAVAILABLE, STORE_DENIED, STORE_FULL */
export async function openQueueStream(opening: OpenOptions, config: QueueConfig): Promise<QueueConfig> {
  const there: QueueConfig = await openStream(opening, config);
  const rules: readonly [setting: string, there: unknown, wanted: unknown][] = [
    [
      'allow_rollup_hdrs',
      there.allow_rollup_hdrs ?? false,
      config.allow_rollup_hdrs ?? there.allow_rollup_hdrs ?? false,
    ],
    ['max_msgs_per_subject', (there.max_msgs_per_subject ?? 0) > 0, false],
    [PARTITIONS, there.metadata?.[PARTITIONS], config.metadata?.[PARTITIONS]],
  ];
  for (const [setting, is, wanted] of rules)
    if (is !== wanted) throw mismatch(config.name, setting, is, wanted);
  return there;
}

export const partitionsOf = ({ metadata }: QueueConfig): number => Number(metadata?.[PARTITIONS]);

/** @returns undefined when there is no such stream */
export async function infoOf(
  requests: Requests,
  stream: string,
  deadline: number,
  filter?: string,
): Promise<StreamInfo | undefined> {
  const subject = `$JS.API.STREAM.INFO.${stream}`;
  const answer = await requests.ask(
    subject,
    filter === undefined ? {} : { subjects_filter: filter },
    deadline,
  );
  if (answer.error?.err_code === API.noStream) return undefined;
  if (answer.error !== undefined) throw unexpected(subject, answer.error);
  const state = answer['state'] as { readonly subjects?: Readonly<Record<string, number>> };
  return {
    config: answer['config'] as QueueConfig,
    created: Date.parse(answer['created'] as string),
    subjects: state.subjects ?? {},
  };
}

const mismatch = (stream: string, setting: string, there: unknown, wanted: unknown): TroupeError =>
  new TroupeError(
    'STORE_MISMATCH',
    `The stream ${stream} exists with ${setting} ${String(there)}, wanted ${String(wanted)}: open the queue with what is there. It was not changed.`,
    { data: { stream, setting, there, wanted } },
  );

import { TroupeError } from '../../errors.ts';
import { SHARDS, type StreamConfig, type Wanted } from './streams.ts';

/** A setting on which a guarantee rests. */
interface Rule {
  readonly setting: string;
  readonly there: unknown;
  readonly wanted: unknown;
  readonly holds: boolean;
  /** Can an existing stream be given the setting? Default true. */
  readonly fixed?: boolean;
}

/**
 * Is an existing stream one that `open` would have made, as far as it matters? It is never changed.
 * @throws TroupeError STORE_MISMATCH naming the first setting that differs, what is there, what is wanted, and what to do
 */
export function checkStream(there: StreamConfig, wanted: StreamConfig, options: Wanted): void {
  const failed = [...equal(there, wanted), ...bounds(there, wanted, options)].find(({ holds }) => !holds);
  if (failed !== undefined) throw mismatch(there.name, failed);
}

const equal = (there: StreamConfig, wanted: StreamConfig): Rule[] => {
  const rule = (setting: keyof StreamConfig, is: unknown, want: unknown, fixed = false): Rule => ({
    setting,
    there: is,
    wanted: want,
    holds: JSON.stringify(is) === JSON.stringify(want),
    fixed,
  });
  return [
    rule('subjects', there.subjects ?? [], wanted.subjects),
    rule('retention', there.retention, wanted.retention, true),
    rule('storage', there.storage, wanted.storage, true),
    rule('discard', there.discard, wanted.discard),
    rule('discard_new_per_subject', there.discard_new_per_subject ?? false, false),
    rule('allow_direct', there.allow_direct ?? false, true),
    rule('deny_delete', there.deny_delete ?? false, wanted.deny_delete, there.deny_delete === true),
    rule('deny_purge', there.deny_purge ?? false, false, true),
    rule('max_age', there.max_age ?? 0, 0),
    rule('max_msgs', atMost(there.max_msgs), -1),
    rule('no_ack', there.no_ack ?? false, false),
    rule('sealed', there.sealed ?? false, false, true),
    rule('mirror', there.mirror ?? null, null, true),
    rule('subject_transform', there.subject_transform ?? null, null),
    rule('persist_mode', there.persist_mode ?? 'default', 'default', true),
  ];
};

const bounds = (there: StreamConfig, wanted: StreamConfig, options: Wanted): Rule[] => {
  const kept = atMost(there.max_msgs_per_subject);
  const most = wanted.max_msgs_per_subject ?? 1;
  const size = atMost(there.max_msg_size);
  const shards = there.metadata?.[SHARDS];
  return [
    {
      setting: 'max_msgs_per_subject',
      there: kept,
      wanted: most === 1 ? 1 : `${most} or more (limits.history)`,
      holds: most === 1 ? kept === 1 : kept === -1 || kept >= most,
    },
    {
      setting: 'max_msg_size',
      there: size,
      wanted: `-1, or ${options.maxPayload} or more`,
      holds: size === -1 || size >= options.maxPayload,
    },
    {
      setting: 'num_replicas',
      there: there.num_replicas ?? 1,
      wanted: options.replicas ?? 'any',
      holds: options.replicas === undefined || (there.num_replicas ?? 1) === options.replicas,
    },
    {
      setting: `metadata["${SHARDS}"]`,
      there: shards,
      wanted: `${options.shards} (limits.shards)`,
      holds: shards === String(options.shards),
      fixed: true,
    },
  ];
};

/** The server writes "no limit" as 0 or -1. */
const atMost = (value: number | undefined): number => (value === undefined || value <= 0 ? -1 : value);

function mismatch(stream: string, { setting, there, wanted, fixed = false }: Rule): TroupeError {
  const shown = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value ?? null);
  const remedy = fixed
    ? 'start all nodes with what is there, or copy the stream to one with the wanted setting'
    : 'change it with "nats stream edit", or start all nodes with what is there';
  return new TroupeError(
    'STORE_MISMATCH',
    `The stream ${stream} exists with ${setting} ${shown(there)}, wanted ${shown(wanted)}: ${remedy}. It was not changed.`,
    { data: { stream, setting, there, wanted } },
  );
}

import type { Look } from '../../durable/jetstream/look.ts';
import type { StoreOptions } from '../../durable/store.ts';
import { TroupeError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { checkName } from '../../message/address.ts';
import { inboxPrefixFor } from '../acl/grant.ts';
import { coded, type Attachment } from '../attach.ts';
import { urlsFromEnv } from '../nats-server/url.ts';

/** Where the records of a system are. */
export interface Place extends Attachment {
  /** Folder of a file store; otherwise they are in JetStream. */
  readonly file?: string;
}

const DEFAULT_SERVER = 'nats://127.0.0.1:4222';

/**
 * Use the records of a system's durable actors. They are in the store: no node of the system need be there.
 * @throws TroupeError with its code in front of the message: NO_STORE when the system has none there, and what `use` throws
 */
export async function withRecords<T>(place: Place, use: (records: Look) => Promise<T>): Promise<T> {
  try {
    const { silentLogger, systemClock } = await import('../../ports.ts');
    const { shards, history } = defaultLimits;
    const system = checkName(place.system, 'system name');
    const store = { system, clock: systemClock, log: silentLogger, timeout: place.timeout, shards, history };
    const records = await (place.file === undefined
      ? inJetStream(place, store)
      : inFolder(place.file, store));
    try {
      return await use(records);
    } finally {
      await records.close();
    }
  } catch (error) {
    throw coded(error);
  }
}

async function inJetStream({ nats, system }: Place, store: StoreOptions): Promise<Look> {
  const { lookAtActors } = await import('../../durable/jetstream/look.ts');
  const given = urlsFromEnv(nats === undefined ? process.env : { NATS_URL: nats });
  const servers = given.length === 0 ? [DEFAULT_SERVER] : [...given];
  const found = await lookAtActors({ servers, inboxPrefix: inboxPrefixFor(servers, system) }, store);
  return found ?? nothing(system, `at ${servers.map((url) => new URL(url).host).join(', ')}`);
}

async function inFolder(path: string, store: StoreOptions): Promise<Look> {
  const { lookAtFolder } = await import('../../durable/file/look.ts');
  return (await lookAtFolder(path, store)) ?? nothing(store.system, `in the folder "${path}"`);
}

function nothing(system: string, where: string): never {
  throw new TroupeError(
    'NO_STORE',
    `The system "${system}" has no durable actors ${where}: name yours with --system, and its store with --nats or --file.`,
  );
}

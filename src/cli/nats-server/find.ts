import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { isTroupeError, TroupeError } from '../../errors.ts';
import { cachedServer, type Env } from './cache.ts';
import { fetchServer, type FetchOptions } from './fetch.ts';
import { isAtLeast, OLDEST, readVersion } from './version.ts';

export type Origin = 'NATS_SERVER_BIN' | 'PATH' | 'cache' | 'fetched';

export interface FoundServer {
  readonly path: string;
  /** `major.minor.patch`, as `nats-server -v` tells it. */
  readonly version: string;
  readonly origin: Origin;
}

export interface FindOptions extends FetchOptions {
  /** Searched after PATH. Default `/usr/sbin`, which Debian keeps off the PATH of ordinary users. */
  readonly folders?: readonly string[];
  /** The last resort; resolves with a path. Default `fetchServer`. */
  readonly fetch?: (options: FetchOptions) => Promise<string>;
}

/**
 * A nats-server executable of version 2.10.0 or newer: NATS_SERVER_BIN, then PATH and /usr/sbin, then the
 * cache folder, then a download. What is there but too old or does not run is passed over, and `notice` told.
 * Callers who need an address, not a process, ask `urlsFromEnv` first.
 * @throws TroupeError NATS_SERVER_MISSING when none can be had; the message says why and what to install.
 */
export async function findServer(options: FindOptions = {}): Promise<FoundServer> {
  const {
    env = process.env,
    folders = ['/usr/sbin'],
    notice = () => undefined,
    fetch = fetchServer,
  } = options;
  const passedOver: string[] = [];
  const take = async (path: string, origin: Origin): Promise<FoundServer | undefined> => {
    const version = await readVersion(path);
    if (version !== undefined && isAtLeast(version, OLDEST)) return { path, version, origin };
    const fault =
      version === undefined ? 'does not run as nats-server' : `is ${version}, older than ${OLDEST}`;
    passedOver.push(`${path} ${fault}`);
    notice(`passed over ${path}: it ${fault}`);
    return undefined;
  };
  for (const [path, origin] of await candidates(env, folders)) {
    const found = await take(path, origin);
    if (found !== undefined) return found;
  }
  const path = await fetch(options).catch((error: unknown) => {
    throw withSearch(error, passedOver);
  });
  const found = await take(path, 'fetched');
  if (found !== undefined) return found;
  throw withSearch(new TroupeError('NATS_SERVER_MISSING', 'The downloaded one is of no use.'), passedOver);
}

async function candidates(env: Env, folders: readonly string[]): Promise<(readonly [string, Origin])[]> {
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const inFolders = [...new Set([...path, ...folders])].map(
    (folder) => [join(folder, name), 'PATH'] as const,
  );
  const searched = [...inFolders, [cachedServer(env), 'cache'] as const];
  const present = await Promise.all(searched.map(([file]) => isExecutable(file)));
  const chosen = env['NATS_SERVER_BIN'] ?? '';
  return [
    // Not filtered: whoever names a server hears about it when that one is not there.
    ...(chosen === '' ? [] : [[chosen, 'NATS_SERVER_BIN'] as const]),
    ...searched.filter((_, index) => present[index]),
  ];
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

function withSearch(error: unknown, passedOver: readonly string[]): unknown {
  if (!isTroupeError(error)) return error;
  const aside = passedOver.length === 0 ? '' : ` (${passedOver.join('; ')})`;
  return new TroupeError(error.code, `No usable nats-server is installed${aside}. ${error.message}`, {
    cause: error,
  });
}

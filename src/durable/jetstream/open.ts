import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { checkStream } from './check.ts';
import type { ServerInfo } from './connection.ts';
import { API, disabled, full, isDisabled, isFull, unavailable, unexpected } from './errors.ts';
import type { ApiError } from './errors.ts';
import type { Answer, Requests } from './requests.ts';
import { pause } from './requests.ts';
import type { StreamConfig, Wanted } from './streams.ts';
import { checkVersion } from './version.ts';

export interface OpenOptions {
  readonly requests: Requests;
  readonly clock: Clock;
  readonly deadline: number;
  readonly server: ServerInfo;
  readonly wanted: Wanted;
}

const PAUSE = 100;

/**
 * Make a stream, or check the one that is there, which is never changed. Several nodes may do so at one time.
 * @returns what there is now
 * @throws TroupeError STORE_UNAVAILABLE, STORE_MISMATCH, STORE_DENIED, STORE_FULL
 */
export async function openStream(options: OpenOptions, config: StreamConfig): Promise<StreamConfig> {
  const { requests, deadline, server, wanted } = options;
  // No JetStream here, and no cluster in which another server might have it: nobody will ever answer.
  if (!server.jetstream && !server.clustered) throw disabled();
  const found = await requests.ask(`$JS.API.STREAM.INFO.${config.name}`, {}, deadline);
  const { error } = found;
  if (error === undefined) return checked(found, config, options);
  if (isDisabled(error)) throw disabled();
  if (error.err_code !== API.noStream) throw unexpected(config.name, error);
  checkVersion(server.version, wanted.replicas ?? 1);
  return create(options, config);
}

async function create(options: OpenOptions, config: StreamConfig): Promise<StreamConfig> {
  const { requests, clock, deadline } = options;
  for (;;) {
    const made = await requests.ask(`$JS.API.STREAM.CREATE.${config.name}`, config, deadline);
    if (made.error === undefined) return checked(made, config, options);
    if (made.error.err_code === API.nameInUse) {
      const found = await requests.ask(`$JS.API.STREAM.INFO.${config.name}`, {}, deadline);
      if (found.error === undefined) return checked(found, config, options);
    }
    // In a cluster that is still coming up, the peers that a stream needs may not be there yet.
    if (made.error.err_code !== API.noPeers && made.error.err_code !== API.nameInUse)
      throw notMade(config, made.error);
    if (clock.now() + PAUSE >= deadline) throw unavailable(made.error.description);
    await pause(clock, PAUSE);
  }
}

function checked(answer: Answer, config: StreamConfig, { wanted, server }: OpenOptions): StreamConfig {
  const there = answer['config'] as StreamConfig;
  checkStream(there, config, wanted);
  checkVersion(server.version, there.num_replicas ?? 1);
  return there;
}

function notMade(config: StreamConfig, error: ApiError): TroupeError {
  if (isFull(error)) return full(config.name, error.description);
  const remedies: Readonly<Record<number, string>> = {
    [API.replicasUnsupported]: 'replicas need a cluster of servers; leave the option out on a single one',
    [API.subjectsOverlap]: `another stream takes ${config.subjects?.join(', ') ?? ''}; remove it, or give the system another name`,
  };
  const remedy = remedies[error.err_code];
  if (remedy === undefined) return unexpected(`$JS.API.STREAM.CREATE.${config.name}`, error);
  return new TroupeError(
    'STORE_MISMATCH',
    `The stream ${config.name} cannot be made: ${error.description}. Note that ${remedy}.`,
    { data: { stream: config.name, error: error.err_code } },
  );
}

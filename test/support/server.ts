import { type Cluster, type ClusterOptions, startCluster } from '../../src/cli/nats-server/cluster.ts';
import { findServer } from '../../src/cli/nats-server/find.ts';
import { type Server, type ServerOptions, startServer } from '../../src/cli/nats-server/server.ts';

let binary: Promise<string> | undefined;

/** The executable `global.ts` made sure of; looked up once per worker. */
const executable = (): Promise<string> => (binary ??= findServer().then(({ path }) => path));

/**
 * A server of the test's own: free port, temporary store, JetStream on.
 * `await using server = await natsServer()` ends it with the block.
 */
export const natsServer = async (options: ServerOptions = {}): Promise<Server> =>
  startServer({ binary: await executable(), ...options });

/** Three (or `size`) clustered servers with a meta leader. */
export const natsCluster = async (size = 3, options: ClusterOptions = {}): Promise<Cluster> =>
  startCluster(size, { binary: await executable(), ...options });

import { connect } from 'nats';
import type { Server } from '../../../../src/cli/nats-server/server.ts';

/** The server that leads a stream, as the servers see it. */
export async function leaderOf(servers: readonly Server[], stream: string): Promise<Server> {
  const running = servers.filter((server) => server.running);
  const connection = await connect({ servers: running.map(({ url }) => url) });
  try {
    const manager = await connection.jetstreamManager({ timeout: 20_000 });
    const { cluster } = await manager.streams.info(stream);
    return servers.find(({ name }) => name === cluster?.leader)!;
  } finally {
    await connection.close();
  }
}

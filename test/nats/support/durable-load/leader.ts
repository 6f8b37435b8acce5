import { setTimeout as pause } from 'node:timers/promises';
import { connect, NatsError } from 'nats';
import type { Server } from '../../../../src/cli/nats-server/server.ts';

const PATIENCE = 30_000;

/** The server that leads a stream, as these servers see it; waited for as long as there is none. */
export async function leaderOf(servers: readonly Server[], stream: string): Promise<Server> {
  const running = servers.filter((server) => server.running);
  const connection = await connect({ servers: running.map(({ url }) => url) });
  const deadline = Date.now() + PATIENCE;
  try {
    for (;;) {
      const name = await connection
        .jetstreamManager({ timeout: 2_000, checkAPI: false })
        .then(async (manager) => manager.streams.info(stream))
        .then(({ cluster }) => cluster?.leader)
        .catch(unlessFinal);
      const leader = servers.find((server) => server.name === name);
      if (leader !== undefined) return leader;
      if (Date.now() > deadline) throw new Error(`nobody leads ${stream} after ${PATIENCE} ms`);
      await pause(100);
    }
  } finally {
    await connection.close();
  }
}

/** No answer, or none yet. */
function unlessFinal(error: unknown): undefined {
  if (!(error instanceof NatsError)) throw error;
}

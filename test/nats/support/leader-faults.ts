import type { Server } from '../../../src/cli/nats-server/server.ts';

/** What befalls the server that leads a stream; each gives what makes it whole again. */
export const leaderFaults: Readonly<Record<string, (leader: Server) => Promise<() => Promise<void>>>> = {
  async 'killed, and started again'(leader) {
    await leader.kill();
    return async () => leader.restart();
  },
  async 'stopped (SIGSTOP), and continued'(leader) {
    process.kill(leader.pid, 'SIGSTOP');
    return async () => void process.kill(leader.pid, 'SIGCONT');
  },
};

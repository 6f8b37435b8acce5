import { describe, expect, it } from 'vitest';
import type { System } from '../../src/index.ts';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { ledger } from '../support/actors.ts';
import { seeded } from '../support/mutate.ts';
import { natsServer } from '../support/server.ts';
import { expectAccounted } from './support/accounting.ts';
import { flows, join, notesOf } from './support/join.ts';
import { startPeer, type Peer } from './support/peer.ts';
import { traffic } from './support/traffic.ts';

const ROUNDS = 40;

interface Scene {
  readonly server: Server;
  readonly peer: Peer;
  readonly here: System;
}

/** What waits while nothing flows: the fault has taken hold. */
const held = async ({ here }: Scene): Promise<void> =>
  expect.poll(() => here.stats().pending, { timeout: 10_000 }).toBeGreaterThan(1_000);

const faults: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async 'server killed and started again'(scene) {
    await scene.server.kill();
    await held(scene);
    await scene.server.restart();
  },
  async 'server killed twice in a row'({ server }) {
    await server.kill();
    await server.restart();
    await server.kill();
    await server.restart();
  },
  async 'server stopped and continued'(scene) {
    process.kill(scene.server.pid, 'SIGSTOP');
    await held(scene);
    process.kill(scene.server.pid, 'SIGCONT');
  },
  async 'peer stopped until it is taken for dead, and continued'({ peer, here }) {
    await peer.signal('SIGSTOP');
    await expect.poll(() => here.members(), { timeout: 10_000 }).toEqual([]);
    await peer.signal('SIGCONT');
    await expect.poll(() => here.members().length, { timeout: 10_000 }).toBe(1);
  },
  async 'peer stopped for a moment'(scene) {
    await scene.peer.signal('SIGSTOP');
    await held(scene);
    await scene.peer.signal('SIGCONT');
  },
};

describe('many faults under traffic in both directions', () => {
  it(`T1 T2 T3: after ${ROUNDS} faults in random order every message arrived once, in order, or is accounted for`, async () => {
    const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    console.info(`FAULT_SEED=${seed}`);
    const random = seeded(seed);
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far', { downAfter: 1_500 });
    await using here = await join(server.url, 'near', { downAfter: 1_500 });
    await peer.spawn('ledger', 'far-ledger');
    await here.spawn(ledger, { id: 'near-ledger' });
    const ours = traffic(here, 'far-ledger', 'near', 5);
    await peer.begin('near-ledger', 'far');
    const names = Object.keys(faults);
    for (let round = 0; round < ROUNDS; round++) {
      const name = names[Math.floor(random() * names.length)] as string;
      await flows(here, 'far-ledger', 'near', 200);
      await faults[name]?.({ server, peer, here });
    }
    await flows(here, 'far-ledger', 'near', 200);
    const [mine, theirs] = await Promise.all([ours.halt(), peer.halt()]);
    expectAccounted(await notesOf(here, 'far-ledger', 'near'), mine);
    expectAccounted(await notesOf(here, 'near-ledger', 'far'), theirs);
    expect(mine.sent + theirs.sent).toBeGreaterThan(ROUNDS * 1_000);
  });
});

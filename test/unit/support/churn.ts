import { seeded } from '../../../src/testing/random.ts';
import { VirtualCluster } from './virtual-cluster.ts';

const pick = <T>(random: () => number, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T;

/**
 * Nodes come and go at random while every node talks to a dozen actors.
 * @param kills how probable it is in each of 60 steps that a node dies
 * @param delay most that a message is under way, ms
 */
export async function churn(seed: number, kills: number, delay = 15): Promise<VirtualCluster> {
  const random = seeded(seed);
  const world = new VirtualCluster(random, { delay });
  await world.join('n0', true);
  await world.join('n1', true);
  await world.join('s0', false);
  let number = 1;
  let coming = 0;
  for (let step = 0; step < 60; step++) {
    const nodes = [...world.nodes.values()];
    for (let i = Math.floor(random() * 30); i > 0; i--)
      world.send(pick(random, nodes), `order/${Math.floor(random() * 12)}`);
    const hosts = nodes.filter(({ name }) => world.keepers.has(name));
    if (random() < 0.12 && nodes.length < 7) {
      coming++;
      void world.join(`n${++number}`, random() < 0.8).then(() => coming--);
    }
    if (random() < 0.1 && hosts.length > 1) void world.leave(pick(random, hosts));
    else if (random() < kills && hosts.length > 1) world.kill(pick(random, hosts));
    await world.pass(Math.floor(random() * 25));
  }
  await world.until(() => coming === 0 && world.isQuiet);
  return world;
}

import type { Cluster, Node } from './cluster.ts';
import type { Ordeal } from './scenario.ts';

/** All goes well. */
export const none: Ordeal = async () => undefined;

/** Wait in steps until something is the case, at most for that time, ms. */
async function till({ world }: Cluster, isSo: () => boolean, most: number): Promise<void> {
  for (let waited = 0; waited < most && !isSo(); waited += 50) await world.sleep(50);
}

/** Resolves when a process is dead: killed at its nth point from now, or not come so far in 10 s. */
async function dies(cluster: Cluster, name: string, nth: number): Promise<void> {
  const { process: victim } = cluster.nodes.find(({ process }) => process.name === name)!;
  const from = victim.points;
  cluster.world.plan = (process, number) => process === victim && number === from + nth;
  await till(cluster, () => victim.state === 'dead', 10_000);
}

/**
 * SIGKILL of one process at its nth point, counted from when the work begins.
 * @param replace another node comes while the killed one is not yet missed
 */
export const killAt =
  (name: string, nth: number, replace = false): Ordeal =>
  async (cluster) => {
    await dies(cluster, name, nth);
    if (replace) await cluster.start(`${name}2`);
  };

/** SIGKILL of all nodes when one of them is at its nth point: nothing runs for a while, then new ones start. */
export const blackoutAt =
  (name: string, nth: number, dark: number): Ordeal =>
  async (cluster) => {
    await dies(cluster, name, nth);
    for (const node of [...cluster.nodes]) cluster.kill(node);
    await cluster.world.sleep(dark);
    await cluster.start('d');
  };

/**
 * SIGSTOP of one process at its nth point, SIGCONT later: meanwhile others take over, and what it was about to store comes
 * too late.
 */
export const stallAt =
  (name: string, nth: number, ms: number): Ordeal =>
  async (cluster) => {
    const { world } = cluster;
    const { process: victim } = cluster.nodes.find(({ process }) => process.name === name)!;
    const from = victim.points;
    world.plan = (process, number) => {
      if (process === victim && number === from + nth) world.stop(process);
      return false;
    };
    await till(cluster, () => victim.state === 'stopped', 10_000);
    await world.sleep(ms);
  };

/** Anything, at random. */
export const turmoil =
  (steps: number): Ordeal =>
  async (cluster) => {
    const { world } = cluster;
    cluster.network.loss = world.chance(0.3) ? 0.02 : 0;
    const rate = world.chance(0.5) ? 0.03 : 0;
    cluster.storeFaults = { before: rate, after: rate, late: rate, slow: world.chance(0.3) ? 40 : 2 };
    for (let step = 0; step < steps; step++) {
      await world.sleep(world.below(1_500));
      await trials[world.below(trials.length)]!(cluster, step);
    }
  };

type Trial = (cluster: Cluster, step: number) => Promise<void> | void;

const any = ({ nodes, world }: Cluster): Node | undefined => nodes[world.below(nodes.length)];

/** Whoever is killed while it starts never says so. */
const starting = async (cluster: Cluster, step: number): Promise<void> =>
  Promise.race([cluster.start(`n${step}`).then(() => undefined), cluster.world.sleep(500)]);

const trials: readonly Trial[] = [
  async function kill(cluster, step) {
    const node = any(cluster);
    if (node !== undefined) cluster.kill(node);
    if (cluster.world.chance(0.5)) await cluster.world.sleep(cluster.world.below(6_000));
    await starting(cluster, step);
  },
  function killLater(cluster) {
    const node = any(cluster);
    if (node === undefined || cluster.nodes.length < 2) return;
    const at = node.process.points + 1 + cluster.world.below(30);
    cluster.world.plan = (process, number) => process === node.process && number >= at;
  },
  function stall(cluster) {
    const node = any(cluster);
    if (node === undefined) return;
    const { world } = cluster;
    world.stop(node.process);
    world.after(world.below(8_000), () => world.resume(node.process));
  },
  async function blackout(cluster, step) {
    for (const node of [...cluster.nodes]) cluster.kill(node);
    await cluster.world.sleep(cluster.world.below(5_000));
    await starting(cluster, step);
  },
  function partition({ network, nodes, world }) {
    const [a, b] = nodes;
    if (a === undefined || b === undefined) return;
    network.partition(a.process, b.process);
    world.after(world.below(8_000), () => network.heal());
  },
  function cutOff(cluster) {
    const node = any(cluster);
    if (node === undefined) return;
    const { network, world } = cluster;
    network.setOffline(node.process, true);
    world.after(world.below(6_000), () => network.setOffline(node.process, false));
  },
  async function join(cluster, step) {
    if (cluster.nodes.length < 5) await starting(cluster, step);
  },
  function leave(cluster) {
    const node = any(cluster);
    if (node === undefined || cluster.nodes.length < 2 || node.process.state !== 'running') return;
    void cluster.leave(node);
  },
];

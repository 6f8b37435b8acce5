import type { Message } from '../../../../src/message/envelope.ts';
import { isTroupeError } from '../../../../src/errors.ts';
import { divergence } from './replicas.ts';
import { Cluster, SHARDS, type ClusterOptions, type Kinds, type Node } from './cluster.ts';
import { everything, unfinished, type StoredActor } from './stored.ts';

/** What the actors of a run are to do, and what has to be true of them in the end. */
export interface Scenario {
  readonly kinds: Kinds;
  readonly options?: Partial<Omit<ClusterOptions, 'kinds' | 'seed'>>;
  /** Tell the actors what to do; resolves when they were told. */
  readonly drive: (driver: Driver) => Promise<void>;
  /** Are the actors where they are to come to? Default: nothing is left to be done. */
  readonly isDone?: (actors: ReadonlyMap<string, StoredActor>) => boolean;
  /** Look on for so long before the end, ms: what should not happen has time to. */
  readonly linger?: number;
  /** What is wrong in the end, in words. */
  readonly faults: (actors: ReadonlyMap<string, StoredActor>) => readonly string[];
}

export interface Driver {
  readonly client: Node;
  readonly cluster: Cluster;
  /** Give a message to an actor once, however often that has to be tried. */
  readonly deliver: (to: string, event: Message) => Promise<void>;
}

/** Something that happens to the cluster while the actors work. */
export type Ordeal = (cluster: Cluster) => Promise<void>;

/** Longest a run may take in virtual time, ms. */
const LIMIT = 600_000;
const LOOK = 500;
const NODES = ['a', 'b', 'c'];

/**
 * One run: three nodes, the ordeal, and in the end a cluster in good health, in which all that was begun has to come to its end.
 * @throws Error with seed and transcript when something is wrong
 */
export async function perform(
  scenario: Scenario,
  seed: number,
  ordeal: Ordeal,
  prepare: (cluster: Cluster) => void = () => undefined,
): Promise<{ readonly cluster: Cluster; readonly actors: ReadonlyMap<string, StoredActor> }> {
  const cluster = new Cluster({ seed, kinds: scenario.kinds, ...scenario.options });
  prepare(cluster);
  try {
    const actors = await cluster.world.run(live(scenario, cluster, ordeal), LIMIT);
    const wrong = [...scenario.faults(actors), ...(await divergences(scenario, cluster, actors))];
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return { cluster, actors };
  } catch (error) {
    throw await explained(cluster, error as Error);
  } finally {
    for (const { process } of cluster.alive) process.die();
  }
}

async function explained(cluster: Cluster, cause: Error): Promise<Error> {
  const left = await unfinished(await cluster.journal(), SHARDS);
  const { world } = cluster;
  const parts = [
    `Seed ${world.seed}: ${cause.message}`,
    ...left,
    '',
    'The last that happened:',
    world.tail(),
  ];
  return new Error(parts.join('\n'), { cause });
}

async function live(
  scenario: Scenario,
  cluster: Cluster,
  ordeal: Ordeal,
): Promise<ReadonlyMap<string, StoredActor>> {
  // Whose process is killed while it starts never says so.
  for (const name of NODES) await Promise.race([cluster.start(name), cluster.world.sleep(100)]);
  const client = await cluster.client('client');
  const driven = scenario.drive({ client, cluster, deliver: deliverer(client, cluster) });
  await ordeal(cluster);
  await recover(cluster);
  await driven;
  await settled(scenario, cluster);
  await cluster.world.sleep(scenario.linger ?? 0);
  return settled(scenario, cluster);
}

/** From here on nothing goes wrong any more. */
export async function recover(cluster: Cluster): Promise<void> {
  const { network, nodes, world } = cluster;
  world.plan = undefined;
  network.heal();
  network.loss = 0;
  cluster.storeFaults = { ...cluster.storeFaults, before: 0, after: 0, late: 0 };
  for (const { process } of nodes) {
    world.resume(process);
    network.setOffline(process, false);
  }
  if (cluster.alive.length === 0) await cluster.start('z');
}

async function settled(
  { isDone = () => true }: Scenario,
  cluster: Cluster,
): Promise<ReadonlyMap<string, StoredActor>> {
  const journal = await cluster.journal();
  for (;;) {
    await cluster.world.sleep(LOOK);
    if ((await unfinished(journal, SHARDS)).length > 0) continue;
    const actors = await everything(journal);
    if (isDone(actors)) return actors;
  }
}

async function divergences(
  { kinds }: Scenario,
  { world }: Cluster,
  actors: ReadonlyMap<string, StoredActor>,
): Promise<readonly string[]> {
  const logics = kinds(world.outside, world);
  const wrong: string[] = [];
  for (const actor of actors.values()) {
    const hosting = logics[actor.id.slice(0, actor.id.indexOf('/'))];
    const difference = hosting && divergence(hosting.logic, actor);
    if (difference !== undefined) wrong.push(difference);
  }
  return wrong;
}

const RETRY = 500;

function deliverer(client: Node, { world }: Cluster): Driver['deliver'] {
  let number = 0;
  return async (to, event) => {
    const once = `command ${++number}`;
    for (;;) {
      try {
        return await client.system.ref(to).deliver(event, { once, timeout: 2_000 });
      } catch (error) {
        if (!isTroupeError(error)) throw error;
        // It came to its end by itself.
        if (error.code === 'ACTOR_STOPPED') return;
        world.note(client.process, `delivery of ${event.type} to ${to} failed: ${error.code}`);
        await world.sleep(RETRY);
      }
    }
  };
}

import { describe, expect, it } from 'vitest';
import { explore, type Action, type Exploration, type System, type SystemState } from 'troupe/testing';
import { keyOf } from '../../src/kernel/key.ts';
import { seeded, seedOf } from '../../src/testing/random.ts';
import { explore as naive, Model } from './support/naive.ts';
import { randomSystem } from './support/explore-random.ts';

const SEED = Number(process.env['TROUPE_SEED'] ?? 3);
const SYSTEMS = 100;
const LIMIT = 800;

const ours = (found: Exploration, system: System) => ({
  distinct: found.distinctStates,
  generated: found.generatedStates,
  depth: found.depth,
  steps: Object.fromEntries(
    found.properties
      .filter(({ name }) => system.properties.some((property) => property.name === name))
      .map(({ name, steps }) => [name, steps ?? undefined]),
  ),
});

const theirs = (system: System) => {
  const { distinct, generated, depth, steps } = naive(system, LIMIT);
  return { distinct, generated, depth, steps };
};

/** Is a run of actions possible in the reference, and does it lead to the same states? */
function follow(system: System, actions: readonly Action[], views: readonly SystemState[]): void {
  const model = new Model(system);
  let world = model.initial();
  actions.forEach((action, at) => {
    const edge = model.edges(world).find((each) => keyOf(each.action) === keyOf(action));
    if (edge === undefined) expect.fail(`step ${at + 1} is impossible in the reference: ${keyOf(action)}`);
    world = edge.to;
    expect(values(model.view(world))).toEqual(values(views[at]!));
  });
}

const values = ({ actors, history, partition }: SystemState): unknown => {
  const seen = Object.values(actors).map(({ status, value, context }) => [
    status,
    value as unknown,
    context as unknown,
  ]);
  return [seen, history as unknown, partition];
};

/** What the random systems were made of, so that agreement on nothing does not pass. */
interface Met {
  systems: number;
  states: number;
  readonly networks: Set<string>;
  readonly actions: Set<string>;
  readonly ends: Set<string>;
}

function compareAll(seed: number, wanted: number): Met {
  const met: Met = { systems: 0, states: 0, networks: new Set(), actions: new Set(), ends: new Set() };
  for (let run = 0; met.systems < wanted; run += 1) {
    const own = seedOf(seed, run);
    const system = randomSystem(seeded(own));
    const found = explore(system, { maxStates: LIMIT });
    if (!found.complete || found.distinctStates < 2) continue;
    expect(ours(found, system), `TROUPE_SEED=${seed}, run ${run}`).toEqual(theirs(system));
    for (const { name, trace } of found.properties) {
      if (trace === undefined) continue;
      met.ends.add(name);
      const actions = trace.steps.map(({ action }) => action);
      for (const { kind } of actions) met.actions.add(kind);
      follow(
        system,
        actions,
        trace.steps.map(({ state }) => state),
      );
    }
    met.systems += 1;
    met.states += found.distinctStates;
    met.networks.add(system.network ?? '');
  }
  return met;
}

describe('explore agrees with the reference', () => {
  it('on random systems: states, edges, depth, the length of each way, and the ways themselves', () => {
    const met = compareAll(SEED, SYSTEMS);
    expect(met.systems).toBe(SYSTEMS);
    expect(met.states).toBeGreaterThan(20 * SYSTEMS);
    expect([...met.networks].sort()).toEqual(['duplicating', 'monotone', 'ordered', 'unordered']);
    expect([...met.actions].sort()).toEqual([
      'choose',
      'corrupt',
      'crash',
      'deliver',
      'duplicate',
      'forge',
      'heal',
      'lose',
      'partition',
      'restart',
      'settle',
      'timeout',
    ]);
    expect([...met.ends].sort()).toEqual([
      'a long history',
      'both',
      'ends there',
      'never both',
      'no actor fails',
      'split',
      'two messages',
    ]);
  });
});

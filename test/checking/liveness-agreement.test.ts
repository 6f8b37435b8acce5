import { describe, expect, it } from 'vitest';
import { defineSystem, eventually, explore, type System, type Trace } from 'troupe/testing';
import { keyOf } from '../../src/kernel/key.ts';
import type { Fairness, Property } from '../../src/testing/model/spec.ts';
import { seeded, seedOf } from '../../src/testing/random.ts';
import { randomSystem } from './support/explore-random.ts';
import { concernOf, isFair, judge, smallOf, type Small } from './support/fair.ts';

const SEED = Number(process.env['TROUPE_SEED'] ?? 1);
const SYSTEMS = 300;
const LIMIT = 60;

const goals = (system: System): System => {
  const places = Object.keys(system.actors).flatMap((name) =>
    ['s0', 's1', 's2'].map((value) => [name, value]),
  );
  const properties = places.flatMap(([name, value]) =>
    (['weak', 'strong'] as const).map((fairness: Fairness) =>
      eventually(`${name} ${value} ${fairness}`, ({ actors }) => actors[name!]!.value === value, {
        fairness,
      }),
    ),
  );
  return defineSystem({ ...system, properties });
};

/** The states a run comes through, by their numbers; the run has to be possible in the reference. */
function follow({ model, idOf }: Small, { steps }: Trace, hint: string): number[] {
  let world = model.initial();
  const path = [idOf(world)];
  for (const { action } of steps) {
    const edge = model.edges(world).find((each) => keyOf(each.action) === keyOf(action));
    if (edge === undefined) expect.fail(`${hint}: impossible in the reference: ${keyOf(action)}`);
    world = edge.to;
    path.push(idOf(world));
  }
  return path;
}

function checkRun(small: Small, { holds, fairness = 'weak' }: Property, trace: Trace, hint: string): void {
  const path = follow(small, trace, hint);
  const { model, worlds, edges } = small;
  expect(
    path.some((state) => holds(model.view(worlds[state]!))),
    hint,
  ).toBe(false);
  const last = path.at(-1)!;
  if (trace.loop === undefined)
    return expect(
      edges[last]!.every(({ concern }) => concern === undefined),
      hint,
    ).toBe(true);
  expect([trace.loop < trace.steps.length, path[trace.loop]], hint).toEqual([true, last]);
  const taken = new Set(trace.steps.slice(trace.loop).map(({ action }) => concernOf(action)));
  expect(isFair(small, new Set(path.slice(trace.loop)), taken, fairness), hint).toBe(true);
}

describe('eventually', () => {
  it('agrees with a judge that tries every set of states, and shows runs that are possible and fair', () => {
    const met = { holds: 0, ends: 0, 'goes round': 0 };
    for (let run = 0; run < SYSTEMS; run += 1) {
      const system = goals(randomSystem(seeded(seedOf(SEED, run))));
      const small = smallOf(system, LIMIT);
      if (small === undefined) continue;
      const found = new Map(explore(system).properties.map((verdict) => [verdict.name, verdict]));
      for (const property of system.properties) {
        const hint = `TROUPE_SEED=${SEED}, run ${run}, ${property.name}`;
        const { holds, trace } = found.get(property.name)!;
        if (trace !== undefined) checkRun(small, property, trace, hint);
        const truth = judge(small, property);
        if (truth === undefined) continue;
        met[truth] += 1;
        expect([holds, trace?.loop !== undefined], hint).toEqual([truth === 'holds', truth === 'goes round']);
      }
    }
    expect(Math.min(...Object.values(met))).toBeGreaterThan(100);
  });
});

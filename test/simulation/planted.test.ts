import { describe, expect, it } from 'vitest';
import type { System } from '../../src/testing/model/spec.ts';
import { explore } from '../../src/testing/explore/explore.ts';
import { simulate } from '../../src/testing/simulate/simulate.ts';
import { tills } from './support/till.ts';
import { twoPhase } from './support/two-phase.ts';

const faults = { lose: 3, duplicate: 3, crash: 2, partition: 2 };

interface Planted {
  readonly system: System;
  readonly property: string;
  readonly runs: number;
  /** What the shrunk run has at the most. */
  readonly faults: number;
  readonly steps: number;
}

const agreement = 'no two decide differently';
const planted: Readonly<Record<string, Planted>> = {
  'a coordinator that commits by majority': {
    system: twoPhase({ majority: true }, faults),
    property: agreement,
    runs: 100,
    faults: 0,
    steps: 7,
  },
  'a prepared participant that aborts': {
    system: twoPhase({ impatient: true }, faults),
    property: agreement,
    runs: 500,
    faults: 1,
    steps: 10,
  },
  'a coordinator that forgets its decision': {
    system: twoPhase({ forgetful: true }, faults),
    property: agreement,
    runs: 3_000,
    faults: 3,
    steps: 17,
  },
  'a till without dedupe': {
    system: tills(false, faults),
    property: 'nobody is charged twice',
    runs: 100,
    faults: 1,
    steps: 4,
  },
  'payers whose requests are lost when one of them stays dead': {
    system: tills(true, { crash: 1, restart: 0 }),
    property: 'all have paid',
    runs: 100,
    faults: 1,
    steps: 6,
  },
};

describe('what simulate shrinks to', () => {
  it.each([
    ['majority', twoPhase({ majority: true }, faults), twoPhase({ majority: true })],
    ['no dedupe', tills(false, faults), tills(false)],
  ])('is as short as the shortest there is without faults: %s', (_, faulty, faultless) => {
    const shortest = explore(faultless, { failFast: true }).properties.find(
      ({ holds }) => holds === false,
    )?.steps;
    const found = [1, 2, 3].map((seed) => simulate(faulty, { seed, runs: 500 }).failure?.shrunk);
    expect(found.map((size) => [size?.steps, (size?.faults ?? 9) <= 1])).toEqual(
      found.map(() => [shortest, true]),
    );
  });
});

describe('simulate finds and shrinks', () => {
  it.each(Object.entries(planted))('%s', (_, { system, property, runs, faults: most, steps }) => {
    const { failure } = simulate(system, { seed: 3, runs });
    expect(failure?.property).toBe(property);
    expect(failure?.shrunk.faults).toBeLessThanOrEqual(most);
    expect(failure?.shrunk.steps).toBeLessThanOrEqual(steps);
    expect(failure?.actions).toHaveLength(failure?.shrunk.steps ?? -1);
    expect(failure?.original.faults).toBeGreaterThanOrEqual(failure?.shrunk.faults ?? Infinity);
  });

  it('the same again from the token alone, whatever other options say', () => {
    const system = twoPhase({ majority: true }, faults);
    const { failure } = simulate(system, { seed: 3 });
    const again = simulate(system, { seed: 9, runs: 50, replay: failure?.token ?? '' });
    expect(again.runs).toBe(1);
    expect(again.failure?.property).toBe(failure?.property);
    expect(again.failure?.actions).toEqual(failure?.actions);
    const timesOf = (found: typeof failure): unknown => found?.trace.steps.map(({ time }) => time);
    expect(timesOf(again.failure)).toEqual(timesOf(failure));
    expect(again.failure?.token).toBe(failure?.token);
  });

  it('no failure any more in a system that was put right', () => {
    const { failure } = simulate(tills(false, faults), { seed: 3 });
    const { ok, runs } = simulate(tills(true, faults), { replay: failure?.token ?? '' });
    expect([ok, runs]).toEqual([true, 1]);
  });
});

describe('simulate is silent about', () => {
  it.each([
    ['two-phase commit', twoPhase({}, faults)],
    ['a till with dedupe', tills(true, faults)],
  ])('%s', (_, system) => {
    const { ok, runs, vacuity, properties } = simulate(system, { seed: 3, runs: 500 });
    expect([ok, runs, vacuity.unreached, vacuity.unused]).toEqual([true, 500, [], []]);
    expect(properties.map(({ holds }) => holds)).toEqual(properties.map(() => true));
  });
});

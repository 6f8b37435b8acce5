import { describe, expect, it } from 'vitest';
import { explore, sometimes, type System } from 'troupe/testing';
import { system, type Params } from '../../examples/model-checking/three-phase-commit.ts';

const AGREEMENT = 'none aborts where another commits';

const verdict = (checked: System, name: string) => {
  const found = explore(checked);
  expect(found.complete).toBe(true);
  return found.properties.find((each) => each.name === name)!;
};

describe('three-phase commit (Skeen 1981)', () => {
  // No counts are published for it; these pin the charts. That all sites agree is Skeen's theorem.
  it.each<[Params, number, number, number]>([
    [{ crash: 0 }, 671, 1_853, 17],
    [{ crash: 1 }, 2_915, 7_806, 22],
    [{ crash: 2 }, 5_737, 14_741, 23],
    [{ crash: 1, participants: 3 }, 93_472, 383_453, 38],
  ])(
    'agrees under crashes alone, and nobody who lives waits: %j',
    (params, distinctStates, generatedStates, depth) => {
      const found = explore(system(params));
      expect(found).toMatchObject({ distinctStates, generatedStates, depth, complete: true });
      expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
    },
  );

  it('agrees when a crash leaves a broadcast unfinished', () => {
    const found = explore(system({ crash: 1, lose: 1 }));
    expect(found.complete).toBe(true);
    expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
  });

  it('splits when the network does', () => {
    expect(verdict(system({ crash: 0, partition: 1 }), AGREEMENT)).toMatchObject({ holds: false, steps: 10 });
    expect(verdict(system({ crash: 0, partition: 0 }), AGREEMENT)).toMatchObject({
      holds: true,
      steps: null,
    });
  });

  it('splits as Skeen says: who was told PRECOMMIT commits, who was cut off before aborts', () => {
    const split = sometimes('the coordinator and p1 commit, p2 aborts', ({ actors, partition }) =>
      [partition?.join(), actors['coordinator']!.value, actors['p1']!.value, actors['p2']!.value].every(
        (value, at) => value === ['p2', 'committed', 'committed', 'aborted'][at],
      ),
    );
    const witness = { ...system({ crash: 0, partition: 1 }), cuts: [['p2']], properties: [split] };
    const { holds, steps, trace } = verdict(witness, split.name);
    expect([holds, steps]).toEqual([true, 11]);
    const cut = trace!.steps.findIndex(({ action }) => action.kind === 'partition');
    const { actors } = trace!.steps.at(-1)!.state;
    expect(Object.values(actors).map(({ value }) => value as unknown)).toEqual([
      'committed',
      'committed',
      'aborted',
    ]);
    expect(cut).toBeGreaterThan(-1);
    expect(verdict({ ...witness, faults: { crash: 1, restart: 0 } }, split.name).holds).toBe(false);
  });

  it('needs to know how long messages take: with timers that fire at any time it disagrees without any fault', () => {
    const found = explore(system({ crash: 0, timers: 'any' }), { failFast: true });
    expect(found.properties.find(({ name }) => name === AGREEMENT)).toMatchObject({ holds: false, steps: 7 });
  });

  it('is found out when participants decide without asking the others', () => {
    const mutant = 'does-not-ask';
    expect(verdict(system({ mutant }), AGREEMENT)).toMatchObject({ holds: false, steps: 9 });
    expect(verdict(system({ mutant, crash: 0, lose: 1 }), AGREEMENT)).toMatchObject({
      holds: false,
      steps: 9,
    });
    expect(verdict(system({ crash: 0, lose: 1 }), AGREEMENT)).toMatchObject({ holds: true, steps: null });
  });
});

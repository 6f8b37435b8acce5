import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, fromTransition } from 'xstate';
import { createSystem, silentLogger, type System } from '../../src/index.ts';
import { liveSource } from '../../src/inspector/index.ts';

let system: System;
beforeEach(async () => void (system = await createSystem({ name: 'odd', log: silentLogger })));
afterEach(() => system.stop());

describe('a live system with odd names', () => {
  it.each(['__proto__', 'constructor', '\ud800', '\0', '<b>'])(
    'is shown whole: a state and a machine called %j',
    async (name) => {
      const states = Object.fromEntries([[name, {}]]);
      await system.spawn(createMachine({ id: name, initial: name, states }), { id: 'odd' });
      await system.spawn(createMachine({ id: 'good', initial: 'a', states: { a: {} } }), { id: 'good' });
      const source = liveSource(system);
      const overview = await source.overview();
      expect(overview.nodes).toMatchObject([{ actors: 2 }]);
      expect(overview.kinds.map(({ kind }) => kind).sort()).toEqual([name, 'good'].sort());
      expect(overview.kinds.find(({ kind }) => kind === name)!.states).toEqual(
        Object.fromEntries([[name, 1]]),
      );
      expect((await source.actors({})).rows).toMatchObject([
        { kind: name, state: name },
        { kind: 'good', state: 'a' },
      ]);
      await source.close();
    },
  );
});

describe('a node with many actors', () => {
  it('counts them once for all who ask at the same time', { timeout: 60_000 }, async () => {
    const logic = fromTransition((state: number) => state, 0);
    const spawn = (from: number, to: number) =>
      Promise.all(
        Array.from({ length: to - from }, (_, at) => system.spawn(logic, { id: `a/${from + at}` })),
      );
    const source = liveSource(system);
    const counts = async () => (await source.overview()).kinds.map(({ actors }) => actors);
    await spawn(0, 10);
    expect(await counts()).toEqual([10]);
    await spawn(10, 2_001);
    expect(await counts()).toEqual([2_001]);
    const [, told] = await Promise.all([spawn(2_001, 2_002), counts()]);
    expect(told).toEqual([2_001]);
    // Not for long.
    await expect.poll(counts, { timeout: 10_000, interval: 50 }).toEqual([2_002]);
    await source.close();
  });
});

import { describe, expect, it } from 'vitest';
import { liveSource } from '../../src/inspector/source/live.ts';
import type { Reach } from '../../src/inspector/protocol.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import { order } from './inspected.ts';
import { freshName, worldOn, type Make } from './world.ts';

const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 10_000 });

export function reachContract(name: string, make: Make): void {
  describe(`which nodes tell, over ${name}`, () => {
    const world = worldOn(make);

    it('is said from the first moment, and when it is another: none that is silent is taken for one that tells', async () => {
      const system = freshName();
      const shy = await world.join(system, { node: 'shy', inspect: false });
      const open = await world.join(system, { node: 'open' });
      const eye = await world.join(system, { node: 'eye' });
      const nodes = [shy, open, eye];
      await soon(() => nodes.map((node) => node.members().length)).toEqual([2, 2, 2]);
      const source = liveSource(eye);
      const told: Reach[] = [];
      const entries: Entry[] = [];
      const watching = source.watch({
        interest: { rate: 1_000 },
        emit: (more) => entries.push(...more) > 0,
        reached: (reach) => told.push(reach),
      });
      // The one that looks has nothing to tell, and is not counted.
      expect(told).toMatchObject([{ nodes: 2, told: 0 }]);
      await watching.inForce?.();
      const missing = [{ node: shy.node, why: 'NOT_AVAILABLE' }];
      expect(told.at(-1)).toEqual({ nodes: 2, told: 1, missing });
      const late = await world.join(system, { node: 'late' });
      const ref = await late.spawn(order, { id: 'late-order' });
      await ref.ask({ type: 'ADD' });
      await soon(() => told.at(-1)).toEqual({ nodes: 3, told: 2, missing });
      // What it did before it was asked is told, or it is said that it is not.
      ref.send({ type: 'PAY' });
      const paid = () =>
        entries.some((entry) => entry.kind === 'step' && entry.snapshots['late-order']?.value === 'paid');
      await soon(paid).toBe(true);
      const adds = entries.filter(({ kind }) => kind === 'step').length - 1;
      const gap = entries.find((entry) => entry.kind === 'dropped' && entry.since !== undefined);
      if (adds === 0) expect(gap).toMatchObject({ node: late.node, lines: 1 });
      await late.stop();
      await soon(() => told.at(-1)).toEqual({ nodes: 2, told: 1, missing });
      await source.close();
      await Promise.all(nodes.map(async (node) => node.stop()));
    });
  });
}

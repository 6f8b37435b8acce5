import { describe, expect, it } from 'vitest';
import { liveSource } from '../../src/inspector/source/live.ts';
import { memory } from '../../src/index.ts';
import { order, SECRET } from './inspected.ts';
import { freshName, worldOn, type Make } from './world.ts';

const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 10_000 });

export function storedContract(name: string, make: Make): void {
  describe(`what is stored, over ${name}`, () => {
    const world = worldOn(make);

    /** A virtual actor that was paid, and is in no memory any more. */
    async function forgotten() {
      const system = freshName();
      const inspect = { redact: { order: ['context.card'] } };
      const near = await world.join(system, { node: 'near', store: memory(), inspect });
      const far = await world.join(system, { node: 'far' });
      await soon(() => [near, far].map((node) => node.members().length)).toEqual([1, 1]);
      // Who is told something that nobody takes says it again, and stays.
      await far.spawn(order, { id: 'stock' });
      const hosted = await near.host('orders', order, { idle: 50 });
      await hosted.ref('7').ask({ type: 'ADD' });
      await hosted.ref('7').deliver({ type: 'PAY' });
      await soon(() => near.stats().actors).toBe(0);
      const source = liveSource(far);
      const close = async (): Promise<void> => {
        await source.close();
        await Promise.all([near.stop(), far.stop()]);
      };
      return { near, source, [Symbol.asyncDispose]: close };
    }

    it('is shown of an actor that is not in memory, and does not bring it there', async () => {
      await using world = await forgotten();
      const { near, source } = world;
      const detail = await source.actor('orders/7');
      expect(detail).toMatchObject({
        passivated: true,
        durable: true,
        ...{ address: 'orders/7', node: near.node, kind: 'order', status: 'active', state: 'paid' },
        snapshot: { context: { n: 1, card: '(redacted)' } },
        ...{ tags: ['good'], children: [{ path: ['lamp'], state: 'off' }] },
      });
      expect(detail.chart).toMatch(/^[0-9a-f]{16}$/);
      expect(JSON.stringify(detail)).not.toContain(SECRET);
      expect(near.stats().actors).toBe(0);
      await expect(source.actor('orders/8')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
      await expect(source.actor('nobody')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    });

    it('says which transitions were taken, and which guard decided', async () => {
      await using world = await forgotten();
      const { moments } = await world.source.history({ address: 'orders/7' });
      const decided = moments.filter(({ causes }) => causes.length > 0);
      expect(decided.flatMap(({ taken }) => taken)).toEqual([
        { state: 'order.open', event: 'ADD', index: 0 },
        { state: 'order.open', event: 'PAY', index: 1 },
      ]);
      const before = (decided.at(-1)?.number ?? 0) + 1;
      const page = await world.source.history({ address: 'orders/7', before, limit: 1 });
      expect(page).toMatchObject({ more: true, moments: [{ taken: [{ event: 'PAY', index: 1 }] }] });
    });
  });
}

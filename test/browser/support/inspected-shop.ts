import { inspect, type Inspector } from 'troupe/inspector';
import { afterAll, beforeAll } from 'vitest';
import { openAt, type Look } from './open.ts';
import { startShop, type Shop } from './shop.ts';

/** The order system in this process, with an inspector that may send and one that only looks; once for a test file. */
export function useInspectedShop() {
  let shop: Shop;
  let inspector: Inspector;
  let spectator: Inspector;
  let keys = 0;
  beforeAll(async () => {
    shop = await startShop();
    inspector = await inspect(shop.system, { allowSend: true });
    spectator = await inspect(shop.system);
  });
  afterAll(async () => {
    await inspector.close();
    await spectator.close();
    await shop[Symbol.asyncDispose]();
  });
  const open = async (hash: string, look: Look = {}) => openAt(inspector, { hash, ...look });
  return {
    shop: (): Shop => shop,
    spectator: (): Inspector => spectator,
    open,

    /** A page that is told of all nodes: the first metrics of each have come. */
    openTold: async (hash: string, look: Look = {}) => {
      const opened = await open('/system', look);
      const nodes = opened.page.getByRole('region', { name: 'Nodes' }).getByRole('listitem');
      for (const { node } of shop.nodes)
        await nodes.filter({ hasText: node }).getByText('loop lag').waitFor();
      await opened.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      return opened;
    },

    /** A durable order of its own for a test, so that none meets the traces of another. */
    parcel: () => {
      const address = `parcel/p-${++keys}`;
      const ref = shop.system.ref(address);
      return {
        address,
        deliver: async (...types: readonly string[]): Promise<void> => {
          for (const type of types)
            await ref.deliver({ type, ...(type === 'PAID' ? { paymentId: 'pay-81' } : {}) });
        },
        snapshot: async () => {
          const { value, context } = (await ref.snapshot()) as { value: unknown; context: object };
          return { value, context };
        },
      };
    },
  };
}

/** A state of a parcel's chart, while it is one of the current ones. */
export const isActive = (state: string): string => `.picture [data-state="order.${state}"].active`;

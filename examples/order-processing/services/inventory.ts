import { defineService, type System } from 'troupe';
import { fromPromise } from 'xstate';
import type { Inventory } from '../contracts.ts';
import type { ShopEvent } from '../events.ts';
import { inventory } from '../machines/inventory.ts';
import { refusalCode } from './refusal.ts';
import { createShelf, type Shelf } from './shelf.ts';

/** The inventory service: `inventory` is called, `inventory-desk` reacts. */
export async function startInventory(system: System): Promise<void> {
  const shelf = createShelf(system);
  await system.serve('inventory', defineService<Inventory>(shelf), { input: { name: 'inventory' } });
  const desk = inventory.provide({
    actors: { react: fromPromise<ShopEvent, ShopEvent>(async ({ input }) => react(shelf, input)) },
  });
  await system.serve('inventory-desk', desk, { subscribe: ['inventory.reserve'] });
}

async function react(shelf: Shelf, { ticket }: ShopEvent): Promise<ShopEvent> {
  try {
    await shelf.reserve(ticket);
    return { type: 'inventory.reserved', ticket };
  } catch (error) {
    const reason = refusalCode(error);
    if (reason === undefined) throw error;
    return { type: 'inventory.rejected', ticket, reason };
  }
}

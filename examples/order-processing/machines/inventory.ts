import { participant } from './participant.ts';

/** Reserves goods when they are wanted. */
export const inventory = participant('inventory-desk', ['inventory.reserve']);

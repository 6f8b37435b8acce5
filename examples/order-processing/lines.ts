import type { Lines } from './machines/stock.ts';
import type { Item } from './order.ts';

/** Pieces by article; an article may stand in an order twice. */
export function linesOf(items: readonly Item[]): Lines {
  const lines = new Map<string, number>();
  for (const { sku, quantity } of items) lines.set(sku, (lines.get(sku) ?? 0) + quantity);
  return Object.fromEntries(lines);
}

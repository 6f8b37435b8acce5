import { expect } from 'vitest';
import type { Outcome } from './traffic.ts';

const outOfOrder = (notes: readonly number[]): readonly number[] =>
  notes.filter((n, i) => i > 0 && n <= notes[i - 1]!);

/**
 * T1, T2 and T3 of one sender: what arrived did so once and in order, what did not is a dead letter at the sender, every ask
 * settled.
 * @returns numbers that are dead letters although they arrived: their outcome was unknown to the sender
 */
export function expectAccounted(notes: readonly number[], outcome: Outcome): readonly number[] {
  expect(outOfOrder(notes), 'T1: duplicates and disorder').toEqual([]);
  const arrived = new Set(notes);
  const dead = new Set(Object.values(outcome.dead).flat());
  const vanished = Array.from({ length: outcome.sent }, (_, n) => n).filter(
    (n) => !arrived.has(n) && !dead.has(n),
  );
  expect(vanished, 'T2: neither arrived nor dead letters').toEqual([]);
  const refused = Object.values(outcome.rejected).reduce((sum, each) => sum + each, 0);
  expect(outcome.answered + refused, 'T3: asks that settled').toBe(outcome.asked);
  return [...dead].filter((n) => arrived.has(n));
}

import { createSystem, silentLogger, type Limits, type System } from 'troupe';
import { nats } from 'troupe/nats';
import { expect } from 'vitest';
import type { ledger } from '../../support/actors.ts';

/** A node of this process. */
export const join = async (url: string, node: string, limits: Partial<Limits> = {}): Promise<System> =>
  createSystem({ node, transport: nats({ servers: url }), limits, log: silentLogger });

/** What a ledger wrote down of one sender. */
export async function notesOf(system: System, id: string, by: string): Promise<readonly number[]> {
  const { notes } = await system.ref<typeof ledger>(id).ask({ type: 'REPORT' });
  return notes[by] ?? [];
}

/** Resolves when `more` further notes of a sender have reached a ledger; while it cannot be asked, they have not. */
export async function flows(system: System, id: string, by: string, more = 100): Promise<void> {
  let goal = Infinity;
  const isReached = async (): Promise<boolean> => {
    const count = await notesOf(system, id, by).then(
      ({ length }) => length,
      () => undefined,
    );
    if (count !== undefined && goal === Infinity) goal = count + more;
    return count !== undefined && count >= goal;
  };
  await expect.poll(isReached, { timeout: 15_000 }).toBe(true);
}

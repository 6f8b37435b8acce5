import { createSystem, silentLogger, type Limits, type System } from 'troupe';
import { nats } from 'troupe/nats';
import type { ledger } from '../../support/actors.ts';

/** A node of this process. */
export const join = async (url: string, node: string, limits: Partial<Limits> = {}): Promise<System> =>
  createSystem({ node, transport: nats({ servers: url }), limits, log: silentLogger });

/** What a ledger wrote down of one sender. */
export async function notesOf(system: System, id: string, by: string): Promise<readonly number[]> {
  const { notes } = await system.ref<typeof ledger>(id).ask({ type: 'REPORT' });
  return notes[by] ?? [];
}

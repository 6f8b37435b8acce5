import { replay } from '../../../src/durable/cell/log.ts';
import type { Commit, DurableState } from '../../../src/durable/commit.ts';
import type { Tap } from './tap.ts';

export interface Stored {
  readonly state: DurableState;
  readonly commit: Commit;
}

/** What the store holds of an actor. */
export async function storedOf(tap: Tap, id: string): Promise<Stored> {
  return replay(id, await tap.read(id));
}

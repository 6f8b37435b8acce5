import { expect } from 'vitest';
import { encodeRecord, decodeRecord } from '../../../src/durable/record.ts';
import type { Journal, Position, StoreOptions } from '../../../src/durable/store.ts';
import { silentLogger, systemClock } from '../../../src/ports.ts';

let systems = 0;

/** Of a system nobody else is in. */
export const storeOptions = (more: Partial<StoreOptions> = {}): StoreOptions => ({
  system: `load-${process.pid}-${++systems}`,
  clock: systemClock,
  log: silentLogger,
  timeout: 15_000,
  shards: 16,
  history: 1_000_000,
  ...more,
});

interface Chain {
  readonly id: string;
  readonly acknowledged: [Position, number][];
  /** Codes of the errors that were met. */
  readonly errors: string[];
}

export interface Load {
  /** Appends acknowledged so far, of all chains. */
  readonly count: number;
  /** End it; resolves when all chains have come to rest. */
  halt(): Promise<readonly Chain[]>;
}

/** Chains of numbered records, each appended as soon as the one before is acknowledged, by one writer each. */
export function appendLoad(journal: Journal, chains: number): Load {
  const state = { count: 0, isHalted: false };
  const run = async (index: number): Promise<Chain> => {
    const chain: Chain = { id: `chain/${index}`, acknowledged: [], errors: [] };
    let last: Position = 0;
    for (let n = 1; !state.isHalted && chain.errors.length === 0; n++) {
      try {
        last = await journal.append(chain.id, encodeRecord({ n }, false), last);
        chain.acknowledged.push([last, n]);
        state.count++;
      } catch (error) {
        chain.errors.push((error as { code: string }).code);
      }
    }
    return chain;
  };
  const running = Array.from({ length: chains }, async (_, i) => run(i));
  return {
    get count() {
      return state.count;
    },
    async halt() {
      state.isHalted = true;
      return Promise.all(running);
    },
  };
}

/** Wait until the load has got on by so many appends from now. */
export async function goesOn(load: Load, by: number, timeout = 20_000): Promise<void> {
  const from = load.count;
  await expect.poll(() => load.count - from, { timeout, interval: 5 }).toBeGreaterThan(by);
}

/** What is stored of a chain, as its writer knows it. */
export async function storedOf(journal: Journal, id: string): Promise<[Position, number][]> {
  const found: [Position, number][] = [];
  for await (const { position, record } of journal.history(id)) {
    found.push([position, (decodeRecord(record) as { n: number }).n]);
  }
  return found;
}

/** Records stored of all chains, count. */
export async function storedBy(journal: Journal, chains: number): Promise<number> {
  const ids = Array.from({ length: chains }, (_, i) => `chain/${i}`);
  const stored = await Promise.all(ids.map(async (id) => storedOf(journal, id)));
  return stored.flat().length;
}

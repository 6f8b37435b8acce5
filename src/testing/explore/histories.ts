import type { EventObject } from 'xstate';
import type { Ledger } from '../model/spec.ts';
import type { Sent } from '../model/view.ts';
import { asked } from './asked.ts';
import { Interner } from './interner.ts';
import { ABSENT, PairMap } from './pair-map.ts';
import type { Progress } from './progress.ts';

/** What a step gives the ledger to write down. */
export type Entry =
  | { readonly kind: 'delivered' | 'sent'; readonly sent: Sent }
  | { readonly kind: 'emitted'; readonly actor: string; readonly event: EventObject };

/** The record without entries. */
export const NOTHING = 0;

/** What ledgers say, by number; what is written down is asked of the ledger once for each history it is added to. */
export class Histories {
  readonly values: Interner<unknown>;
  readonly #ledger: Ledger | undefined;
  readonly #records: Interner<readonly Entry[]>;
  readonly #after = new PairMap();

  constructor(ledger: Ledger | undefined, progress: Progress) {
    this.#ledger = ledger;
    this.values = new Interner(progress);
    this.#records = new Interner(progress);
    this.#records.idOf([], '');
    this.values.idOf(ledger?.initial);
  }

  /** Entries nobody writes down are left out. */
  recordId(entries: readonly Entry[]): number {
    const ledger = this.#ledger;
    if (ledger === undefined) return NOTHING;
    const heeded = entries.filter(({ kind }) => ledger[kind] !== undefined);
    return heeded.length === 0 ? NOTHING : this.#records.idOf(heeded);
  }

  after(history: number, record: number): number {
    if (record === NOTHING) return history;
    const known = this.#after.get(history, record);
    if (known !== ABSENT) return known;
    let value = this.values.at(history);
    for (const entry of this.#records.at(record)) value = this.#write(value, entry);
    const result = this.values.idOf(value);
    this.#after.add(history, record, result);
    return result;
  }

  #write(value: unknown, entry: Entry): unknown {
    const ledger = this.#ledger;
    return asked(
      `The history (${entry.kind})`,
      () =>
        (entry.kind === 'emitted'
          ? ledger?.emitted?.(value, entry.actor, entry.event)
          : ledger?.[entry.kind]?.(value, entry.sent)) ?? value,
    );
  }
}

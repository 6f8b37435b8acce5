import { createHash } from 'node:crypto';
import { decodeRecord, encodeRecord } from '../../durable/record.ts';
import type { QueueStore } from '../../durable/queue-store.ts';
import { isTroupeError } from '../../errors.ts';

const DOCUMENT = 'roster';
/** Looks at the roster in which a consumer gave no sign of life before its part goes to others, count. */
const SILENT = 4;
/** Looks after which it is crossed out. */
const GONE = 100;
/** Times a sign of life is tried against others who give theirs at the same moment, count. */
const TRIES = 16;

type Beats = Readonly<Record<string, number>>;

interface Seen {
  readonly beat: number;
  readonly looks: number;
}

/**
 * Job: which consumers of a queue are alive, agreed by signs of life in one shared document. Not its job: safety, which comes from the
 * ledgers' compare-and-set; a roster that errs costs time only.
 *
 * Silence is counted in own successful looks, not in time: when the store is away nobody ages, and no two clocks are compared.
 */
export class Roster {
  readonly #store: QueueStore;
  readonly #self: string;
  readonly #seen = new Map<string, Seen>();
  #beat = 0;

  constructor(store: QueueStore, self: string) {
    this.#store = store;
    this.#self = self;
  }

  /** Give a sign of life. @returns the live consumers, this one included */
  async beat(): Promise<readonly string[]> {
    this.#beat++;
    const beats = await this.#change((others) => ({ ...others, [this.#self]: this.#beat }));
    this.#look(beats);
    return Object.keys(beats).filter(
      (consumer) => consumer === this.#self || this.#silence(consumer) < SILENT,
    );
  }

  async leave(): Promise<void> {
    await this.#change((beats) => without(beats, [this.#self]));
  }

  async #change(change: (beats: Beats) => Beats): Promise<Beats> {
    for (let tries = 1; ; tries++) {
      const stored = await this.#store.load(DOCUMENT);
      const before = stored === undefined ? {} : (decodeRecord(stored.bytes) as Beats);
      const after = change(
        without(
          before,
          Object.keys(before).filter((name) => this.#silence(name) >= GONE),
        ),
      );
      try {
        await this.#store.save(DOCUMENT, encodeRecord(after, false), stored?.position ?? 0);
        return after;
      } catch (error) {
        if (!isTroupeError(error) || error.code !== 'FENCED' || tries === TRIES) throw error;
      }
    }
  }

  #look(beats: Beats): void {
    for (const consumer of [...this.#seen.keys()]) if (!(consumer in beats)) this.#seen.delete(consumer);
    for (const [consumer, beat] of Object.entries(beats)) {
      const seen = this.#seen.get(consumer);
      this.#seen.set(consumer, { beat, looks: seen?.beat === beat ? seen.looks + 1 : 0 });
    }
  }

  #silence(consumer: string): number {
    return this.#seen.get(consumer)?.looks ?? 0;
  }
}

const without = (beats: Beats, names: readonly string[]): Beats =>
  Object.fromEntries(Object.entries(beats).filter(([name]) => !names.includes(name)));

/**
 * Whose turn a partition is: rendezvous hashing (Thaler and Ravishankar 1998), so that of a consumer that goes only its own part moves.
 * @param consumers at least one
 */
export function turnOf(partition: number, consumers: readonly string[]): string {
  const weighed = consumers.map((consumer) => ({ consumer, weight: hashOf(`${partition} ${consumer}`) }));
  return weighed.reduce((a, b) =>
    b.weight > a.weight || (b.weight === a.weight && b.consumer > a.consumer) ? b : a,
  ).consumer;
}

/** 32 bits of SHA-256: the same on every node and in every version. */
export const hashOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);

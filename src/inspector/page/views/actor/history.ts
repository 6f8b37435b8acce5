import { signal } from '../../signal.ts';
import type { Line } from '../../../../monitoring/recording.ts';
import type { Moment } from '../../../protocol.ts';
import type { Client } from '../../client.ts';
import type { Journal } from '../../journal.ts';
import { lineText } from '../../model/line.ts';

const TAIL = 100;
const KEPT = 5_000;

/**
 * The moments of one actor: pages of the server's history, fetched when they are looked at; where the server has none, what the journal has seen. Nothing
 * here sends anything to the actor.
 */
export class ActorHistory {
  readonly version = signal(0);
  readonly #moments = new Map<number, Moment>();
  /** In order; made anew when moments come. */
  #numbers: readonly number[] = [];
  #hasOlder = false;
  #isAbsent = false;
  #wanted: number | undefined;
  readonly #client: Client;
  readonly #journal: Journal;
  readonly #address: string;

  constructor(client: Client, journal: Journal, address: string) {
    this.#client = client;
    this.#journal = journal;
    this.#address = address;
  }

  get numbers(): readonly number[] {
    return this.#numbers;
  }

  get last(): Moment | undefined {
    return this.#moments.get(this.#numbers.at(-1) ?? -1);
  }

  /** The lowest number that may be asked for. */
  get lowest(): number {
    return this.#hasOlder ? 0 : (this.#numbers[0] ?? 0);
  }

  /** The moment with this number, or the one before it; what is not there yet is fetched. */
  at(number: number): Moment | undefined {
    const exact = this.#moments.get(number);
    if (exact !== undefined) return exact;
    const [first] = this.#numbers;
    if (this.#hasOlder && (first === undefined || number < first || this.#isGap(number))) this.#want(number);
    return this.#moments.get(this.#numbers.findLast((each) => each <= number) ?? first ?? -1);
  }

  /** The number next to it in this direction; itself at the ends. */
  next(number: number, by: 1 | -1): number {
    const found =
      by > 0 ? this.#numbers.find((each) => each > number) : this.#numbers.findLast((each) => each < number);
    if (by < 0 && this.#hasOlder && (found === undefined || found < number - 1))
      return Math.max(0, number - 1);
    return found ?? number;
  }

  /** The moment before this one, as far as it is loaded. */
  before(number: number): Moment | undefined {
    return this.#moments.get(this.#numbers.findLast((each) => each < number) ?? -1);
  }

  /** What was taken in a moment: as the server says, else as the journal saw it. */
  takenIn(moment: Moment): Line['taken'] {
    if (moment.taken !== undefined) return moment.taken;
    const lines = this.#journal.byActor(this.#address);
    return lines.findLast((line) =>
      line.commit === undefined ? line.time === moment.time : line.commit === moment.number,
    )?.taken;
  }

  /** Read the newest again. */
  async refresh(): Promise<void> {
    if (this.#isAbsent) this.#fromJournal();
    else await this.#fetch(undefined);
  }

  #isGap(number: number): boolean {
    return !this.#moments.has(number) && this.#numbers.some((each) => each > number);
  }

  #want(number: number): void {
    if (this.#wanted === number) return;
    this.#wanted = number;
    void this.#fetch(number + TAIL / 2);
  }

  async #fetch(before: number | undefined): Promise<void> {
    try {
      const query = { address: this.#address, limit: TAIL, ...(before === undefined ? {} : { before }) };
      const { moments, more } = await this.#client.history(query);
      if (before === undefined && moments.length === 0 && this.#moments.size === 0) this.#fromJournal();
      const isOldest = moments[0] === undefined || moments[0].number <= (this.#numbers[0] ?? Infinity);
      if (isOldest) this.#hasOlder = more;
      this.#add(moments);
    } catch {
      if (this.#moments.size === 0) {
        this.#isAbsent = true;
        this.#fromJournal();
      }
    }
  }

  #fromJournal(): void {
    const lines = this.#journal.byActor(this.#address).slice(-KEPT);
    this.#add(lines.flatMap((line) => momentOf(line, this.#address)));
  }

  #add(moments: readonly Moment[]): void {
    for (const moment of moments) this.#moments.set(moment.number, moment);
    this.#numbers = [...this.#moments.keys()].sort((a, b) => a - b);
    for (const number of this.#numbers.slice(0, Math.max(0, this.#numbers.length - KEPT))) {
      this.#moments.delete(number);
      this.#hasOlder = true;
    }
    if (this.#numbers.length > KEPT) this.#numbers = this.#numbers.slice(-KEPT);
    this.version.value += 1;
  }
}

/** A line of the journal as a moment of this actor. */
function momentOf(line: Line, address: string): readonly Moment[] {
  const snapshot = line.snapshots[address];
  if (snapshot === undefined) return [];
  return [
    {
      number: line.commit ?? line.step,
      time: line.time ?? line.step,
      node: line.node ?? '',
      causes: [lineText(line)],
      snapshot,
      sent: line.sent,
      timers: [],
      ...(line.taken === undefined ? {} : { taken: line.taken }),
    },
  ];
}

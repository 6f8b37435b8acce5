import { keyOf } from '../../kernel/key.ts';
import type { Effort } from './effort.ts';
import type { Operation } from './operation.ts';
import type { Frontier } from './order.ts';
import { unknownOutput, type Specification } from './specification.ts';

/** An order found: indices of operations, and the state they lead to. */
export interface Found {
  readonly order: readonly number[];
  readonly state: unknown;
}

interface Choice {
  readonly index: number;
  /** The state before it. */
  readonly state: unknown;
  readonly key: number;
}

/**
 * An order of operations that the object allows and the frontier allows, with every operation that returned in it, or proof that
 * there is none. Depth first as Wing & Gong (1993), never twice from the same set of operations in the same state (Lowe 2017).
 */
export class Search {
  readonly #spec: Specification;
  readonly #operations: readonly Operation[];
  readonly #frontier: Frontier;
  readonly #taken: TakenSet;
  readonly #visited = new Set<string>();
  /** States by their keys, as numbers: keys can be long. */
  readonly #keys = new Map<string | number, number>();
  readonly #stack: Choice[] = [];
  #state: unknown;
  #key: number;
  #missing = 0;
  /** The operation to try next; -1 when all that may be next were tried. */
  #at: number;
  /** By operation: 1 for one that changes nothing wherever it fits, such as a read. */
  readonly #pure: Uint8Array;
  /**
   * Looking among the pure operations? One that fits is taken, and nothing is tried in its place: an order in which it comes later
   * has one like it in which it comes now.
   */
  #idle = true;

  /** Of the walls the search could not get past the one that returned last. */
  #furthest = -1;

  /** @param operations sorted by call, as the frontier has them */
  constructor(spec: Specification, operations: readonly Operation[], frontier: Frontier) {
    this.#spec = spec;
    this.#operations = operations;
    this.#frontier = frontier;
    this.#taken = new TakenSet(operations);
    this.#state = spec.initial;
    this.#at = frontier.first();
    this.#key = this.#keyOf(spec.initial);
    this.#pure = Uint8Array.from(operations, ({ input, output, return: end }) =>
      end !== undefined && spec.pure?.(input, output) === true ? 1 : 0,
    );
    for (const operation of operations) if (operation.return !== undefined) this.#missing += 1;
  }

  /**
   * Where there is no order, in real time: the first operation, by return, that could not be put into one. -1 where only the order of
   * each process counts.
   */
  get culprit(): number {
    return this.#furthest;
  }

  /**
   * Go on from where the last run stopped.
   * @param most steps of this run, count
   * @returns the order; `none`; or `unknown` when the effort was spent first
   */
  run(effort: Effort, most = Infinity): Found | 'none' | 'unknown' {
    for (let steps = 0; this.#missing > 0; steps += 1) {
      if (steps >= most || !effort.spend()) return 'unknown';
      if (this.#at >= 0) this.#try(this.#at);
      else if (this.#idle) {
        this.#idle = false;
        this.#at = this.#frontier.first();
      } else {
        this.#blocked(this.#frontier.wall);
        const back = this.#stack.pop();
        if (back === undefined) return 'none';
        this.#back(back);
      }
    }
    return { order: this.#stack.map(({ index }) => index), state: this.#state };
  }

  #try(index: number): void {
    if (this.#idle !== (this.#pure[index] === 1)) {
      this.#at = this.#frontier.after(index);
      return;
    }
    const operation = this.#operations[index] as Operation;
    const known = operation.return !== undefined;
    const output = known ? operation.output : unknownOutput;
    const [ok, state] = this.#spec.step(this.#state, operation.input, output);
    const key = ok ? this.#keyOf(state) : undefined;
    // What nobody knows to have happened and changes nothing need not happen now.
    const fits = key !== undefined && (known || key !== this.#key);
    if (!fits || !this.#enter(index, key)) {
      this.#at = this.#frontier.after(index);
      return;
    }
    this.#stack.push({ index, state: this.#state, key: this.#key });
    this.#state = state;
    this.#key = key;
    if (known) this.#missing -= 1;
    this.#idle = true;
    this.#at = this.#frontier.first();
  }

  #blocked(wall: number): void {
    const end = (index: number): number => this.#operations[index]?.return ?? -Infinity;
    if (end(wall) > end(this.#furthest)) this.#furthest = wall;
  }

  /** Take the operation, unless the same operations have led to the same state before. */
  #enter(index: number, key: number): boolean {
    this.#taken.add(index);
    const place = `${this.#taken.key()}|${key}`;
    if (this.#visited.has(place)) {
      this.#taken.remove(index);
      return false;
    }
    this.#visited.add(place);
    this.#frontier.take(index);
    return true;
  }

  #back({ index, state, key }: Choice): void {
    if (this.#operations[index]?.return !== undefined) this.#missing += 1;
    this.#frontier.restore(index);
    this.#taken.remove(index);
    // There was nothing to choose.
    this.#at = this.#pure[index] === 1 ? -1 : this.#frontier.after(index);
    this.#idle = false;
    this.#state = state;
    this.#key = key;
  }

  #keyOf(state: unknown): number {
    const key = this.#spec.key?.(state) ?? keyOf(state);
    let number = this.#keys.get(key);
    if (number === undefined) this.#keys.set(key, (number = this.#keys.size));
    return number;
  }
}

/**
 * A set of operations with a short text. In a long history almost all early ones are in it and no late one, so the text says from
 * where on and what is there: its length depends on how many processes are at work, not on the length of the history.
 */
class TakenSet {
  /** One bit an operation: first those that returned, by call, then the others. */
  readonly #words: Int32Array;
  readonly #bits: Int32Array;
  readonly #known: number;
  /** All words of returned operations before this one are full; from `#end` on all are empty. */
  #start = 0;
  #end = 0;

  constructor(operations: readonly Operation[]) {
    this.#bits = new Int32Array(operations.length);
    let bit = 0;
    operations.forEach(({ return: end }, index) => {
      if (end !== undefined) this.#bits[index] = bit++;
    });
    this.#known = (bit + 31) >>> 5;
    bit = this.#known << 5;
    operations.forEach(({ return: end }, index) => {
      if (end === undefined) this.#bits[index] = bit++;
    });
    this.#words = new Int32Array((bit + 31) >>> 5);
  }

  add(index: number): void {
    const bit = this.#bits[index] as number;
    const word = bit >>> 5;
    this.#words[word] = (this.#words[word] as number) | (1 << (bit & 31));
    if (word >= this.#known) return;
    if (word >= this.#end) this.#end = word + 1;
    while (this.#start < this.#end && this.#words[this.#start] === -1) this.#start += 1;
  }

  remove(index: number): void {
    const bit = this.#bits[index] as number;
    const word = bit >>> 5;
    this.#words[word] = (this.#words[word] as number) & ~(1 << (bit & 31));
    if (word >= this.#known) return;
    if (word < this.#start) this.#start = word;
    while (this.#end > this.#start && this.#words[this.#end - 1] === 0) this.#end -= 1;
  }

  key(): string {
    let text = `${this.#start}`;
    for (let word = this.#start; word < this.#end; word += 1) text += `,${this.#words[word]}`;
    for (let word = this.#known; word < this.#words.length; word += 1) text += `;${this.#words[word]}`;
    return text;
  }
}

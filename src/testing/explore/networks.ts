import type { NetworkKind } from '../model/spec.ts';
import type { Sent } from '../model/view.ts';
import { Interner } from './interner.ts';
import { Ints, mix } from './ints.ts';
import type { Messages } from './messages.ts';
import type { Progress } from './progress.ts';

/** What a step does to the messages under way: one is taken (-1: none), others join. */
export interface Change {
  readonly take: number;
  readonly add: readonly number[];
  /** Those that join take the place of the one that goes, also in a queue. */
  readonly replace?: boolean;
}

/** The change that changes nothing. */
export const UNCHANGED = 0;

const CACHE = 1 << 16;
const VIEWS = 1 << 15;

/**
 * Contents of the network, by number; number 0 is empty. A content is a run of message numbers in one arena: sorted (`unordered`:
 * with repetitions; the set kinds: without), or one queue after the other in the order of their flows (`ordered`).
 */
export class Networks {
  /** Where each content begins in `arena`; one more than there are contents. */
  readonly starts = new Ints();
  arena = new Int32Array(1024);
  /** How many states were known when the last content was met. */
  grown = 0;
  readonly #kind: NetworkKind;
  readonly #messages: Messages;
  readonly #progress: Progress;
  readonly #changes: Interner<Change>;
  #table = new Int32Array(1024).fill(-1);
  /** Direct-mapped: network, change, result. */
  readonly #cache = new Int32Array(3 * CACHE).fill(-1);
  #scratch = new Int32Array(64);
  readonly #views = new Map<number, readonly Sent[]>();

  constructor(kind: NetworkKind, messages: Messages, progress: Progress) {
    this.#kind = kind;
    this.#messages = messages;
    this.#progress = progress;
    this.#changes = new Interner(progress);
    this.#changes.idOf({ take: -1, add: [] });
    this.starts.push(0);
    this.#intern(0);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  changeId(change: Change): number {
    return this.#changes.idOf(change);
  }

  /** The messages that join in a change. */
  joining(change: number): readonly number[] {
    return this.#changes.at(change).add;
  }

  start(network: number): number {
    return this.starts.at(network);
  }

  end(network: number): number {
    return this.starts.at(network + 1);
  }

  after(network: number, change: number): number {
    if (change === UNCHANGED) return network;
    const cache = this.#cache;
    const at = 3 * (mix(mix(0, network), change) & (CACHE - 1));
    if (cache[at] === network && cache[at + 1] === change) return cache[at + 2] as number;
    const result = this.#apply(network, this.#changes.at(change));
    cache[at] = network;
    cache[at + 1] = change;
    cache[at + 2] = result;
    return result;
  }

  /** The content these messages make up; those of one queue in the order in which they are given. */
  of(messages: readonly number[]): number {
    if (this.#scratch.length < messages.length + 1) this.#scratch = new Int32Array(2 * messages.length);
    let length = 0;
    for (const message of messages) length = this.#insert(message, length);
    return this.#intern(length);
  }

  /** The messages, as properties see them. */
  view(network: number): readonly Sent[] {
    let view = this.#views.get(network);
    if (view === undefined) {
      const ids = this.arena.subarray(this.start(network), this.end(network));
      view = Array.from(ids, (id) => this.#messages.sent.at(id));
      if (this.#views.size >= VIEWS) this.#views.clear();
      this.#views.set(network, view);
    }
    return view;
  }

  #apply(network: number, { take, add, replace = false }: Change): number {
    const [start, end] = [this.start(network), this.end(network)];
    const needed = end - start + add.length;
    if (this.#scratch.length < needed) this.#scratch = new Int32Array(2 * needed);
    const scratch = this.#scratch;
    let length = 0;
    const inPlace = replace && this.#kind === 'ordered';
    let taken = take < 0;
    for (let at = start; at < end; at += 1) {
      const message = this.arena[at] as number;
      const goes = !taken && message === take;
      taken ||= goes;
      if (!goes) scratch[length++] = message;
      else if (inPlace) for (const message of add) scratch[length++] = message;
    }
    if (!inPlace) for (const message of add) length = this.#insert(message, length);
    return this.#intern(length);
  }

  /** A queue takes a message at its end, a set only once. */
  #insert(message: number, length: number): number {
    const scratch = this.#scratch;
    const { flow } = this.#messages;
    const rank = (id: number): number => (this.#kind === 'ordered' ? flow.at(id) : id);
    const mine = rank(message);
    let at = length;
    while (at > 0 && rank(scratch[at - 1] as number) > mine) at -= 1;
    const isSet = this.#kind === 'duplicating' || this.#kind === 'monotone';
    if (isSet && at > 0 && scratch[at - 1] === message) return length;
    scratch.copyWithin(at + 1, at, length);
    scratch[at] = message;
    return length + 1;
  }

  #intern(length: number): number {
    const mask = this.#table.length - 1;
    let cell = this.#hash(this.#scratch, 0, length) & mask;
    for (let id = this.#table[cell] as number; id >= 0; id = this.#table[cell] as number) {
      if (this.#equals(id, length)) return id;
      cell = (cell + 1) & mask;
    }
    const id = this.count;
    this.#append(length);
    this.grown = this.#progress.states;
    if (id * 2 > mask) this.#rehash();
    else this.#table[cell] = id;
    return id;
  }

  #hash(of: Int32Array, from: number, to: number): number {
    let hash = to - from;
    for (let at = from; at < to; at += 1) hash = mix(hash, of[at] as number);
    return hash;
  }

  #equals(network: number, length: number): boolean {
    const start = this.start(network);
    if (this.end(network) - start !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.arena[start + at] !== this.#scratch[at]) return false;
    return true;
  }

  #append(length: number): void {
    const start = this.starts.at(this.count);
    if (start + length > this.arena.length) {
      const larger = new Int32Array(2 * (start + length));
      larger.set(this.arena);
      this.arena = larger;
    }
    this.arena.set(this.#scratch.subarray(0, length), start);
    this.starts.push(start + length);
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.count; id += 1) {
      let cell = this.#hash(this.arena, this.start(id), this.end(id)) & mask;
      while ((table[cell] as number) >= 0) cell = (cell + 1) & mask;
      table[cell] = id;
    }
    this.#table = table;
  }
}

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
const VIEWS = 1 << 12;

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
  readonly #messages: Messages;
  readonly #progress: Progress;
  readonly #changes: Interner<Change>;
  readonly #hashes = new Ints();
  /** Are its contents queues? Are they sets? Else they are multisets. */
  readonly #queues: boolean;
  readonly #sets: boolean;
  #table = new Int32Array(1024).fill(-1);
  /** Direct-mapped: network, change, result. */
  readonly #cache = new Int32Array(3 * CACHE).fill(-1);
  #scratch = new Int32Array(64);
  /** Direct-mapped: of the contents looked at last. */
  readonly #views: (readonly [network: number, view: readonly Sent[]] | undefined)[] = [];

  constructor(kind: NetworkKind, messages: Messages, progress: Progress) {
    this.#queues = kind === 'ordered';
    this.#sets = kind === 'duplicating' || kind === 'monotone';
    this.#messages = messages;
    this.#progress = progress;
    this.#changes = new Interner(progress);
    this.changeId({ take: -1, add: [] });
    this.starts.push(0);
    this.#intern(0);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  changeId(change: Change): number {
    const { take, add, replace = false } = change;
    return this.#changes.idOf(change, `${take}${replace ? '=' : '+'}${add.join()}`);
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
    const known = this.#views[network & (VIEWS - 1)];
    if (known?.[0] === network) return known[1];
    const { sent } = this.#messages;
    const view: Sent[] = [];
    const end = this.end(network);
    for (let at = this.start(network); at < end; at += 1) view.push(sent.at(this.arena[at] as number));
    this.#views[network & (VIEWS - 1)] = [network, view];
    return view;
  }

  #apply(network: number, { take, add, replace = false }: Change): number {
    const start = this.start(network);
    const end = this.end(network);
    const { arena } = this;
    const needed = end - start + add.length;
    if (this.#scratch.length < needed) this.#scratch = new Int32Array(2 * needed);
    const scratch = this.#scratch;
    let length = 0;
    const inPlace = replace && this.#queues;
    let taken = take < 0;
    for (let at = start; at < end; at += 1) {
      const message = arena[at] as number;
      if (taken || message !== take) {
        scratch[length++] = message;
        continue;
      }
      taken = true;
      if (inPlace) for (const other of add) scratch[length++] = other;
    }
    if (!inPlace) for (const message of add) length = this.#insert(message, length);
    return this.#intern(length);
  }

  /** A queue takes a message at its end, a set only once. */
  #insert(message: number, length: number): number {
    const scratch = this.#scratch;
    const mine = this.#rank(message);
    let at = length;
    while (at > 0 && this.#rank(scratch[at - 1] as number) > mine) at -= 1;
    if (this.#sets && at > 0 && scratch[at - 1] === message) return length;
    for (let to = length; to > at; to -= 1) scratch[to] = scratch[to - 1] as number;
    scratch[at] = message;
    return length + 1;
  }

  #rank(message: number): number {
    return this.#queues ? this.#messages.flow.at(message) : message;
  }

  /** The number of the content in the first so many places of the scratch. */
  #intern(length: number): number {
    const mask = this.#table.length - 1;
    let hash = length;
    for (let at = 0; at < length; at += 1) hash = mix(hash, this.#scratch[at] as number);
    let cell = hash & mask;
    for (let id = this.#table[cell] as number; id >= 0; id = this.#table[cell] as number) {
      if (this.#hashes.at(id) === hash && this.#equals(id, length)) return id;
      cell = (cell + 1) & mask;
    }
    const id = this.count;
    this.#append(length);
    this.#hashes.push(hash);
    this.grown = this.#progress.states;
    if (id * 2 > mask) this.#rehash();
    else this.#table[cell] = id;
    return id;
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
    for (let at = 0; at < length; at += 1) this.arena[start + at] = this.#scratch[at] as number;
    this.starts.push(start + length);
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.count; id += 1) {
      let cell = this.#hashes.at(id) & mask;
      while ((table[cell] as number) >= 0) cell = (cell + 1) & mask;
      table[cell] = id;
    }
    this.#table = table;
  }
}

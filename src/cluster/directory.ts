import type { Limits } from '../limits.ts';
import type { HybridClock, Stamp } from '../message/clock.ts';
import type { Clock } from '../ports.ts';
import type { Control } from './control.ts';

type Who = Extract<Control, { type: '$who' }>;
type Have = Extract<Control, { type: '$have' }>;

export interface DirectoryOptions {
  readonly self: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly stamps: HybridClock;
  /** While it is false nobody can answer: questions wait. */
  readonly connected: () => boolean;
  /** Nodes that are to answer. */
  readonly members: () => readonly string[];
  /** Does this node hold the actor? */
  readonly holds: (id: string) => boolean;
  /** Find out whether a node is there: `absent` is called if not. */
  readonly probe: (node: string) => void;
  /** Ask all nodes. */
  readonly broadcast: (question: Who) => void;
  readonly answer: (node: string, answer: Have) => void;
}

type Wanted = Map<string, (holder: string | undefined) => void>;

interface Query {
  readonly wanted: Wanted;
  readonly waiting: Set<string>;
}

/**
 * Job: which node holds an address. Nobody keeps a list: the nodes are asked, all at once and all addresses of a tick together,
 * and the answer is remembered until it proves wrong. An id is claimed the same way before an actor gets it: of two nodes that
 * claim it at once, the earlier claim wins (hybrid clock, then node name), so two actors never share an address
 * among nodes that hear each other.
 */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #known = new Map<string, string>();
  readonly #claims = new Map<string, Stamp>();
  readonly #queries = new Map<number, Query>();
  #next: { readonly wanted: Wanted; readonly stamps: Map<string, Stamp> } | undefined;
  #number = 0;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** The node that is remembered for an address. */
  locate(id: string): string | undefined {
    return this.#known.get(id);
  }

  /** Ask who holds an address; undefined: nobody who answered in time. */
  async resolve(id: string): Promise<string | undefined> {
    const holder = await this.#ask(id, undefined);
    if (holder !== undefined) this.#remember(id, holder);
    return holder;
  }

  /**
   * Claim an id for this node. Keep it until `release`.
   * @returns the node that holds it already, or undefined: it is ours
   */
  async claim(id: string): Promise<string | undefined> {
    if (this.#claims.has(id)) return this.#options.self;
    const stamp = this.#options.stamps.tick();
    this.#claims.set(id, stamp);
    const holder = await this.#ask(id, stamp);
    if (holder !== undefined) this.#claims.delete(id);
    return holder;
  }

  release(id: string): void {
    this.#claims.delete(id);
  }

  /** What was remembered of an address proved wrong. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  forgetNode(node: string): void {
    for (const [id, holder] of this.#known) if (holder === node) this.#known.delete(id);
    this.absent(node);
  }

  asked(node: string, { query, ids, stamps }: Who): void {
    for (const stamp of stamps) this.#options.stamps.witness(stamp);
    const held = ids.filter((id, i) => this.#options.holds(id) || this.#claimedBefore(id, stamps[i], node));
    this.#options.answer(node, { type: '$have', query, ids: held });
  }

  answered(node: string, { query: number, ids }: Have): void {
    const query = this.#queries.get(number);
    if (query === undefined) return;
    for (const id of ids) {
      query.wanted.get(id)?.(node);
      query.wanted.delete(id);
    }
    query.waiting.delete(node);
    this.#settleIfComplete(number, query);
  }

  #claimedBefore(id: string, theirs: Stamp | undefined, node: string): boolean {
    const ours = this.#claims.get(id);
    if (ours === undefined) return false;
    if (theirs === undefined || theirs === 0) return false;
    return ours < theirs || (ours === theirs && this.#options.self < node);
  }

  async #ask(id: string, stamp: Stamp | undefined): Promise<string | undefined> {
    if (this.#options.members().length === 0) return undefined;
    const next = (this.#next ??= this.#open());
    return new Promise((resolve) => {
      const also = next.wanted.get(id);
      next.wanted.set(
        id,
        also === undefined ? resolve : (holder) => [also, resolve].forEach((each) => each(holder)),
      );
      if (stamp !== undefined) next.stamps.set(id, stamp);
    });
  }

  #open(): { wanted: Wanted; stamps: Map<string, Stamp> } {
    const next = { wanted: new Map() as Wanted, stamps: new Map<string, Stamp>() };
    this.#options.clock.setImmediate(() => {
      this.#next = undefined;
      for (const part of parts(next.wanted, this.#options.limits.payload / 2)) this.#send(part, next.stamps);
    });
    return next;
  }

  #send(wanted: Wanted, stamps: ReadonlyMap<string, Stamp>): void {
    const { members, broadcast } = this.#options;
    const number = ++this.#number;
    const ids = [...wanted.keys()];
    const query: Query = { wanted, waiting: new Set(members()) };
    this.#queries.set(number, query);
    broadcast({ type: '$who', query: number, ids, stamps: ids.map((id) => stamps.get(id) ?? 0) });
    this.#conclude(number, query);
    this.#settleIfComplete(number, query);
  }

  /**
   * When the time for answers is over, silent nodes are probed: the dead are left out at once (`absent`), the slow get more time.
   * Time without a connection does not count.
   */
  #conclude(number: number, query: Query, time = this.#options.limits.resolve): void {
    const { clock, limits, connected, probe } = this.#options;
    const couldAsk = connected();
    const conclude = (): void => {
      if (!this.#queries.has(number)) return;
      if (!couldAsk || !connected()) return this.#conclude(number, query);
      if (time === limits.resolveSlow) return this.#settle(number, query);
      for (const node of query.waiting) probe(node);
      this.#conclude(number, query, limits.resolveSlow);
    };
    // Answers that arrived while this process was busy are read before it is concluded that there are none.
    clock.setTimeout(() => clock.setImmediate(conclude), time);
  }

  /** Nobody listens at that node's inbox just now: it will not answer. */
  absent(node: string): void {
    for (const [number, query] of this.#queries) {
      if (query.waiting.delete(node)) this.#settleIfComplete(number, query);
    }
  }

  #settleIfComplete(number: number, query: Query): void {
    if (query.waiting.size === 0 || query.wanted.size === 0) this.#settle(number, query);
  }

  #settle(number: number, query: Query): void {
    if (!this.#queries.delete(number)) return;
    for (const resolve of query.wanted.values()) resolve(undefined);
  }

  #remember(id: string, holder: string): void {
    this.#known.delete(id);
    this.#known.set(id, holder);
    if (this.#known.size > this.#options.limits.directory)
      this.#known.delete(this.#known.keys().next().value as string);
  }
}

/** Most bytes of an id and its stamp in a question: UTF-8 takes at most three per character, numbers nine. */
const sizeOf = (id: string): number => id.length * 3 + 16;

/** A question must fit into one message, however many ids a tick asks for. */
function parts(wanted: Wanted, most: number): readonly Wanted[] {
  const all: Wanted[] = [];
  let part: Wanted = new Map();
  let size = 0;
  for (const [id, resolve] of wanted) {
    size += sizeOf(id);
    if (size > most && part.size > 0) {
      all.push(part);
      part = new Map();
      size = sizeOf(id);
    }
    part.set(id, resolve);
  }
  return [...all, part];
}

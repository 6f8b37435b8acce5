import { fromTransition } from 'xstate';
import { isEntry } from '../../monitoring/entries.ts';
import type { DroppedEntry, Entry } from '../../monitoring/entry.ts';
import type { Inspectable } from '../../monitoring/inspectable.ts';
import { LEASE, monitorOf, type Frame } from '../../monitoring/monitor-protocol.ts';
import type { Message } from '../../message/envelope.ts';
import type { TimerHandle } from '../../ports.ts';
import type { Interest } from '../protocol.ts';
import type { Nodes } from './live-nodes.ts';
import { Reached } from './live-reach.ts';
import type { Steps } from './live-steps.ts';
import type { Watcher, Watching } from './source.ts';

/** Frames a node may send before it hears that they were taken, count. */
const CREDIT = 8;
/** Messages a second from which on it matters where they are handled. */
const BUSY = 100;
/** How often a lease is renewed, ms. */
const RENEW = LEASE / 4;
/** More conversations are told of no more often than so, ms; fewer at once. */
const RAISE = 1_000;
/** Wait before a watcher that could take no more is tried again, ms. */
const AGAIN = 25;

export interface LiveWatchingOptions {
  readonly here: Inspectable;
  readonly nodes: Nodes;
  readonly id: string;
  readonly watcher: Watcher;
  readonly steps: Steps;
  /** What was told, for those who ask later. */
  readonly seen: (entries: readonly Entry[]) => void;
  readonly closed: () => void;
}

/** What a node told, until the watcher takes it. */
interface Waiting {
  readonly node: string;
  /** Was it a frame, for which there is credit to give back? */
  readonly isCounted: boolean;
  readonly entries: readonly Entry[];
}

/**
 * Job: one watcher of a live system: a lease with every node, and what they tell, in one order. A watcher that cannot take more is waited for; the nodes
 * then run out of credit, and leave out what they would tell (monitoring/lease.ts). So at most CREDIT frames of each node wait here.
 */
export class LiveWatching implements Watching {
  readonly #options: LiveWatchingOptions;
  readonly #inbox: ReturnType<Inspectable['spawnHidden']>;
  #interest: Interest;
  readonly #waiting: Waiting[] = [];
  readonly #served = new Set<string>();
  /** Messages a second that each node handled lately, and what part of the rate it was given for them. */
  readonly #loads = new Map<string, number>();
  #parts: ReadonlyMap<string, number> = new Map();
  readonly #reached: Reached;
  /** What the watcher was told of that. */
  #reach = '';
  /** The share of conversations that all nodes were told to keep to, and when, ms since the epoch. */
  #share: number | undefined;
  #renewed = 0;
  #renewing: TimerHandle;
  #again: TimerHandle;
  #inForce: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: LiveWatchingOptions) {
    const { here, id, watcher } = options;
    this.#options = options;
    this.#interest = watcher.interest;
    this.#reached = new Reached(here.clock);
    this.#inbox = here.spawnHidden(
      `$inspector-${id}`,
      fromTransition((state: null, event: Message) => {
        this.#take(event);
        return state;
      }, null),
    );
    this.#renew();
  }

  refocus(interest: Interest): void {
    if (interest.rate !== this.#interest.rate) this.#reached.forgetShares();
    this.#interest = interest;
    if (!this.#isClosed) this.renewNow();
  }

  async inForce(): Promise<void> {
    await this.#inForce;
  }

  /** Nodes have come or gone. */
  renewNow(): void {
    this.#options.here.clock.clearTimeout(this.#renewing);
    this.#renew();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { here, id, closed } = this.#options;
    here.clock.clearTimeout(this.#renewing);
    here.clock.clearTimeout(this.#again);
    for (const node of this.#served) here.tell(monitorOf(node), { type: 'release', id } as Message);
    this.#inbox.stop();
    closed();
  }

  #renew(): void {
    const { here, nodes } = this.#options;
    this.#renewing = here.clock.setTimeout(() => this.#renew(), RENEW, true);
    const alive = nodes.alive();
    for (const node of this.#loads.keys()) if (!alive.includes(node)) this.#loads.delete(node);
    this.#parts = this.#partsOf(alive);
    this.#reached.keep(alive);
    this.#share = this.#reached.share;
    this.#renewed = here.clock.now();
    this.#tellReach();
    this.#inForce = Promise.all(alive.map(async (node) => this.#lease(node)));
  }

  /** A node that does not answer is asked again soon. */
  async #lease(node: string): Promise<void> {
    const { nodes, id } = this.#options;
    const { actors, correlations, rate } = this.#interest;
    this.#served.add(node);
    const interest = {
      ...(actors === undefined ? {} : { actors }),
      ...(correlations === undefined ? {} : { correlations }),
      ...(rate === undefined ? {} : { rate: Math.ceil(rate * (this.#parts.get(node) ?? 1)) }),
    };
    const told = { interest, credit: this.#roomFor(node) };
    const most = this.#share === undefined ? {} : { share: this.#share };
    try {
      const request = { type: 'lease', id, to: this.#inbox.address, ...told, ...most } as const;
      const leased = await nodes.ask<'lease'>(node, request);
      if (!this.#isClosed) this.#say(this.#reached.answered(node, leased));
    } catch (error) {
      this.#reached.failed(node, error);
    }
    this.#follow();
  }

  /** Something was heard of a node. */
  #follow(): void {
    if (this.#isClosed) return;
    this.#tellReach();
    this.#keepToLeast();
  }

  #tellReach(): void {
    const { here, nodes, watcher } = this.#options;
    const { cutSince } = nodes;
    const reach = {
      ...this.#reached.reach((node) => (node === here.node ? !here.onlyLooks() : !nodes.isIdleCommand(node))),
      ...(cutSince === undefined ? {} : { cutSince }),
    };
    const text = JSON.stringify(reach);
    if (text === this.#reach) return;
    this.#reach = text;
    watcher.reached?.(reach);
  }

  /** A conversation is whole only when all nodes tell of it, so none is to tell of more than the one that can tell least. */
  #keepToLeast(): void {
    const [share = 1, before = 1] = [this.#reached.share, this.#share];
    const isSoon = this.#options.here.clock.now() - this.#renewed < RAISE;
    if (share < before || (share > before && !isSoon)) this.renewNow();
  }

  /** A line of our own, in its place among what the nodes tell. */
  #say(entry: DroppedEntry | undefined): void {
    if (entry === undefined) return;
    const { node } = entry;
    this.#waiting.push({ node, isCounted: false, entries: [entry] });
    this.#pass();
  }

  /** The rate is of all nodes together: half of it is shared alike, half goes where much happens, in powers of two so that it seldom changes. */
  #partsOf(alive: readonly string[]): ReadonlyMap<string, number> {
    const loads = alive.map((node) => this.#loads.get(node) ?? 0);
    const all = loads.reduce((sum, load) => sum + load, 0);
    const parts = loads.map((load) => (1 / alive.length + (all < BUSY ? 1 / alive.length : load / all)) / 2);
    return new Map(alive.map((node, at) => [node, Math.min(1, 2 ** Math.round(Math.log2(parts[at] ?? 1)))]));
  }

  #weigh(entries: readonly Entry[]): void {
    const metrics = entries.filter((entry) => entry.kind === 'metrics');
    if (metrics.length === 0) return;
    for (const { node, handled, period } of metrics)
      this.#loads.set(node, (handled * 1_000) / Math.max(1, period));
    const parts = this.#partsOf([...this.#parts.keys()]);
    if ([...parts].some(([node, part]) => part !== this.#parts.get(node))) this.renewNow();
  }

  #roomFor(node: string): number {
    return Math.max(0, CREDIT - this.#waiting.filter((frame) => frame.node === node).length);
  }

  #take(event: Message): void {
    if (this.#isClosed || !isFrame(event) || event.lease !== this.#options.id) return;
    this.#say(this.#reached.framed(event));
    const entries = event.lines.flatMap((line) => this.#entryOf(line, event.node));
    this.#waiting.push({ node: event.node, isCounted: true, entries });
    this.#pass();
    this.#follow();
  }

  #pass(): void {
    const { here, id, watcher, seen } = this.#options;
    here.clock.clearTimeout(this.#again);
    for (let [first] = this.#waiting; first !== undefined && !this.#isClosed; [first] = this.#waiting) {
      const { node, isCounted, entries } = first;
      if (!watcher.emit(entries)) {
        this.#again = here.clock.setTimeout(() => this.#pass(), AGAIN, true);
        return;
      }
      this.#waiting.shift();
      seen(entries);
      this.#weigh(entries);
      if (isCounted) here.tell(monitorOf(node), { type: 'credit', id, frames: 1 } as Message);
    }
  }

  /** Steps have a number in each node; here they get one for all of them, as soon as they come: a watcher may take them late. */
  #entryOf(line: string, node: string): readonly Entry[] {
    try {
      const entry: unknown = JSON.parse(line);
      if (!isEntry(entry)) return [];
      if (entry.kind !== 'step') return [entry];
      return [{ ...entry, step: this.#options.steps.of(node, entry.step) }];
    } catch {
      return [];
    }
  }
}

function isFrame(event: Message): event is Frame {
  const { type, node, number, share, lines } = event as Partial<Frame>;
  return (
    type === 'frame' &&
    typeof node === 'string' &&
    Number.isSafeInteger(number) &&
    ['number', 'undefined'].includes(typeof share) &&
    Array.isArray(lines) &&
    lines.every((line) => typeof line === 'string')
  );
}

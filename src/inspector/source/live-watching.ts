import { fromTransition } from 'xstate';
import { isEntry } from '../../monitoring/entries.ts';
import type { Entry } from '../../monitoring/entry.ts';
import type { Inspectable } from '../../monitoring/inspectable.ts';
import { LEASE, monitorOf, type Frame } from '../../monitoring/monitor-protocol.ts';
import type { Message } from '../../message/envelope.ts';
import type { TimerHandle } from '../../ports.ts';
import type { Interest } from '../protocol.ts';
import type { Nodes } from './live-nodes.ts';
import type { Watcher, Watching } from './source.ts';

/** Frames a node may send before it hears that they were taken, count. */
const CREDIT = 8;
/** Messages a second from which on it matters where they are handled. */
const BUSY = 100;
/** How often a lease is renewed, ms. */
const RENEW = LEASE / 4;
/** Wait before a watcher that could take no more is tried again, ms. */
const AGAIN = 25;

export interface LiveWatchingOptions {
  readonly here: Inspectable;
  readonly nodes: Nodes;
  readonly id: string;
  readonly watcher: Watcher;
  /** What was told, for those who ask later. */
  readonly seen: (entries: readonly Entry[]) => void;
  readonly closed: () => void;
}

/**
 * Job: one watcher of a live system: a lease with every node, and what they tell, in one order. A watcher that cannot take more is waited for; the nodes
 * then run out of credit, and leave out what they would tell (monitoring/lease.ts). So at most CREDIT frames of each node wait here.
 */
export class LiveWatching implements Watching {
  readonly #options: LiveWatchingOptions;
  readonly #inbox: ReturnType<Inspectable['spawnHidden']>;
  #interest: Interest;
  readonly #waiting: Frame[] = [];
  readonly #served = new Set<string>();
  /** Messages a second that each node handled lately, and what part of the rate it was given for them. */
  readonly #loads = new Map<string, number>();
  #parts: ReadonlyMap<string, number> = new Map();
  #renewing: TimerHandle;
  #again: TimerHandle;
  #step = 0;
  #inForce: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: LiveWatchingOptions) {
    const { here, id, watcher } = options;
    this.#options = options;
    this.#interest = watcher.interest;
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
    const { here, nodes, id } = this.#options;
    this.#renewing = here.clock.setTimeout(() => this.#renew(), RENEW, true);
    const alive = nodes.alive();
    const { actors, correlations, rate } = this.#interest;
    for (const node of this.#loads.keys()) if (!alive.includes(node)) this.#loads.delete(node);
    this.#parts = this.#partsOf(alive);
    const selected = {
      ...(actors === undefined ? {} : { actors }),
      ...(correlations === undefined ? {} : { correlations }),
    };
    const answers = alive.map(async (node) => {
      this.#served.add(node);
      const part = this.#parts.get(node) ?? 1;
      const interest = rate === undefined ? selected : { ...selected, rate: Math.ceil(rate * part) };
      // A node that does not answer is asked again soon.
      return nodes
        .ask<'lease'>(node, {
          type: 'lease',
          id,
          to: this.#inbox.address,
          interest,
          credit: this.#roomFor(node),
        })
        .catch(() => undefined);
    });
    this.#inForce = Promise.all(answers);
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
    this.#waiting.push(event);
    this.#pass();
  }

  #pass(): void {
    const { here, id, watcher, seen } = this.#options;
    here.clock.clearTimeout(this.#again);
    for (let [frame] = this.#waiting; frame !== undefined && !this.#isClosed; [frame] = this.#waiting) {
      const step = this.#step;
      const entries = frame.lines.flatMap((line) => this.#entryOf(line));
      if (!watcher.emit(entries)) {
        this.#step = step;
        this.#again = here.clock.setTimeout(() => this.#pass(), AGAIN, true);
        return;
      }
      this.#waiting.shift();
      seen(entries);
      this.#weigh(entries);
      here.tell(monitorOf(frame.node), { type: 'credit', id, frames: 1 } as Message);
    }
  }

  /** Steps have a number in each node; here they get one in the order in which they came. */
  #entryOf(line: string): readonly Entry[] {
    try {
      const entry: unknown = JSON.parse(line);
      if (!isEntry(entry)) return [];
      return [entry.kind === 'step' ? { ...entry, step: this.#step++ } : entry];
    } catch {
      return [];
    }
  }
}

function isFrame(event: Message): event is Frame {
  const { type, node, lines } = event as Partial<Frame>;
  return (
    type === 'frame' &&
    typeof node === 'string' &&
    Array.isArray(lines) &&
    lines.every((line) => typeof line === 'string')
  );
}

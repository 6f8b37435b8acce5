import type { Registry } from '../actor/registry.ts';
import type { DeadReason } from '../actor/dead-letters.ts';
import { TroupeError } from '../errors.ts';
import { isInspection, type Address } from '../message/address.ts';
import type { Clock, Stopwatch, TimerHandle } from '../ports.ts';
import type { Charts } from './charts.ts';
import type { MetricsEntry } from './entry.ts';
import { Lease } from './lease.ts';
import type { Metrics } from './metrics.ts';
import { LEASE, type Frame, type Leased, type Request } from './monitor-protocol.ts';
import type { Tap } from './tap.ts';
import type { Teller } from './teller.ts';

export interface WatchingOptions {
  readonly node: string;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly registry: Registry;
  readonly charts: Charts;
  readonly metrics: Metrics;
  readonly tap: Tap;
  readonly teller: Teller;
  readonly most: number;
  /** Of a frame, about. */
  readonly bytes: number;
  /** Telling failed: a fault of ours, and none of the actor's. */
  readonly failed: (error: unknown) => void;
  readonly tell: (to: Address, frame: Frame) => void;
  readonly counts: () => {
    readonly sent: number;
    readonly deadLetters: Readonly<Partial<Record<DeadReason, number>>>;
    readonly rejected: Readonly<Record<string, number>>;
  };
  /** Messages that were handled since the node began, count; and when that was, ms since the epoch. */
  readonly handled: () => number;
  readonly began: number;
  readonly heap: () => number;
  /** Of the time that something took since this was last asked, the part in which the processor was ours, 0 to 1. */
  readonly processor: () => number;
  readonly parentOf: (address: Address) => Address | undefined;
  /** Is that node alive, as far as is known? */
  readonly isThere: (node: string) => boolean;
  /** Somebody begins to look, or nobody does any more. */
  readonly turned: (isOn: boolean) => void;
}

/** Least time between two frames to one inspector, ms. */
const TICK = 50;
/** Between two metrics, ms. */
const PERIOD = 1_000;
/** Snapshots told in one frame because their lines were not, count. */
const CAUGHT_UP = 64;
/** Actors that are looked at when a lease begins, count: more when it shows that there is room. */
const LOOKED_AT = 1_000;
/** Actors told of when a lease begins, besides those that are selected, count: the others are listed. */
const FIRST = 2_000;

/**
 * Job: the leases of a node: when they begin and end, and what is told when. While there is none, this does nothing at all. Not its job: what
 * happens (tap.ts), what a lease has room for (lease.ts).
 */
export class Watching {
  readonly #options: WatchingOptions;
  readonly #leases = new Map<string, Lease>();
  #timer: TimerHandle;
  #expected = 0;
  #lag = 0;
  #since = 0;
  #refocusing: Promise<void> | undefined;
  /** Who begins to look need not wait for the first metrics. */
  #isFirst = true;

  constructor(options: WatchingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#leases.size;
  }

  /**
   * Begin to tell, or go on.
   * @throws TroupeError OVERLOADED when as many look as may
   */
  async lease({
    id,
    to,
    interest,
    credit,
    share: cap = 1,
  }: Extract<Request, { type: 'lease' }>): Promise<Leased> {
    const { bytes, clock, most, registry } = this.#options;
    const expires = clock.now() + LEASE;
    const known = this.#leases.get(id);
    if (known !== undefined && known.to === to) {
      known.renew(expires, credit);
      const [isCapped, isRefocused] = [known.sampling.cap(cap), known.refocus(interest)];
      if (isRefocused) this.#tellFirst(known, interest.actors ?? []);
      if (isCapped || isRefocused) await this.#refocus();
      return leased(known);
    }
    if (known === undefined && this.#leases.size >= most)
      throw new TroupeError(
        'OVERLOADED',
        `${most} inspectors look at this node already (limits.leases): close one.`,
        { retryable: true },
      );
    // To look at very many actors at once would be felt by all of them.
    const share = 2 ** Math.min(0, Math.floor(Math.log2(LOOKED_AT / (registry.size + 1))));
    const lease = new Lease({
      ...{ id, to, interest, credit, expires, share, bytes },
      full: (full) => this.#options.teller.timed(() => this.#tell(full), full.length),
    });
    lease.sampling.cap(cap);
    this.#leases.set(id, lease);
    if (this.#leases.size === 1) this.#begin();
    this.#serve();
    this.#tellFirst(lease, interest.actors ?? []);
    const { began, handled } = this.#options;
    return { ...leased(lease), began: { up: clock.now() - began, handled: handled() } };
  }

  credit(id: string, frames: number): void {
    this.#leases.get(id)?.grant(frames);
  }

  release(id: string): void {
    if (!this.#leases.delete(id)) return;
    this.#serve();
    if (this.#leases.size === 0) this.#end();
  }

  close(): void {
    for (const id of [...this.#leases.keys()]) this.release(id);
  }

  get leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /** It looks at all actors: once for all who want something else at the same time. */
  async #refocus(): Promise<void> {
    const { clock, failed, tap } = this.#options;
    this.#refocusing ??= new Promise((resolve) => {
      clock.setImmediate(() => {
        this.#refocusing = undefined;
        try {
          tap.refocus();
        } catch (error) {
          failed(error);
        }
        resolve();
      });
    });
    return this.#refocusing;
  }

  #serve(): void {
    this.#options.tap.serve(this.leases);
  }

  #begin(): void {
    const { clock, counts, metrics, turned } = this.#options;
    turned(true);
    metrics.begin(counts().sent);
    this.#since = clock.now();
    this.#isFirst = true;
    this.#lag = 0;
    this.#next();
  }

  #end(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.turned(false);
  }

  #next(): void {
    const { clock } = this.#options;
    this.#expected = clock.now() + TICK;
    this.#timer = clock.setTimeout(() => this.#tick(), TICK, true);
  }

  /** A timer of ours must not be what ends the process. */
  #tick(): void {
    try {
      this.#work();
    } catch (error) {
      this.#options.failed(error);
    }
    if (this.#leases.size > 0) this.#next();
  }

  #work(): void {
    const { clock, isThere, teller } = this.#options;
    const now = clock.now();
    this.#lag = Math.max(this.#lag, now - this.#expected);
    for (const { id, to, expires } of this.leases)
      if (expires < now || !isThere(to.slice(to.indexOf('@') + 1))) this.release(id);
    if (this.#isFirst || now - this.#since >= PERIOD) this.#conclude(now);
    for (const lease of this.#leases.values()) {
      this.#catchUp(lease);
      if (lease.length > 0) teller.timed(() => this.#tell(lease), lease.length);
    }
  }

  #tell(lease: Lease): void {
    const { node, tell } = this.#options;
    const lines = lease.take();
    if (lines !== undefined)
      tell(lease.to, {
        type: 'frame',
        ...{ node, lease: lease.id, number: lease.frames, lines },
        ...ownShare(lease),
      });
  }

  /** Metrics, what was left out, and how much is to be from now on. */
  #conclude(now: number): void {
    const { node, counts, metrics, registry, charts, heap, processor, tap, teller } = this.#options;
    const period = now - this.#since;
    const about = { node, time: now, period, heap: heap(), lag: Math.round(this.#lag) };
    const entry = metrics.take(about, counts(), () => registry.all(), registry.size, charts);
    const spent = teller.takeSpent() * processor();
    // In a first moment everything is slow.
    const cost = this.#isFirst ? 0 : spent / period;
    let isOther = false;
    for (const lease of this.#leases.values()) {
      const changed = lease.adjust(period / 1_000, cost);
      isOther ||= changed;
      // Room is kept for these: who looks is to know at least how much is not shown.
      lease.reserve(this.#encode(entry));
      const lines = lease.countDropped();
      if (lines > 0 || changed)
        lease.reserve(
          JSON.stringify({ kind: 'dropped', node, lines, sampling: lease.sampling.share, time: now }),
        );
    }
    if (isOther) tap.refocus();
    this.#since = now;
    this.#lag = 0;
    this.#isFirst = false;
  }

  /** Very many kinds and states may be more than a frame holds. */
  #encode(entry: MetricsEntry): string {
    const { bytes } = this.#options;
    const text = JSON.stringify(entry);
    if (text.length <= bytes) return text;
    const kinds = Object.entries(entry.kinds).map(([kind, metrics]) => [kind, { ...metrics, states: {} }]);
    const brief = JSON.stringify({ ...entry, kinds: Object.fromEntries(kinds) as object, flow: [] });
    return brief.length <= bytes ? brief : JSON.stringify({ ...entry, kinds: {}, flow: [] });
  }

  #catchUp(lease: Lease): void {
    const { registry, teller, parentOf } = this.#options;
    let left = CAUGHT_UP;
    for (const address of lease.stale) {
      if (left-- <= 0 || lease.spare <= 0) return;
      lease.stale.delete(address);
      const resident = registry.at(address);
      if (resident !== undefined) teller.actor(lease, resident, parentOf(address));
    }
  }

  #tellFirst(lease: Lease, selected: readonly string[]): void {
    const { registry } = this.#options;
    for (const address of selected)
      if (!isInspection(address) && registry.at(address) !== undefined) lease.stale.add(address);
    if (!lease.wantsMore || lease.frames > 0) return;
    let left = FIRST;
    for (const { address } of registry.all()) {
      if (left-- <= 0) return;
      lease.stale.add(address);
    }
  }
}

const leased = (lease: Lease): Leased => ({ sampling: lease.sampling.share, ...ownShare(lease) });

const ownShare = ({ sampling, wantsMore }: Lease): { readonly share?: number } =>
  wantsMore ? { share: sampling.own } : {};

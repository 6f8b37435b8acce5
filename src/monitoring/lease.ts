import type { Address } from '../message/address.ts';
import type { Interest } from './monitor-protocol.ts';
import { Sampling } from './sampling.ts';

/** Lines of one frame, count, and its size, bytes. */
export const FRAME_LINES = 256;
export const FRAME_BYTES = 64 * 1024;
/** Frames that an inspector may grant, count. */
export const MAX_CREDIT = 64;
/** Actors whose latest snapshot waits to be told, count. */
const STALE = 20_000;

/** Actors and conversations that one inspector may select, count each. */
const SELECTED = 1_000;
const RESERVED = 16;
/** Frames that are left for what is selected, count. */
const KEPT = 2;
/** Renewals without credit after which the inspector's own count is believed, count. */
const STALLED = 4;

export interface LeaseOptions {
  readonly id: string;
  /** Who is told. */
  readonly to: Address;
  readonly interest: Interest;
  readonly credit: number;
  /** Of a frame, about. Default FRAME_BYTES. */
  readonly bytes?: number;
  /** ms since the epoch */
  readonly expires: number;
  /** Of the conversations that are told of to begin with. Default 1. */
  readonly share?: number;
  /** Its frame is full, and there is more to tell. */
  readonly full?: (lease: Lease) => void;
}

/**
 * Job: what one inspector is told of: what it wants, what it has room for, what it was not told. Never waits, and never holds more than one frame.
 * Not its job: making the lines (tap.ts).
 */
export class Lease {
  readonly id: string;
  readonly to: Address;
  expires: number;
  credit: number;
  frames = 0;
  readonly sampling: Sampling;
  /** Charts it was told of. */
  readonly charts = new Set<string>();
  /** Actors whose lines it was not told: their snapshot is, when there is room. */
  readonly stale = new Set<Address>();
  #actors: ReadonlySet<string> = new Set();
  #correlations: ReadonlySet<string> = new Set();
  #rate = 0;
  #interest = '';
  /** Told first, whatever room there is. */
  #reserved: string[] = [];
  #lines: string[] = [];
  #bytes = 0;
  readonly #most: number;
  readonly #kept: number;
  readonly #full: (lease: Lease) => void;
  #dropped = 0;
  /** Renewals in which nothing could be told, and the frames told at the last one. */
  #stalled = 0;
  #renewedAt = -1;
  #offered = 0;

  constructor({ id, to, interest, credit, expires, share = 1, bytes = FRAME_BYTES, full }: LeaseOptions) {
    this.id = id;
    this.#most = bytes;
    this.to = to;
    this.expires = expires;
    this.credit = Math.min(MAX_CREDIT, credit);
    this.#kept = Math.max(0, Math.min(KEPT, credit - 1));
    this.#full = full ?? (() => undefined);
    this.sampling = new Sampling(interest.rate ?? 0, share);
    this.refocus(interest);
  }

  /** @returns whether something else is wanted now */
  refocus({ actors = [], correlations = [], rate = 0 }: Interest): boolean {
    const key = JSON.stringify([actors, correlations, rate]);
    if (key === this.#interest) return false;
    this.#interest = key;
    this.#actors = new Set(actors.slice(0, SELECTED).flatMap(bothForms));
    this.#correlations = new Set(correlations.slice(0, SELECTED));
    if (rate !== this.#rate) this.sampling.want(rate);
    this.#rate = rate;
    return true;
  }

  /**
   * It is renewed. Frames that were lost on the way are never said to be taken: after a while the inspector is believed that it has room.
   * @param credit frames the inspector has room for
   */
  renew(expires: number, credit: number): void {
    this.expires = expires;
    this.#stalled = this.credit === 0 && this.frames === this.#renewedAt ? this.#stalled + 1 : 0;
    this.#renewedAt = this.frames;
    if (this.#stalled < STALLED) return;
    this.#stalled = 0;
    this.credit = Math.min(MAX_CREDIT, credit);
  }

  /** Is anything wanted besides what is selected? */
  get wantsMore(): boolean {
    return this.#rate > 0;
  }

  grant(frames: number): void {
    this.credit = Math.min(MAX_CREDIT, this.credit + frames);
  }

  /** Is everything wanted of that actor, or of that conversation? One that an actor begins by itself has its address. */
  selects(address: Address, correlation: string): boolean {
    return (
      this.#actors.has(address) || this.#correlations.has(correlation) || this.#correlations.has(address)
    );
  }

  /** Is a message wanted? One that is not, and would be if there were room for all, is counted. */
  wants(address: Address, correlation: string, share: number): boolean {
    if (this.selects(address, correlation)) return this.#hasRoom(address, 0);
    if (this.#rate === 0) return false;
    this.#offered += 1;
    if (share >= this.sampling.share) {
      this.#dropped += 1;
      return false;
    }
    this.sampling.chosen();
    return this.#hasRoom(address, this.#kept);
  }

  /** Lines that wait, count. */
  get length(): number {
    return this.#lines.length + this.#reserved.length;
  }

  /** Room that need not be left for what is selected. */
  get spare(): number {
    return this.credit > this.#kept ? this.room : 0;
  }

  get room(): number {
    return this.credit > 0 ? Math.min(FRAME_LINES - this.#lines.length, this.#most - this.#bytes) : 0;
  }

  /** @param kept frames that others are to have */
  #hasRoom(address: Address, kept: number): boolean {
    if (this.credit > kept && this.room <= 0) this.#full(this);
    if (this.credit > kept && this.room > 0) return true;
    this.omit(address);
    return false;
  }

  /** Something of that actor is not told. */
  omit(address: Address): void {
    this.#dropped += 1;
    if (this.stale.size < STALE) this.stale.add(address);
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length;
  }

  /** Metrics and the like: few, and told even when there is no room for anything else; of those that wait too long the oldest are let go. */
  reserve(line: string): void {
    this.#reserved.push(line);
    if (this.#reserved.length > RESERVED) this.#reserved.shift();
  }

  /** What is to be told now: a frame; nothing, when there is nothing or no room. */
  take(): readonly string[] | undefined {
    if (this.#lines.length + this.#reserved.length === 0 || this.credit === 0) return undefined;
    const lines = [...this.#reserved, ...this.#lines];
    this.#lines = [];
    this.#reserved = [];
    this.#bytes = 0;
    this.credit -= 1;
    this.frames += 1;
    return lines;
  }

  /** @returns lines that were left out since it was last called */
  countDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** @returns whether the share that is told of is another now */
  adjust(seconds: number, cost: number): boolean {
    const offered = this.#offered / seconds;
    this.#offered = 0;
    return this.sampling.adjust(offered, cost, COST);
  }
}

/** An actor is known by its id, and by that and the node it lives on. */
const bothForms = (address: string): readonly string[] => {
  const at = address.indexOf('@');
  return at <= 0 ? [address] : [address, address.slice(0, at)];
};

/** Share of the processor's time that telling may take. */
export const COST = 0.03;

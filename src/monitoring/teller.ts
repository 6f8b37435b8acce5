import type { DeadLetter } from '../actor/dead-letters.ts';
import type { Logic } from '../actor/logic.ts';
import type { Resident } from '../actor/resident.ts';
import type { Address } from '../message/address.ts';
import type { Clock, Stopwatch } from '../ports.ts';
import type { Charts } from './charts.ts';
import type { ActorEntry, Entry } from './entry.ts';
import type { Lease } from './lease.ts';
import { kindOf } from './meter.ts';
import { HIDDEN } from './redact.ts';
import type { RecordedMessage } from './recording.ts';
import type { Draft } from './track.ts';
import type { Values } from './values.ts';

export interface TellerOptions {
  readonly node: string;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly charts: Charts;
  readonly values: Values;
  /** For lines that would fill a frame alone. */
  readonly brief: Values;
  /** Of a frame, about. */
  readonly bytes: number;
}

/** Who is told of. */
export interface Subject {
  readonly address: Address;
  readonly logic: Logic;
  readonly isDurable?: boolean;
  readonly parent?: Address;
}

/** Messages of one line that are told of, count. */
const SENT = 256;
/** Actors of which it is remembered that an inspector knows them, count. */
const KNOWN = 50_000;

/**
 * Job: what happens on a node as lines of a recording, hidden and bounded (values.ts) before they are anything that can leave it, once for all
 * who are told. Counts what that costs. Not its job: who wants what (tap.ts).
 */
export class Teller {
  readonly #options: TellerOptions;
  readonly #known = new WeakMap<Lease, Set<Address>>();
  #step = 0;
  #spent = 0;
  /** What one line takes, about, ms. */
  #usual = 0;

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** @returns ms since this was last called that telling has taken */
  takeSpent(): number {
    const spent = this.#spent;
    this.#spent = 0;
    return spent;
  }

  line(leases: readonly Lease[], subject: Subject, draft: Draft): void {
    this.timed(() => {
      for (const lease of leases) if (!this.#knows(lease, subject.address)) this.#introduce(lease, subject);
      const kind = kindOf(subject.logic);
      const step = this.#step++;
      let text = this.#encode(kind, step, draft, this.#options.values);
      if (text.length > this.#options.bytes) text = this.#encode(kind, step, draft, this.#options.brief);
      for (const lease of leases) lease.add(text);
    });
  }

  /** As it is now. @returns whether it is known */
  actor(lease: Lease, resident: Resident, parent: Address | undefined): void {
    this.timed(() => {
      const { address, logic, snapshot } = resident;
      const subject = {
        address,
        logic,
        isDurable: 'look' in resident,
        ...(parent === undefined ? {} : { parent }),
      };
      this.#introduce(lease, subject, snapshot);
    });
  }

  ended(leases: readonly Lease[], address: Address, reason: string): void {
    const { node, clock } = this.#options;
    for (const lease of leases) {
      if (this.#known.get(lease)?.delete(address) !== true) continue;
      lease.stale.delete(address);
      this.entry(lease, { kind: 'ended', address, node, reason, time: clock.now() });
    }
  }

  letter(leases: readonly Lease[], { reason, at, to, from = '', event, id, detail }: DeadLetter): void {
    if (to.startsWith('$') || leases.length === 0) return;
    const { node, values } = this.#options;
    const message: RecordedMessage = {
      from,
      to,
      event: values.event(event ?? { type: '' }),
      ...(id === undefined ? {} : { id }),
    };
    // What is said of an error may quote what is hidden.
    const told = detail === undefined || !values.hidesErrors ? detail : HIDDEN;
    const entry: Entry = {
      kind: 'letter',
      ...{ node, reason, message, time: at },
      ...(told === undefined ? {} : { detail: told.slice(0, DETAIL) }),
    };
    for (const lease of leases) this.entry(lease, entry);
  }

  /** Told if there is room. */
  entry(lease: Lease, entry: Entry): boolean {
    const isRoom = lease.room > 0;
    if (isRoom) this.timed(() => lease.add(JSON.stringify(entry)));
    else lease.omit('');
    return isRoom;
  }

  /**
   * What takes far longer than usual is not work of ours: others had the processor meanwhile. When all of it takes longer, that soon is the usual.
   * @param lines that are told at once, count
   */
  timed(tell: () => void, lines = 1): void {
    const since = this.#options.stopwatch();
    tell();
    const took = this.#options.stopwatch() - since;
    const each = this.#usual === 0 ? took / lines : Math.min(took / lines, FAR * this.#usual);
    this.#usual += (each - this.#usual) / (this.#usual === 0 ? 1 : RECENT);
    this.#spent += each * lines;
  }

  #knows(lease: Lease, address: Address): boolean {
    return this.#known.get(lease)?.has(address) === true;
  }

  #introduce(lease: Lease, { address, logic, isDurable, parent }: Subject, snapshot?: object): void {
    const { node, clock, charts, values, bytes } = this.#options;
    const chart = charts.of(logic);
    const kind = kindOf(logic);
    if (chart !== undefined && !lease.charts.has(chart.hash)) {
      lease.charts.add(chart.hash);
      // Too large for a frame: it is there to be asked for.
      if (chart.json.length < bytes)
        lease.add(`{"kind":"chart","hash":"${chart.hash}","chart":${chart.json}}`);
    }
    const entry: ActorEntry = {
      kind: 'actor',
      ...{ address, node, machine: kind, time: clock.now() },
      ...(chart === undefined ? {} : { chart: chart.hash }),
      ...(parent === undefined ? {} : { parent }),
      ...(isDurable === true ? { durable: true } : {}),
      ...(snapshot === undefined ? {} : { snapshot: values.snapshot(kind, snapshot) }),
    };
    lease.add(JSON.stringify(entry));
    let known = this.#known.get(lease);
    if (known === undefined || known.size >= KNOWN) this.#known.set(lease, (known = new Set()));
    known.add(address);
  }

  #encode(kind: string, step: number, draft: Draft, values: Values): string {
    const { node, clock } = this.#options;
    const { action, sent, emitted, snapshots, message, taken, commit, took, correlation } = draft;
    const [[address, snapshot] = []] = Object.entries(snapshots);
    return JSON.stringify({
      kind: 'step',
      step,
      action: values.happening(kind, action),
      sent: sent.slice(0, SENT).map((each) => values.message(each)),
      emitted: emitted.slice(0, SENT).map((each) => values.event(each)),
      snapshots:
        address === undefined || snapshot === undefined ? {} : { [address]: values.snapshot(kind, snapshot) },
      time: clock.now(),
      ...{ node, message, taken, commit, took, correlation },
    });
  }
}

/** How many times longer than usual is no longer believed. */
const FAR = 8;
/** Lines of which the usual is the average, count, about. */
const RECENT = 64;

/** Of the reason of a dead letter, characters. */
const DETAIL = 500;

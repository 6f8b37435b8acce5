import type { Logic } from '../actor/logic.ts';
import type { Meter, Tally } from '../actor/witness.ts';
import type { Address } from '../message/address.ts';
import { stampTime } from '../message/clock.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Clock, Stopwatch } from '../ports.ts';
import { count, createHistogram } from './histogram.ts';
import type { GivenUp } from './monitor-protocol.ts';
import { Ring } from './ring.ts';

export interface MeterOptions {
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  /** Messages that are remembered, count; and for how long, ms. */
  readonly ring: number;
  readonly ringAge: number;
}

/** One message in so many is timed, a power of two: reading a clock for each would cost more than all the rest. */
const TIMED = 32;

/** Actors given up that are remembered, count. */
const GIVEN_UP = 20;

/** Kinds that are told apart, count: the id of a machine may be made up at run time. */
const KINDS = 1_000;

/**
 * Job: what a node counts always, whether anybody looks or not: messages and failures by kind, a sample of the time they take, and the last
 * messages. Not its job: telling it to anybody (tap.ts, metrics.ts).
 */
export class NodeMeter implements Meter {
  readonly ring: Ring;
  /** Actors that supervision has stopped, the last ones. */
  readonly givenUp: GivenUp[] = [];
  readonly #options: MeterOptions;
  readonly #tallies = new Map<string, Tally>();
  readonly #byLogic = new WeakMap<Logic, Tally>();
  #isForgetting = false;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.ring = new Ring(options.ring);
  }

  /** Messages handled since the node began, without those of the runtime itself. */
  get handledSoFar(): number {
    let sum = 0;
    for (const { handled } of this.#tallies.values()) sum += handled;
    return sum;
  }

  tallies(): IterableIterator<Tally> {
    return this.#tallies.values();
  }

  of(logic: Logic): Tally {
    let tally = this.#byLogic.get(logic);
    if (tally === undefined) {
      tally = this.#tallyOf(kindOf(logic));
      this.#byLogic.set(logic, tally);
    }
    return tally;
  }

  handles(tally: Tally, address: Address, envelope: Envelope): number {
    tally.handled += 1;
    if ((this.ring.add(address, envelope) & (TIMED - 1)) !== 0) return 0;
    if (!this.#isForgetting) this.#forgetLater();
    return this.#options.stopwatch();
  }

  handled(tally: Tally, since: number): void {
    count(tally.times, this.#options.stopwatch() - since);
  }

  gaveUp(address: Address): void {
    this.givenUp.push({ address, time: this.#options.clock.now() });
    if (this.givenUp.length > GIVEN_UP) this.givenUp.shift();
  }

  #tallyOf(kind: string): Tally {
    const name = this.#tallies.size < KINDS || this.#tallies.has(kind) ? kind : '…';
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      tally = { kind: name, handled: 0, failed: 0, times: createHistogram() };
      this.#tallies.set(name, tally);
    }
    return tally;
  }

  #forgetLater(): void {
    const { clock, ringAge } = this.#options;
    this.#isForgetting = true;
    const forget = (): void => {
      const oldest = clock.now() - ringAge;
      this.#isForgetting = this.ring.forget((envelope) => stampTime(envelope.clock) < oldest);
      if (this.#isForgetting) clock.setTimeout(forget, ringAge, true);
    };
    clock.setTimeout(forget, ringAge, true);
  }
}

/** A machine's id, or that it is some other logic. */
export function kindOf(logic: Logic): string {
  const { id } = logic as { readonly id?: unknown };
  return typeof id === 'string' ? (id.length > LONGEST ? `${id.slice(0, LONGEST)}…` : id) : 'logic';
}

/** Longest name of a kind, characters: as cluster/census.ts. */
const LONGEST = 256;

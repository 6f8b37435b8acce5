import type { Random } from '../../ports.ts';

/**
 * Every decision of a run is one number. Decisions are kept in lanes, one for each place where decisions are made (a pair of actors, the
 * environment of an actor, the crashes), so that to change one of them moves few of the others. 0 is always the plainest: no fault,
 * as late as allowed, nothing chosen. What a tape does not say is 0.
 */
export type Tape = Readonly<Record<string, readonly number[]>>;

/** A place where decisions are made. */
export interface Lane {
  readonly name: string;
  readonly values: number[];
  at: number;
}

/** Throws the dice of a run, or reads what was thrown from a tape; notes both when asked. */
export class Dice {
  /** Undefined when a tape is read. */
  readonly random: Random | undefined;
  readonly #tape: Tape;
  readonly #noted: boolean;
  readonly #lanes = new Map<string, Lane>();

  constructor(source: Random | Tape, noted: boolean) {
    this.random = typeof source === 'function' ? source : undefined;
    this.#tape = typeof source === 'function' ? {} : source;
    this.#noted = noted;
  }

  lane(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { name, values: [], at: 0 };
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** A whole number from `least` to below `bound`; from a tape also less than `least`. */
  pick(lane: Lane, bound: number, least = 0): number {
    if (this.random === undefined) return this.#note(lane, Math.min(this.#read(lane), bound - 1));
    const value = least + Math.floor(this.random() * (bound - least));
    return this.#noted ? this.#note(lane, value) : value;
  }

  /** The index of a weight, each as likely as it is heavy; index 0 has what is left up to 1. */
  weigh(lane: Lane, weights: readonly number[]): number {
    if (this.random === undefined) {
      const value = this.#read(lane);
      return this.#note(lane, (weights[value] ?? 0) > 0 ? value : 0);
    }
    let left = this.random();
    let value = weights.length - 1;
    while (value > 0 && (left -= weights[value] as number) >= 0) value -= 1;
    return this.#noted ? this.#note(lane, value) : value;
  }

  /** What was decided, without the zeros at the end of lanes. */
  tape(): Tape {
    const lanes: Record<string, readonly number[]> = {};
    for (const { name, values } of this.#lanes.values()) {
      const length = values.findLastIndex((value) => value !== 0) + 1;
      if (length > 0) lanes[name] = values.slice(0, length);
    }
    return lanes;
  }

  #read(lane: Lane): number {
    return this.#tape[lane.name]?.[lane.at] ?? 0;
  }

  #note(lane: Lane, value: number): number {
    lane.at += 1;
    lane.values.push(value);
    return value;
  }
}

import { createHash } from 'node:crypto';
import type { Logic } from '../actor/logic.ts';

/** Draws a machine as data (inspector/draw), which is loaded only when somebody looks. */
export type LoadToChart = () => Promise<(machine: never) => unknown>;

export interface KnownChart {
  readonly hash: string;
  /** The chart's JSON. */
  readonly json: string;
}

/** Charts that are kept, count: machines may be made at run time. */
const CHARTS = 1_000;

/** The charts of a node's machines, by the hash of their JSON. */
export class Charts {
  readonly #load: LoadToChart;
  readonly #byLogic = new WeakMap<Logic, KnownChart | 'none'>();
  readonly #byHash = new Map<string, KnownChart>();
  #toChart: ((machine: never) => unknown) | undefined;

  constructor(load: LoadToChart) {
    this.#load = load;
  }

  /** Before this has been called, nothing has a chart. */
  async load(): Promise<void> {
    this.#toChart ??= await this.#load();
  }

  /** undefined: it is no machine, or one that cannot be drawn */
  of(logic: Logic): KnownChart | undefined {
    const known = this.#byLogic.get(logic);
    if (known !== undefined) return known === 'none' ? undefined : known;
    if (this.#toChart === undefined) return undefined;
    const drawn = this.#draw(logic, this.#toChart);
    this.#byLogic.set(logic, drawn ?? 'none');
    if (drawn !== undefined && this.#byHash.size < CHARTS) this.#byHash.set(drawn.hash, drawn);
    return drawn;
  }

  get(hash: string): KnownChart | undefined {
    return this.#byHash.get(hash);
  }

  #draw(logic: Logic, toChart: (machine: never) => unknown): KnownChart | undefined {
    if (!('definition' in logic)) return undefined;
    try {
      const json = JSON.stringify(toChart(logic as never));
      const hash = createHash('sha256').update(json).digest('hex').slice(0, HASH);
      return { hash, json };
    } catch {
      return undefined;
    }
  }
}

/** Characters of a hash. */
const HASH = 16;

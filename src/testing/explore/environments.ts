import { keyOf } from '../../kernel/key.ts';
import type { Faults, System } from '../model/spec.ts';
import { Interner } from './interner.ts';
import type { Progress } from './progress.ts';

/** What a fault costs, by number: the faults in this order, then one number for each cut. */
export const tolls = ['lose', 'duplicate', 'corrupt', 'forge', 'crash', 'restart', 'heal'] as const;

export type Toll = (typeof tolls)[number];
export const FREE = -1;
export const tollOf = (fault: Toll): number => tolls.indexOf(fault);
export const cutToll = (cut: number): number => tolls.length + cut;

const budgetOf = (faults: Faults, fault: Toll | 'partition'): number => {
  if (fault === 'restart') return faults.restart ?? faults.crash ?? 0;
  if (fault === 'heal') return faults.heal ?? faults.partition ?? 0;
  return faults[fault] ?? 0;
};

interface Environment {
  /** By fault; a budget without end is not counted, for the count would make every state a new one. */
  readonly spent: readonly number[];
  /** Index of the cut that splits the network; -1 while it is whole. */
  readonly cut: number;
}

const UNKNOWN = -2;
const DENIED = -1;

/** What the world has done so far, by number; 0 is the untouched one. */
export class Environments {
  readonly cuts: readonly (readonly string[])[];
  readonly #environments: Interner<Environment>;
  readonly #budgets: readonly number[];
  readonly #partitions: number;
  readonly #after: number[][] = [];
  readonly #sides: readonly (readonly boolean[])[];
  readonly #sameAs: readonly number[];

  constructor({ faults = {}, cuts, actors }: System, progress: Progress) {
    const names = Object.keys(actors);
    this.cuts = cuts ?? names.map((name) => [name]);
    this.#budgets = tolls.map((fault) => budgetOf(faults, fault));
    this.#partitions = faults.partition ?? 0;
    this.#sides = this.cuts.map((side) => names.map((name) => side.includes(name)));
    const keys = this.cuts.map((side) => keyOf(side));
    this.#sameAs = keys.map((key) => keys.indexOf(key));
    this.#environments = new Interner(progress);
    this.#environments.idOf({ spent: [...tolls.map(() => 0), 0], cut: -1 });
  }

  /** May anything of the kind ever happen? */
  get perilous(): boolean {
    return this.#partitions > 0 || this.#budgets.some((budget) => budget > 0);
  }

  /** Has the fault a budget at all? */
  mayHappen(fault: Toll): boolean {
    return (this.#budgets[tollOf(fault)] ?? 0) > 0;
  }

  get count(): number {
    return this.#environments.values.length;
  }

  /** The environment when the toll is paid; negative when it cannot be. */
  after(environment: number, toll: number): number {
    const known = (this.#after[environment] ??= []);
    let result = known[toll] ?? UNKNOWN;
    if (result === UNKNOWN) result = known[toll] = this.#pay(this.#environments.at(environment), toll);
    return result;
  }

  /** One side of the split network. */
  partition(environment: number): readonly string[] | undefined {
    return this.cuts[this.#environments.at(environment).cut];
  }

  /** Which actors are on that side, by slot. */
  side(environment: number): readonly boolean[] | undefined {
    return this.#sides[this.#environments.at(environment).cut];
  }

  /** The same environment, but split along the cut that has these on one side; negative when there is none. */
  split(environment: number, side: readonly string[]): number {
    const members = new Set(side);
    const cut = this.cuts.findIndex(
      (other) => other.length === members.size && other.every((name) => members.has(name)),
    );
    const { spent } = this.#environments.at(environment);
    return cut < 0 ? DENIED : this.#environments.idOf({ spent, cut: this.#sameAs[cut] ?? cut });
  }

  #pay({ spent, cut }: Environment, toll: number): number {
    const parting = toll >= tolls.length;
    const healing = toll === tollOf('heal');
    if ((parting && cut >= 0) || (healing && cut < 0)) return DENIED;
    const account = parting ? tolls.length : toll;
    const budget = parting ? this.#partitions : (this.#budgets[toll] ?? 0);
    const before = spent[account] ?? 0;
    if (before >= budget) return DENIED;
    const after = budget === Infinity ? spent : spent.with(account, before + 1);
    const split = parting ? (this.#sameAs[toll - tolls.length] ?? cut) : healing ? -1 : cut;
    return this.#environments.idOf({ spent: after, cut: split });
  }
}

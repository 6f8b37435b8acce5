import type { Dice, Lane } from './dice.ts';
import type { Plan, SimulatedFault } from './options.ts';

type Fault = SimulatedFault | 'none';

/** What may become of a message as it arrives; the first is that nothing does. */
const fates = ['none', 'lose', 'duplicate', 'corrupt', 'reorder', 'delay'] as const;
export type Fate = (typeof fates)[number];

/** What may befall actors and the network between two steps. */
const blows = ['none', 'crash', 'partition', 'forge'] as const;
export type Blow = (typeof blows)[number];

/** How much more likely a blow is while nothing else is about to happen. */
const quietFactor = 10;
/** Rates of a run of a swarm are the given ones times 2^-2 to 2^2. */
const swarmScales = 5;
/** The slowest actors take 2^4 times as long. */
const slowest = 4;

/** The faults of a run: which are on, how likely they are, and what is left of their budgets. */
export class Perils {
  /** How often each has happened. */
  readonly used: Partial<Record<SimulatedFault, number>> = {};
  /** Can a message, or anything else, ever be hit? Where not, no decision is made. */
  readonly hitMessages: boolean;
  readonly hitOthers: boolean;
  readonly #dice: Dice;
  readonly #blows: Lane;
  readonly #budgets: Readonly<Partial<Record<Fault, number>>>;
  readonly #rates: Readonly<Record<string, number>>;
  #fateWeights!: readonly number[];
  #blowWeights!: readonly number[];
  #calm = false;

  /** @param meaningless faults the kind of network knows no difference for */
  constructor({ faults, rates, swarm }: Plan, dice: Dice, meaningless: readonly Fault[]) {
    this.#dice = dice;
    this.#blows = dice.lane('blow');
    const budgets = Object.entries(faults).filter(([name]) => !meaningless.includes(name as Fault));
    this.#budgets = Object.fromEntries(budgets);
    this.#rates = swarm ? mixed(rates, dice) : rates;
    this.hitMessages = fates.some((fault) => this.#left(fault) > 0);
    this.hitOthers = blows.some((fault) => this.#left(fault) > 0);
    this.#weigh();
  }

  may(fault: SimulatedFault): boolean {
    return this.#left(fault) > 0;
  }

  spend(fault: SimulatedFault): void {
    this.used[fault] = (this.used[fault] ?? 0) + 1;
    if (this.#left(fault) === 0) this.#weigh();
  }

  /** From now on no fault happens by chance. */
  calm(): void {
    if (this.#calm) return;
    this.#calm = true;
    this.#weigh();
  }

  fate(lane: Lane): Fate {
    return fates[this.#dice.weigh(lane, this.#fateWeights)] ?? 'none';
  }

  blow(quiet: boolean): Blow {
    const weights = quiet ? this.#blowWeights.map((weight) => weight * quietFactor) : this.#blowWeights;
    return blows[this.#dice.weigh(this.#blows, weights)] ?? 'none';
  }

  /** How slow the actor is in this run: a power of two. */
  slowness(actor: string): number {
    if (this.#left('slow') <= 0) return 0;
    const lane = this.#dice.lane(`slow ${actor}`);
    const power = this.#dice.weigh(lane, [0, ...powers(slowest, this.#rate('slow'))]);
    if (power > 0) this.spend('slow');
    return power;
  }

  #left(fault: Fault): number {
    if (fault === 'none') return 0;
    return (this.#budgets[fault] ?? 0) - (this.used[fault] ?? 0);
  }

  #rate = (fault: Fault): number => (this.#left(fault) > 0 ? (this.#rates[fault] ?? 0) : 0);

  /** A tape says what happens: for it a weight only says whether the budget lasts. */
  #weigh(): void {
    const weight = (fault: Fault): number => {
      if (this.#dice.random === undefined) return this.#left(fault) > 0 ? 1 : 0;
      return this.#calm ? 0 : this.#rate(fault);
    };
    this.#fateWeights = fates.map(weight);
    this.#blowWeights = blows.map(weight);
  }
}

const powers = (most: number, rate: number): number[] => Array.from({ length: most }, () => rate / most);

/** Each fault is off in half of the runs, and otherwise more or less likely than the plan says. */
function mixed(rates: Readonly<Record<string, number>>, { random }: Dice): Readonly<Record<string, number>> {
  if (random === undefined) return rates;
  const mix = Object.entries(rates).map(([fault, rate]) => {
    const on = random() < 0.5;
    const scale = 2 ** (Math.floor(random() * swarmScales) - (swarmScales >> 1));
    return [fault, on ? Math.min(1, rate * scale) : 0] as const;
  });
  return Object.fromEntries(mix);
}

import { TroupeError } from '../../../errors.ts';
import { ask } from '../judge.ts';
import type { Model } from '../model.ts';
import type { Step } from '../step.ts';
import { StateView } from '../view.ts';
import { Exchange } from './exchange.ts';
import { permutations } from './permutations.ts';

/** The claim to symmetry is put to the test in so many states at first, count; */
const TRIED = 256;
/** and then in one of so many. */
const STRIDE = 64;

/**
 * States that differ only in the names of actors that are all alike count as one: of each such set the smallest vector stands for
 * all. It is found by trying every exchange of names, so the set is the true orbit (Clarke, Emerson and Jha, 1996; Ip and Dill, 1996) and
 * the count does not depend on the order of search.
 *
 * Sound where the system really is symmetric. The first states are tried, and a share of the others: a renamed state must lead to the renamed
 * successors and satisfy the same properties.
 */
export class Symmetry {
  readonly #model: Model;
  readonly #exchanges: readonly Exchange[];
  readonly #best: Int32Array;
  readonly #candidate: Int32Array;
  #seen = 0;
  #tried = 0;

  constructor(model: Model, groups: readonly (readonly string[])[]) {
    this.#model = model;
    this.#exchanges = permutations(groups).map((names) => new Exchange(model, names));
    this.#best = new Int32Array(model.width);
    this.#candidate = new Int32Array(model.width);
  }

  /** Replace a vector by the one that stands for it. */
  canonicalize(vector: Int32Array): void {
    const best = this.#best;
    best.set(vector);
    for (const exchange of this.#exchanges) this.#improve(vector, exchange);
    vector.set(best);
  }

  /**
   * The steps of a run from the initial state that comes through the states which stand for those of the given steps.
   * @param steps each a step out of the state that stands for the one the step before led to
   */
  concrete(steps: readonly Step[]): Step[] {
    const model = this.#model;
    const real = model.initial.slice();
    const standing = model.initial.slice();
    this.canonicalize(standing);
    return steps.map((step) => {
      model.take(standing, step, () => standing.set(model.next));
      this.canonicalize(standing);
      return this.#follow(real, standing);
    });
  }

  /**
   * Put the claim to the test in a state, if it is the turn of one.
   * @throws TroupeError NOT_SYMMETRIC
   */
  check(vector: Int32Array): void {
    this.#seen += 1;
    if (this.#seen > TRIED && this.#seen % STRIDE !== 0) return;
    const exchange = this.#exchanges[this.#tried % this.#exchanges.length];
    this.#tried += 1;
    if (exchange === undefined) return;
    const other = new Int32Array(vector.length);
    this.#apply(vector, exchange, other);
    const [one, two] = [this.#followers(vector), this.#followers(other)];
    this.#compareProperties(
      vector,
      other,
      one.every(([, { fault }]) => fault),
    );
    const odd = one.find(([key], at) => two[at]?.[0] !== key) ?? two[one.length];
    if (odd !== undefined)
      throw new TroupeError(
        'NOT_SYMMETRIC',
        `\`symmetry\` calls actors alike that are not: a step ${JSON.stringify(odd[1].action)} has no counterpart when names are exchanged. ` +
          'Keep sets of names as Set or as keys of an object, give all of a group the same logic and input, or leave out `symmetry`.',
      );
  }

  #follow(real: Int32Array, wanted: Int32Array): Step {
    const model = this.#model;
    let found: Step | undefined;
    const after = new Int32Array(real.length);
    const copy = new Int32Array(real.length);
    model.successors(real, (step) => {
      if (found !== undefined) return;
      after.set(model.next);
      copy.set(model.next);
      this.canonicalize(copy);
      if (equal(copy, wanted)) found = step;
    });
    if (found === undefined)
      throw new TroupeError(
        'NOT_SYMMETRIC',
        '`symmetry` calls actors alike that are not: a run cannot be followed.',
      );
    model.take(real, found, () => after.set(model.next));
    real.set(after);
    return found;
  }

  #followers(vector: Int32Array): [string, Step][] {
    const model = this.#model;
    const followers: [string, Step][] = [];
    const copy = new Int32Array(vector.length);
    model.successors(vector, (step) => {
      copy.set(model.next);
      followers.push([copy.join(), step]);
    });
    return followers
      .map(([text, step]): [string, Step] => {
        copy.set(text.split(',').map(Number));
        this.canonicalize(copy);
        return [copy.join(), step];
      })
      .sort(([one], [two]) => (one < two ? -1 : 1));
  }

  #compareProperties(vector: Int32Array, other: Int32Array, isEnd: boolean): void {
    const [one, two] = [new StateView(this.#model).show(vector), new StateView(this.#model).show(other)];
    const { boundary, properties } = this.#model.tables.system;
    if (boundary !== undefined && boundary(one) !== boundary(two))
      throw new TroupeError(
        'NOT_SYMMETRIC',
        'The boundary tells actors apart that `symmetry` calls alike. Let it speak of all of them, or leave out `symmetry`.',
      );
    for (const property of properties.filter(({ final }) => final !== true || isEnd))
      if (ask(property, one) !== ask(property, two))
        throw new TroupeError(
          'NOT_SYMMETRIC',
          `The property "${property.name}" tells actors apart that \`symmetry\` calls alike. Let it speak of all of them, or leave out \`symmetry\`.`,
        );
  }

  #improve(vector: Int32Array, exchange: Exchange): void {
    const candidate = this.#candidate;
    const best = this.#best;
    const { sources } = exchange;
    let smaller = false;
    for (let slot = 0; slot < sources.length; slot += 1) {
      const value = exchange.local(vector[sources[slot] as number] as number);
      candidate[slot] = value;
      if (smaller) continue;
      if (value > (best[slot] as number)) return;
      smaller = value < (best[slot] as number);
    }
    this.#finish(vector, exchange, candidate);
    for (let at = sources.length; !smaller && at < candidate.length; at += 1) {
      if ((candidate[at] as number) > (best[at] as number)) return;
      smaller = (candidate[at] as number) < (best[at] as number);
    }
    if (smaller) best.set(candidate);
  }

  #apply(vector: Int32Array, exchange: Exchange, into: Int32Array): void {
    const { sources } = exchange;
    for (let slot = 0; slot < sources.length; slot += 1)
      into[slot] = exchange.local(vector[sources[slot] as number] as number);
    this.#finish(vector, exchange, into);
  }

  /** The parts of a state that are nobody's in particular. */
  #finish(vector: Int32Array, exchange: Exchange, into: Int32Array): void {
    const { network, history, environment, last } = this.#model;
    into[network] = exchange.network(vector[network] as number);
    into[history] = exchange.history(vector[history] as number);
    into[environment] = exchange.environment(vector[environment] as number);
    const message = vector[last] as number;
    into[last] = message < 0 ? message : exchange.message(message);
  }
}

const equal = (one: Int32Array, two: Int32Array): boolean => one.every((value, at) => value === two[at]);

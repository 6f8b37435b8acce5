import { TroupeError } from '../../errors.ts';
import type { Property } from '../model/spec.ts';
import type { SystemState } from '../model/view.ts';
import { messageOf } from './asked.ts';
import { Ints } from './ints.ts';
import type { Model } from './model.ts';
import type { Step } from './step.ts';
import { StateView } from './view.ts';

/** Where a property was decided: in a state, or by a step out of it. */
export interface Finding {
  readonly state: number;
  readonly step?: Step;
}

/** Properties that every system has. */
export const NO_FAILURE = 'no actor fails';
export const DETERMINISM = 'every actor is deterministic';

/** Looks at each state once, when it is found, and at each that nothing but faults follows once more. */
export class Judge {
  /** By name; the violation of an `always`, the witness of a `sometimes`. */
  readonly found = new Map<string, Finding>();
  /** For each `eventually`: does it hold in the state of that number, 1 or 0. */
  readonly marks: ReadonlyMap<Property, Ints>;
  #failures = 0;
  #open: readonly Property[];
  #final: readonly Property[];
  /** Shows the state that is looked at. */
  readonly view: StateView;
  readonly #model: Model;

  /** @throws TroupeError INVALID_OPTION when a property has the name of one that every system has */
  constructor(model: Model) {
    const { properties } = model.tables.system;
    const taken = properties.find(({ name }) => name === NO_FAILURE || name === DETERMINISM);
    if (taken !== undefined)
      throw new TroupeError(
        'INVALID_OPTION',
        `Every system has a property "${taken.name}" of its own. Choose another name.`,
      );
    this.#model = model;
    this.view = new StateView(model);
    this.#open = properties.filter(({ kind, final }) => kind !== 'eventually' && final !== true);
    this.#final = properties.filter(({ kind, final }) => kind !== 'eventually' && final === true);
    this.marks = new Map(
      properties.filter(({ kind }) => kind === 'eventually').map((property) => [property, new Ints()]),
    );
  }

  /** Has any property failed? */
  get failed(): boolean {
    return this.#failures > 0;
  }

  /** A state that is new. @param step by which it was reached; undefined for the initial one */
  see(state: number, vector: Int32Array, step: Step | undefined): void {
    if (this.#hasFailed(vector, step)) this.#find(NO_FAILURE, { state });
    if (this.#open.length === 0 && this.marks.size === 0) return;
    const view = this.view.show(vector);
    this.#open = this.#decide(this.#open, view, state);
    for (const [property, marks] of this.marks) marks.push(ask(property, view) ? 1 : 0);
  }

  /** A state that nothing follows, except faults. */
  seeEnd(state: number, vector: Int32Array): void {
    if (this.#final.length > 0) this.#final = this.#decide(this.#final, this.view.show(vector), state);
  }

  /** A step whose chart did not decide the same again. @param step undefined for the start of an actor */
  seeWavering(state: number, step?: Step): void {
    this.#find(DETERMINISM, { state, ...(step && { step }) });
  }

  #decide(properties: readonly Property[], view: StateView, state: number): readonly Property[] {
    let decided = false;
    for (const property of properties) {
      if (ask(property, view) !== (property.kind === 'sometimes')) continue;
      decided = true;
      if (property.kind === 'sometimes') this.found.set(property.name, { state });
      else this.#find(property.name, { state });
    }
    return decided ? properties.filter(({ name }) => !this.found.has(name)) : properties;
  }

  #find(name: string, finding: Finding): void {
    if (this.found.has(name)) return;
    this.found.set(name, finding);
    this.#failures += 1;
  }

  #hasFailed(vector: Int32Array, step: Step | undefined): boolean {
    const { failed } = this.#model.tables.locals;
    if (step !== undefined) return step.slot >= 0 && failed.at(step.next) === 1;
    return vector.subarray(0, this.#model.actors).some((local) => failed.at(local) === 1);
  }
}

/**
 * Does a property hold in a state? Models are also written in JavaScript: what counts is whether the answer is truthy.
 * @throws TroupeError PROPERTY_FAILED when it throws, or answers with a promise, which would hold whatever comes of it
 */
export function ask({ name, holds }: Property, view: SystemState): boolean {
  let answer: unknown;
  try {
    answer = holds(view);
  } catch (cause) {
    throw new TroupeError('PROPERTY_FAILED', `The property "${name}" threw: ${messageOf(cause)}`, { cause });
  }
  if (answer instanceof Promise)
    throw new TroupeError('PROPERTY_FAILED', `The property "${name}" returned a promise, not true or false.`);
  return Boolean(answer);
}

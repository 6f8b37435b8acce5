import { TroupeError } from '../../errors.ts';
import { messageOf } from '../explore/asked.ts';
import { DETERMINISM, NO_FAILURE } from '../explore/judge.ts';
import type { Property, System } from '../model/spec.ts';
import type { SystemState } from '../model/view.ts';
import type { Ending } from './run.ts';

export { DETERMINISM, NO_FAILURE };

/** The properties that are judged: all of a system, or one of them by name. */
export const propertiesOf = ({ properties }: System, only: string | undefined): readonly Property[] =>
  only === undefined ? properties : properties.filter(({ name }) => name === only);

/** Looks at the states of one run. */
export class Judge {
  /** The property that failed. */
  failed: string | undefined;
  /** `eventually` that did not hold so far. */
  pending: readonly Property[];
  readonly #always: readonly Property[];
  readonly #final: readonly Property[];
  readonly #errors: boolean;
  readonly #witnessed: Set<string>;
  #sometimes: readonly Property[];

  /** @param witnessed names of `sometimes` that need no other witness; new ones are added */
  constructor(properties: readonly Property[], errors: boolean, witnessed: Set<string>) {
    this.#errors = errors;
    this.#witnessed = witnessed;
    this.#always = properties.filter(({ kind, final }) => kind === 'always' && final !== true);
    this.#final = properties.filter(({ kind, final }) => kind !== 'eventually' && final === true);
    this.#sometimes = properties.filter(
      ({ kind, final, name }) => kind === 'sometimes' && final !== true && !witnessed.has(name),
    );
    this.pending = properties.filter(({ kind }) => kind === 'eventually');
  }

  /** Did a property fail? */
  see(state: SystemState, failed: boolean): boolean {
    if (failed && this.#errors) this.failed = NO_FAILURE;
    for (const property of this.#always)
      if (this.failed === undefined && !ask(property, state)) this.failed = property.name;
    if (this.#sometimes.length > 0) this.#sometimes = this.#sometimes.filter((p) => !this.#witness(p, state));
    if (this.pending.length > 0) this.pending = this.pending.filter((property) => !ask(property, state));
    return this.failed !== undefined;
  }

  /** The run is over. @param whole were all of its states seen? */
  end(state: SystemState, ending: Ending, whole: boolean): void {
    if (this.failed !== undefined) return;
    if (ending === 'final')
      for (const property of this.#final)
        if (property.kind === 'sometimes') this.#witness(property, state);
        else if (!ask(property, state)) this.failed ??= property.name;
    if (whole && (ending === 'final' || ending === 'settled')) this.failed ??= this.pending[0]?.name;
  }

  #witness(property: Property, state: SystemState): boolean {
    if (!ask(property, state)) return false;
    this.#witnessed.add(property.name);
    return true;
  }
}

/** Everything a property says is a verdict; that it throws is not. */
function ask({ name, holds }: Property, state: SystemState): boolean {
  try {
    return holds(state);
  } catch (cause) {
    throw new TroupeError('PROPERTY_FAILED', `The property "${name}" threw: ${messageOf(cause)}`, { cause });
  }
}

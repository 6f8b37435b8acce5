import { TroupeError } from '../../errors.ts';
import type { Property } from '../model/spec.ts';
import type { MachineState } from './observation.ts';

/** What comes with every machine. */
export const NO_FAILURE = 'the machine does not fail';
export const DETERMINISM = 'the machine is deterministic';

export type MachineProperty = Property<MachineState>;

function ask(name: string, holds: MachineProperty['holds'], state: MachineState): boolean {
  try {
    return holds(state);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TroupeError('PROPERTY_FAILED', `The property "${name}" threw: ${why}`, { cause });
  }
}

/** Watches one run. */
export class Watch {
  /** The first property that failed. */
  failed: string | undefined;
  readonly witnessed = new Set<string>();
  readonly #properties: readonly MachineProperty[];

  constructor(properties: readonly MachineProperty[]) {
    this.#properties = properties;
  }

  see(state: MachineState, wavered: boolean): void {
    if (wavered) this.failed ??= DETERMINISM;
    if (state.actor.status === 'error') this.failed ??= NO_FAILURE;
    for (const { name, kind, holds, final } of this.#properties) {
      if (final === true) continue;
      const now = ask(name, holds, state);
      if (kind === 'always' && !now) this.failed ??= name;
      if (kind !== 'always' && now) this.witnessed.add(name);
    }
  }

  /** Nothing happens any more unless somebody sends something: what is to hold in the end has to hold now. */
  seeRest(state: MachineState): void {
    for (const { name, kind, holds, final } of this.#properties) {
      if (final === true && !ask(name, holds, state)) this.failed ??= name;
      if (kind === 'eventually' && !this.witnessed.has(name)) this.failed ??= name;
    }
  }
}

import { decide } from '../../actor/supervision.ts';
import type { CellSpec } from './spec.ts';
import type { Input } from './input.ts';
import type { Surroundings } from '../surroundings.ts';

export interface FailuresOptions {
  readonly spec: CellSpec;
  readonly around: Surroundings;
  /** Something of the actor's own is tried once more after a while, ms. */
  readonly again: (input: Input, delay: number) => void;
  readonly give: (input: Input) => void;
  /** Nothing is decided over for a while, ms. */
  readonly pause: (delay: number) => void;
  readonly end: (error: unknown) => void;
}

/**
 * Job: what becomes of a durable actor that fails (A2). It is as it was before, so `resume` and `restart` are the same: the message that
 * failed it is a dead letter, and it goes on; what came from within (a timer, a work) is tried again, until the budget of restarts is
 * spent: then the actor has failed for good, and that is stored.
 */
export class Failures {
  readonly #options: FailuresOptions;
  #restarts: readonly number[] = [];

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  over(input: Input, error: unknown): void {
    const { spec, around, again, give, pause, end } = this.#options;
    const envelope = 'envelope' in input ? input.envelope : undefined;
    around.failed(spec.address, error, envelope);
    if (envelope !== undefined) around.dead('actor-failed', envelope, error);
    // It cannot even be stored that it has failed: it stays as it was, and whoever has it next tries again.
    if ('final' in input) return end(error);
    const { directive, delay } = this.#verdict(error);
    if (directive === 'resume' || directive === 'restart') {
      if (envelope === undefined) again(input, delay);
      else if (delay > 0) pause(delay);
      return;
    }
    if (directive === 'escalate') around.escalated(spec.address, error);
    if (input.kind === 'timer' || input.kind === 'settled') return give({ ...input, final: true });
    end(error);
  }

  #verdict(error: unknown): ReturnType<typeof decide> {
    const { spec, around } = this.#options;
    const verdict = decide(spec.supervision, error, this.#restarts, around.clock.now(), around.random);
    this.#restarts = verdict.restarts;
    return verdict;
  }
}

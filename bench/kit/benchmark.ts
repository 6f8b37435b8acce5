import type { Lab } from './lab.ts';
import type { Outcome } from './outcome.ts';

export interface Benchmark {
  readonly name: string;
  /** One line: what is compared with what. */
  readonly summary: string;
  run(lab: Lab): Promise<Outcome>;
}

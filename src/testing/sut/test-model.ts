import type { AnyActorLogic } from 'xstate';
import { checkKnown, isTroupeError, TroupeError } from '../../errors.ts';
import type { Coverage } from '../cover/coverage.ts';
import { transitionPaths, type CoveringOptions } from '../paths/covering.ts';
import type { Incomplete } from '../paths/paths.ts';
import { Paths } from '../paths/paths.ts';
import { counted, moveText } from '../paths/text.ts';
import type { Sut } from './sut.ts';

export interface TestOptions {
  /** Are events that the chart ignores tried too, once in every state? Default true. */
  readonly negative?: boolean;
  /** Failing paths after which no further one is tried, count. Default 3. */
  readonly failures?: number;
}

export interface TestReport {
  readonly paths: number;
  readonly steps: number;
  /** Events that had to be ignored, and were; count. */
  readonly ignored: number;
  readonly coverage: Coverage;
  /** What was not tried because a bound was reached; undefined when nothing was left out. */
  readonly incomplete: Incomplete | undefined;
}

/**
 * Take a system under test along every path of a machine: `await testModel(machine, actorSut(machine))` in one test. Default paths: those
 * of `transitionPaths`; give other ones in place of the machine. To have one test per path:
 * `for (const path of transitionPaths(machine)) test(path.name, () => path.test(sut))`.
 *
 * @throws TroupeError NO_PATHS where there is nothing to test; MODEL_MISMATCH with each failing path, its steps and the place where the system left it; as the generator
 */
export async function testModel<T>(
  machine: AnyActorLogic | Paths,
  sut: Sut<T>,
  options: TestOptions & CoveringOptions = {},
): Promise<TestReport> {
  const { negative = true, failures: most = 3, ...generating } = options;
  const paths = machine instanceof Paths ? given(machine, generating) : transitionPaths(machine, generating);
  if (paths.length === 0) throw nothing(paths);
  const failures: string[] = [];
  let ignored = 0;
  let tried = 0;
  for (const path of paths) {
    if (failures.length >= most) break;
    tried += 1;
    try {
      ignored += await path.test(sut, { negative });
    } catch (error) {
      if (!isTroupeError(error) || error.code !== 'MODEL_MISMATCH') throw error;
      failures.push(`Path ${tried} of ${paths.length}. ${error.message}`);
    }
  }
  if (failures.length > 0) throw mismatch(failures, tried, paths.length);
  return {
    paths: tried,
    steps: paths.steps,
    ignored,
    coverage: paths.coverage(),
    incomplete: paths.incomplete,
  };
}

/** A test of nothing would pass. */
function nothing({ graph }: Paths): TroupeError {
  const refused = graph.refused(0).map(({ move }) => moveText(move));
  const why =
    refused.length === 0
      ? 'nothing can happen in its initial state'
      : `its guards refuse ${refused.join(', ')}`;
  return new TroupeError(
    'NO_PATHS',
    `There is no path to test: ${why}. Give cases with payloads that are accepted, or other paths.`,
  );
}

const given = (paths: Paths, options: object): Paths => {
  checkKnown(options, [], 'testing paths that are already made');
  return paths;
};

const mismatch = (failures: readonly string[], tried: number, all: number): TroupeError => {
  const untried = tried < all ? `, ${all - tried} not tried` : '';
  const head = `${failures.length} of ${counted(all, 'path')} failed${untried}.`;
  return new TroupeError('MODEL_MISMATCH', `${head}\n\n${failures.join('\n\n')}`, {
    data: { failures: failures.length },
  });
};

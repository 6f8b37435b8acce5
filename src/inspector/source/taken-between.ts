import type { TakenTransition } from '../../monitoring/entry.ts';
import type { Chart, ChartState } from '../draw/chart.ts';
import { activeStates } from './chart-facts.ts';

/**
 * The transition that led from one state value to the next, where nobody said so and only one can have: a chart has no guards to ask. Empty where several can,
 * or none alone (one that was followed at once by another).
 */
export function takenBetween(
  chart: Chart,
  event: string,
  before: unknown,
  after: unknown,
): readonly TakenTransition[] {
  const then = new Set(activeStates(chart, after).map(({ id }) => id));
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  const possible = activeStates(chart, before).flatMap((state) =>
    candidatesOf(state, event).filter(
      ({ targets, isGuarded }) =>
        // That nothing has changed says nothing of a guard.
        areIn(targets, then) && (isSame ? !isGuarded : targets.length > 0),
    ),
  );
  const [only, ...others] = possible;
  return only === undefined || others.length > 0 ? [] : [only.taken];
}

const areIn = (ids: readonly string[], active: ReadonlySet<string>): boolean =>
  ids.every((id) => active.has(id));

interface Candidate {
  readonly taken: TakenTransition;
  readonly targets: readonly string[];
  readonly isGuarded: boolean;
}

const candidatesOf = ({ id, transitions }: ChartState, event: string): readonly Candidate[] =>
  transitions
    .filter((each) => each.event === event)
    .map(({ targets, guard }, index) => ({
      taken: { state: id, event, index },
      targets,
      isGuarded: guard !== undefined,
    }));

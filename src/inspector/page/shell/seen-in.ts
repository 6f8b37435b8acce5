import type { Selection, View } from '../selection.ts';
import { withoutGaps, type Session } from '../session.ts';

/** What is looked at, as another view has it: of a step, the actor that it changed, as it was then. */
export function seenIn(session: Session, view: View): Selection {
  const { address, moment, correlation, message, step } = session.selection.value;
  const line =
    view === 'actor' && step !== undefined
      ? session.journal.steps.find((each) => each.step === step)
      : undefined;
  const [actor] = Object.keys(line?.snapshots ?? {});
  const here = { ...(withoutGaps({ address, moment, correlation, message }) as Partial<Selection>), view };
  return line === undefined || actor === undefined
    ? here
    : { ...here, address: actor, moment: line.commit ?? line.step };
}

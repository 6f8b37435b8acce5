import type { Envelope } from '../../message/envelope.ts';
import type { Cause } from '../commit.ts';
import { decideOver, type Deciding, type Step, type Task } from './decide.ts';
import type { Input, Verdict } from './input.ts';
import type { Live } from './live.ts';

/** A task, and the message it is done over. */
export interface Doing extends Task {
  readonly cause: Envelope | undefined;
}

/** What an actor decided over all that waited for it: one commit. */
export interface Batch {
  readonly inputs: readonly Input[];
  readonly verdicts: readonly Verdict[];
  readonly live: Live;
  readonly causes: readonly Cause[];
  readonly doings: readonly Doing[];
  /** One for each thing that was decided over, where anybody wants to see them: each keeps a whole actor in memory. */
  readonly steps: readonly Step[];
}

/** @param first what an actor that has never been decided when it began: it is stored with the first thing it takes */
export function decideAll(live: Live, inputs: readonly Input[], deciding: Deciding, first?: Step): Batch {
  const verdicts: Verdict[] = [];
  const causes: Cause[] = [];
  const doings: Doing[] = [];
  const steps: Step[] = [];
  const add = (step: Step, cause: Envelope | undefined): void => {
    for (const each of step.causes) causes.push(each);
    for (const task of step.tasks) doings.push({ ...task, cause });
    if (deciding.isWitnessed) steps.push(step);
  };
  if (first !== undefined) add(first, undefined);
  let now = live;
  for (const input of inputs) {
    const step = decideOver(now, input, deciding);
    now = step.live;
    verdicts.push(step.verdict);
    add(step, 'envelope' in input ? input.envelope : undefined);
  }
  return { inputs, verdicts, live: now, causes, doings, steps };
}

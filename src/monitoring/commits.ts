import type { EventObject } from 'xstate';
import type { Batch } from '../durable/cell/batch.ts';
import type { Step, Task } from '../durable/cell/decide.ts';
import type { Input } from '../durable/cell/input.ts';
import type { Cause } from '../durable/commit.ts';
import type { Address } from '../message/address.ts';
import { fromWire } from '../message/failure.ts';
import type { Happening, RecordedMessage } from './recording.ts';
import { takenOf } from './taken.ts';
import { messageOf, type Draft } from './track.ts';

/** What a durable actor decided over, and what it decided. */
export type Decided = Pick<Batch, 'inputs' | 'steps'>;

/** The steps of a commit as lines, one for each thing that was decided over; those of live actors are made by track.ts. */
export function linesOf(address: Address, commit: number, { inputs, steps }: Decided): readonly Draft[] {
  // What an actor decided when it began may come before what it was given.
  const first = steps.length - inputs.length;
  return steps.flatMap((step, at) => {
    const [cause] = step.causes;
    return cause === undefined ? [] : [lineOf(address, commit, step, cause, inputs[at - first])];
  });
}

function lineOf(
  address: Address,
  commit: number,
  { live, tasks, transitions }: Step,
  cause: Cause,
  input: Input | undefined,
): Draft {
  const { status, value, context, output, error } = live.actor.snapshot;
  return {
    action: actionOf(address, cause),
    sent: tasks.flatMap((task) => sentBy(address, task)),
    emitted: tasks.flatMap(({ effect: { deed } }) => (deed.kind === 'emit' ? [deed.event] : [])),
    snapshots: { [address]: { status, value, context, output, error } },
    taken: transitions.map(({ from, transition }) => takenOf(transition, from)),
    commit,
    ...(input !== undefined && 'envelope' in input ? { message: messageOf(input.envelope) } : {}),
  };
}

function actionOf(actor: Address, cause: Cause): Happening {
  switch (cause.kind) {
    case 'start':
      return { kind: 'start', actor, input: cause.input };
    case 'message': {
      const { id, from = '', event, path = [] } = cause;
      return { kind: 'deliver', sent: { from, to: [actor, ...path].join('/'), event, id } };
    }
    case 'timer':
      return { kind: 'timeout', actor, path: cause.path, timer: cause.id };
    case 'settled': {
      const { path, value } = cause;
      const outcome = cause.outcome === 'done' ? { output: value } : { error: fromWire(value) };
      return { kind: 'settle', actor, path, outcome };
    }
    case 'event':
      return { kind: 'choose', actor, path: cause.path, event: cause.event };
  }
}

function sentBy(from: Address, { pending }: Task): readonly RecordedMessage[] {
  switch (pending?.kind) {
    case 'send':
    case 'reply':
    case 'ask':
      return [{ from, to: pending.to, event: pending.event }];
    case 'refuse':
      return [{ from, to: pending.to, event: { type: 'failure', error: pending.error } as EventObject }];
    default:
      return [];
  }
}

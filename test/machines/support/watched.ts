import type { AnyStateMachine, EventObject } from 'xstate';
import { expect } from 'vitest';
import { actorSut, type ActorRun, type Observation, type Sut, type TimerMove } from 'troupe/testing';
import type { LiveStep } from './live.ts';
import type { State } from './state.ts';

/** Milliseconds of a named delay in a state, worked out by the test and not by the chart. */
export type Delays = Readonly<Record<string, (snapshot: State) => number>>;

/** Watches one run from its start, and throws where a step breaks an invariant. */
export type Monitor = () => (step: LiveStep) => void;

interface Watched {
  readonly run: ActorRun;
  readonly watch: (step: LiveStep) => void;
  step: { readonly before: State; readonly event: EventObject } | undefined;
}

const stateOf = ({ actor }: ActorRun): State => actor.getSnapshot() as State;

/** A live actor that a monitor watches: what the library compares with the chart, the monitor compares with its invariants. */
export const watched = (
  machine: AnyStateMachine,
  input: unknown,
  delays: Delays,
  monitor: Monitor,
): Sut<Watched> => {
  const sut = actorSut(machine, input);
  const begin = (subject: Watched, event: EventObject): ActorRun => {
    subject.step = { before: stateOf(subject.run), event };
    return subject.run;
  };
  const checkDelay = (state: State, { event, delay }: TimerMove): void => {
    const name = event.type.startsWith('xstate.after.') ? (event.type.split('.')[2] ?? '') : event.type;
    expect(delay, name).toBe(delays[name]?.(state));
  };
  return {
    start: async () => ({ run: await sut.start(), watch: monitor(), step: undefined }),
    send: (subject, event) => sut.send(begin(subject, event), event),
    fire: (subject, timer) => {
      checkDelay(stateOf(subject.run), timer);
      return sut.fire?.(begin(subject, timer.event), timer);
    },
    settle: (subject, work) => {
      const actorId = work.path.join('/');
      const failed = 'error' in work.outcome;
      const type = `xstate.${failed ? 'error' : 'done'}.actor.${actorId}`;
      const event: EventObject & { readonly actorId: string } = { type, ...work.outcome, actorId };
      return sut.settle?.(begin(subject, event), work);
    },
    observe: async (subject, expected): Promise<Observation> => {
      const found = (await sut.observe?.(subject.run, expected)) ?? {};
      const told = (found.said ?? []) as LiveStep['told'];
      if (subject.step !== undefined)
        subject.watch({ ...subject.step, after: stateOf(subject.run), told, emitted: found.emitted ?? [] });
      return found;
    },
    stop: ({ run }) => sut.stop?.(run),
  };
};

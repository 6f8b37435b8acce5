import {
  createActor,
  SimulatedClock,
  type AnyActorLogic,
  type AnyStateMachine,
  type EventObject,
} from 'xstate';
import { expect } from 'vitest';
import type { Tell } from '../../../machines/index.ts';
import { controlled } from './controlled.ts';
import { transitionLabel } from './coverage.ts';
import type { Path } from './paths.ts';
import type { State } from './state.ts';

/** One event as the live actor took it, with all the world saw of it. */
export interface LiveStep {
  readonly before: State;
  readonly event: EventObject;
  readonly after: State;
  readonly told: readonly Tell[];
  readonly emitted: readonly EventObject[];
}

/** Milliseconds of a named delay in a state, worked out by the test and not by the chart. */
export type Delays = Readonly<Record<string, (snapshot: State) => number>>;

/** Watches one run from its start, and throws where a step breaks an invariant. */
export type Monitor = () => (step: LiveStep) => void;

const told = new WeakMap<object, Tell[]>();

/** The chart as the tests run it: `tell` is recorded, and every actor waits for the test. */
export const provided = (machine: AnyStateMachine): AnyStateMachine =>
  machine.provide({
    actions: {
      tell: ({ self }: { self: object }, params: unknown) => {
        told.set(self, [...(told.get(self) ?? []), params as Tell]);
      },
    },
    actors: Object.fromEntries(
      Object.keys(machine.implementations.actors).map((src) => [src, controlled as AnyActorLogic]),
    ),
  });

/** A chart running on a simulated clock, one event at a time. */
export const run = (machine: AnyStateMachine, input: unknown, delays: Delays = {}) => {
  const clock = new SimulatedClock();
  const taken = new Set<string>();
  const emitted: EventObject[] = [];
  const actor = createActor(machine, {
    input,
    clock,
    inspect: (inspected) => {
      // Not `actor`: the first steps are inspected while it is being created.
      if (inspected.type !== '@xstate.microstep' || inspected.actorRef.sessionId !== inspected.rootId) return;
      for (const transition of inspected._transitions) taken.add(transitionLabel(transition));
    },
  });
  actor.on('*', (event: EventObject) => emitted.push(event));
  // Without an observer, an actor that fails on purpose would fail the whole test run.
  actor.subscribe({ error: () => undefined });
  actor.start();
  const snapshot = (): State => actor.getSnapshot() as State;

  const expire = (type: string): void => {
    const name = type.split('.')[2] ?? '';
    const delay = delays[name]?.(snapshot());
    if (delay === undefined) throw new Error(`No delay is given for '${name}'.`);
    const before = snapshot();
    if (delay > 0) clock.increment(delay - 1);
    expect(snapshot(), `${name} must not fire before ${delay} ms`).toBe(before);
    clock.increment(Math.min(delay, 1));
  };

  const settle = (event: EventObject & { actorId: string }): void => {
    const child = snapshot().children[event.actorId];
    if (child === undefined) throw new Error(`There is no child '${event.actorId}'.`);
    if ('error' in event) child.send({ type: 'reject', error: event['error'] });
    else child.send({ type: 'resolve', output: (event as { output?: unknown }).output });
  };

  const send = (event: EventObject): LiveStep => {
    const before = snapshot();
    const seen = { told: (told.get(actor) ?? []).length, emitted: emitted.length };
    if (event.type.startsWith('xstate.after.')) expire(event.type);
    else if ('actorId' in event) settle(event as EventObject & { actorId: string });
    else actor.send(event);
    return {
      before,
      event,
      after: snapshot(),
      told: (told.get(actor) ?? []).slice(seen.told),
      emitted: emitted.slice(seen.emitted),
    };
  };

  return { actor, clock, taken, emitted, snapshot, send };
};

const visible = ({ status, value, context, children, output }: State) => ({
  status,
  value,
  context: context as unknown,
  children: Object.keys(children).sort(),
  output: output,
});

/**
 * Takes a live actor along every path and asserts that it is, after each event, in the state the path predicts. Returns
 * the labels of the transitions that were taken.
 */
export const replay = (
  machine: AnyStateMachine,
  input: unknown,
  paths: readonly Path[],
  delays: Delays,
  monitor: Monitor,
): Set<string> => {
  const ready = provided(machine);
  const taken = new Set<string>();
  for (const { events, states } of paths) {
    const live = run(ready, input, delays);
    const watch = monitor();
    expect(visible(live.snapshot())).toEqual(visible(states[0]!));
    events.forEach((event, index) => {
      const way = () =>
        events
          .slice(0, index + 1)
          .map((each) => JSON.stringify(each))
          .join(' → ');
      const step = live.send(event);
      try {
        expect(visible(step.after)).toEqual(visible(states[index + 1]!));
        watch(step);
      } catch (error) {
        if (error instanceof Error) error.message = `${error.message}\nafter ${way()}`;
        throw error;
      }
    });
    live.actor.stop();
    for (const label of live.taken) taken.add(label);
  }
  return taken;
};

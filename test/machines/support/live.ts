import {
  createActor,
  SimulatedClock,
  type AnyActorLogic,
  type AnyStateMachine,
  type EventObject,
} from 'xstate';
import type { Tell } from '../../../machines/index.ts';
import { controlled } from './controlled.ts';
import type { State } from './state.ts';

/** One event as the live actor took it, with all the world saw of it. */
export interface LiveStep {
  readonly before: State;
  readonly event: EventObject;
  readonly after: State;
  readonly told: readonly Tell[];
  readonly emitted: readonly EventObject[];
}

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
export const run = (machine: AnyStateMachine, input: unknown) => {
  const clock = new SimulatedClock();
  const emitted: EventObject[] = [];
  const actor = createActor(machine, { input, clock });
  actor.on('*', (event: EventObject) => emitted.push(event));
  // Without an observer, an actor that fails on purpose would fail the whole test run.
  actor.subscribe({ error: () => undefined });
  actor.start();
  const snapshot = (): State => actor.getSnapshot() as State;

  const settle = (event: EventObject & { actorId: string }): void => {
    const child = snapshot().children[event.actorId];
    if (child === undefined) throw new Error(`There is no child '${event.actorId}'.`);
    if ('error' in event) child.send({ type: 'reject', error: event['error'] });
    else child.send({ type: 'resolve', output: (event as { output?: unknown }).output });
  };

  const send = (event: EventObject): LiveStep => {
    const before = snapshot();
    const seen = { told: (told.get(actor) ?? []).length, emitted: emitted.length };
    if ('actorId' in event) settle(event as EventObject & { actorId: string });
    else actor.send(event);
    return {
      before,
      event,
      after: snapshot(),
      told: (told.get(actor) ?? []).slice(seen.told),
      emitted: emitted.slice(seen.emitted),
    };
  };

  return { actor, clock, emitted, snapshot, send };
};

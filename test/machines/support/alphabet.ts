import { getNextTransitions, type AnyEventObject, type EventObject } from 'xstate';
import type { State } from './state.ts';

/** The events to try in a state, by the descriptor of a transition (`CALL`, `xstate.done.actor.handle.*`). */
export type Cases = Readonly<Record<string, (snapshot: State) => readonly EventObject[]>>;

/**
 * The alphabet of a chart in a state: the cases of every transition that leaves it. Timers need no case. A transition
 * without a case is an error, so that a new event cannot be added to a chart and stay untested.
 */
export const alphabet =
  (cases: Cases) =>
  (snapshot: State): EventObject[] => {
    if (snapshot.status !== 'active') return [];
    const descriptors = new Set(
      getNextTransitions(snapshot).map(({ eventType }): string => eventType as string),
    );
    // Eventless transitions have the empty descriptor and are taken along with the event before them.
    descriptors.delete('');
    return [...descriptors].flatMap((descriptor) => {
      const given = cases[descriptor];
      if (given !== undefined) return given(snapshot);
      if (descriptor.startsWith('xstate.after.')) return [{ type: descriptor }];
      throw new Error(`No case for '${descriptor}' in ${JSON.stringify(snapshot.value)}.`);
    });
  };

const running = (snapshot: State, prefix: string): string[] =>
  Object.keys(snapshot.children).filter((id) => id.startsWith(prefix));

/** Every child whose id starts so may return each of the outputs. */
export const resolves =
  (prefix: string, ...outputs: readonly unknown[]) =>
  (snapshot: State): EventObject[] =>
    running(snapshot, prefix).flatMap((actorId) =>
      outputs.map((output) => ({ type: `xstate.done.actor.${actorId}`, output, actorId })),
    );

/** Every child whose id starts so may fail with each of the errors. */
export const rejects =
  (prefix: string, ...errors: readonly unknown[]) =>
  (snapshot: State): EventObject[] =>
    running(snapshot, prefix).flatMap((actorId) =>
      errors.map((error) => ({ type: `xstate.error.actor.${actorId}`, error, actorId })),
    );

/** The same events in every state. */
export const always =
  (...events: readonly AnyEventObject[]) =>
  () =>
    events;

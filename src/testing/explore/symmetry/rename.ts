import type { ActorState } from '../../../kernel/state.ts';
import type { Participant } from '../../model/participant.ts';

/** Who takes whose name. */
export type Names = ReadonlyMap<string, string>;

/** A name, or an address within the actor of that name (`name?…`), under its new name. */
const renamedText = (text: string, names: Names): string => {
  const at = text.indexOf('?');
  if (at < 0) return names.get(text) ?? text;
  const owner = names.get(text.slice(0, at));
  return owner === undefined ? text : owner + text.slice(at);
};

/** A value in which actors have other names: as a string, as a key, anywhere within plain values, sets and maps. */
export function renamed(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return renamedText(value, names);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (value instanceof Set) return new Set([...(value as Set<unknown>)].map((item) => renamed(item, names)));
  if (value instanceof Map)
    return new Map(
      [...(value as Map<unknown, unknown>)].map(([key, item]) => [renamed(key, names), renamed(item, names)]),
    );
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [renamedText(key, names), renamed(item, names)]),
  );
}

const renamedState = (state: ActorState, names: Names): ActorState => {
  const { context, output, error, input } = state.snapshot;
  const changed = { context, output, error, input };
  const given = Object.entries(changed).filter(([part]) => part in state.snapshot);
  return {
    ...state,
    snapshot: {
      ...state.snapshot,
      ...Object.fromEntries(given.map(([part, value]) => [part, renamed(value, names)])),
    },
    children: Object.fromEntries(
      Object.entries(state.children).map(([id, child]) => [id, renamedState(child, names)]),
    ),
    timers: state.timers.map((timer) => ({
      ...timer,
      id: renamed(timer.id, names) as string,
      event: renamed(timer.event, names) as typeof timer.event,
    })),
  };
};

/** An actor in the place of another: the same state, with all names exchanged. */
export const renamedParticipant = (actor: Participant, names: Names, durable: boolean): Participant => {
  if (actor.alive) return { alive: true, state: renamedState(actor.state, names) };
  const saved = durable ? renamedState(actor.saved as ActorState, names) : renamed(actor.saved, names);
  return { alive: false, saved };
};

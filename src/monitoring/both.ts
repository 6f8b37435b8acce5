import type { InspectionEvent } from 'xstate';
import type { Witness } from '../actor/witness.ts';

/** Two witnesses as one. */
export function both(one: Witness | undefined, other: Witness): Witness {
  if (one === undefined) return other;
  return {
    begins(actor, input) {
      const [first, second] = [one.begins(actor, input), other.begins(actor, input)];
      if (first === undefined || second === undefined) return first ?? second;
      return (event: InspectionEvent) => {
        first(event);
        second(event);
      };
    },
    created(actor, input) {
      one.created?.(actor, input);
      other.created?.(actor, input);
    },
    handles(...given) {
      one.handles(...given);
      other.handles(...given);
    },
    handled(...given) {
      one.handled(...given);
      other.handled(...given);
    },
    resumed(actor) {
      one.resumed?.(actor);
      other.resumed?.(actor);
    },
    said(...given) {
      one.said(...given);
      other.said(...given);
    },
    emitted(...given) {
      one.emitted(...given);
      other.emitted(...given);
    },
    committed(...given) {
      one.committed(...given);
      other.committed(...given);
    },
    ended(...given) {
      one.ended(...given);
      other.ended(...given);
    },
  };
}

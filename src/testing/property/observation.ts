import type { EventObject } from 'xstate';
import type { Effect, Taken } from '../../kernel/effect.ts';
import type { ActorState } from '../../kernel/state.ts';
import { viewOf } from '../model/views.ts';
import type { ActorView, Sent } from '../model/view.ts';
import { eventOf } from '../paths/path.ts';
import type { Move } from '../paths/move.ts';

/** What properties of a machine see after each step of a run. */
export interface MachineState {
  readonly actor: ActorView;
  /** What led here; undefined for the start. */
  readonly event: EventObject | undefined;
  /** Messages the step sent, those of `tell` and `reply`. */
  readonly sent: readonly Sent[];
  /** Events the step emitted. */
  readonly emitted: readonly EventObject[];
  /** Everything else the step asks for: timers, work, logs, actions of one's own. */
  readonly effects: readonly Effect[];
  /** Virtual time since the start, ms. */
  readonly time: number;
  /** Steps so far, count. */
  readonly steps: number;
}

/** A step of a run, with all that is needed to go on from it. */
export interface Position {
  readonly state: ActorState;
  readonly move: Move | undefined;
  readonly effects: readonly Effect[];
  readonly taken: readonly Taken[];
  readonly time: number;
  readonly steps: number;
}

export function observe(name: string, { state, move, effects, time, steps }: Position): MachineState {
  const sent: Sent[] = [];
  const emitted: EventObject[] = [];
  for (const { deed } of effects)
    if (deed.kind === 'send' || deed.kind === 'reply')
      sent.push({ from: name, to: deed.to, event: deed.event });
    else if (deed.kind === 'emit') emitted.push(deed.event);
  return { actor: viewOf(name, state), event: move && eventOf(move), sent, emitted, effects, time, steps };
}

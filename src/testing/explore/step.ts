import { isFault, type Action } from '../model/action.ts';
import type { Output } from '../model/trace.ts';
import { FREE } from './environments.ts';
import { NOTHING } from './histories.ts';
import { UNCHANGED } from './networks.ts';

/**
 * A step that a system can take, apart from the state it is taken in: which numbers of the state it changes, and into what. There is
 * one for each (state of an actor, stimulus) and one for each fault of a message, so a state's way is a list of steps.
 */
export interface Step {
  readonly id: number;
  readonly action: Action;
  readonly output: Output;
  /** Whose state changes, as a place in the vector; -1 for nobody's. */
  readonly slot: number;
  /** Its next state. */
  readonly next: number;
  /** What becomes of the messages under way (networks.ts). */
  readonly change: number;
  /** What the ledger gets (histories.ts). */
  readonly record: number;
  /** What it costs (environments.ts). */
  readonly toll: number;
  /** The message that was delivered, for networks that remember; -1 for none. */
  readonly message: number;
  /** Did the same stimulus lead to something else when it was tried again? */
  readonly wavering: boolean;
  /** Need it never happen? */
  readonly fault: boolean;
}

const silent: Output = Object.freeze({ sent: [], emitted: [] });

/** All steps that were ever possible, by number. */
export class Steps {
  readonly all: Step[] = [];

  add(action: Action, parts: Partial<Omit<Step, 'id' | 'action' | 'fault'>>): Step {
    const step: Step = {
      id: this.all.length,
      action,
      output: parts.output ?? silent,
      slot: parts.slot ?? -1,
      next: parts.next ?? -1,
      change: parts.change ?? UNCHANGED,
      record: parts.record ?? NOTHING,
      toll: parts.toll ?? FREE,
      message: parts.message ?? -1,
      wavering: parts.wavering ?? false,
      fault: isFault(action),
    };
    this.all.push(step);
    return step;
  }

  at(id: number): Step {
    return this.all[id] as Step;
  }
}

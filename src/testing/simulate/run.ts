import type { EventObject } from 'xstate';
import { keyOf, stateKey } from '../../kernel/key.ts';
import type { Taken } from '../../kernel/effect.ts';
import { asked } from '../explore/asked.ts';
import { isFault, type Action } from '../model/action.ts';
import type { Reaction } from '../model/participant.ts';
import type { System } from '../model/spec.ts';
import type { Output } from '../model/trace.ts';
import type { Sent } from '../model/view.ts';
import { corruptions } from './corruption.ts';
import type { Dice, Lane } from './dice.ts';
import { Heap } from './heap.ts';
import type { Mail, Office } from './mail.ts';
import type { Armed, Due, Occasion } from './occasion.ts';
import type { Plan, Span } from './options.ts';
import { Perils } from './perils.ts';
import type { Player } from './player.ts';
import { Pool } from './pool.ts';
import { Queues } from './queues.ts';
import { Stage } from './stage.ts';
import { counterOf, noCounts, type Counts } from './tally.ts';

/** Who looks on. Either may end the run by answering `true`. */
export interface Spectator {
  /** The actors have started. */
  opened(stage: Stage, opening: Output): boolean;
  /** Something happened; `time` in µs. */
  happened(stage: Stage, action: Action, output: Output, time: number): boolean;
  took(actor: string, taken: readonly Taken[]): void;
}

/**
 * How a run ended. `final`: nothing can happen any more but faults; `settled`: what can happen changes nothing; `open`: more can happen;
 * `steps`, `time`: at its bound; `boundary`: at that of the system; `spectator`: somebody had seen enough.
 */
export type Ending = 'final' | 'settled' | 'open' | 'steps' | 'time' | 'boundary' | 'spectator';

const silence: Output = Object.freeze({ sent: [], emitted: [] });
const US = 1_000;
/** How finely a time between the least and the most is chosen. */
const GRAINS = 1_001;
const TIES = 1_024;
/** Powers of two by which something may take longer. */
const LATE = 11;
const SLOW = 4;

/** One run of a system: a discrete-event simulation in which the dice decide everything that is open. */
export class Run implements Office {
  now = 0;
  steps = 0;
  ending: Ending | undefined;
  readonly dice: Dice;
  readonly perils: Perils;
  readonly counts: Counts = noCounts();
  readonly #system: System;
  readonly #plan: Plan;
  readonly #stage: Stage;
  readonly #players: readonly Player[];
  readonly #mail: Mail;
  readonly #spectator: Spectator;
  readonly #heap = new Heap<Due>();
  readonly #storm: number;
  /** Timers that are due while messages are about to arrive, where the system says that messages are faster. */
  readonly #put: Occasion[] = [];
  #order = 0;
}

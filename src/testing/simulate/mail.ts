import type { Reaction } from '../model/participant.ts';
import type { EventObject } from 'xstate';
import type { Action } from '../model/action.ts';
import type { Sent } from '../model/view.ts';
import type { Dice, Lane } from './dice.ts';
import type { Occasion } from './occasion.ts';
import type { Perils } from './perils.ts';
import type { Player } from './player.ts';

/** What is left to be done with messages where nothing is due. `moved`: one has just been delivered. */
export type Rest = 'final' | 'settled' | 'moved';

/** What the mail schedules: a message arrives, or those that were not heeded are tried again. */
export type Moving = Extract<Occasion, { readonly kind: 'head' | 'letter' | 'again' }>;

/** The messages under way: one kind of network. */
export interface Mail {
  /** Messages that are bound to arrive. */
  readonly arriving: number;
  add(sent: Sent): void;
  /** Something that it scheduled is due. */
  move(what: Moving): void;
  /** Somebody reacted: what it did not heed it may heed now. */
  changed(player: Player): void;
  /** A dead actor is back, or the network whole: what waited for it goes on. */
  resume(): void;
  /** Nothing is due any more. */
  rest(): Rest;
  list(): readonly Sent[];
}

/** What the mail needs of the run it belongs to. Times are in µs. */
export interface Office {
  readonly now: number;
  /** The run is over in the middle of something: nothing more may be done. */
  readonly over: boolean;
  readonly dice: Dice;
  readonly perils: Perils;
  playerOf(name: string): Player | undefined;
  schedule(time: number, what: Occasion): void;
  /** How long a message is under way. */
  travel(lane: Lane, from: string, to: Player): number;
  /** By how much longer one is that is late. */
  lateness(lane: Lane): number;
  isCut(from: string, to: Player): boolean;
  /** One of the things it may become; undefined when there are none. */
  corruption(sent: Sent, lane: Lane): EventObject | undefined;
  deliver(sent: Sent, player: Player, reaction: Reaction): void;
  /** Would it leave anything different from how it is? */
  isNews(player: Player, reaction: Reaction): boolean;
  /** A message met with a fault. */
  hit(action: Extract<Action, { readonly sent: Sent }>): void;
}

import type { AnyActorLogic, AnyEventObject, EventObject } from 'xstate';
import { TroupeError } from '../../errors.ts';
import type { Outcome } from '../../kernel/step.ts';
import { flawOf } from './shape.ts';
import type { ActorView, Sent, SystemState } from './view.ts';

/** An event nobody of the system sends: the environment may. It is possible wherever the chart takes a transition for it. */
export type Choices = readonly AnyEventObject[] | ((actor: ActorView) => readonly AnyEventObject[]);

/** A question that stands in for work which is not a chart; the answer's event is what the work returns. */
export interface Question {
  readonly to: string;
  readonly event: AnyEventObject;
  /** How an answer ends the work; undefined: it answers another question. Default: `output` is the answering event. */
  readonly outcome?: (answer: EventObject) => Outcome | undefined;
}

/** What outlives a crash. `save` reads it from the snapshot after every step; `load` makes of it the input to start again with. */
export interface Durable {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the snapshot of a chart only its author knows
  readonly save: (snapshot: any) => unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what this author's own `save` returned
  readonly load: (input: any, saved: any) => unknown;
}

/** One actor of a system. */
export interface ActorSpec {
  readonly logic: AnyActorLogic;
  readonly input?: unknown;
  readonly choices?: Choices;
  /** By `src`: how promises, callbacks and observables may end. One with neither this nor `asks` never ends. */
  readonly outcomes?: Readonly<Record<string, (input: never, actor: ActorView) => readonly Outcome[]>>;
  /** By `src`: invoked work that is a question to another actor. `ask` of Troupe needs no entry. */
  readonly asks?: Readonly<Record<string, (input: never) => Question>>;
  /** What a restart finds: nothing (it starts anew with its input; the default), everything, or what `save` says. */
  readonly durable?: boolean | Durable;
  /** Events of the bus it gets, as `system.subscribe`: `order.*`, `order.>`. */
  readonly subscribe?: readonly string[];
}

/**
 * What the network does with messages under way.
 *
 * - `ordered`: one queue per sender and receiver, as Troupe delivers (guarantee T1). A message the receiver does not handle is consumed.
 * - `unordered`: a multiset; any of them may come next. A message the receiver does not handle stays.
 * - `duplicating`: a set; what is delivered stays, and may come again; the last delivery is part of the state (as in Stateright).
 * - `monotone`: a set that only grows (as in TLA+ specifications); a message is there for all that ever want to read it.
 */
export type NetworkKind = 'ordered' | 'unordered' | 'duplicating' | 'monotone';

/** How often each fault may happen; `Infinity` for as often as it likes. Default 0. */
export interface Faults {
  /** A message under way is lost. */
  readonly lose?: number;
  /** A message under way is there twice, in a queue one behind the other. For `ordered` and `unordered`. */
  readonly duplicate?: number;
  /** An actor dies: its timers and work end, what is on the way to it stays. */
  readonly crash?: number;
  /** A dead actor comes back. Default: as often as it crashes; 0 for ever dead. */
  readonly restart?: number;
  /** The network splits along one of `cuts`; messages from one side to the other wait. */
  readonly partition?: number;
  /** A split network becomes whole. Default: as often as it splits; 0 for ever split. */
  readonly heal?: number;
  /** A message is replaced by one of `system.byzantine`'s corruptions. */
  readonly corrupt?: number;
  /** A message of `system.byzantine`'s forgeries appears. */
  readonly forge?: number;
}

export interface Byzantine {
  /** What a message may become. */
  readonly corrupt?: (sent: Sent) => readonly EventObject[];
  /** Messages nobody sent. */
  readonly forge?: (state: SystemState) => readonly Sent[];
}

/** Bookkeeping that is part of the state, such as the history of a register. Pure; `undefined` from a recorder keeps it as it is. */
export interface Ledger<THistory = unknown> {
  readonly initial: THistory;
  /** A message was sent. */
  readonly sent?: (history: THistory, sent: Sent) => THistory | undefined;
  /** A message was delivered and handled. */
  readonly delivered?: (history: THistory, sent: Sent) => THistory | undefined;
  /** An actor emitted. */
  readonly emitted?: (history: THistory, actor: string, event: EventObject) => THistory | undefined;
}

/** `weak`: what stays possible is done at some time. `strong`: also what is possible again and again. */
export type Fairness = 'weak' | 'strong';

export type PropertyKind = 'always' | 'sometimes' | 'eventually';

/**
 * - `always`: in every state. With `final`: in every state in which nothing but faults can happen.
 * - `sometimes`: in at least one reachable state; a witness, not a guarantee.
 * - `eventually`: on every path, where nothing that stays possible is put off for ever (`fairness`). Faults need never happen; a restart
 *   or the healing of a network, once possible, does.
 */
export interface Property<TState = SystemState> {
  readonly name: string;
  readonly kind: PropertyKind;
  readonly holds: (state: TState) => boolean;
  readonly final?: boolean;
  /** Of an `eventually`: which runs count. Default `weak`. */
  readonly fairness?: Fairness;
  /** The actors it looks at, and nothing else: others may then be passed over by `partialOrder`. Default: it may look at everything. */
  readonly about?: readonly string[];
}

export const always = <TState = SystemState>(
  name: string,
  holds: (state: TState) => boolean,
  options: Pick<Property, 'about'> = {},
): Property<TState> => ({ name, kind: 'always', holds, ...options });

export const sometimes = <TState = SystemState>(
  name: string,
  holds: (state: TState) => boolean,
  options: Pick<Property, 'about'> = {},
): Property<TState> => ({ name, kind: 'sometimes', holds, ...options });

export const eventually = <TState = SystemState>(
  name: string,
  holds: (state: TState) => boolean,
  options: Pick<Property, 'about' | 'fairness'> = {},
): Property<TState> => ({ name, kind: 'eventually', holds, ...options });

/** Where nothing can happen any more but faults, this holds: no deadlock, no work left behind. */
export const quiescent = <TState = SystemState>(
  name: string,
  holds: (state: TState) => boolean,
): Property<TState> => ({
  name,
  kind: 'always',
  holds,
  final: true,
});

/** A network of machines with everything that may happen to it: one value for `explore`, `simulate`, properties and conformance. */
export interface System {
  readonly name: string;
  readonly actors: Readonly<Record<string, ActorSpec>>;
  /** Default `ordered`. */
  readonly network?: NetworkKind;
  readonly faults?: Faults;
  /** Who may crash. Default: every actor. */
  readonly mortal?: readonly string[];
  /** Ways to split the network: each the members of one side. Default: each actor on its own. */
  readonly cuts?: readonly (readonly string[])[];
  /**
   * When timers fire in `explore`: `any` time (default); `quiet`, only while no message can be delivered (nobody is slower than the
   * shortest timer); `never`. In `simulate` time is simulated and they fire when they are due.
   */
  readonly timers?: 'any' | 'quiet' | 'never';
  readonly byzantine?: Byzantine;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a ledger keeps only its author knows
  readonly history?: Ledger<any>;
  /** States beyond it are neither counted nor followed. */
  readonly boundary?: (state: SystemState) => boolean;
  readonly properties: readonly Property[];
  /** Groups of actors that nothing but their name tells apart. The name may be anywhere in their states and messages. */
  readonly symmetry?: readonly (readonly string[])[];
}

const kinds: readonly NetworkKind[] = ['ordered', 'unordered', 'duplicating', 'monotone'];
/** Every fault that a system has a budget for. */
export const faultNames = [
  'lose',
  'duplicate',
  'crash',
  'restart',
  'partition',
  'heal',
  'corrupt',
  'forge',
] as const satisfies readonly (keyof Faults)[];

/**
 * Check a system once, so that engines need not.
 * @throws TroupeError INVALID_OPTION naming what is wrong and what is known
 */
export function defineSystem(system: System): System {
  const flaw = flawOf(system);
  if (flaw !== undefined) throw wrong(flaw);
  const names = Object.keys(system.actors);
  if (names.length === 0) throw wrong(`The system "${system.name}" has no actors.`);
  if (system.network !== undefined && !kinds.includes(system.network))
    throw wrong(`There is no network "${system.network}". Known networks: ${kinds.join(', ')}.`);
  for (const [fault, budget] of Object.entries(system.faults ?? {}) as [string, number][]) {
    if (!(faultNames as readonly string[]).includes(fault))
      throw wrong(`There is no fault "${fault}". Known faults: ${faultNames.join(', ')}.`);
    if (!(budget === Infinity || (Number.isSafeInteger(budget) && budget >= 0)))
      throw wrong(`faults.${fault} must be a count or Infinity, got ${budget}.`);
  }
  const about = system.properties.map((property) => property.about ?? []);
  for (const group of [...(system.symmetry ?? []), ...(system.cuts ?? []), ...about, system.mortal ?? []])
    for (const name of group)
      if (!names.includes(name))
        throw wrong(`The system "${system.name}" has no actor "${name}". Its actors: ${names.join(', ')}.`);
  const twice = system.properties.find(
    ({ name }, at) => system.properties.findIndex((p) => p.name === name) < at,
  );
  if (twice !== undefined) throw wrong(`Two properties have the name "${twice.name}".`);
  return system;
}

const wrong = (message: string): TroupeError => new TroupeError('INVALID_OPTION', message);

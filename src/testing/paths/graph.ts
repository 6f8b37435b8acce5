import type { AnyActorLogic } from 'xstate';
import { TroupeError } from '../../errors.ts';
import type { Effect } from '../../kernel/effect.ts';
import { keyOf, stateKey } from '../../kernel/key.ts';
import type { ActorState } from '../../kernel/state.ts';
import { start, type Decision } from '../../kernel/step.ts';
import { Observed } from '../cover/observed.ts';
import type { ActorView } from '../model/view.ts';
import { viewOf } from '../model/views.ts';
import { Alphabet } from './alphabet.ts';
import { take, type Move } from './move.ts';
import { checkOptions, defaultPathLimits, type ExploreOptions, type PathLimits } from './options.ts';
import { moveText, stateText } from './text.ts';
import { orderOfTimers } from './work.ts';

/** A move that a machine takes in a state. */
export interface Edge {
  /** Numbers of states. */
  readonly from: number;
  readonly to: number;
  readonly move: Move;
  readonly effects: readonly Effect[];
  /** Numbers of the transitions it is made of, and outcomes of the guards that were asked (see {@link Observed}). */
  readonly taken: readonly number[];
  readonly guards: readonly number[];
}

/** A move that all guards refused. */
export interface Refusal {
  readonly move: Move;
  readonly guards: readonly number[];
}

const none: readonly number[] = Object.freeze([]);
const noEffects: readonly Effect[] = Object.freeze([]);
const noRefusals: readonly Refusal[] = Object.freeze([]);

/**
 * The states a machine can reach and the moves between them, found when they are asked for. States have numbers in the order in which
 * they were found; 0 is the initial one.
 */
export class Graph {
  /** The machine as it was given. */
  readonly machine: AnyActorLogic;
  readonly options: ExploreOptions;
  readonly limits: PathLimits;
  readonly observed: Observed;
  readonly states: ActorState[] = [];
  readonly edges: Edge[] = [];
  /** What the machine does when it starts. */
  readonly opening: Edge;
  readonly #alphabet: Alphabet;
  readonly #numbers = new Map<string, number>();
  readonly #out: (readonly number[] | undefined)[] = [];
  readonly #refused = new Map<number, readonly Refusal[]>();
  readonly #entries: number[] = [];
  #memory = 0;
  #exceeded: keyof PathLimits | undefined;

  /** @throws TroupeError INVALID_OPTION; MACHINE_FAILED when the machine does not start */
  constructor(machine: AnyActorLogic, options: ExploreOptions = {}) {
    this.machine = machine;
    this.options = options;
    this.limits = { ...defaultPathLimits, ...options.limits };
    this.observed = new Observed(machine);
    this.#alphabet = new Alphabet(this.observed.types(), options);
    const [state, effects, taken] = this.#start();
    const guards = this.observed.outcomes();
    const to = this.#enter(state, -1);
    this.opening = { from: 0, to, move: opening, effects, taken: this.observed.numbersOf(taken), guards };
  }

  /** Which bound kept states from being found; undefined when none did. */
  get exceeded(): keyof PathLimits | undefined {
    return this.#exceeded;
  }

  /** A view of a state, for people and their functions. */
  view(state: number): ActorView {
    return this.viewOf(this.states[state] as ActorState);
  }

  viewOf(state: ActorState): ActorView {
    return viewOf((this.machine as { id?: string }).id ?? 'actor', state);
  }

  /** Numbers of the edges that leave a state. */
  out(state: number): readonly number[] {
    return (this.#out[state] ??= this.#exceeded === undefined ? this.#expand(state) : none);
  }

  /** Was this state followed? */
  isExpanded(state: number): boolean {
    return this.#out[state] !== undefined;
  }

  /** The edge by which a state was found; undefined for the initial one. Breadth first, following them back is a shortest path. */
  entry(state: number): Edge | undefined {
    return this.edges[this.#entries[state] ?? -1];
  }

  entryNumber(state: number): number {
    return this.#entries[state] ?? -1;
  }

  /** Moves that were tried in a state that was followed, and refused by all guards. */
  refused(state: number): readonly Refusal[] {
    return this.#refused.get(state) ?? noRefusals;
  }

  /** Moves that must change nothing: refused ones, and events without a transition. Forged events of XState are none of them. */
  ignored(state: number): readonly Move[] {
    const at = this.states[state] as ActorState;
    this.out(state);
    return [
      ...this.refused(state).map(({ move }) => move),
      ...this.#alphabet.ignored(at, () => this.viewOf(at)),
    ].filter(({ kind }) => kind === 'event');
  }

  /** What tells a state from others. */
  keyOf(state: ActorState): string {
    const { key } = this.options;
    if (key !== undefined) return keyOf(key(this.viewOf(state)));
    return stateKey(state) + (state.timers.length > 1 ? orderOfTimers(state) : '');
  }

  /** Stop finding states: a bound is reached. */
  close(limit: keyof PathLimits): void {
    this.#exceeded ??= limit;
  }

  #start(): Decision {
    const decision = start(this.observed.logic, this.options.input);
    const { status, error } = decision[0].snapshot;
    if (status !== 'error') return decision;
    throw new TroupeError(
      'MACHINE_FAILED',
      `The machine cannot start: ${messageOf(error)}. Give the input it needs, or correct its context and entry actions.`,
      { cause: error },
    );
  }

  #expand(at: number): readonly number[] {
    const before = this.states[at] as ActorState;
    const { filter } = this.options;
    const view = (): ActorView => this.viewOf(before);
    const out: number[] = [];
    let refused: Refusal[] | undefined;
    for (const move of this.#alphabet.moves(before, view)) {
      if (filter !== undefined && !filter(view(), move)) continue;
      const [state, effects, transitions] = take(before, move);
      const guards = this.observed.outcomes();
      if (state === before && transitions.length === 0 && effects.length === 0) {
        (refused ??= []).push({ move, guards });
        continue;
      }
      this.#check(before, state, move);
      const to = this.#enter(state, this.edges.length);
      if (to < 0) continue;
      out.push(this.edges.length);
      const taken = this.observed.numbersOf(transitions);
      this.edges.push({
        from: at,
        to,
        move,
        effects: effects.length === 0 ? noEffects : effects,
        taken,
        guards,
      });
    }
    if (refused !== undefined) this.#refused.set(at, refused);
    return out;
  }

  /** The number of a state, which is new or not; -1 when it is new and there is no room for it. */
  #enter(state: ActorState, by: number): number {
    const key = this.keyOf(state);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= this.limits.states) this.close('states');
    if (this.#memory + 2 * key.length > this.limits.memory) this.close('memory');
    if (this.#exceeded !== undefined) return -1;
    const number = this.states.length;
    this.#numbers.set(key, number);
    this.#memory += 2 * key.length;
    this.states.push(state);
    this.#out.push(undefined);
    this.#entries.push(by);
    return number;
  }

  /** An event without a payload that makes the machine fail was not what the machine expects. */
  #check(before: ActorState, { snapshot }: ActorState, move: Move): void {
    if (snapshot.status !== 'error' || !('bare' in move)) return;
    if (move.kind === 'settle' && 'error' in move.outcome && snapshot.error === move.outcome.error) return;
    const what = move.kind === 'event' ? move.event.type : move.src || move.path.join('/');
    const give =
      move.kind === 'event' ? `cases: { ${what}: [{ … }] }` : `outcomes: { ${what}: [{ output: … }] }`;
    throw new TroupeError(
      'NO_CASE',
      `No case for "${what}" in state "${stateText(this.viewOf(before))}": ${moveText(move)} without a payload makes the machine fail (${messageOf(snapshot.error)}). Give ${give}.`,
      { cause: snapshot.error },
    );
  }
}

const opening: Move = { kind: 'event', event: { type: 'xstate.init' } };

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');

/** As {@link Graph}, after a check of the options. */
export const graphOf = (
  machine: AnyActorLogic,
  options: ExploreOptions,
  more: readonly string[] = [],
): Graph => {
  checkOptions(options, more);
  return new Graph(machine, options);
};

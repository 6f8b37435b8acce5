import type { EventObject } from 'xstate';
import type { Effect } from '../../kernel/effect.ts';
import type { ActorState } from '../../kernel/state.ts';
import type { ActorView } from '../model/view.ts';
import type { Sut } from '../sut/sut.ts';
import { walk } from '../sut/walk.ts';
import type { Edge, Graph } from './graph.ts';
import type { Move } from './move.ts';
import { moveText, stateText } from './text.ts';

/** One step of a path, with the state the machine is in afterwards. */
export interface Step {
  readonly move: Move;
  readonly state: ActorState;
  readonly view: ActorView;
  /** What the machine does: sends, emits, timers, work. */
  readonly effects: readonly Effect[];
  /** The transitions that are taken, such as `light.red TIMER -> light.green`. */
  readonly transitions: readonly string[];
}

/** What comes before the first step. */
export type Opening = Omit<Step, 'move'>;

/** The paths that a path is one of. */
export interface Company {
  /** Positions of a path (0: before the first step) in states that no path before it came to. */
  firstVisits(path: Path): ReadonlySet<number>;
}

/**
 * A way of a machine from its initial state. It holds numbers of edges only, or how to find them; steps are made when they are asked
 * for, so a hundred thousand paths cost little.
 */
export class Path {
  readonly graph: Graph;
  readonly end: number;
  #edges: readonly number[] | (() => readonly number[]);
  #company: Company | undefined;

  /** @param end number of the state it ends in */
  constructor(graph: Graph, end: number, edges: readonly number[] | (() => readonly number[])) {
    this.graph = graph;
    this.end = end;
    this.#edges = edges;
  }

  /** Numbers of its edges. */
  get edges(): readonly number[] {
    if (typeof this.#edges === 'function') this.#edges = this.#edges();
    return this.#edges;
  }

  /** Steps, count. */
  get length(): number {
    return this.edges.length;
  }

  /** The state it ends in. */
  get state(): ActorView {
    return this.graph.view(this.end);
  }

  get moves(): readonly Move[] {
    return this.#walk().map(({ move }) => move);
  }

  /** The events of its moves; that of a timer or of work that ends is XState's own. */
  get events(): readonly EventObject[] {
    return this.moves.map(eventOf);
  }

  get opening(): Opening {
    return this.#toStep(this.graph.opening);
  }

  get steps(): readonly Step[] {
    return this.#walk().map((edge) => this.#toStep(edge));
  }

  /** `idle · START → running · after 500 ms → done`. */
  get name(): string {
    const { graph } = this;
    const steps = this.#walk().map(({ move, to }) => ` · ${moveText(move)} → ${stateText(graph.view(to))}`);
    return stateText(graph.view(0)) + steps.join('');
  }

  toString(): string {
    return this.name;
  }

  /** @internal The first company a path is in stays its own. */
  join(company: Company): this {
    this.#company ??= company;
    return this;
  }

  /**
   * Take a system under test along this path.
   * @param options.negative also try, in each state that no earlier path came to, the events that must change nothing. Default true
   * @returns how many events were tried that had to change nothing
   * @throws TroupeError MODEL_MISMATCH with the path and the place where the system left it
   */
  async test<T>(sut: Sut<T>, { negative = true }: { readonly negative?: boolean } = {}): Promise<number> {
    const first = negative ? this.#company?.firstVisits(this) : undefined;
    let tried = 0;
    await walk(this, sut, (steps) => {
      if (first?.has(steps) === false || !negative) return [];
      const ignored = this.graph.ignored(this.#stateAt(steps));
      tried += ignored.length;
      return ignored;
    });
    return tried;
  }

  #stateAt(steps: number): number {
    return steps === 0 ? 0 : (this.graph.edges[this.edges[steps - 1] ?? -1]?.to ?? 0);
  }

  #walk(): Edge[] {
    return this.edges.map((number) => this.graph.edges[number] as Edge);
  }

  #toStep({ move, to, effects, taken }: Edge): Step {
    const { states, observed } = this.graph;
    const state = states[to] as ActorState;
    const transitions = taken.map((number) => observed.labels[number] ?? '');
    return { move, state, view: this.graph.viewOf(state), effects, transitions };
  }
}

/** The event by which XState tells the machine of a move. */
export const eventOf = (move: Move): EventObject => {
  if (move.kind !== 'settle') return move.event;
  const actorId = move.path.at(-1) ?? '';
  return 'error' in move.outcome
    ? ({ type: `xstate.error.actor.${actorId}`, error: move.outcome.error, actorId } as EventObject)
    : ({ type: `xstate.done.actor.${actorId}`, output: move.outcome.output, actorId } as EventObject);
};

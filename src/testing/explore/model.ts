import { TroupeError } from '../../errors.ts';
import type { System } from '../model/spec.ts';
import { tolls } from './environments.ts';
import { Perils } from './perils.ts';
import { Reactions } from './reactions.ts';
import type { Step } from './step.ts';
import { tablesOf, type Tables } from './tables.ts';

/** Called with each step that is possible; the state it leads to is in `model.next` until the visitor returns. */
export type Visit = (step: Step) => void;

/**
 * Job: the states of a system as vectors of numbers, and what follows each. A vector has the state of each actor in the order of
 * declaration, then `network`, `history`, `environment` and `last` (the message delivered last, for the duplicating network).
 *
 * - M1 two vectors are equal exactly when the states are (test/checking/support/naive.ts says which states are);
 * - M2 `successors` depends on the vector alone, so edges can be walked again instead of being kept;
 * - M3 a step that is possible is visited, also when it leads back to the same state, and as often as there are ways to take it.
 */
export class Model {
  readonly tables: Tables;
  readonly reactions: Reactions;
  /** Numbers in a vector. */
  readonly width: number;
  /** So many come first; those behind are the same in all states, for lack of a ledger, of faults or of such a network. */
  readonly varying: number;
  readonly actors: number;
  readonly network: number;
  readonly history: number;
  readonly environment: number;
  readonly last: number;
  readonly initial: Int32Array;
  /** What the actors do first, in order. */
  readonly opening: readonly Step[];
  /** The state the visited step leads to. */
  readonly next: Int32Array;
  /** 1 for each toll that was paid in some state. */
  readonly paid: Uint8Array;
  readonly #perils: Perils;

  constructor(system: System) {
    checkLogic(system);
    this.tables = tablesOf(system);
    this.reactions = new Reactions(this.tables);
    this.actors = this.tables.roles.length;
    this.network = this.actors;
    this.history = this.actors + 1;
    this.environment = this.actors + 2;
    this.last = this.actors + 3;
    this.width = this.actors + 4;
    this.next = new Int32Array(this.width);
    this.initial = new Int32Array(this.width);
    this.initial[this.last] = -1;
    this.varying = this.#varying();
    this.paid = new Uint8Array(tolls.length + this.tables.environments.cuts.length);
    this.#perils = new Perils(this);
    this.next.set(this.initial);
    this.opening = this.tables.roles.map((_, slot) => this.#begin(slot));
  }

  /** All that can happen in a state. `vector` must not be `next`. */
  successors(vector: Int32Array, visit: Visit): void {
    const { timers } = this.tables.system;
    const delivered = this.#deliveries(vector, visit);
    const quiet = timers !== 'quiet' || !delivered;
    for (let slot = 0; slot < this.actors; slot += 1) {
      const { moves, timeouts } = this.reactions.own(vector[slot] as number);
      for (const step of moves) this.take(vector, step, visit);
      if (quiet) for (const step of timeouts) this.take(vector, step, visit);
    }
    if (this.tables.environments.perilous) this.#perils.visit(vector, visit);
  }

  /** The state after a step, in `next`. The step's toll must be affordable. */
  take(vector: Int32Array, step: Step, visit: Visit): void {
    const { networks, histories, environments } = this.tables;
    const next = this.next;
    for (let at = 0; at < this.varying; at += 1) next[at] = vector[at] as number;
    if (step.slot >= 0) next[step.slot] = step.next;
    next[this.network] = networks.after(vector[this.network] as number, step.change);
    next[this.history] = histories.after(vector[this.history] as number, step.record);
    if (step.toll >= 0) {
      next[this.environment] = environments.after(vector[this.environment] as number, step.toll);
      this.paid[step.toll] = 1;
    }
    if (step.message >= 0) next[this.last] = step.message;
    visit(step);
  }

  #deliveries(vector: Int32Array, visit: Visit): boolean {
    const { networks, messages, kind, environments } = this.tables;
    const network = vector[this.network] as number;
    const { arena } = networks;
    const end = networks.end(network);
    const side = environments.side(vector[this.environment] as number);
    const queues = kind === 'ordered';
    let before = -1;
    let any = false;
    for (let at = networks.start(network); at < end; at += 1) {
      const message = arena[at] as number;
      const rank = queues ? messages.flow.at(message) : message;
      if (rank === before) continue;
      before = rank;
      const receiver = messages.receiver.at(message);
      if (side !== undefined && side[receiver] !== (side[messages.sender.at(message)] ?? false)) continue;
      const step = this.reactions.delivery(vector[receiver] as number, message);
      if (step === undefined) continue;
      any = true;
      this.take(vector, step, visit);
    }
    return any;
  }

  #varying(): number {
    const { kind, environments, system } = this.tables;
    if (kind === 'duplicating') return this.width;
    if (environments.perilous) return this.environment + 1;
    return system.history === undefined ? this.network + 1 : this.history + 1;
  }

  #begin(slot: number): Step {
    const step = this.reactions.begin(slot);
    this.take(this.initial, step, () => this.initial.set(this.next));
    return step;
  }
}

/** @throws TroupeError INVALID_OPTION */
function checkLogic({ name, actors }: System): void {
  for (const [actor, { logic }] of Object.entries(actors)) {
    const given: unknown = logic;
    if (typeof (given as { transition?: unknown } | undefined)?.transition === 'function') continue;
    throw new TroupeError(
      'INVALID_OPTION',
      `The actor "${actor}" of the system "${name}" has no logic: ${String(given)}. Give it a machine.`,
    );
  }
}

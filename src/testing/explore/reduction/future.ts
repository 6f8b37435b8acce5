import type { Model } from '../model.ts';
import type { Step } from '../step.ts';

/** Reactions looked at before the future counts as unknown, count. */
const LIMIT = 200_000;
/** Actors of a system whose futures fit into one word of bits, count. */
export const maxActors = 30;

/**
 * Whom an actor may ever send to, from each of its states on. Worked out once, before the search, in a world where every message that could
 * be sent is always there: what is possible in the system is possible there, so nothing is left out (a Cartesian abstraction; it has as many
 * states as the actors have, not their product).
 */
export class Future {
  /** Bits of receivers, by state of an actor. */
  readonly #sends: number[] = [];
  readonly #before = new Map<number, number[]>();
  readonly #model: Model;
  readonly #messages: number[][];
  readonly #locals: number[][];
  readonly #seen = new Set<number>();
  readonly #posted = new Set<number>();
  readonly #work: (() => void)[] = [];
  #reactions = 0;

  private constructor(model: Model) {
    this.#model = model;
    this.#messages = model.tables.roles.map(() => []);
    this.#locals = model.tables.roles.map(() => []);
  }

  /** undefined when there is too much of it. */
  static of(model: Model): Future | undefined {
    if (model.actors > maxActors) return undefined;
    const future = new Future(model);
    return future.#explore() ? future : undefined;
  }

  /** May an actor in this state, or one that comes of it, send to the actor at that place? */
  maySend(local: number, receiver: number): boolean {
    return ((this.#sends[local] ?? ~0) & (1 << receiver)) !== 0;
  }

  #explore(): boolean {
    const { initial, network, tables } = this.#model;
    const { networks } = tables;
    for (let slot = 0; slot < this.#model.actors; slot += 1) this.#reach(initial[slot] as number);
    const [start, end] = [
      networks.start(initial[network] as number),
      networks.end(initial[network] as number),
    ];
    for (const message of networks.arena.slice(start, end)) this.#post(message);
    for (let task = this.#work.pop(); task !== undefined; task = this.#work.pop()) {
      if (this.#reactions > LIMIT) return false;
      task();
    }
    this.#spread();
    return true;
  }

  #reach(local: number): void {
    if (this.#seen.has(local)) return;
    this.#seen.add(local);
    const { locals } = this.#model.tables;
    const slot = locals.slot.at(local);
    this.#locals[slot]?.push(local);
    this.#sends[local] ??= 0;
    for (const message of this.#messages[slot] ?? []) this.#meet(local, message);
    this.#work.push(() => {
      const { moves, timeouts } = this.#model.reactions.own(local);
      for (const step of [...moves, ...timeouts]) this.#take(local, step);
    });
  }

  #post(message: number): void {
    if (this.#posted.has(message)) return;
    this.#posted.add(message);
    const slot = this.#model.tables.messages.receiver.at(message);
    this.#messages[slot]?.push(message);
    for (const local of this.#locals[slot] ?? []) this.#meet(local, message);
  }

  #meet(local: number, message: number): void {
    this.#work.push(() => {
      const step = this.#model.reactions.delivery(local, message);
      if (step !== undefined) this.#take(local, step);
    });
  }

  #take(local: number, step: Step): void {
    this.#reactions += 1;
    const { networks, messages } = this.#model.tables;
    const before = this.#before.get(step.next);
    if (before === undefined) this.#before.set(step.next, [local]);
    else before.push(local);
    this.#reach(step.next);
    for (const message of networks.joining(step.change)) {
      this.#sends[local] = (this.#sends[local] ?? 0) | (1 << messages.receiver.at(message));
      this.#post(message);
    }
  }

  /** What a state may send, all states that lead to it may. */
  #spread(): void {
    const queue = [...this.#seen];
    for (let local = queue.pop(); local !== undefined; local = queue.pop()) {
      const bits = this.#sends[local] ?? 0;
      for (const before of this.#before.get(local) ?? []) {
        const known = this.#sends[before] ?? 0;
        if ((known | bits) === known) continue;
        this.#sends[before] = known | bits;
        queue.push(before);
      }
    }
  }
}

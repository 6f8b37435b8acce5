import { NOTHING } from '../histories.ts';
import type { Model } from '../model.ts';
import { Future } from './future.ts';

/**
 * Partial order reduction by ample sets (Clarke, Grumberg and Peled, Model Checking, chapter 10): where the steps of one actor neither
 * touch nor are touched by what others do, only they are taken, and the others' steps later.
 *
 * - C1 whatever others do first, it neither disables these steps nor adds to them: nobody may send this actor anything new, or, in an
 *   ordered network, only behind what is waiting already (in each queue from the one to the other: answers have their own);
 * - C2 no property sees these steps: none looks at this actor, none of the steps is written in the history, no actor fails by one;
 * - C3 (by the search) one of them leads to a state that was not looked at yet, so no step is put off for ever.
 *
 * Faults, `quiet` timers, a boundary and the duplicating network's memory tie all steps together: then nothing is reduced.
 */
export class Ample {
  readonly #model: Model;
  readonly #future: Future;
  /** By place: does no property look at the actor? */
  readonly #unseen: readonly boolean[];
  /** How many queues there may ever be from one actor to another, by sender and receiver. */
  readonly #queues: readonly number[];

  private constructor(model: Model, future: Future) {
    const { properties } = model.tables.system;
    this.#model = model;
    this.#future = future;
    this.#queues = queuesOf(model);
    this.#unseen = model.tables.roles.map(({ name }) =>
      properties.every(
        ({ final, about }) => final === true || (about !== undefined && !about.includes(name)),
      ),
    );
  }

  /** undefined where nothing could be reduced. */
  static of(model: Model): Ample | undefined {
    const { system, kind, environments } = model.tables;
    const tied = environments.perilous || system.timers === 'quiet' || system.boundary !== undefined;
    if (tied || kind === 'duplicating') return undefined;
    const future = Future.of(model);
    if (future === undefined) return undefined;
    const ample = new Ample(model, future);
    return ample.#unseen.includes(true) ? ample : undefined;
  }

  /** The place of an actor whose steps alone may be taken in this state; -1 for none. */
  choose(vector: Int32Array): number {
    const { actors } = this.#model;
    const moving = this.#moving(vector);
    for (let slot = 0; slot < actors; slot += 1)
      if (moving[slot] === 1 && this.#isUntouched(vector, slot)) return slot;
    return -1;
  }

  /** By place: 1 where the actor has steps and none of them is seen. */
  #moving(vector: Int32Array): Uint8Array {
    const { actors, tables } = this.#model;
    const moving = new Uint8Array(actors);
    const seen = new Uint8Array(actors);
    this.#model.successors(vector, ({ slot, record, next }) => {
      if (slot < 0) return;
      moving[slot] = 1;
      if (record !== NOTHING || tables.locals.failed.at(next) === 1) seen[slot] = 1;
    });
    return moving.map((moves, slot) =>
      moves === 1 && seen[slot] === 0 && this.#unseen[slot] === true ? 1 : 0,
    );
  }

  #isUntouched(vector: Int32Array, slot: number): boolean {
    for (let other = 0; other < this.#model.actors; other += 1) {
      if (other === slot || !this.#future.maySend(vector[other] as number, slot)) continue;
      if (!this.#isWaiting(vector, other, slot)) return false;
    }
    return true;
  }

  /** Is something waiting in each queue in which this sender may ever send to this receiver? */
  #isWaiting(vector: Int32Array, sender: number, receiver: number): boolean {
    const { tables, network, actors } = this.#model;
    const { networks, messages, kind } = tables;
    if (kind !== 'ordered') return false;
    const content = vector[network] as number;
    let queues = 0;
    let before = -1;
    for (let at = networks.start(content); at < networks.end(content); at += 1) {
      const message = networks.arena[at] as number;
      const flow = messages.flow.at(message);
      if (flow === before) continue;
      before = flow;
      if (messages.sender.at(message) === sender && messages.receiver.at(message) === receiver) queues += 1;
    }
    return queues > 0 && queues === this.#queues[sender * actors + receiver];
  }
}

/** All messages there may ever be have been met when the future was worked out. */
function queuesOf({ actors, tables: { messages } }: Model): number[] {
  const flows = Array.from({ length: actors * actors }, () => new Set<number>());
  for (let message = 0; message < messages.flow.length; message += 1)
    flows[messages.sender.at(message) * actors + messages.receiver.at(message)]?.add(
      messages.flow.at(message),
    );
  return flows.map(({ size }) => size);
}

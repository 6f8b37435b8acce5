import { createSystem, type Store, type System } from 'troupe';
import { counter } from './counter.ts';
import type { ActivateLoad, Latencies, StepsLoad, StepsRound } from './durable.ts';
import { latenciesOf, runLanes } from './lanes.ts';

/** Time without a message after which an actor of the kind that is passivated leaves memory, ms. */
const IDLE = 20;
const LOOK = 20;

/** What the worker of every kind of store does with its actors. */
export class DurableCounters {
  readonly #system: System;
  /** What each actor has been sent. */
  readonly #sent = new Map<string, number>();
  #runs = 0;

  private constructor(system: System) {
    this.#system = system;
  }

  static async open(store: Store, name = 'bench'): Promise<DurableCounters> {
    const system = await createSystem({ store, name });
    await system.host('counter', counter);
    await system.host('sleeper', counter, { idle: IDLE });
    return new DurableCounters(system);
  }

  /** @throws Error when an actor counted something else than it was sent */
  async steps({ actors, waiting, seconds }: StepsLoad): Promise<StepsRound> {
    const refs = Array.from({ length: actors }, (_, key) => this.#ref(`counter/${key}`));
    const sent = refs.map(() => 0);
    const round = await runLanes(actors * waiting, seconds, async (lane) => {
      const actor = lane % actors;
      sent[actor]! += 1;
      return refs[actor]!.deliver({ type: 'INC' });
    });
    await Promise.all(refs.map(async (_, key) => this.#check(`counter/${key}`, sent[key]!)));
    return round;
  }

  async activate({ actors }: ActivateLoad): Promise<Latencies> {
    const run = ++this.#runs;
    const ids = Array.from({ length: actors }, (_, key) => `sleeper/${run}-${key}`);
    const others = this.#system.stats().actors;
    await Promise.all(ids.map(async (id) => this.#ref(id).deliver({ type: 'INC' })));
    while (this.#system.stats().actors > others) await new Promise((resolve) => setTimeout(resolve, LOOK));
    const latencies: number[] = [];
    for (const id of ids) {
      const began = performance.now();
      await this.#ref(id).deliver({ type: 'INC' });
      latencies.push(performance.now() - began);
      this.#sent.set(id, 1);
    }
    await Promise.all(ids.map(async (id) => this.#check(id, 1)));
    return latenciesOf(latencies);
  }

  async #check(id: string, more: number): Promise<void> {
    const total = (this.#sent.get(id) ?? 0) + more;
    this.#sent.set(id, total);
    const { count } = await this.#ref(id).ask({ type: 'COUNT' });
    if (count !== total) throw new Error(`"${id}" was sent ${total} events and counted ${count}.`);
  }

  #ref(id: string) {
    return this.#system.ref<typeof counter>(id);
  }
}

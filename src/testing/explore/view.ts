import type { ActorView, Sent, SystemState } from '../model/view.ts';
import type { Model } from './model.ts';

/** A state as properties see it. One object serves all states in turn: what is read from it is good until the next `show`. */
export class StateView implements SystemState {
  readonly actors: Readonly<Record<string, ActorView>>;
  readonly #model: Model;
  readonly #names: readonly string[];
  readonly #shown: Int32Array;

  constructor(model: Model) {
    this.#model = model;
    this.#names = Object.keys(model.tables.system.actors);
    this.#shown = new Int32Array(model.width).fill(-1);
    this.actors = Object.fromEntries(this.#names.map((name) => [name, undefined as unknown as ActorView]));
  }

  show(vector: Int32Array): this {
    const { locals } = this.#model.tables;
    const actors = this.actors as Record<string, ActorView>;
    const shown = this.#shown;
    for (let slot = 0; slot < this.#names.length; slot += 1) {
      const local = vector[slot] as number;
      if (shown[slot] !== local) actors[this.#names[slot] as string] = locals.view(local);
    }
    shown.set(vector);
    return this;
  }

  get network(): readonly Sent[] {
    return this.#model.tables.networks.view(this.#shown[this.#model.network] as number);
  }

  get history(): unknown {
    return this.#model.tables.histories.values.at(this.#shown[this.#model.history] as number);
  }

  get partition(): readonly string[] | undefined {
    return this.#model.tables.environments.partition(this.#shown[this.#model.environment] as number);
  }

  /** A copy that stays as it is. */
  copy(): SystemState {
    const { actors, network, history, partition } = this;
    return { actors: { ...actors }, network, history, partition };
  }
}

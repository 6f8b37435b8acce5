import { createClient, type System } from 'troupe';
import { services, vitalsOf } from './addresses.ts';
import type { Vitals } from './contracts.ts';
import { vitalsOfSystem } from './services/start.ts';

export interface VitalsReading {
  /** Messages sent by all nodes since they began. */
  readonly sent: number;
  readonly deadLetters: number;
}

/** Ask all nodes how they are doing, and add it up. */
export class Monitor {
  readonly #system: System;
  /** The last word of each node: a node that died is counted with what it said last. */
  readonly #readings = new Map<string, VitalsReading>();

  constructor(system: System) {
    this.#system = system;
  }

  async read(): Promise<VitalsReading> {
    await Promise.all(services.map(async (service) => this.#readOne(service)));
    this.#readings.set('shop', vitalsOfSystem(this.#system));
    const all = [...this.#readings.values()];
    return {
      sent: all.reduce((sum, { sent }) => sum + sent, 0),
      deadLetters: all.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
    };
  }

  async #readOne(service: (typeof services)[number]): Promise<void> {
    const client = createClient<Vitals>(this.#system.ref(vitalsOf(service)), { timeout: 500 });
    try {
      const { node, ...reading } = await client.read(null);
      this.#readings.set(node, reading);
    } catch {
      // It is dead or busy; the next reading will tell.
    }
  }
}

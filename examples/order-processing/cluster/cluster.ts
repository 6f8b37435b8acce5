import type { System } from 'troupe';

/** All services, running, and a node of our own to talk with them. */
export interface Cluster {
  readonly mode: 'in-process' | 'nats';
  readonly system: System;
  /**
   * Let the payment service die in the middle of its work, and see to it that it comes back.
   * @param address the actor that dies where services share a process; otherwise the process dies, with all in it
   */
  strike(address: string): Promise<void>;
  /** Processes killed so far. */
  readonly killed: number;
  stop(): Promise<void>;
}

import type { View } from '../actor/logic.ts';
import type { Listener, Parting, Resident } from '../actor/resident.ts';
import { fromWireView, toWireView } from '../actor/view.ts';
import { toWire } from '../message/failure.ts';
import type { Clock } from '../ports.ts';
import { fromWire } from '../message/failure.ts';
import type { Control } from './control.ts';

type Observe = Extract<Control, { type: '$observe' }>;
type Snapshot = Extract<Control, { type: '$snapshot' }>;
type Ended = Extract<Control, { type: '$ended' }>;

export interface ObservationsOptions {
  readonly clock: Clock;
  readonly say: (node: string, message: Control) => void;
}

/** An observer who is told as well that a virtual actor moved. */
export interface Follower {
  readonly next?: (view: View) => void;
  readonly end: (parting: Parting) => void;
}

interface Outgoing {
  readonly node: string;
  readonly observer: Follower;
}

/** Watch and subscribe across nodes (A3): the observed node tells of snapshots and of the end; its death is the end as well. */
export class Observations {
  readonly #options: ObservationsOptions;
  /** What we observe elsewhere, by our number. */
  readonly #ours = new Map<number, Outgoing>();
  /** What others observe here: by node, then by their number. */
  readonly #theirs = new Map<string, Map<number, () => void>>();
  #number = 0;

  constructor(options: ObservationsOptions) {
    this.#options = options;
  }

  /** Observe an actor of this node. */
  here(cell: Resident, { next, end }: Follower): () => void {
    const listener: Listener =
      next === undefined ? { end } : { end, next: (snapshot) => next(fromWireView(toWireView(snapshot))) };
    const present = cell.snapshot;
    // First what is, then what comes: the end may come at once.
    if (present !== undefined) listener.next?.(present);
    return cell.listen(listener);
  }

  /** Observe an actor of another node. */
  there(node: string, id: string, observer: Follower): () => void {
    const observation = ++this.#number;
    this.#ours.set(observation, { node, observer });
    this.#options.say(node, { type: '$observe', id, observation, snapshots: observer.next !== undefined });
    return () => {
      if (this.#ours.delete(observation)) this.#options.say(node, { type: '$unobserve', observation });
    };
  }

  /**
   * Another node wants to observe an actor that is about to come here.
   * @returns does it still want to?
   */
  expected(node: string, { observation }: Observe): () => boolean {
    const waiting = (): void => undefined;
    const observations = this.#theirs.get(node) ?? new Map<number, () => void>();
    this.#theirs.set(node, observations.set(observation, waiting));
    return () => this.#theirs.get(node)?.get(observation) === waiting;
  }

  /** What another node wants to observe lives elsewhere. */
  moved(node: string, { observation }: Observe): void {
    this.#theirs.get(node)?.delete(observation);
    this.#sayEnded(node, observation, { reason: 'moved' });
  }

  /** Another node wants to observe an actor of ours; undefined: we have none such. */
  observed(node: string, { observation, snapshots }: Observe, cell: Resident | undefined): void {
    if (cell === undefined) return this.#sayEnded(node, observation, { reason: 'no-such-actor' });
    const teller = this.#teller(node, observation);
    const end = (ending: Parting): void => {
      teller.flush();
      this.#theirs.get(node)?.delete(observation);
      this.#sayEnded(node, observation, ending);
    };
    const present = cell.snapshot;
    if (snapshots && present !== undefined) this.#saySnapshot(node, observation, present);
    const stop = cell.listen(snapshots ? { end, next: teller.tell } : { end });
    const observations = this.#theirs.get(node) ?? new Map<number, () => void>();
    this.#theirs.set(node, observations.set(observation, stop));
  }

  unobserved(node: string, observation: number): void {
    const observations = this.#theirs.get(node);
    observations?.get(observation)?.();
    observations?.delete(observation);
  }

  snapshot(node: string, { observation, view }: Snapshot): void {
    const ours = this.#ours.get(observation);
    if (ours?.node === node) ours.observer.next?.(fromWireView(view));
  }

  ended(node: string, { observation, reason, output, error }: Ended): void {
    const ours = this.#ours.get(observation);
    if (ours?.node !== node) return;
    this.#ours.delete(observation);
    if (reason === 'moved') return ours.observer.end({ reason });
    ours.observer.end({ reason, output, ...(error === undefined ? {} : { error: fromWire(error) }) });
  }

  /** A node died: what we observed there has ended, and it observes nothing here any more. */
  forgetNode(node: string): void {
    for (const stop of this.#theirs.get(node)?.values() ?? []) stop();
    this.#theirs.delete(node);
    for (const [observation, ours] of this.#ours) {
      if (ours.node !== node) continue;
      this.#ours.delete(observation);
      ours.observer.end({ reason: 'node-down' });
    }
  }

  /** Snapshots that follow each other within a tick travel as the last of them; the last of all before the end. */
  #teller(node: string, observation: number): { tell: (snapshot: object) => void; flush: () => void } {
    let latest: object | undefined;
    const flush = (): void => {
      const told = latest;
      latest = undefined;
      const isWanted = this.#theirs.get(node)?.has(observation) === true;
      if (isWanted && told !== undefined) this.#saySnapshot(node, observation, told);
    };
    const tell = (snapshot: object): void => {
      const scheduled = latest !== undefined;
      latest = snapshot;
      if (!scheduled) this.#options.clock.setImmediate(flush);
    };
    return { tell, flush };
  }

  #saySnapshot(node: string, observation: number, snapshot: object): void {
    try {
      this.#options.say(node, { type: '$snapshot', observation, view: toWireView(snapshot) });
    } catch (error) {
      this.unobserved(node, observation);
      this.#sayEnded(node, observation, { reason: 'failed', error });
    }
  }

  #sayEnded(node: string, observation: number, parting: Parting): void {
    const { reason } = parting;
    const { output, error } = reason === 'moved' ? {} : parting;
    const failure = error === undefined ? undefined : toWire(error);
    try {
      this.#options.say(node, { type: '$ended', observation, reason, output, error: failure });
    } catch (cause) {
      this.#options.say(node, {
        type: '$ended',
        observation,
        reason,
        output: undefined,
        error: failure ?? toWire(cause),
      });
    }
  }
}

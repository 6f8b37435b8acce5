import type { Registry } from '../actor/registry.ts';
import { noSuchActor } from '../actor/ref.ts';
import type { Receiver, Turns } from '../actor/turns.ts';
import type { DeadReason } from '../actor/dead-letters.ts';
import { TroupeError } from '../errors.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Directory } from './directory.ts';
import type { Placement } from './placement.ts';
import type { Services } from './services.ts';

export interface RouterOptions {
  readonly self: string;
  readonly mailbox: number;
  readonly unresolved: number;
  readonly registry: Registry;
  readonly turns: Turns;
  readonly services: Services;
  readonly directory: Directory;
  readonly placement: Placement;
  readonly send: (node: string, envelope: Envelope) => void;
  /** An answer to an ask of this node. */
  readonly settle: (id: string, envelope: Envelope) => void;
  readonly undelivered: (reason: DeadReason, envelope: Envelope, error: TroupeError) => void;
  /** A node sent us something for an actor that is not here. */
  readonly misdirected: (node: string, id: string) => void;
}

/**
 * Job: from an address to a place. In this order: the node the address names, an actor here, the owner of a virtual actor, a service, the
 * node the directory remembers, and at last asking everyone. Messages for an address that is being asked for wait behind each other,
 * so order between a sender and a receiver is kept (T1).
 */
export class Router {
  readonly #options: RouterOptions;
  readonly #waiting = new Map<string, Envelope[]>();

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Messages whose receiver is being looked for. */
  get pending(): number {
    let sum = 0;
    for (const envelopes of this.#waiting.values()) sum += envelopes.length;
    return sum;
  }

  /** @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE when the envelope has to travel and cannot. */
  route(envelope: Envelope): void {
    const { to } = envelope;
    if (this.#options.placement.covers(to)) return this.#sendVirtual(to, envelope);
    const cell = this.#options.registry.at(to);
    if (cell !== undefined) return this.give(cell, envelope);
    const at = to.indexOf('@');
    if (at < 0) return this.#find(to, envelope);
    const node = to.slice(at + 1);
    if (node !== this.#options.self) return this.#options.send(node, envelope);
    if (!this.#here(to.slice(0, at), envelope)) this.#nobody(envelope);
  }

  /** A message came from another node. It is forwarded once if the actor has moved on. */
  arrive(envelope: Envelope): void {
    if (this.#options.placement.covers(envelope.to)) return this.#options.placement.arrive(envelope);
    const cell = this.#options.registry.at(envelope.to);
    if (cell !== undefined) return this.give(cell, envelope);
    const at = envelope.to.indexOf('@');
    const id = at < 0 ? envelope.to : envelope.to.slice(0, at);
    if (this.#here(id, envelope)) return;
    if (at >= 0) return this.#nobody(envelope);
    this.#options.directory.forget(id);
    this.#options.misdirected(envelope.node, id);
    this.#resolve(id, envelope);
  }

  /** Give a message to a receiver of this node, unless as many wait for it as may. */
  give(receiver: Receiver, envelope: Envelope): void {
    if (receiver.waiting >= this.#options.mailbox) this.full(envelope);
    else this.#options.turns.take(receiver, envelope);
  }

  /** What was sent before anybody hosted it goes first. */
  #sendVirtual(id: string, envelope: Envelope): void {
    if (this.#waiting.has(id)) this.#resolve(id, envelope);
    else this.#options.placement.send(envelope);
  }

  #here(id: string, envelope: Envelope): boolean {
    if (id.startsWith('?')) {
      this.#options.settle(id, envelope);
      return true;
    }
    const receiver = this.#options.registry.receiver(id) ?? this.#options.services.pickHere(id)?.cell;
    if (receiver === undefined) return false;
    this.give(receiver, envelope);
    return true;
  }

  #find(id: string, envelope: Envelope): void {
    const local = this.#options.registry.receiver(id);
    if (local !== undefined) return this.give(local, envelope);
    const instance = this.#options.services.pick(id);
    if (instance !== undefined) {
      return 'node' in instance
        ? this.#options.send(instance.node, envelope)
        : this.give(instance.cell, envelope);
    }
    const node = this.#waiting.has(id) ? undefined : this.#options.directory.locate(id);
    if (node === undefined) this.#resolve(id, envelope);
    else this.#options.send(node, envelope);
  }

  #resolve(id: string, envelope: Envelope): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      if (waiting.length >= this.#options.unresolved) return this.full(envelope);
      waiting.push(envelope);
      return;
    }
    this.#waiting.set(id, [envelope]);
    void this.#options.directory.resolve(id).then((node) => this.#resolved(id, node));
  }

  #resolved(id: string, node: string | undefined): void {
    const envelopes = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const envelope of envelopes) {
      if (this.#hosted(id, envelope)) continue;
      if (this.#here(id, envelope)) continue;
      const holder = node ?? this.#newServer(id, envelope);
      if (holder === undefined) this.#nobody(envelope);
      else this.forward(holder, envelope);
    }
  }

  /** A host of its kind came while everyone was asked. */
  #hosted(id: string, envelope: Envelope): boolean {
    const { placement, self, undelivered } = this.#options;
    if (!placement.covers(id) || placement.owner(id) === undefined) return false;
    try {
      if (envelope.node === self && envelope.via === undefined) placement.send(envelope);
      else placement.arrive(envelope);
    } catch (error) {
      undelivered('unserializable', envelope, error as TroupeError);
    }
    return true;
  }

  /** A service that began while everyone was asked: its node said so before it answered. */
  #newServer(id: string, envelope: Envelope): string | undefined {
    const instance = envelope.node === this.#options.self ? this.#options.services.pick(id) : undefined;
    return instance !== undefined && 'node' in instance ? instance.node : undefined;
  }

  /** Send to another node. @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE */
  send(node: string, envelope: Envelope): void {
    this.#options.send(node, envelope);
  }

  /** Send to a node where nobody is left who could be thrown at. */
  forward(node: string, envelope: Envelope): void {
    try {
      this.#options.send(node, envelope);
    } catch (error) {
      this.#options.undelivered('unserializable', envelope, error as TroupeError);
    }
  }

  /** For a virtual actor whose kind, as we hear, nobody hosts: ask everyone. A host says that it is one before it answers. */
  search(envelope: Envelope): void {
    this.#resolve(envelope.to, envelope);
  }

  #nobody(envelope: Envelope): void {
    this.#options.undelivered('no-such-actor', envelope, noSuchActor(envelope.to));
  }

  full(envelope: Envelope): void {
    this.#options.undelivered('mailbox-full', envelope, overloaded(envelope));
  }
}

export const overloaded = ({ to }: Envelope): TroupeError =>
  new TroupeError(
    'MAILBOX_FULL',
    `"${to}" has as many messages waiting as it may (limits.mailbox): slow down, or add instances.`,
    {
      retryable: true,
    },
  );

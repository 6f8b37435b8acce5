import type { Registry } from '../actor/registry.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import { pageOf, rowOf } from './census.ts';
import { TroupeError } from '../errors.ts';
import { isControl, type ActorRow, type Control } from './control.ts';
import type { Directory } from './directory.ts';
import type { Membership } from './membership.ts';
import type { Observations } from './observe.ts';
import type { Placement } from './placement.ts';

/** The parts of a node that other nodes talk to. */
export interface Controlled {
  readonly name: string;
  readonly registry: Registry;
  readonly directory: Directory;
  readonly membership: Membership;
  readonly observations: Observations;
  readonly placement: Placement;
  send(to: Address, event: Message): void;
}

/** What nodes say to each other, handed to the part that it concerns. */
export class Controller {
  readonly #node: Controlled;
  readonly #page: number;

  /** @param page size of one answer about the actors of this node, bytes */
  constructor(node: Controlled, page: number) {
    this.#node = node;
    this.#page = page;
  }

  /** @returns false when it is nothing that nodes say to each other */
  handle({ node: sender, event }: Envelope): boolean {
    if (!isControl(event)) return false;
    this.#dispatch(sender, event);
    return true;
  }

  #dispatch(sender: string, event: Control): void {
    const { membership, directory, observations, placement } = this.#node;
    switch (event.type) {
      case '$beat':
        return membership.take(sender, event);
      case '$ping':
        return;
      case '$who':
        return directory.asked(sender, event);
      case '$have':
        return directory.answered(sender, event);
      case '$gone':
        return directory.forget(event.id);
      case '$observe':
        return this.#observed(sender, event);
      case '$unobserve':
        return observations.unobserved(sender, event.observation);
      case '$snapshot':
        return observations.snapshot(sender, event);
      case '$ended':
        return observations.ended(sender, event);
      case '$took':
        return this.#took(event);
      case '$stop':
        return this.#stop(event.id);
      case '$list':
        return this.#tell(event);
      default:
        return placement.handle(sender, event);
    }
  }

  #observed(sender: string, event: Extract<Control, { type: '$observe' }>): void {
    const { observations, placement, registry } = this.#node;
    if (!placement.covers(event.id)) return observations.observed(sender, event, registry.get(event.id));
    const isWanted = observations.expected(sender, event);
    placement.visit(event.id, {
      here: (resident) => (isWanted() ? observations.observed(sender, event, resident) : undefined),
      gone: () => (isWanted() ? observations.moved(sender, event) : undefined),
    });
  }

  #stop(id: string): void {
    const { placement, registry } = this.#node;
    if (!placement.covers(id)) return registry.get(id)?.stop();
    placement.visit(id, { here: (resident) => resident?.stop(), gone: () => undefined });
  }

  #took({ id, number, found, final, reason }: Extract<Control, { type: '$took' }>): void {
    const error = found ? undefined : new TroupeError('NO_SUCH_ACTOR', reason, { retryable: !final });
    this.#node.registry.get(id)?.confirmed?.(number, found, final, error);
  }

  /** The actors of this node. */
  rows(): readonly ActorRow[] {
    return [...this.#node.registry.all()].map((cell) => rowOf(this.#node.name, cell));
  }

  #tell({ from, replyTo }: Extract<Control, { type: '$list' }>): void {
    const page = pageOf(this.#node.name, this.#node.registry.all(), from, this.#page);
    this.#node.send(replyTo, { type: 'actors', ...page });
  }
}

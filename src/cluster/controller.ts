import type { Cell } from '../actor/cell.ts';
import type { Registry } from '../actor/registry.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import { isControl, type ActorRow, type Control } from './control.ts';
import type { Directory } from './directory.ts';
import type { Membership } from './membership.ts';
import type { Observations } from './observe.ts';

/** The parts of a node that other nodes talk to. */
export interface Controlled {
  readonly name: string;
  readonly registry: Registry;
  readonly directory: Directory;
  readonly membership: Membership;
  readonly observations: Observations;
  send(to: Address, event: Message): void;
}

/** What nodes say to each other, handed to the part that it concerns. */
export class Controller {
  readonly #node: Controlled;

  constructor(node: Controlled) {
    this.#node = node;
  }

  handle({ node: sender, event }: Envelope): void {
    if (isControl(event)) this.#dispatch(sender, event);
  }

  #dispatch(sender: string, event: Control): void {
    const { membership, directory, observations, registry } = this.#node;
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
        return observations.observed(sender, event, registry.get(event.id));
      case '$unobserve':
        return observations.unobserved(sender, event.observation);
      case '$snapshot':
        return observations.snapshot(sender, event);
      case '$ended':
        return observations.ended(sender, event);
      case '$stop':
        return registry.get(event.id)?.stop();
      case '$list':
        return this.#node.send(event.replyTo, { type: 'actors', actors: this.rows() } as Message);
    }
  }

  /** The actors of this node. */
  rows(): readonly ActorRow[] {
    return [...this.#node.registry.all()].map((cell) => row(this.#node.name, cell));
  }
}

function row(node: string, cell: Cell): ActorRow {
  const { id } = cell.spec.logic as { id?: unknown };
  const snapshot = (cell.actor?.getSnapshot() ?? {}) as { status?: string; value?: unknown };
  return {
    address: cell.address,
    node,
    kind: typeof id === 'string' ? id : 'logic',
    status: snapshot.status ?? 'restarting',
    state: typeof snapshot.value === 'string' ? snapshot.value : snapshot.value === undefined ? '' : JSON.stringify(snapshot.value),
  };
}

import type { AnyActorRef } from 'xstate';
import type { Envelope } from '../message/envelope.ts';
import type { Cell } from './cell.ts';
import type { Receiver } from './turns.ts';

/** The actors of this node, by id and by address: a message finds its receiver with one look. */
export class Registry {
  readonly #cells = new Map<string, Cell>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): Cell | undefined {
    return this.#cells.get(id);
  }

  add(cell: Cell): void {
    this.#size++;
    this.#cells.set(cell.spec.id, cell);
    if (cell.address !== cell.spec.id) this.#cells.set(cell.address, cell);
  }

  remove(cell: Cell): void {
    if (this.#cells.get(cell.spec.id) !== cell) return;
    this.#size--;
    this.#cells.delete(cell.spec.id);
    this.#cells.delete(cell.address);
  }

  *all(): IterableIterator<Cell> {
    for (const [key, cell] of this.#cells) if (key === cell.spec.id) yield cell;
  }

  /** An actor by its id, or an XState child by the id of its actor and its path below: `order/42/payment`. */
  receiver(id: string): Receiver | undefined {
    const cell = this.#cells.get(id);
    if (cell !== undefined) return cell;
    for (let slash = id.lastIndexOf('/'); slash > 0; slash = id.lastIndexOf('/', slash - 1)) {
      const owner = this.#cells.get(id.slice(0, slash));
      if (owner !== undefined) return childOf(owner, id.slice(slash + 1).split('/'));
    }
    return undefined;
  }
}

function childOf(owner: Cell, path: readonly string[]): Receiver | undefined {
  let ref: AnyActorRef | undefined = owner.actor;
  for (const step of path) {
    const { children } = (ref?.getSnapshot() ?? {}) as {
      children?: Readonly<Record<string, AnyActorRef | undefined>>;
    };
    ref = children?.[step];
  }
  if (ref === undefined) return undefined;
  const child = ref;
  return {
    waiting: 0,
    handle(envelope: Envelope) {
      child.send(envelope.event);
      return true;
    },
  };
}

import type { Address } from '../message/address.ts';
import type { Resident } from './resident.ts';
import type { Receiver } from './turns.ts';

/** The actors of this node by address: a message finds its receiver with one look. */
export class Registry {
  readonly #cells = new Map<string, Resident>();
  /** What ends the addresses of actors that only this node can have. */
  readonly #suffix: string;
  #hidden = 0;

  constructor(node: string) {
    this.#suffix = `@${node}`;
  }

  /** Without those of the runtime. */
  get size(): number {
    return this.#cells.size - this.#hidden;
  }

  /** The actor with exactly this address. */
  at(address: Address): Resident | undefined {
    return this.#cells.get(address);
  }

  /** The actor with this id, whether its address names the node or not. */
  get(id: string): Resident | undefined {
    return this.#cells.get(id) ?? this.#cells.get(`${id}${this.#suffix}`);
  }

  add(cell: Resident): void {
    if (isHidden(cell) && !this.#cells.has(cell.address)) this.#hidden += 1;
    this.#cells.set(cell.address, cell);
  }

  remove(cell: Resident): void {
    if (this.#cells.get(cell.address) !== cell) return;
    if (isHidden(cell)) this.#hidden -= 1;
    this.#cells.delete(cell.address);
  }

  /** Without those of the runtime. */
  *all(): IterableIterator<Resident> {
    for (const cell of this.#cells.values()) if (!isHidden(cell)) yield cell;
  }

  /** An actor by its id, or an XState child by the id of its actor and its path below: `order/42/payment`. */
  receiver(id: string): Receiver | undefined {
    const cell = this.get(id);
    if (cell !== undefined) return cell;
    for (let slash = id.lastIndexOf('/'); slash > 0; slash = id.lastIndexOf('/', slash - 1)) {
      const owner = this.get(id.slice(0, slash));
      if (owner !== undefined) return owner.child(id.slice(slash + 1).split('/'));
    }
    return undefined;
  }
}

/** Ids that begin so are the runtime's own (message/address.ts). */
const isHidden = ({ address }: Resident): boolean => address.startsWith('$');

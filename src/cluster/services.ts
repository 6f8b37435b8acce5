import type { Resident } from '../actor/resident.ts';
import type { Member } from './membership.ts';

/** One instance: here, or on another node. */
export type Instance = { readonly cell: Resident } | { readonly node: string };

/** Many answer for one name: instances here and on other nodes take turns (round robin over all of them). */
export class Services {
  readonly #self: string;
  readonly #here = new Map<string, Resident[]>();
  readonly #rings = new Map<string, readonly string[]>();
  readonly #turns = new Map<string, number>();

  constructor(self: string) {
    this.#self = self;
  }

  /** Services of this node with their number of live instances. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#here].map(([name, cells]) => [name, cells.length]));
  }

  has(name: string): boolean {
    return this.#here.has(name);
  }

  add(name: string, cell: Resident): void {
    this.#here.set(name, [...(this.#here.get(name) ?? []), cell]);
  }

  remove(name: string, cell: Resident): void {
    const left = (this.#here.get(name) ?? []).filter((each) => each !== cell);
    if (left.length > 0) this.#here.set(name, left);
    else this.#here.delete(name);
  }

  /** The members or their services changed: one place in the ring per instance, interleaved by node. */
  refresh(members: readonly Member[]): void {
    this.#rings.clear();
    const offers = [{ node: this.#self, services: this.counts() }, ...members].sort((a, b) =>
      a.node < b.node ? -1 : 1,
    );
    for (const name of new Set(offers.flatMap(({ services }) => Object.keys(services)))) {
      const ring: string[] = [];
      const counts = offers.map(({ services }) =>
        Object.hasOwn(services, name) ? (services[name] ?? 0) : 0,
      );
      for (let round = 0; round < Math.max(...counts); round++) {
        for (const [i, { node }] of offers.entries()) if ((counts[i] ?? 0) > round) ring.push(node);
      }
      this.#rings.set(name, ring);
    }
  }

  /** The instance whose turn it is; undefined: nobody serves this name. */
  pick(name: string): Instance | undefined {
    const ring = this.#rings.get(name);
    if (ring === undefined || ring.length === 0) return undefined;
    const node = ring[this.#turn(name) % ring.length] as string;
    return node === this.#self ? this.pickHere(name) : { node };
  }

  /** The instance of this node whose turn it is. */
  pickHere(name: string): { readonly cell: Resident } | undefined {
    const cells = this.#here.get(name);
    const cell = cells?.[this.#turn(`${name}@`) % cells.length];
    return cell === undefined ? undefined : { cell };
  }

  #turn(key: string): number {
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return turn;
  }
}

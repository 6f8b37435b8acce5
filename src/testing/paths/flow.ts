/** An arc along which any number may flow, at a price for each. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Not negative. */
  readonly cost: number;
  /** Default: no bound. */
  readonly capacity?: number;
}

/**
 * The cheapest flow that brings what some nodes have too much of to those that have too little. Successive shortest paths with potentials,
 * all that are equally short at once (Ahuja, Magnanti, Orlin: Network Flows, 1993, chapter 9: primal-dual).
 *
 * @param excess by node: what it has too much of, negative for too little; sums to zero
 * @returns how much flows along each arc; undefined where it cannot be brought
 */
export function cheapestFlow(
  nodes: number,
  arcs: readonly Arc[],
  excess: readonly number[],
): readonly number[] | undefined {
  const network = new Network(nodes, arcs, [...excess]);
  while (network.hasExcess()) if (!network.shorten() || !network.push()) return undefined;
  return arcs.map((_, arc) => network.flow(arc));
}

/** Arc `2 * n` is the given arc `n`, arc `2 * n + 1` takes back what flows along it. */
class Network {
  readonly #to: Int32Array;
  readonly #cost: Float64Array;
  readonly #room: Float64Array;
  readonly #out: number[][];
  readonly #excess: number[];
  readonly #potential: Float64Array;

  constructor(nodes: number, arcs: readonly Arc[], excess: number[]) {
    this.#to = new Int32Array(2 * arcs.length);
    this.#cost = new Float64Array(2 * arcs.length);
    this.#room = new Float64Array(2 * arcs.length);
    this.#out = Array.from({ length: nodes }, () => []);
    this.#excess = excess;
    this.#potential = new Float64Array(nodes);
    arcs.forEach(({ from, to, cost, capacity = Infinity }, arc) => {
      this.#to.set([to, from], 2 * arc);
      this.#cost.set([cost, -cost], 2 * arc);
      this.#room.set([capacity, 0], 2 * arc);
      this.#out[from]?.push(2 * arc);
      this.#out[to]?.push(2 * arc + 1);
    });
  }

  hasExcess(): boolean {
    return this.#excess.some((amount) => amount > 0);
  }

  flow(arc: number): number {
    return this.#room[2 * arc + 1] ?? 0;
  }

  /** Dijkstra from all nodes that have too much; false when no node that has too little can be reached. */
  shorten(): boolean {
    const distance = new Float64Array(this.#potential.length).fill(Infinity);
    const heap = new Heap();
    this.#excess.forEach((amount, node) => {
      if (amount <= 0) return;
      distance[node] = 0;
      heap.add(0, node);
    });
    for (let top = heap.take(); top !== undefined; top = heap.take()) {
      const [far, node] = top;
      if (far > at(distance, node)) continue;
      for (const arc of this.#out[node] ?? []) {
        if (at(this.#room, arc) <= 0) continue;
        const to = at(this.#to, arc);
        const further = far + this.#reduced(node, arc);
        if (further >= at(distance, to)) continue;
        distance[to] = further;
        heap.add(further, to);
      }
    }
    const nearest = this.#nearest(distance);
    if (nearest === Infinity) return false;
    // Beyond the nearest need, all are as far as it: reduced costs stay above zero and later searches stay short.
    for (let node = 0; node < distance.length; node++)
      this.#potential[node] = at(this.#potential, node) + Math.min(at(distance, node), nearest);
    return true;
  }

  /** Push along arcs that cost nothing more, as much as they take; false when nothing moved. */
  push(): boolean {
    let moved = false;
    const next = new Int32Array(this.#potential.length);
    const entered = new Uint32Array(this.#potential.length);
    let search = 0;
    for (let node = 0; node < this.#excess.length; node++)
      while ((this.#excess[node] ?? 0) > 0) {
        const way = this.#way(node, next, entered, ++search);
        if (way === undefined) break;
        this.#send(node, way);
        moved = true;
      }
    return moved;
  }

  /** Arcs from here to a node that has too little. Depth first, on its own stack; a dead end is tried once. */
  #way(from: number, next: Int32Array, entered: Uint32Array, search: number): number[] | undefined {
    const way: number[] = [];
    let node = from;
    entered[node] = search;
    for (;;) {
      if ((this.#excess[node] ?? 0) < 0) return way;
      const arc = this.#out[node]?.[at(next, node)];
      if (arc === undefined) {
        const back = way.pop();
        if (back === undefined) return undefined;
        node = at(this.#to, back ^ 1);
        next[node] = at(next, node) + 1;
        continue;
      }
      const to = at(this.#to, arc);
      const isFree = at(this.#room, arc) > 0 && this.#reduced(node, arc) === 0 && entered[to] !== search;
      if (!isFree) {
        next[node] = at(next, node) + 1;
        continue;
      }
      entered[to] = search;
      way.push(arc);
      node = to;
    }
  }

  #send(from: number, way: readonly number[]): void {
    const to = at(this.#to, way.at(-1) ?? 0);
    const need = -(this.#excess[to] ?? 0);
    let amount = Math.min(this.#excess[from] ?? 0, need);
    for (const arc of way) amount = Math.min(amount, at(this.#room, arc));
    for (const arc of way) {
      this.#room[arc] = at(this.#room, arc) - amount;
      this.#room[arc ^ 1] = at(this.#room, arc ^ 1) + amount;
    }
    this.#excess[from] = (this.#excess[from] ?? 0) - amount;
    this.#excess[to] = (this.#excess[to] ?? 0) + amount;
  }

  /** How far the nearest node is that has too little. */
  #nearest(distance: Float64Array): number {
    let nearest = Infinity;
    this.#excess.forEach((amount, node) => {
      if (amount < 0) nearest = Math.min(nearest, at(distance, node));
    });
    return nearest;
  }

  /** Cost of an arc less what the potentials have already paid; never negative along arcs with room. */
  #reduced(from: number, arc: number): number {
    return at(this.#cost, arc) + at(this.#potential, from) - at(this.#potential, at(this.#to, arc));
  }
}

const at = (values: Float64Array | Int32Array, index: number): number => values[index] ?? 0;

/** A binary heap of nodes by distance. */
class Heap {
  readonly #items: (readonly [far: number, node: number])[] = [];

  add(far: number, node: number): void {
    const items = this.#items;
    let hole = items.length;
    const item = [far, node] as const;
    items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] ?? item;
      if (above[0] <= far) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  }

  take(): readonly [far: number, node: number] | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      const right = left + 1;
      const smaller = (items[right]?.[0] ?? Infinity) < (items[left]?.[0] ?? Infinity) ? right : left;
      const below = items[smaller];
      if (below === undefined || below[0] >= last[0]) break;
      items[hole] = below;
      hole = smaller;
    }
    items[hole] = last;
    return top;
  }
}

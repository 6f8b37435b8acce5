/** Which way two operations are ordered, and why. */
export interface Edge<TLabel extends string> {
  readonly from: number;
  readonly to: number;
  readonly label: TLabel;
}

/** A directed graph over operations, counted from 0. Between two of them there is one edge for each reason. */
export class Graph<TLabel extends string> {
  readonly #edges: Edge<TLabel>[][];

  constructor(nodes: number) {
    this.#edges = Array.from({ length: nodes }, () => []);
  }

  get size(): number {
    return this.#edges.length;
  }

  add(from: number, to: number, label: TLabel): void {
    const edges = this.#edges[from] as Edge<TLabel>[];
    if (from !== to && !edges.some((edge) => edge.to === to && edge.label === label))
      edges.push({ from, to, label });
  }

  copy(): Graph<TLabel> {
    const copy = new Graph<TLabel>(this.size);
    this.#edges.forEach((edges, node) => (copy.#edges[node] as Edge<TLabel>[]).push(...edges));
    return copy;
  }

  edges(label?: TLabel): Edge<TLabel>[] {
    return this.#edges.flat().filter((edge) => label === undefined || edge.label === label);
  }

  /** The shortest way; undefined when there is none. From a node to itself: the shortest cycle through it. */
  path(from: number, to: number, labels?: readonly TLabel[]): Edge<TLabel>[] | undefined {
    const came = new Map<number, Edge<TLabel>>();
    for (let ring = [from]; ring.length > 0;) {
      const next: number[] = [];
      for (const node of ring)
        for (const edge of this.#edges[node] as Edge<TLabel>[]) {
          if (came.has(edge.to) || (labels !== undefined && !labels.includes(edge.label))) continue;
          came.set(edge.to, edge);
          if (edge.to === to) return wayBack(came, from, to);
          next.push(edge.to);
        }
      ring = next;
    }
    return undefined;
  }

  /** The shortest cycle of edges with these labels; undefined when there is none. */
  cycle(labels?: readonly TLabel[]): Edge<TLabel>[] | undefined {
    let best: Edge<TLabel>[] | undefined;
    for (const component of this.components(labels)) {
      if (component.length < 2) continue;
      for (const node of component) {
        const found = this.path(node, node, labels);
        if (found !== undefined && found.length < (best?.length ?? Infinity)) best = found;
        if (best?.length === 2) return best;
      }
    }
    return best;
  }

  /** Strongly connected components, each after those it can reach (Tarjan 1972, without recursion). */
  components(labels?: readonly TLabel[]): number[][] {
    const order = new Int32Array(this.size).fill(-1);
    const low = new Int32Array(this.size);
    const closed = new Uint8Array(this.size);
    const pending: number[] = [];
    const found: number[][] = [];
    let clock = 0;
    for (let root = 0; root < this.size; root += 1) {
      if (order[root] !== -1) continue;
      const stack: { readonly node: number; edge: number }[] = [];
      const enter = (node: number): void => {
        order[node] = low[node] = clock++;
        pending.push(node);
        stack.push({ node, edge: 0 });
      };
      enter(root);
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const edge = (this.#edges[top.node] as Edge<TLabel>[])[top.edge++];
        if (edge === undefined) {
          stack.pop();
          const above = stack.at(-1)?.node;
          if (above !== undefined) low[above] = Math.min(low[above] as number, low[top.node] as number);
          if (low[top.node] === order[top.node]) {
            const component = pending.splice(pending.lastIndexOf(top.node));
            for (const node of component) closed[node] = 1;
            found.push(component);
          }
        } else if (labels === undefined || labels.includes(edge.label)) {
          if (order[edge.to] === -1) enter(edge.to);
          else if (closed[edge.to] === 0)
            low[top.node] = Math.min(low[top.node] as number, order[edge.to] as number);
        }
      }
    }
    return found;
  }

  /** What can be reached from where, by one edge or more. */
  closure(): Closure {
    return new Closure(this.#edges, this.components());
  }
}

const wayBack = <TLabel extends string>(
  came: ReadonlyMap<number, Edge<TLabel>>,
  from: number,
  to: number,
): Edge<TLabel>[] => {
  const way: Edge<TLabel>[] = [];
  let node = to;
  do {
    const edge = came.get(node) as Edge<TLabel>;
    way.unshift(edge);
    node = edge.from;
  } while (node !== from);
  return way;
};

/** Reachability, one bit a pair: memory grows with the square of the operations (10,000 take 12 MB). */
export class Closure {
  readonly #rows: Uint32Array[] = [];

  constructor(edges: readonly (readonly Edge<string>[])[], components: readonly (readonly number[])[]) {
    const words = (edges.length + 31) >>> 5;
    for (const component of components) {
      const row = new Uint32Array(words);
      const mark = (node: number): void => {
        row[node >>> 5] = (row[node >>> 5] as number) | (1 << (node & 31));
      };
      if (component.length > 1) component.forEach(mark);
      for (const node of component)
        for (const { to } of edges[node] as readonly Edge<string>[]) {
          mark(to);
          const beyond = this.#rows[to];
          if (beyond !== undefined)
            for (let at = 0; at < words; at += 1) row[at] = (row[at] as number) | (beyond[at] as number);
        }
      for (const node of component) this.#rows[node] = row;
    }
  }

  reaches(from: number, to: number): boolean {
    return (((this.#rows[from] as Uint32Array)[to >>> 5] as number) & (1 << (to & 31))) !== 0;
  }
}

/** A directed graph over the numbers below `size`; `edges` visits each edge of a node, also to itself. */
export interface Digraph {
  readonly size: number;
  /** Is the node part of it? */
  has(node: number): boolean;
  edges(node: number, visit: (to: number) => void): void;
}

/**
 * The sets of nodes of which each reaches every other, by at least one edge (a node alone only with an edge to itself). Tarjan's algorithm
 * (1972) without recursion: graphs of states are deeper than any stack.
 * @param roots only what these reach is looked at
 */
export function cyclicComponents(graph: Digraph, roots: Iterable<number>): number[][] {
  const found: number[][] = [];
  const tarjan = new Tarjan(graph, (component) => {
    const [only] = component;
    if (component.length > 1 || (only !== undefined && reachesItself(graph, only))) found.push(component);
  });
  for (const root of roots) if (graph.has(root)) tarjan.visit(root);
  return found;
}

const reachesItself = (graph: Digraph, node: number): boolean => {
  let itself = false;
  graph.edges(node, (to) => (itself ||= to === node));
  return itself;
};

/** A node whose edges are being followed. */
interface Frame {
  readonly node: number;
  readonly targets: readonly number[];
  next: number;
}

class Tarjan {
  readonly #graph: Digraph;
  readonly #report: (component: number[]) => void;
  /** Order of discovery, counted from 1; 0 for a node not seen. */
  readonly #order: Int32Array;
  readonly #low: Int32Array;
  readonly #open: Uint8Array;
  readonly #stack: number[] = [];
  readonly #frames: Frame[] = [];
  #count = 0;

  constructor(graph: Digraph, report: (component: number[]) => void) {
    this.#graph = graph;
    this.#report = report;
    this.#order = new Int32Array(graph.size);
    this.#low = new Int32Array(graph.size);
    this.#open = new Uint8Array(graph.size);
  }

  visit(root: number): void {
    if (this.#order[root] !== 0) return;
    this.#enter(root);
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1))
      this.#advance(frame);
  }

  #enter(node: number): void {
    this.#count += 1;
    this.#order[node] = this.#low[node] = this.#count;
    this.#open[node] = 1;
    this.#stack.push(node);
    const targets: number[] = [];
    this.#graph.edges(node, (to) => {
      if (this.#graph.has(to)) targets.push(to);
    });
    this.#frames.push({ node, targets, next: 0 });
  }

  #advance(frame: Frame): void {
    const { node, targets } = frame;
    while (frame.next < targets.length) {
      const to = targets[frame.next] as number;
      frame.next += 1;
      if (this.#order[to] === 0) return this.#enter(to);
      if (this.#open[to] === 1) this.#lower(node, this.#order[to] as number);
    }
    this.#frames.pop();
    const parent = this.#frames.at(-1);
    if (parent !== undefined) this.#lower(parent.node, this.#low[node] as number);
    if (this.#low[node] === this.#order[node]) this.#close(node);
  }

  #lower(node: number, to: number): void {
    if (to < (this.#low[node] as number)) this.#low[node] = to;
  }

  #close(root: number): void {
    const component: number[] = [];
    let node: number;
    do {
      node = this.#stack.pop() as number;
      this.#open[node] = 0;
      component.push(node);
    } while (node !== root);
    this.#report(component);
  }
}

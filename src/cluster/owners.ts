import { ownerOf } from './rendezvous.ts';

/** A node and the kinds of virtual actors it hosts. */
export interface Hosting {
  readonly node: string;
  readonly hosts: Iterable<string>;
}

interface Table {
  readonly nodes: readonly string[];
  /** By shard. */
  readonly owners: readonly (string | undefined)[];
}

/** A kind whose hosts are no longer the same. */
export interface Change {
  readonly kind: string;
  /** Who owned a shard before; undefined: nobody. */
  readonly former: (shard: number) => string | undefined;
}

const NOBODY: Table = { nodes: [], owners: [] };

/** Which node owns which shard of which kind, as this node sees it: among the live members that host the kind (C3). */
export class Owners {
  readonly #shards: number;
  readonly #tables = new Map<string, Table>();

  constructor(shards: number) {
    this.#shards = shards;
  }

  /** Is the kind hosted by anybody? */
  has(kind: string): boolean {
    return this.#tables.has(kind);
  }

  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  of(kind: string, shard: number): string | undefined {
    return this.#tables.get(kind)?.owners[shard];
  }

  /** Nodes that host a kind, sorted. */
  nodes(kind: string): readonly string[] {
    return (this.#tables.get(kind) ?? NOBODY).nodes;
  }

  /** The members, or what they host, may be others than before. */
  update(members: readonly Hosting[]): readonly Change[] {
    const now = new Map<string, string[]>();
    for (const { node, hosts } of members) {
      for (const kind of hosts) now.set(kind, [...(now.get(kind) ?? []), node]);
    }
    const changes: Change[] = [];
    for (const kind of new Set([...now.keys(), ...this.#tables.keys()])) {
      const nodes = (now.get(kind) ?? []).sort();
      const before = this.#tables.get(kind) ?? NOBODY;
      if (isSame(nodes, before.nodes)) continue;
      if (nodes.length === 0) this.#tables.delete(kind);
      else this.#tables.set(kind, this.#table(nodes));
      changes.push({ kind, former: (shard) => before.owners[shard] });
    }
    return changes;
  }

  #table(nodes: readonly string[]): Table {
    return { nodes, owners: Array.from({ length: this.#shards }, (_, shard) => ownerOf(shard, nodes)) };
  }
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

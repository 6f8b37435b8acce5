/** A place of virtual actors that move together: one shard of one kind. */
export interface Place {
  readonly kind: string;
  readonly shard: number;
}

/** Something for each place where there is anything to remember. */
export class Grid<T extends Place> {
  readonly #make: (place: Place) => T;
  readonly #kinds = new Map<string, (T | undefined)[]>();

  constructor(make: (place: Place) => T) {
    this.#make = make;
  }

  at(kind: string, shard: number): T {
    const row = this.#row(kind);
    return (row[shard] ??= this.#make({ kind, shard }));
  }

  find(kind: string, shard: number): T | undefined {
    return this.#kinds.get(kind)?.[shard];
  }

  *all(): Generator<T> {
    for (const row of this.#kinds.values()) for (const each of row) if (each !== undefined) yield each;
  }

  #row(kind: string): (T | undefined)[] {
    const row = this.#kinds.get(kind) ?? [];
    if (row.length === 0) this.#kinds.set(kind, row);
    return row;
  }
}

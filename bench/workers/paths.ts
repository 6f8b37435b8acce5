/** One contender of paths; it lives for one round. */
export interface Pathfinder {
  /** Find a shortest path to every state of a cube of counters. */
  find(size: number): Promise<PathRound>;
}

export interface PathRound {
  readonly paths: number;
  readonly seconds: number;
  /** Heap that the paths hold, after collection. */
  readonly bytes: number;
}

/** @param search returns the paths, which are kept until the heap is measured */
export function measure(search: () => { readonly length: number }): PathRound {
  if (gc === undefined) throw new Error('Run this with --expose-gc.');
  gc();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const paths = search();
  const seconds = (performance.now() - began) / 1_000;
  gc();
  const bytes = process.memoryUsage().heapUsed - before;
  return { paths: paths.length, seconds, bytes };
}

/** Steps whose number is remembered, count: of what one watcher is told so much later than another, it is another. */
const KEPT = 50_000;

/**
 * One number for every step of a system that is looked at, for as long as it is: whoever watches is told the same, also who comes later. They rise in the order
 * in which the first watcher was told; those of one actor on one node rise for all of them.
 */
export class Steps {
  /** From 1: a number is left for how an actor was found. */
  #next = 1;
  readonly #numbers = new Map<string, number>();

  /** @param own its number on its node */
  of(node: string, own: number): number {
    const key = `${own}@${node}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#next++;
    this.#numbers.set(key, number);
    if (this.#numbers.size > KEPT) {
      const [oldest = key] = this.#numbers.keys();
      this.#numbers.delete(oldest);
    }
    return number;
  }
}

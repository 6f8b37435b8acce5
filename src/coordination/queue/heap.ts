/** A binary min-heap; of equal ones the first that came is not promised to go first. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #timeOf: (item: T) => number;

  constructor(timeOf: (item: T) => number) {
    this.#timeOf = timeOf;
  }

  get least(): number | undefined {
    return this.#items.length === 0 ? undefined : this.#at(0);
  }

  push(item: T): void {
    this.#items.push(item);
    let i = this.#items.length - 1;
    for (let up = (i - 1) >> 1; i > 0 && this.#at(up) > this.#at(i); up = (i - 1) >> 1) {
      this.#swap(i, up);
      i = up;
    }
  }

  /** Take the least item if it is not greater than `time`. */
  popUntil(time: number): T | undefined {
    const [top] = this.#items;
    if (top === undefined || this.#at(0) > time) return undefined;
    const last = this.#items.pop() as T;
    if (this.#items.length > 0) {
      this.#items[0] = last;
      this.#sink();
    }
    return top;
  }

  #sink(): void {
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (this.#at(left) < this.#at(least)) least = left;
      if (this.#at(right) < this.#at(least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #at(i: number): number {
    const item = this.#items[i];
    return item === undefined ? Infinity : this.#timeOf(item);
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    [items[a], items[b]] = [items[b] as T, items[a] as T];
  }
}

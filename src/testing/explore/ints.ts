/** A growing list of 32-bit integers: four bytes each, outside the garbage collector's heap. */
export class Ints {
  length = 0;
  #data = new Int32Array(256);

  at(index: number): number {
    return this.#data[index] as number;
  }

  set(index: number, value: number): void {
    this.#data[index] = value;
  }

  push(value: number): void {
    if (this.length === this.#data.length) this.#grow();
    this.#data[this.length] = value;
    this.length += 1;
  }

  #grow(): void {
    const larger = new Int32Array(this.#data.length * 2);
    larger.set(this.#data);
    this.#data = larger;
  }
}

/** One round of mixing an integer into a hash (multiplication by 2^32 divided by the golden ratio, then a fold). */
export const mix = (hash: number, value: number): number => {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};

import type { DeadStore, StoredLetter } from '../queue-store.ts';

/** The dead letters of a system's queues in memory. */
export class MemoryDead implements DeadStore {
  readonly limit: number;
  readonly #letters = new Map<number, StoredLetter & { readonly token: string }>();
  #last = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  async add(queue: string, token: string, bytes: Uint8Array): Promise<void> {
    const known = [...this.#letters.values()].some(
      (letter) => letter.queue === queue && letter.token === token,
    );
    if (known) return Promise.resolve();
    const id = ++this.#last;
    this.#letters.set(id, { id, queue, token, bytes: bytes.slice() });
    return Promise.resolve();
  }

  async *list(queue?: string): AsyncGenerator<StoredLetter> {
    await Promise.resolve();
    for (const letter of [...this.#letters.values()]) {
      if (queue === undefined || letter.queue === queue) yield letter;
    }
  }

  async get(id: number): Promise<StoredLetter | undefined> {
    return Promise.resolve(this.#letters.get(id));
  }

  async remove(id: number): Promise<boolean> {
    return Promise.resolve(this.#letters.delete(id));
  }
}

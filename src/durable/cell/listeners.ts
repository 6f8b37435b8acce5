import type { Listener, Parting } from '../../actor/resident.ts';
import type { AnySnapshot } from '../../kernel/ref.ts';

/** Who wants to know of a durable actor. They see what is stored, and nothing else. */
export class Listeners {
  readonly #listeners = new Set<Listener>();

  get size(): number {
    return this.#listeners.size;
  }

  /** @param present the actor as it is stored; undefined as long as it was not read */
  add(listener: Listener, present: AnySnapshot | undefined): () => void {
    const parting = present && endingOf(present);
    if (parting === undefined) this.#listeners.add(listener);
    else listener.end(parting);
    return () => void this.#listeners.delete(listener);
  }

  /** A new state is stored. */
  show(snapshot: AnySnapshot): void {
    for (const { next } of this.#listeners) next?.(snapshot);
    const parting = endingOf(snapshot);
    if (parting !== undefined) this.end(parting);
  }

  end(parting: Parting): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const { end } of listeners) end(parting);
  }
}

function endingOf({ status, output, error }: AnySnapshot): Parting | undefined {
  if (status === 'active') return undefined;
  return status === 'done' ? { reason: 'done', output } : { reason: 'failed', error };
}

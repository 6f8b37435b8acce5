import { noChildren, type ActorState } from './state.ts';

interface Child {
  readonly isChanged: boolean;
  freeze: () => ActorState;
}

/** The children of one actor while a decision is made: those it had, opened where someone comes across them, and those started since. */
export class Brood<T extends Child> {
  readonly #before: Readonly<Record<string, ActorState>>;
  readonly #open: (id: string, state: ActorState) => T;
  #opened: Map<string, T> | undefined;
  #removed: Set<string> | undefined;

  constructor(before: Readonly<Record<string, ActorState>>, open: (id: string, state: ActorState) => T) {
    this.#before = before;
    this.#open = open;
  }

  get(id: string): T | undefined {
    const opened = this.#opened?.get(id);
    if (opened !== undefined) return opened;
    const state =
      this.#removed?.has(id) !== true && Object.hasOwn(this.#before, id) ? this.#before[id] : undefined;
    if (state === undefined) return undefined;
    const child = this.#open(id, state);
    this.set(id, child);
    return child;
  }

  set(id: string, child: T): void {
    (this.#opened ??= new Map()).set(id, child);
  }

  delete(id: string): void {
    this.#opened?.delete(id);
    (this.#removed ??= new Set()).add(id);
  }

  ids(): string[] {
    const ids = new Set(Object.keys(this.#before).filter((id) => this.#removed?.has(id) !== true));
    for (const id of this.#opened?.keys() ?? []) ids.add(id);
    return [...ids];
  }

  all(): T[] {
    return this.ids().map((id) => this.get(id) as T);
  }

  get isChanged(): boolean {
    if (this.#removed !== undefined) return true;
    if (this.#opened !== undefined)
      for (const child of this.#opened.values()) if (child.isChanged) return true;
    return false;
  }

  freeze(): Readonly<Record<string, ActorState>> {
    if (!this.isChanged) return this.#before;
    const ids = this.ids();
    if (ids.length === 0) return noChildren;
    return Object.fromEntries(
      ids.map((id) => [id, this.#opened?.get(id)?.freeze() ?? (this.#before[id] as ActorState)]),
    );
  }
}

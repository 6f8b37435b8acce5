import { apply, diff, type Patch } from '../../../src/durable/patch.ts';
import { decodeRecord, encodeRecord } from '../../../src/durable/record.ts';
import { freeze, type Frozen } from '../../../src/kernel/freeze.ts';
import { stateKey } from '../../../src/kernel/key.ts';
import { thaw } from '../../../src/kernel/thaw.ts';
import type { ActorState, Timer } from '../../../src/kernel/state.ts';
import { fromWire, toWire } from '../../../src/message/failure.ts';
import { decide, observed } from './stepped.ts';
import type { Observed, Stimulus, View } from './observed.ts';

/** Through the bytes of a record, as it would be stored. */
export const stored = <T>(value: T, special: boolean): T => decodeRecord(encodeRecord(value, special)) as T;

/** The state as another process would have it. */
export function restored(state: ActorState, dueOf: (timer: Timer) => number = () => 0): ActorState {
  const { frozen, special } = freeze(state, dueOf);
  return thaw(state.logic, stored(frozen, special)).state;
}

/** Errors come back as errors of Troupe: with that taken for granted, two states are alike when their keys are. */
export const likeness = (state: ActorState): string => stateKey(withWireErrors(state));

const withWireErrors = (state: ActorState): ActorState => ({
  ...state,
  snapshot:
    state.snapshot.status === 'error'
      ? { ...state.snapshot, error: fromWire(toWire(state.snapshot.error)) }
      : state.snapshot,
  children: Object.fromEntries(
    Object.entries(state.children).map(([id, child]) => [id, withWireErrors(child)]),
  ),
});

/** As above, the class of an error is not kept. The order of states counts where the likeness says so, and else decides nothing. */
const comparable = ({ error, history = {}, children, ...frozen }: Frozen): object => ({
  ...frozen,
  order: undefined,
  error: error === undefined ? undefined : { ...error, name: 'any' },
  history: Object.entries(history).map(([id, ids]) => [id, ids.toSorted()]),
  children: Object.fromEntries(Object.entries(children).map(([id, child]) => [id, comparable(child)])),
});

/** The active states of a chart have an order; where nothing depends on it, it is not kept. */
const unordered = ({ nodes, children, ...view }: View): object => ({
  ...view,
  nodes: view.status === 'active' ? [...(nodes as string[])].sort() : [],
  history: Object.entries(view.history as Record<string, string[]>).map(([id, ids]) => [id, [...ids].sort()]),
  children: Object.fromEntries(Object.entries(children).map(([id, child]) => [id, unordered(child)])),
});

/** All that is to be seen of a decision, and what there is to store after it. */
export interface Seen extends Omit<Observed, 'view'> {
  readonly view: object;
  readonly likeness: string;
  readonly stored: object;
}

/** An actor that dies after every decision of `mortal` and comes back from what was stored, beside itself as it lives on. */
export class Twins {
  #original: ActorState;
  #restored: ActorState;
  #now = 0;
  readonly #due = new WeakMap<Timer, number>();
  #frozen: Frozen;
  #kept: Frozen;

  constructor(state: ActorState) {
    this.#original = state;
    const { frozen, special } = this.#freeze(state);
    this.#frozen = frozen;
    this.#kept = stored(frozen, special);
    this.#restored = this.#thaw();
  }

  get state(): ActorState {
    return this.#original;
  }

  get frozen(): Frozen {
    return this.#frozen;
  }

  /** What both make of it; they should be equal. */
  do(stimulus: Stimulus, dies: boolean): readonly [original: Seen, restored: Seen] {
    this.#now += 1;
    const original = decide(this.#original, stimulus);
    const again = decide(this.#restored, stimulus);
    this.#original = original[0];
    this.#restored = again[0];
    const [seen, seenAgain] = [this.#seen(original), this.#seen(again)];
    this.#keep();
    if (dies) this.#restored = this.#thaw();
    return [seen, seenAgain];
  }

  #seen(decision: Parameters<typeof observed>[0]): Seen {
    const { view, ...rest } = observed(decision);
    const { frozen } = this.#freeze(decision[0]);
    return { ...rest, view: unordered(view), likeness: likeness(decision[0]), stored: comparable(frozen) };
  }

  #freeze(state: ActorState) {
    return freeze(state, (timer) => {
      const due = this.#due.get(timer) ?? this.#now * 1_000 + timer.delay;
      this.#due.set(timer, due);
      return due;
    });
  }

  /** As a journal does it: what changed is stored, and applied to what was stored before. */
  #keep(): void {
    const { frozen, special } = this.#freeze(this.#original);
    const patch = diff(this.#frozen, frozen);
    this.#frozen = frozen;
    if (patch !== undefined) this.#kept = apply(this.#kept, stored<Patch>(patch, special)) as Frozen;
  }

  #thaw(): ActorState {
    const { state, due } = thaw(this.#original.logic, this.#kept);
    for (const [timer, at] of due) this.#due.set(timer, at);
    return state;
  }
}

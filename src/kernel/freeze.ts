import type { AnyActorLogic } from 'xstate';
import { defaultLimits } from '../limits.ts';
import { toWire } from '../message/failure.ts';
import { isMachine } from './chart.ts';
import type { Path } from './effect.ts';
import { orderKey } from './order.ts';
import type { AnySnapshot, Ref } from './ref.ts';
import { noChildren, type ActorState, type Timer } from './state.ts';
import { checkName, checkStorable, unserializable, type Owner } from './storable.ts';

/** A timer as it is kept: a deadline instead of a delay. */
export interface FrozenTimer {
  readonly id: string;
  readonly event: { readonly type: string };
  readonly delay: number;
  /** ms since the epoch */
  readonly due: number;
  readonly to: Path;
  /** Is it for the very child at `to`, and no other that takes its place? */
  readonly targeted: boolean;
  /** That child is no more: nobody will hear of it. */
  readonly lost?: true;
}

/** What a chart knows a child by, where that is not simply its id. */
export interface FrozenName {
  readonly name: string;
  /** Absent: a child whose logic nobody provided. */
  readonly id?: string;
  /** The child of that id now, or one before it that is no more. */
  readonly lives: boolean;
}

/** An actor and its descendants as plain data: what `thaw` makes an ActorState of again, in any process. */
export interface Frozen {
  readonly src: string;
  readonly systemId?: string;
  readonly synced: boolean;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  /** Of a chart. */
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  /** As errors cross the wire (message/failure.ts). */
  readonly error?: unknown;
  /** What work that is not a chart was asked to do. */
  readonly input?: unknown;
  /** What logic that is not a chart keeps besides. */
  readonly own?: Readonly<Record<string, unknown>>;
  /** Of each history state, the ids of the states it remembers. */
  readonly history?: Readonly<Record<string, readonly string[]>>;
  /**
   * Ids of the active states in the order of their entry, where that is not the order of the chart (order.ts), or where they are more than
   * the value says: a transition to two states of which only one can be active activates both in XState.
   */
  readonly order?: readonly string[];
  readonly children: Readonly<Record<string, Frozen>>;
  /** Names and order of the children in the snapshot, where those of `children` do not say it. */
  readonly names?: readonly FrozenName[];
  readonly timers: readonly FrozenTimer[];
}

export interface FreezeOptions {
  /** Address or name of the actor, for errors. Default: the id of the chart. */
  readonly name?: string;
  /** Nesting of data, levels. Default `limits.depth`. */
  readonly depth?: number;
}

export interface Freezing {
  readonly frozen: Frozen;
  /** Does it hold values that msgpack has no form for (message/special.ts)? */
  readonly special: boolean;
}

interface Made<T> {
  readonly frozen: T;
  readonly special: boolean;
}

/** What is found out on the way. */
interface Notes {
  special: boolean;
  /** The same objects may freeze to others later: a timer is for an actor elsewhere in the tree, which may end. */
  passing: boolean;
}

type Growing<T> = { -readonly [Key in keyof T]: T[Key] };

/** What was frozen before, by what it was made of: what did not change stays the same object. */
const actors = new WeakMap<ActorState, Made<Frozen>>();
const families = new WeakMap<ActorState['children'], Made<Frozen['children']>>();
const timers = new WeakMap<Timer, Made<FrozenTimer>>();
const histories = new WeakMap<object, NonNullable<Frozen['history']>>();

/**
 * An actor as plain data. It shares contexts, outputs and events with the state, which nobody may change, and unchanged actors with what
 * was frozen before.
 * @param dueOf when a timer runs out, ms since the epoch; asked once for each
 * @throws TroupeError UNSERIALIZABLE naming the actor, the field, what is there, and what to do
 */
export function freeze(
  state: ActorState,
  dueOf: (timer: Timer) => number,
  options: FreezeOptions = {},
): Freezing {
  const { name = nameOf(state), depth = defaultLimits.depth } = options;
  return new Freezer(state, dueOf, { name, depth }).whole();
}

const nameOf = ({ logic }: ActorState): string =>
  'id' in logic && typeof logic.id === 'string' ? logic.id : '(root)';

interface ChartSnapshot extends AnySnapshot {
  readonly historyValue: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly _nodes: readonly { readonly id: string }[];
}

const noFrozen: Frozen['children'] = Object.freeze({});
const noFrozenTimers: Frozen['timers'] = Object.freeze([]);

class Freezer {
  readonly #root: ActorState;
  readonly #dueOf: (timer: Timer) => number;
  readonly #owner: Owner;
  #notes: Notes = { special: false, passing: false };

  constructor(root: ActorState, dueOf: (timer: Timer) => number, owner: Owner) {
    this.#root = root;
    this.#dueOf = dueOf;
    this.#owner = owner;
  }

  whole(): Freezing {
    const { children, timers: own } = this.#root;
    if (children !== noChildren || own.length > 0) return this.#actor(this.#root);
    // An actor alone is frozen anew: that costs less than remembering it, which is nearly always in vain.
    return { frozen: this.#frozen(this.#root), special: this.#notes.special };
  }

  #actor(state: ActorState): Made<Frozen> {
    return this.#once(actors, state, () => this.#frozen(state));
  }

  #once<K extends object, T>(before: WeakMap<K, Made<T>>, key: K, make: () => T): Made<T> {
    const outer = this.#notes;
    let made = before.get(key);
    if (made === undefined) {
      const notes: Notes = (this.#notes = { special: false, passing: false });
      made = { frozen: make(), special: notes.special };
      if (notes.passing) outer.passing = true;
      else before.set(key, made);
      this.#notes = outer;
    }
    if (made.special) outer.special = true;
    return made;
  }

  #frozen(state: ActorState): Frozen {
    const { src, synced, snapshot, ref, children } = state;
    const frozen: Growing<Frozen> = {
      src,
      synced,
      status: snapshot.status,
      children: children === noChildren ? noFrozen : this.#family(children),
      timers: state.timers.length === 0 ? noFrozenTimers : this.#timers(state),
    };
    if (ref !== undefined) this.#identity(frozen, ref);
    if ('machine' in snapshot) this.#chart(frozen, snapshot as AnySnapshot as ChartSnapshot, state);
    else this.#other(frozen, state);
    return frozen;
  }

  #identity(frozen: Growing<Frozen>, { systemId, src, path, id }: Ref): void {
    const parent = path.slice(0, -1);
    checkName(id, this.#owner, parent, 'child');
    if (typeof src !== 'string')
      throw unserializable(
        this.#owner,
        path,
        'logic',
        'an object',
        'Name it: give it to `setup({ actors })` and spawn it by its name there.',
      );
    if (systemId === undefined) return;
    checkName(systemId, this.#owner, path, 'system id');
    frozen.systemId = systemId;
  }

  #chart(frozen: Growing<Frozen>, snapshot: ChartSnapshot, state: ActorState): void {
    const { status, value, context, output, historyValue, _nodes } = snapshot;
    frozen.value = value;
    frozen.context = this.#checked(context, state, 'context');
    if (output !== undefined) frozen.output = this.#checked(output, state, 'output');
    if (status === 'error') frozen.error = this.#failure(snapshot, state);
    if (!isEmpty(historyValue)) frozen.history = historyOf(historyValue);
    const isOdd = status === 'active' && sizeOf(value) !== _nodes.length;
    if (isOdd || (_nodes.length > 2 && orderKey(snapshot) !== '')) frozen.order = _nodes.map(({ id }) => id);
    const names = status === 'active' ? namesOf(snapshot, state.children) : undefined;
    if (names !== undefined) frozen.names = names;
  }

  /** By what its logic says of itself. */
  #other(frozen: Growing<Frozen>, state: ActorState): void {
    const { logic, snapshot } = state;
    const own: Record<string, unknown> = {};
    const kept = isMachine(logic) ? snapshot : keptBy(logic, snapshot);
    for (const [name, field] of Object.entries(kept)) {
      if (name === 'status' || name === 'error') continue;
      const value: unknown = this.#checked(field, state, name);
      if (name === 'context' || name === 'input') frozen[name] = value;
      else if (name !== 'output') own[name] = value;
      else if (value !== undefined) frozen.output = value;
    }
    if (snapshot.status === 'error') frozen.error = this.#failure(snapshot, state);
    if (Object.keys(own).length > 0) frozen.own = own;
  }

  #failure({ error }: AnySnapshot, state: ActorState): unknown {
    const wire = toWire(error);
    return this.#checked({ ...wire, message: wire.message.toWellFormed() }, state, 'error');
  }

  #checked<T>(value: T, state: ActorState, what: string): T {
    if (checkStorable(value, this.#owner, pathOf(state), what)) this.#notes.special = true;
    return value;
  }

  #family(children: ActorState['children']): Frozen['children'] {
    return this.#once(families, children, () => {
      const frozen: Record<string, Frozen> = {};
      for (const [id, child] of Object.entries(children)) frozen[id] = this.#actor(child).frozen;
      return frozen;
    }).frozen;
  }

  #timers(state: ActorState): Frozen['timers'] {
    return state.timers.map((timer) => {
      const { frozen } = this.#once(timers, timer, () => this.#timer(timer, state));
      const lost = timer.target !== undefined && this.#isLost(timer.target, state);
      return lost ? { ...frozen, lost } : frozen;
    });
  }

  #timer(timer: Timer, state: ActorState): FrozenTimer {
    const { id, event, delay, to, target } = timer;
    checkName(id, this.#owner, pathOf(state), 'timer');
    this.#checked(event, state, `event of the timer "${id}"`);
    return { id, event, delay, due: this.#dueOf(timer), to, targeted: target !== undefined };
  }

  #isLost(target: Ref, state: ActorState): boolean {
    const own = pathOf(state);
    const isBelow = target.path.length > own.length && own.every((id, at) => target.path[at] === id);
    if (!isBelow) this.#notes.passing = true;
    let at: ActorState | undefined = this.#root;
    for (const id of target.path) at = at?.children[id];
    return at?.ref !== target;
  }
}

function isEmpty(object: object): boolean {
  for (const _key in object) return false;
  return true;
}

/** How many states a value says are active. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return value === undefined ? 1 : 2;
  let size = 1;
  if (!isEmpty(value)) for (const part of Object.values(value)) size += sizeOf(part);
  return size;
}

const keptBy = (logic: AnyActorLogic, snapshot: AnySnapshot): object =>
  (logic as Partial<AnyActorLogic>).getPersistedSnapshot?.(snapshot) ?? snapshot;

const noPath: Path = [];
const pathOf = ({ ref }: ActorState): Path => ref?.path ?? noPath;

function historyOf(historyValue: ChartSnapshot['historyValue']): NonNullable<Frozen['history']> {
  const known = histories.get(historyValue);
  if (known !== undefined) return known;
  const history = Object.fromEntries(
    Object.entries(historyValue).map(([id, nodes]) => [id, nodes.map((node) => node.id)]),
  );
  histories.set(historyValue, history);
  return history;
}

function namesOf({ children = {} }: AnySnapshot, states: ActorState['children']): Frozen['names'] {
  if (states === noChildren && isEmpty(children)) return undefined;
  const names = Object.keys(children);
  const ids = Object.keys(states);
  const lives = (ref: Ref | undefined, id: string) => ref !== undefined && states[id]?.ref === ref;
  if (
    names.length === ids.length &&
    names.every((name, at) => name === ids[at] && lives(children[name], name))
  )
    return undefined;
  return names.map((name) => {
    const ref = children[name];
    return {
      name,
      ...(ref === undefined ? {} : { id: ref.id }),
      lives: ref !== undefined && lives(ref, ref.id),
    };
  });
}

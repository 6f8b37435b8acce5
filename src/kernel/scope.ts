import type { AnyActorLogic, AnyActorScope, EventObject } from 'xstate';
import { actOf, type Executed } from './act.ts';
import { assigning, noteAssigned } from './assigned.ts';
import type { Path, TakenTransition } from './effect.ts';
import { recorded } from './recording.ts';
import type { Ref, Self } from './ref.ts';

const nothing = (): undefined => undefined;

const relay = (to: Self | Ref, event: EventObject): void =>
  void recorded(to).acts.push({ when: 'now', what: 'relay', to, event });

/**
 * XState is about to make a child of the actor that decides. It becomes a name: what it is told and asked goes to the tree, and its
 * first snapshot is decided there.
 */
function adopt(made: object): void {
  const ref = made as Making;
  const { by } = recorded();
  const { logic, options, _parent: parent } = ref;
  if (options.id === undefined) ref.id = by.freeName();
  enname(ref, [...(parent?.path ?? []), ref.id]);
  ref.logic = {
    getInitialSnapshot: (_scope: unknown, input: unknown) => {
      ref.logic = logic;
      return by.bear(ref, logic, input);
    },
  } as unknown as Ref['logic'];
}

type Making = { -readonly [Key in keyof Ref]: Ref[Key] } & {
  sessionId: string;
  send: unknown;
  _send: unknown;
  start: unknown;
};

function enname(ref: Making, path: Path): void {
  ref.path = path;
  ref.sessionId = path.join('/');
  ref.getSnapshot = () => recorded(ref).by.around.snapshotOf(ref);
  ref.send = ref._send = (event: EventObject) => relay(ref, event);
  ref.start = () => {
    const { acts, first } = recorded(ref);
    noteAssigned(ref);
    acts.push({ when: first ? 'now' : 'after', what: 'start', ref });
  };
}

/** What a child that runs already is made of. */
export interface Running {
  readonly logic: AnyActorLogic;
  readonly src: string;
  readonly systemId?: string | undefined;
  readonly synced: boolean;
}

/** A name for the child at a place, as `adopt` makes one, without XState making anything. */
export function refAt({ path, self }: Place, { logic, src, systemId, synced }: Running): Ref {
  const id = self.id;
  const ref = {
    id,
    system,
    _parent: self._parent,
    logic,
    src,
    ...(systemId === undefined ? {} : { systemId }),
    options: { id },
    _syncSnapshot: synced,
  } as unknown as Making & { ref: unknown };
  enname(ref, path);
  ref.ref = ref;
  return ref;
}

interface Inspected {
  readonly type: string;
  readonly actorRef: object;
  readonly _transitions?: readonly TakenTransition[];
}

/** The system every tree shares. It registers and schedules nothing: what would happen is recorded instead. */
export const system = {
  _bookId: () => '',
  _register: nothing,
  _unregister: nothing,
  _set: (systemId: string, ref: Ref): void => recorded(ref).by.around.enlist(systemId, ref),
  get: (systemId: string): Ref | undefined => recorded().by.around.find(systemId),
  getAll: () => ({}),
  inspect: () => ({ unsubscribe: nothing }),
  _sendInspectionEvent: ({ type, actorRef, _transitions = [] }: Inspected): void => {
    if (type === '@xstate.microstep') recorded().by.around.took(actorRef as Self, _transitions);
    else if (type === '@xstate.actor') adopt(actorRef);
  },
  _relay: (_source: unknown, to: Self | Ref, event: EventObject): void => relay(to, event),
  scheduler: { schedule: nothing, cancel: nothing, cancelAll: nothing },
  getSnapshot: () => ({ _scheduledEvents: {} }),
  start: nothing,
  _clock: { setTimeout: nothing, clearTimeout: nothing },
  _logger: nothing,
};

function execute(action: Executed): void {
  const { acts, by, first } = recorded();
  const act = actOf(action);
  if (act === undefined) return;
  if (act.what === 'stop' && !first) by.forestall(act.ref);
  acts.push(act);
}

/** A place is there as long as anybody knows who is there: states, contexts and those below it do. */
const places = new WeakMap<Self, Place>();

/** Actors of ever new names come and go; the places they leave must not stay for ever. */
const left = new FinalizationRegistry<() => void>((forget) => forget());

/** A place in a tree: what XState knows the actor there by. */
export class Place {
  readonly path: Path;
  readonly self: Self;
  readonly scope: AnyActorScope;
  readonly #below = new Map<string, WeakRef<Place>>();

  constructor(path: Path, parent: Place | undefined) {
    this.path = path;
    this.self = selfAt(path, parent?.self);
    this.scope = scopeOf(this.self);
    places.set(this.self, this);
  }

  /** Places below this one that are remembered, count. */
  get size(): number {
    return this.#below.size;
  }

  child(id: string): Place {
    const known = this.#below.get(id)?.deref();
    if (known !== undefined) return known;
    const place = new Place([...this.path, id], this);
    const ref = new WeakRef(place);
    this.#below.set(id, ref);
    left.register(place, () => {
      if (this.#below.get(id) === ref) this.#below.delete(id);
    });
    return place;
  }
}

function selfAt(path: Path, parent: Self | undefined): Self {
  const send = (event: EventObject): void => relay(self, event);
  const self: Self & Record<string, unknown> = {
    id: path.at(-1) ?? '',
    path,
    sessionId: path.length === 0 ? 'root' : path.join('/'),
    _parent: parent,
    system,
    send,
    _send: send,
    getSnapshot: () => {
      const { by } = recorded(self);
      return by.place.self === self ? by.snapshot : by.around.snapshotOf(self);
    },
  };
  self['ref'] = self;
  return self;
}

/** XState's type of a scope names far more of an actor than a transition can reach. */
const scopeOf = (self: Self): AnyActorScope =>
  ({
    self,
    id: self.id,
    sessionId: (self as unknown as { sessionId: string }).sessionId,
    system,
    logger: nothing,
    // Only `spawn` within `assign` or a context defers anything here: that the actor be started.
    defer: assigning,
    emit: (event: EventObject) =>
      void recorded(self).acts.push({ when: 'now', what: 'deed', deed: { kind: 'emit', event } }),
    stopChild: nothing,
    actionExecutor: execute,
  }) as unknown as AnyActorScope;

/** Where the roots of all trees are. */
export const rootPlace = new Place([], undefined);

export const placeAt = (path: Path): Place => path.reduce((place, id) => place.child(id), rootPlace);

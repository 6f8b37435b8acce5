import type { AnyActorLogic, AnyActorScope, EventObject } from 'xstate';
import { sayingOf } from '../actor/said.ts';
import type { Deed, Path, Taken, TakenTransition } from './effect.ts';
import type { AnySnapshot } from './state.ts';

/** An actor that XState has made but the kernel never starts: a name for a child, with what it was made of. */
export interface Ref {
  readonly id: string;
  readonly logic: AnyActorLogic;
  readonly src: unknown;
  readonly systemId?: string;
  readonly options: { readonly input?: unknown };
  readonly _parent: Self | undefined;
  readonly _syncSnapshot?: boolean;
  getSnapshot: () => unknown;
}

/** Who an actor is to itself. One per place in the tree, for all time, so that a context may keep it. */
export interface Self {
  readonly id: string;
  readonly path: Path;
  readonly _parent: Self | undefined;
}

/** What a transition does, in the order XState does it. `now`: within the transition; `after`: when its snapshot is in place. */
export type Act =
  | { readonly when: 'now' | 'after'; readonly what: 'deed'; readonly deed: Deed }
  | { readonly when: 'now' | 'after'; readonly what: 'start'; readonly ref: Ref }
  | { readonly when: 'after'; readonly what: 'stop'; readonly ref: Ref }
  | { readonly when: 'after'; readonly what: 'relay'; readonly to: Self | Ref; readonly event: EventObject };

/** Reads what XState tells its actor scope during a transition. The kernel is synchronous, so one recording is enough. */
interface Recording {
  acts: Act[];
  taken: Taken[];
  path: Path;
  /** The ids in use by the children of the actor that decides: an id that is made up must not be one of them. */
  names: Set<string>;
  snapshotOf: (path: Path) => unknown;
  find: (systemId: string) => Ref | undefined;
}

const nothing = (): undefined => undefined;
const recording: Recording = {
  acts: [],
  taken: [],
  path: [],
  names: new Set(),
  snapshotOf: nothing,
  find: nothing,
};

/** Where in the tree an actor is, by either of its two names. */
export const pathOf = (ref: Self | Ref): Path =>
  'path' in ref ? ref.path : [...(ref._parent?.path ?? []), ref.id];

/** Thrown by the system when XState would register an actor: it tells which one `spawn` was about to start. */
class Starting {
  readonly ref: Ref;
  constructor(ref: Ref) {
    this.ref = ref;
  }
}

const freeName = (): string => {
  let number = 0;
  while (recording.names.has(`x:${number}`)) number += 1;
  const name = `x:${number}`;
  recording.names.add(name);
  return name;
};

const microstep = '@xstate.microstep';

/** The system every tree shares. It registers and schedules nothing: what would happen is recorded instead. */
const system = {
  _bookId: freeName,
  _register: (_sessionId: string, ref: Ref): never => {
    throw new Starting(ref);
  },
  _unregister: nothing,
  _set: nothing,
  get: (systemId: string): Ref | undefined => recording.find(systemId),
  getAll: () => ({}),
  inspect: () => ({ unsubscribe: nothing }),
  _sendInspectionEvent: (event: { type: string; _transitions?: readonly TakenTransition[] }): void => {
    if (event.type !== microstep) return;
    for (const transition of event._transitions ?? [])
      recording.taken.push({ from: recording.path, transition });
  },
  _relay: nothing,
  scheduler: { schedule: nothing, cancel: nothing, cancelAll: nothing },
  getSnapshot: () => ({ _scheduledEvents: {} }),
  start: nothing,
  _clock: { setTimeout: nothing, clearTimeout: nothing },
  _logger: nothing,
};

interface Executed {
  readonly type: string;
  readonly info: { readonly context: unknown; readonly event: EventObject };
  readonly params: never;
  readonly exec: unknown;
}

const after = (deed: Deed): Act => ({ when: 'after', what: 'deed', deed });

interface Timed {
  readonly event: EventObject;
  readonly id?: string;
  readonly delay?: number;
}

const timer = ({ event, id, delay = 0 }: Timed, to: Path): Act =>
  after({ kind: 'schedule', id: id ?? `${event.type}@${to.join('/')}`, event, delay, to });

/** XState's own actions. Anything else is a word of Troupe or an action of the user's. */
const builtins: Readonly<Record<string, (params: never) => Act | undefined>> = {
  'xstate.raise': (params: Timed) =>
    typeof params.delay === 'number' ? timer(params, recording.path) : undefined,
  'xstate.sendTo': ({ to, ...params }: Timed & { to: Self | Ref }) =>
    typeof params.delay === 'number'
      ? timer(params, pathOf(to))
      : { when: 'after', what: 'relay', to, event: params.event },
  'xstate.cancel': ({ sendId }: { sendId: string }) => after({ kind: 'cancel', id: sendId }),
  'xstate.emit': ({ event }: { event: EventObject }) => after({ kind: 'emit', event }),
  'xstate.log': ({ label, value }: { label?: string; value: unknown }) => ({
    when: 'now',
    what: 'deed',
    deed: { kind: 'log', label, value },
  }),
  'xstate.spawnChild': ({ actorRef }: { actorRef: Ref | undefined }) =>
    actorRef && { when: 'after', what: 'start', ref: known(actorRef) },
  'xstate.stopChild': (ref: Ref | undefined) => ref && { when: 'after', what: 'stop', ref },
};

/** A child that is looked at from a guard shows its state in the tree, and not the one XState made it with. */
function known(ref: Ref): Ref {
  ref.getSnapshot = () => recording.snapshotOf(pathOf(ref));
  return ref;
}

function actOf({ type, info, params, exec }: Executed): Act | undefined {
  const builtin = builtins[type];
  if (builtin !== undefined) return builtin(params);
  const saying = sayingOf(exec);
  if (saying === undefined) return { when: 'now', what: 'deed', deed: { kind: 'action', type, params } };
  const said = saying(info, params);
  return said && { when: 'now', what: 'deed', deed: said };
}

/** XState gives no name to what is spawned inside `assign`: running what it deferred reveals the actor it would start. */
function spawned(start: () => void): void {
  try {
    start();
  } catch (error) {
    if (!(error instanceof Starting)) throw error;
    recording.acts.push({ when: 'now', what: 'start', ref: known(error.ref) });
  }
}

const scopes = new Map<string, AnyActorScope>();

/** The scope of the actor at a place in a tree, made once. */
export function scopeAt(path: Path): AnyActorScope {
  const key = JSON.stringify(path);
  let scope = scopes.get(key);
  if (scope === undefined) {
    scope = makeScope(path);
    scopes.set(key, scope);
  }
  return scope;
}

function makeScope(path: Path): AnyActorScope {
  const id = path.at(-1) ?? '';
  const parent = path.length === 0 ? undefined : (scopeAt(path.slice(0, -1)).self as unknown as Self);
  const self = {
    id,
    path,
    sessionId: path.length === 0 ? 'root' : path.join('/'),
    _parent: parent,
    system,
    send: nothing,
    _send: nothing,
    getSnapshot: () => recording.snapshotOf(path),
  };
  const scope = {
    self: Object.assign(self, { ref: self }),
    id,
    sessionId: self.sessionId,
    system,
    logger: nothing,
    defer: spawned,
    emit: (event: EventObject) => void recording.acts.push(after({ kind: 'emit', event })),
    stopChild: nothing,
    actionExecutor: (action: Executed) => {
      const act = actOf(action);
      if (act !== undefined) recording.acts.push(act);
    },
  };
  // XState's type of a scope names far more of an actor than a transition can reach.
  return scope as unknown as AnyActorScope;
}

export interface Surroundings {
  readonly names: Iterable<string>;
  readonly snapshotOf: (path: Path) => unknown;
  readonly find: (systemId: string) => Ref | undefined;
}

export interface Recorded {
  readonly snapshot: AnySnapshot;
  readonly acts: readonly Act[];
  readonly taken: readonly Taken[];
}

/** Run one transition of one actor and return what it would have done. */
export function record(
  path: Path,
  around: Surroundings,
  run: (scope: AnyActorScope) => AnySnapshot,
): Recorded {
  const acts: Act[] = [];
  const taken: Taken[] = [];
  recording.acts = acts;
  recording.taken = taken;
  recording.path = path;
  recording.names = new Set(around.names);
  recording.snapshotOf = around.snapshotOf;
  recording.find = around.find;
  return { snapshot: run(scopeAt(path)), acts, taken };
}

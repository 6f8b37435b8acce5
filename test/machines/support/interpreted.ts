import {
  createActor,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyStateMachine,
  type EventObject,
  type InspectionEvent,
} from 'xstate';
import { guard } from '../../../src/actor/guard.ts';
import { setHost, type Host } from '../../../src/actor/host.ts';
import type { Logic } from '../../../src/actor/logic.ts';
import { sayingOf } from '../../../src/actor/said.ts';
import { plain, viewOfSnapshot, type Observed, type Stimulus, type View } from './observed.ts';

/** What of XState's actors is internal and needed to see all they do. */
interface Inner {
  id: string;
  readonly systemId: string | undefined;
  readonly options: { readonly id?: string; readonly input?: unknown };
  readonly src: unknown;
  readonly logic: object;
  readonly _parent: Inner | undefined;
  readonly _processingStatus: 0 | 1 | 2;
  start: () => unknown;
  /** Not `getSnapshot()`: XState's development build refuses that while an actor comes to be. */
  _snapshot: Seen;
  _stop: () => unknown;
  _send: (event: EventObject) => void;
  on: (type: string, handler: (event: EventObject) => void) => void;
  readonly system: {
    scheduler: unknown;
    _relay: (source: unknown, target: Inner, event: EventObject) => void;
    _set: (systemId: string, actor: Inner) => void;
    _unregister: (actor: Inner) => void;
    get: (systemId: string) => Inner | undefined;
  };
}

type Seen =
  { readonly status: string; readonly children?: Readonly<Record<string, Inner | undefined>> } | undefined;

const made = 0;
const running = 1;
const over = 2;

interface Timed {
  readonly event: EventObject;
  readonly delay: number;
  readonly target: Inner;
}

const pathOf = (actor: Inner): string[] => (actor._parent ? [...pathOf(actor._parent), actor.id] : []);

const isWork = ({ logic }: Inner): boolean => !('definition' in logic) && 'start' in logic;

/** Words speak through the host, which notes what they say. */
const isWord = ({ logic }: Inner, action: string): boolean => {
  if (action === 'tell' || action === 'reply') return true;
  const { implementations } = logic as Partial<AnyStateMachine>;
  return sayingOf(implementations?.actions[action]) !== undefined;
};

/** Has the actor ended, or one above it? */
const isLost = (actor: Inner | undefined): boolean =>
  actor !== undefined &&
  (actor._processingStatus === over || actor._snapshot?.status === 'error' || isLost(actor._parent));

/** Events that one stimulus may cause among the actors, count. Beyond it the charts go round for ever. */
const most = 300;

/**
 * The chart as XState itself runs it, with everything recorded that the kernel gives as data. XState's parts are replaced in two
 * places: a timer that is set again replaces the former, and what nobody named is named as the kernel does.
 */
export class Interpreted {
  endless = false;
  /** An actor has failed outside of its transition, and XState has left its children running. */
  orphaned = false;
  readonly #make: () => AnyStateMachine;
  #root!: Inner;
  readonly #actors: Inner[] = [];
  /** In this turn. */
  readonly #made = new Set<Inner>();
  readonly #stopping = new Set<Inner>();
  readonly #timers = new Map<Inner, Map<string, Timed>>();
  #effects: unknown[] = [];
  #taken: unknown[] = [];
  #speaker: Inner | undefined;
  #relayed = 0;

  constructor(make: () => AnyStateMachine) {
    this.#make = make;
  }

  start(input: unknown): Observed {
    return this.#observe(() => {
      const actor = createActor(guard(this.#make() as unknown as Logic), {
        input,
        inspect: (event: InspectionEvent) => this.#inspect(event),
        logger: () => undefined,
      } as object);
      actor.subscribe({ error: () => undefined });
      actor.start();
    });
  }

  do(stimulus: Stimulus): Observed {
    return this.#observe(() => {
      const actor = this.#at(stimulus.path);
      if (actor === undefined || actor._processingStatus === over) return;
      if (stimulus.kind === 'send') actor._send(stimulus.event);
      else if (stimulus.kind === 'fire') this.#fire(actor, stimulus.timer);
      else {
        const { outcome } = stimulus;
        const type = 'error' in outcome ? 'test.reject' : 'test.resolve';
        actor._send({ type, ...outcome });
      }
    });
  }

  /** Note that work was sent an event. */
  heard = (self: AnyActorRef, event: EventObject): void => {
    const { _parent: parent, id } = self as unknown as Inner;
    if (parent !== undefined) this.#note(parent, 'forward', id, event);
  };

  #at(path: readonly string[]): Inner | undefined {
    let actor: Inner | undefined = this.#root;
    for (const id of path) actor = actor && this.#childrenOf(actor).find((child) => child.id === id);
    return actor;
  }

  #observe(act: () => void): Observed {
    this.#effects = [];
    this.#taken = [];
    this.#relayed = 0;
    this.#made.clear();
    const before = (this.#root as Inner | undefined)?._snapshot?.status;
    act();
    const failed = this.#root._snapshot?.status === 'error' && before !== 'error';
    const effects = failed ? this.#effects.filter((effect) => !isSaid(effect)) : this.#effects;
    this.orphaned ||= this.#actors.some(
      (actor) => actor._snapshot?.status === 'error' && this.#childrenOf(actor).length > 0,
    );
    return { effects, taken: this.#taken, view: this.#view(this.#root) };
  }

  #note(from: Inner, kind: string, ...what: unknown[]): void {
    this.#effects.push([pathOf(from), kind, ...what.map(plain)]);
  }

  #inspect(event: InspectionEvent): void {
    const actor = event.actorRef as unknown as Inner;
    switch (event.type) {
      case '@xstate.actor':
        return this.#adopt(actor);
      case '@xstate.microstep':
        if (this.#taken.length > most * 10) this.endless = true;
        for (const { source, eventType, target } of event._transitions)
          this.#taken.push([pathOf(actor), source.id, eventType, target?.map(({ id }) => id) ?? null]);
        return;
      case '@xstate.action': {
        const { type, params } = event.action;
        this.#speaker = actor;
        if (type === 'xstate.log') this.#note(actor, 'log', params);
        else if (!type.startsWith('xstate.') && !isWord(actor, type))
          this.#note(actor, 'action', type, params);
        return;
      }
      default:
    }
  }

  #adopt(actor: Inner): void {
    if (actor._parent === undefined) this.#rule(actor);
    else if (actor.options.id === undefined) actor.id = this.#freeName(actor._parent);
    this.#actors.push(actor);
    this.#made.add(actor);
    actor.on('*', (event) => this.#note(actor, 'emit', event));
    const start = actor.start.bind(actor);
    actor.start = () => {
      if (actor._processingStatus === made && actor._parent && !this.#succeeds(actor)) return actor;
      const { systemId } = actor;
      const clashes = systemId !== undefined && (actor.system.get(systemId) ?? actor) !== actor;
      if (actor._processingStatus === made && actor._parent && !clashes)
        this.#note(
          actor._parent,
          isWork(actor) ? 'invoke' : 'spawn',
          actor.id,
          actor.src,
          actor.options.input,
        );
      return start();
    };
    const stop = actor._stop.bind(actor);
    actor._stop = () => {
      if (actor._processingStatus === running && actor._parent && !this.#stopping.has(actor))
        this.#note(actor._parent, 'stop', actor.id);
      this.#stopping.add(actor);
      // What never started would look alive for ever.
      if (actor._processingStatus === made) actor._snapshot = { ...actor._snapshot, status: 'stopped' };
      return stop();
    };
  }

  /** Of two children of one id the kernel lets one live (E7). @returns whether it is this one */
  #succeeds(actor: Inner): boolean {
    const { _parent: parent, id } = actor;
    if ((parent?._snapshot?.children?.[id] ?? actor) !== actor) return false;
    for (const other of this.#actors)
      if (
        other !== actor &&
        other._parent === parent &&
        other.id === id &&
        other._processingStatus === running
      )
        other._stop();
    return true;
  }

  #freeName(parent: Inner): string {
    const children = Object.values(parent._snapshot?.children ?? {});
    const names = new Set(
      this.#actors
        .filter((each) => each._parent === parent)
        .filter(
          (each) => this.#made.has(each) || each._processingStatus === running || children.includes(each),
        )
        .map(({ id }) => id),
    );
    let number = 0;
    while (names.has(`x:${number}`)) number += 1;
    return `x:${number}`;
  }

  /** The root has a system now, and has not begun. */
  #rule(root: Inner): void {
    this.#root = root;
    const { system } = root;
    const relay = system._relay;
    system._relay = (source, target, event) => {
      this.#relayed += 1;
      if (this.#relayed > most) this.endless = true;
      else relay(source, target, event);
    };
    system.scheduler = {
      schedule: (source: Inner, target: Inner, event: EventObject, delay: number, given?: string) => {
        const timers = this.#timersOf(source);
        let id = given;
        for (let number = 0; id === undefined; number += 1)
          if (!timers.has(`${event.type}#${number}`)) id = `${event.type}#${number}`;
        timers.delete(id);
        timers.set(id, { event, delay, target });
        this.#note(source, 'schedule', id, event, delay, pathOf(target));
      },
      cancel: (source: Inner, id: string) => {
        this.#timersOf(source).delete(id);
        this.#note(source, 'cancel', id);
      },
      cancelAll: (source: Inner) => this.#timers.delete(source),
    };
    const { get, _set: set } = system;
    system.get = (systemId) => {
      const named = get(systemId);
      // XState lets a child keep its system id whose parent ended before the child could start.
      if (named?._processingStatus !== made || !isLost(named._parent)) return named;
      system._unregister(named);
      return undefined;
    };
    system._set = (systemId, actor) => {
      system.get(systemId);
      set(systemId, actor);
    };
    setHost(system, {
      tell: (to: string, event: EventObject) => this.#note(this.#speaker ?? root, 'say', to, event),
      fail: (to: string, error: unknown) => this.#note(this.#speaker ?? root, 'say', to, error),
    } as unknown as Host);
  }

  #timersOf(source: Inner): Map<string, Timed> {
    const timers = this.#timers.get(source) ?? new Map<string, Timed>();
    this.#timers.set(source, timers);
    return timers;
  }

  #fire(source: Inner, id: string): void {
    const timer = this.#timersOf(source).get(id);
    if (timer === undefined) return;
    this.#timersOf(source).delete(id);
    source.system._relay(source, timer.target, timer.event);
  }

  #childrenOf(parent: Inner): Inner[] {
    const { status, children = {} } = parent._snapshot ?? { status: 'error' };
    const kept = status === 'active' ? Object.values(children) : [];
    return this.#actors.filter(
      (actor) => actor._parent === parent && (actor._processingStatus === running || kept.includes(actor)),
    );
  }

  #view(actor: Inner): View {
    const timers = [...this.#timersOf(actor)].map(([id, { event, delay, target }]) =>
      plain([id, event, delay, pathOf(target)]),
    );
    const children = this.#childrenOf(actor).map((child): [string, View] => [child.id, this.#view(child)]);
    return viewOfSnapshot(actor._snapshot ?? { status: 'error' }, isWork(actor), timers, children);
  }
}

const isSaid = (effect: unknown): boolean => (effect as unknown[])[1] === 'say';

/** The logics of children as Troupe runs roots: one that fails stops its children. */
export const guarded = (logic: AnyActorLogic): AnyActorLogic => guard(logic);

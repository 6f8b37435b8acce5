import type { AnyActorLogic, EventObject } from 'xstate';
import type { Effect, Path, Taken } from './effect.ts';
import { pathOf, record, type Act, type Ref } from './scope.ts';
import { isPure, noChildren, noTimers, type ActorState, type AnySnapshot, type Timer } from './state.ts';

/**
 * Job: the actors of one tree taking their turns as XState's mailboxes let them: an actor that is at work gets its events afterwards,
 * any other at once, so a child may answer before its parent's next event.
 * Not its job: one transition (scope.ts), time (whoever holds the tree).
 *
 * - E1 what a transition does within itself (`log`, words, actions) comes before what it defers (sends, timers, spawns);
 * - E2 a child that is stopped in the macrostep that made it never starts;
 * - E3 an actor that is not active takes nothing.
 */
export class Tree {
  readonly effects: Effect[] = [];
  readonly taken: Taken[] = [];
  readonly root: Live;

  constructor(state: ActorState | undefined) {
    this.root = new Live(this, undefined, [], state);
  }

  at(path: Path): Live | undefined {
    let live: Live | undefined = this.root;
    for (const id of path) live = live?.child(id);
    return live;
  }

  find(systemId: string, within: Live = this.root): Ref | undefined {
    for (const [id, ref] of Object.entries(within.refs())) {
      const child = within.child(id);
      if (ref.systemId === systemId) return ref;
      const below: Ref | undefined = child && this.find(systemId, child);
      if (below !== undefined) return below;
    }
    return undefined;
  }
}

const STOP = { type: 'xstate.stop' };

/** One actor of a tree while a decision is made. */
export class Live {
  readonly path: Path;
  readonly #tree: Tree;
  readonly #parent: Live | undefined;
  readonly #before: ActorState | undefined;
  #logic!: AnyActorLogic;
  #src = '';
  #synced = false;
  #snapshot!: AnySnapshot;
  #timers: readonly Timer[] = noTimers;
  #children: Map<string, Live> | undefined;
  readonly #queue: EventObject[] = [];
  #busy = false;
  #touched = false;

  constructor(tree: Tree, parent: Live | undefined, path: Path, before: ActorState | undefined) {
    this.#tree = tree;
    this.#parent = parent;
    this.path = path;
    this.#before = before;
    if (before === undefined) return;
    this.#logic = before.logic;
    this.#src = before.src;
    this.#synced = before.synced;
    this.#snapshot = before.snapshot;
    this.#timers = before.timers;
  }

  get snapshot(): AnySnapshot {
    return this.#snapshot;
  }

  get timers(): readonly Timer[] {
    return this.#timers;
  }

  /** The children as XState names them. */
  refs(): Readonly<Record<string, Ref>> {
    return (this.#snapshot as { children?: Record<string, Ref> }).children ?? {};
  }

  child(id: string): Live | undefined {
    return this.#open().get(id);
  }

  /** Begin to live. A root takes no `src`. */
  start(logic: AnyActorLogic, input: unknown, src = '', synced = false): void {
    this.#logic = logic;
    this.#src = src;
    this.#synced = synced;
    this.#touched = true;
    if (!isPure(logic)) {
      this.#snapshot = { status: 'active', input };
      return;
    }
    this.#busy = true;
    this.#decide((scope) => logic.getInitialSnapshot(scope, input) as AnySnapshot);
    this.#flush();
  }

  deliver(event: EventObject): void {
    if (this.#snapshot.status !== 'active') return;
    if (!isPure(this.#logic)) return this.#forward(event);
    if (this.#busy) return void this.#queue.push(event);
    this.#busy = true;
    this.#take(event);
    this.#flush();
  }

  /** Work that is not a chart has come to an end, or reports: its parent hears of it. */
  settle(outcome: { readonly output: unknown } | { readonly error: unknown }): void {
    const { id } = this;
    this.#touched = true;
    const failed = 'error' in outcome;
    this.#snapshot = { ...this.#snapshot, status: failed ? 'error' : 'done', ...outcome };
    this.#parent?.deliver(
      failed
        ? ({ type: `xstate.error.actor.${id}`, error: outcome.error, actorId: id } as EventObject)
        : ({ type: `xstate.done.actor.${id}`, output: outcome.output, actorId: id } as EventObject),
    );
  }

  fire(timer: Timer): void {
    this.#drop(timer.id);
    this.#tree.at(timer.to)?.deliver(timer.event);
  }

  freeze(): ActorState {
    if (this.#before !== undefined && !this.#changed()) return this.#before;
    return {
      logic: this.#logic,
      src: this.#src,
      snapshot: this.#snapshot,
      children: this.#frozen(),
      timers: this.#timers,
      synced: this.#synced,
    };
  }

  get id(): string {
    return this.path.at(-1) ?? '';
  }

  #open(): Map<string, Live> {
    this.#children ??= new Map(
      Object.entries(this.#before?.children ?? noChildren).map(([id, state]) => [
        id,
        new Live(this.#tree, this, [...this.path, id], state),
      ]),
    );
    return this.#children;
  }

  #changed(): boolean {
    if (this.#touched) return true;
    for (const child of this.#children?.values() ?? []) if (child.#changed()) return true;
    return false;
  }

  #frozen(): Readonly<Record<string, ActorState>> {
    if (this.#children === undefined) return this.#before?.children ?? noChildren;
    if (this.#children.size === 0) return noChildren;
    return Object.fromEntries([...this.#children].map(([id, child]) => [id, child.freeze()]));
  }

  #flush(): void {
    while (this.#queue.length > 0 && this.#snapshot.status === 'active')
      this.#take(this.#queue.shift() as EventObject);
    this.#queue.length = 0;
    this.#busy = false;
  }

  #take(event: EventObject): void {
    const before = this.#snapshot;
    this.#decide((scope) => {
      try {
        return this.#logic.transition(before, event, scope) as AnySnapshot;
      } catch (error) {
        return { ...before, status: 'error', error };
      }
    });
  }

  #decide(run: Parameters<typeof record>[2]): void {
    const before = this.#snapshot as AnySnapshot | undefined;
    const tree = this.#tree;
    const { snapshot, acts, taken } = record(
      this.path,
      {
        names: Object.keys(before === undefined ? {} : this.refs()),
        snapshotOf: (path) => tree.at(path)?.snapshot,
        find: (systemId) => tree.find(systemId),
      },
      run,
    );
    this.#snapshot = snapshot;
    if (snapshot !== before) this.#touched = true;
    tree.taken.push(...taken);
    // A turn that fails says nothing (guarantee A2).
    if (snapshot.status !== 'error' || snapshot.error === undefined) this.#perform(acts);
    this.#report();
  }

  #perform(acts: readonly Act[]): void {
    if (acts.length === 0) return;
    const stopped = new Set<Ref>();
    const own = new Set<Ref>();
    for (const act of acts) {
      if (act.what === 'start') own.add(act.ref);
      else if (act.what === 'stop' && own.has(act.ref)) stopped.add(act.ref);
    }
    for (const act of acts) if (act.when === 'now') this.#act(act, own, stopped);
    for (const act of acts) if (act.when === 'after') this.#act(act, own, stopped);
  }

  #act(act: Act, own: ReadonlySet<Ref>, stopped: ReadonlySet<Ref>): void {
    switch (act.what) {
      case 'deed':
        if (act.deed.kind === 'schedule') this.#arm(act.deed);
        else if (act.deed.kind === 'cancel') this.#drop(act.deed.id);
        return void this.#tree.effects.push({ from: this.path, deed: act.deed });
      case 'relay':
        return this.#tree.at(pathOf(act.to))?.deliver(act.event);
      case 'start':
        return stopped.has(act.ref) ? undefined : this.#spawn(act.ref);
      case 'stop':
        return own.has(act.ref) ? undefined : this.#stop(act.ref.id);
    }
  }

  #arm({ id, event, delay, to }: Timer): void {
    this.#timers = [...this.#timers.filter((timer) => timer.id !== id), { id, event, delay, to }];
    this.#touched = true;
  }

  #drop(id: string): void {
    if (!this.#timers.some((timer) => timer.id === id)) return;
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
    this.#touched = true;
  }

  #spawn({ id, logic, src, options, _syncSnapshot: synced }: Ref): void {
    const name = typeof src === 'string' ? src : '';
    const child = new Live(this.#tree, this, [...this.path, id], undefined);
    this.#open().set(id, child);
    this.#touched = true;
    const kind = isPure(logic) ? 'spawn' : 'invoke';
    this.#tree.effects.push({ from: this.path, deed: { kind, id, src: name, input: options.input } });
    child.start(logic, options.input, name, synced === true);
  }

  #stop(id: string): void {
    const child = this.#open().get(id);
    if (child === undefined) return;
    this.#tree.effects.push({ from: this.path, deed: { kind: 'stop', id } });
    if (isPure(child.#logic)) child.deliver(STOP);
    this.#open().delete(id);
    this.#touched = true;
  }

  #forward(event: EventObject): void {
    if (this.#parent === undefined) return;
    this.#tree.effects.push({ from: this.#parent.path, deed: { kind: 'forward', id: this.id, event } });
  }

  /** An actor whose transition is over tells its parent what has become of it. */
  #report(): void {
    const { id } = this;
    const { status, output, error } = this.#snapshot;
    if (status !== 'active') this.#timers = noTimers;
    const parent = this.#parent;
    if (parent === undefined) return;
    if (status === 'active' && this.#synced)
      parent.deliver({ type: `xstate.snapshot.${id}`, snapshot: this.#snapshot } as EventObject);
    else if (status === 'done')
      parent.deliver({ type: `xstate.done.actor.${id}`, output, actorId: id } as EventObject);
    else if (status === 'error')
      parent.deliver({ type: `xstate.error.actor.${id}`, error, actorId: id } as EventObject);
  }
}

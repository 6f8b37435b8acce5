import type { AnyActorLogic, EventObject } from 'xstate';
import { TroupeError } from '../errors.ts';
import type { Act } from './act.ts';
import { markAssigned } from './assigned.ts';
import { Brood } from './brood.ts';
import type { Deed } from './effect.ts';
import { enter, leave, type Decider } from './recording.ts';
import { gone, refsOf, type AnySnapshot, type Ref, type Self, type Sending } from './ref.ts';
import { system, type Place } from './scope.ts';
import { isPure, noChildren, noTimers, type ActorState, type Timer } from './state.ts';
import { armed, freeId, without } from './timers.ts';
import type { Tree } from './tree.ts';

const STOP = { type: 'xstate.stop' };

type Phase = 'made' | 'running' | 'over';

/**
 * Job: one actor of a tree while a decision is made: it takes its turns as XState's mailbox lets it, and does what its transitions
 * ask for in XState's order.
 * Not its job: one transition (XState; scope.ts records it), finding others (tree.ts).
 *
 * As XState:
 * - E1 what a transition does within itself (user's actions, words, `log`) comes before what it defers (sends, timers, emits, starts);
 *   in the first decision what `spawn` made in the midst of the actions starts among the former;
 * - E2 an event for an actor that is at work waits until it has done all its transition asked for; any other takes it at once;
 * - E3 an actor that is not active takes nothing, and what waits for it is dropped;
 * - E4 a child is decided when it is made and starts when it is its turn among the deferred deeds; it keeps the events it gets meanwhile,
 *   and if it is stopped before, it never starts;
 * - E5 at its first decision an actor starts the children it still has before it does anything, in the order in which its snapshot has
 *   them.
 *
 * Unlike XState, on purpose:
 * - E6 an actor that fails stops its children (XState leaves them running; Troupe does not, see actor/guard.ts). What the transition did
 *   within itself stays done, what it deferred is not done, and a root that fails has said nothing (A2, step.ts);
 * - E7 of two children of one id only the one lives that the snapshot names: the other does not start, or stops (XState leaves it
 *   running, known to nobody), and a timer of an id in use is replaced (XState lets both fire);
 * - E8 an event that leads on and on ends with an error (tree.ts; XState would never return);
 * - E9 what never started is `stopped` and gives its system id back (XState shows it active, and keeps the id for ever); a ref to a child
 *   that is gone shows `stopped` and nothing else.
 */
export class Live implements Decider {
  readonly around: Tree;
  readonly parent: Live | undefined;
  readonly place: Place;
  /** By what the parent holds it; undefined for a root. */
  readonly ref: Ref | undefined;
  snapshot!: AnySnapshot;
  readonly #before: ActorState | undefined;
  #children: Brood<Live> | undefined;
  #logic!: AnyActorLogic;
  #src = '';
  #synced = false;
  #timers: readonly Timer[] = noTimers;
  phase: Phase = 'made';
  #busy = false;
  #touched = false;
  #queue: EventObject[] | undefined;
  /** What it is to do when it starts. */
  #first: readonly Act[] = [];

  constructor(tree: Tree, parent: Live | undefined, place: Place, ref: Ref | undefined, before?: ActorState) {
    this.around = tree;
    this.parent = parent;
    this.place = place;
    this.ref = ref;
    this.#before = before;
    if (before === undefined) return;
    this.snapshot = before.snapshot;
    this.#timers = before.timers;
    this.#logic = before.logic;
    this.#src = before.src;
    this.#synced = before.synced;
    this.phase = before.snapshot.status === 'active' ? 'running' : 'over';
  }

  get id(): string {
    return this.place.self.id;
  }

  get children(): Brood<Live> {
    this.#children ??= new Brood(
      this.#before?.children ?? noChildren,
      (id, state) => new Live(this.around, this, this.place.child(id), state.ref, state),
    );
    return this.#children;
  }

  freeName(): string {
    const before = (this.snapshot as AnySnapshot | undefined) ?? gone;
    const names = new Set([
      ...this.children.ids(),
      ...refsOf(before).map((ref) => ref?.id),
      ...this.around.bornTo(this),
    ]);
    let number = 0;
    while (names.has(`x:${number}`)) number += 1;
    return `x:${number}`;
  }

  /** Come to be, and do nothing yet. */
  make(logic: AnyActorLogic, input: unknown): AnySnapshot {
    const acts: Act[] = [];
    this.#logic = logic;
    this.#first = acts;
    this.#touched = true;
    const outer = enter({ by: this, acts, first: true });
    try {
      const snapshot = logic.getInitialSnapshot(this.place.scope, input) as AnySnapshot;
      // Who stands in for the work has to know what it was asked to do.
      this.snapshot = isPure(logic) ? snapshot : { ...snapshot, input };
    } catch (error) {
      this.snapshot = { status: 'error', output: undefined, error };
    } finally {
      leave(outer);
    }
    if (this.ref !== undefined && this.snapshot.status !== 'active') this.around.forget(this.ref);
    if (this.snapshot.status === 'error') this.around.abandon(this);
    return this.snapshot;
  }

  bear(ref: Ref, logic: AnyActorLogic, input: unknown): AnySnapshot {
    const child = new Live(this.around, this, this.place.child(ref.id), ref);
    child.#src = typeof ref.src === 'string' ? ref.src : '';
    child.#synced = ref._syncSnapshot === true;
    this.around.born(ref, child);
    return child.make(logic, input);
  }

  start(): void {
    this.phase = 'running';
    this.#busy = true;
    if (this.snapshot.status === 'active') this.#startChildren();
    if (this.snapshot.status !== 'error') this.#perform(this.#first, true);
    this.#report();
    this.#flush();
  }

  deliver(event: EventObject): void {
    if (this.phase === 'over') return;
    if (this.phase === 'made' || this.#busy) {
      (this.#queue ??= []).push(event);
      return;
    }
    this.#busy = true;
    this.#take(event);
    this.#flush();
  }

  /** Work that is not a chart has come to an end: its parent hears of it. */
  settle(outcome: { readonly output: unknown } | { readonly error: unknown }): void {
    if (this.phase !== 'running' || isPure(this.#logic)) return;
    this.#touched = true;
    const status = 'error' in outcome ? 'error' : 'done';
    this.snapshot = { ...this.snapshot, status, ...outcome, input: undefined };
    this.#report();
  }

  fire(id: string): void {
    const timer = this.#timers.find((each) => each.id === id);
    if (timer === undefined) return;
    this.#retime(without(this.#timers, id));
    const { target, to, event } = timer;
    const receiver = target === undefined ? this.around.at(to) : this.around.who(target);
    receiver?.deliver(event);
  }

  freeze(): ActorState {
    const before = this.#before;
    if (before !== undefined && !this.isChanged) return before;
    return {
      logic: this.#logic,
      src: this.#src,
      snapshot: this.snapshot,
      children: this.#children?.freeze() ?? before?.children ?? noChildren,
      timers: this.#timers,
      synced: this.#synced,
      ref: this.ref,
    };
  }

  get isChanged(): boolean {
    return this.#touched || this.#children?.isChanged === true;
  }

  #flush(): void {
    const queue = this.#queue;
    for (let next = queue?.shift(); next !== undefined; next = this.#queue?.shift())
      if (this.#isRunning()) this.#take(next);
    this.#busy = false;
  }

  // A method: the phase changes behind the back of the compiler.
  #isRunning(): boolean {
    return this.phase === 'running';
  }

  #take(event: EventObject): void {
    if (!isPure(this.#logic)) {
      this.parent?.effect({ kind: 'forward', id: this.id, event });
      return this.#report();
    }
    const before = this.snapshot;
    const acts: Act[] = [];
    const outer = enter({ by: this, acts, first: false });
    let failure: { readonly error: unknown } | undefined;
    try {
      this.around.count();
      this.snapshot = this.#logic.transition(before, event, this.place.scope) as AnySnapshot;
    } catch (error) {
      failure = { error };
    } finally {
      leave(outer);
    }
    if (failure === undefined) this.#perform(acts, false);
    else this.#fail(failure.error, acts);
    if (this.snapshot !== before) this.#touched = true;
    this.#report();
    if (event.type === STOP.type) this.phase = 'over';
  }

  #fail(error: unknown, acts: readonly Act[]): void {
    for (const act of acts) if (act.when === 'now') this.#do(act);
    this.around.abandon(this);
    for (const ref of refsOf(this.snapshot)) if (ref?._parent === this.place.self) this.#stopChild(ref);
    this.snapshot = { ...this.snapshot, status: 'error', error };
  }

  #perform(acts: readonly Act[], first: boolean): void {
    if (acts.length === 0) return;
    try {
      let deferred: Act[] | undefined;
      for (const act of acts) {
        if (act.what === 'stop' && first) this.forestall(act.ref);
        if (act.when === 'now') this.#do(act);
        else (deferred ??= []).push(act);
      }
      if (deferred !== undefined) for (const act of deferred) this.#do(act);
    } catch (error) {
      this.#fail(error, []);
    }
  }

  #do(act: Act): void {
    switch (act.what) {
      case 'deed':
        if (act.deed.kind === 'cancel') this.#retime(without(this.#timers, act.deed.id));
        return this.effect(act.deed);
      case 'send':
        return this.#send(act.sending);
      case 'relay':
        return this.who(act.to)?.deliver(act.event);
      case 'start':
        return this.#startChild(act.ref);
      case 'stop':
        return this.#stopChild(act.ref);
    }
  }

  effect(deed: Deed): void {
    this.around.effects.push({ from: this.place.path, deed });
  }

  #retime(timers: readonly Timer[]): void {
    if (timers === this.#timers) return;
    this.#timers = timers;
    this.#touched = true;
  }

  #send({ to, event, id, delay }: Sending): void {
    if (typeof delay === 'number') return this.#schedule(event, delay, id, to ?? this.place.self);
    if (to === undefined) throw new TypeError(`There is no actor to send "${event.type}" to.`);
    const { type, data } = event as EventObject & { readonly data?: unknown };
    this.who(to)?.deliver(type === 'xstate.error' ? this.#errorEvent(data) : event);
  }

  #schedule(event: EventObject, delay: number, given: string | undefined, to: Self | Ref): void {
    const id = given ?? freeId(this.#timers, event.type);
    this.#retime(armed(this.#timers, id, event, delay, to));
    this.effect({ kind: 'schedule', id, event, delay, to: to.path });
  }

  /** @throws TroupeError INVALID_ADDRESS for an actor that is none of the kernel's */
  who(to: Self | Ref): Live | undefined {
    if (to.system !== system)
      throw new TroupeError(
        'INVALID_ADDRESS',
        `The actor "${to.id}" is not of this tree of actors, so it cannot be sent to here; give its address to \`tell\`.`,
      );
    // An actor that was stopped at work is no longer in the tree, and still reaches its own.
    if (to === this.place.self) return this;
    if (to === this.parent?.place.self) return this.parent;
    const own = to._parent === this.place.self ? this.children.get(to.id) : undefined;
    return own !== undefined && own.ref === to ? own : this.around.who(to);
  }

  #startChildren(): void {
    for (const ref of refsOf(this.snapshot)) {
      if (ref === undefined)
        return this.#fail(
          new TroupeError(
            'NOT_PROVIDED',
            'An actor that this chart invokes has no logic: give it with `provide`.',
          ),
          [],
        );
      if (this.around.snapshotOf(ref).status === 'active') this.#startChild(ref);
    }
  }

  #startChild(ref: Ref): void {
    const child = this.around.who(ref);
    const named = this.snapshot.children?.[ref.id] ?? ref;
    if (child?.phase !== 'made' || named !== ref) return;
    if (ref.systemId !== undefined) this.around.enlist(ref.systemId, ref);
    const former = this.children.get(ref.id)?.ref;
    if (former !== undefined) this.#stopChild(former);
    this.children.set(ref.id, child);
    const kind = isPure(child.#logic) ? 'spawn' : 'invoke';
    const deed: Deed = { kind, id: ref.id, src: child.#src, input: ref.options.input };
    markAssigned(ref, deed);
    this.effect(deed);
    child.start();
  }

  forestall(ref: Ref): void {
    const child = this.who(ref);
    if (child === undefined) return;
    this.around.delist(child);
    if (child.phase === 'made') {
      child.#end();
      this.around.abandon(child);
    }
    if (child.phase === 'over' && this.children.get(ref.id) === child) this.children.delete(ref.id);
  }

  #end(): void {
    this.phase = 'over';
    this.snapshot = { ...this.snapshot, status: 'stopped' };
  }

  /** @throws Error as XState's for an actor that is no child of this one */
  #stopChild(ref: Ref): void {
    if (ref._parent !== this.place.self)
      throw new Error(`Cannot stop child actor ${ref.id} of ${this.id} because it is not a child`);
    const child = this.children.get(ref.id);
    if (child?.ref !== ref) return child && this.release(child);
    this.children.delete(ref.id);
    if (child.phase !== 'running') return;
    this.around.delist(child);
    this.effect({ kind: 'stop', id: ref.id });
    child.#stop();
  }

  #stop(): void {
    this.#queue = undefined;
    if (isPure(this.#logic)) return this.deliver(STOP);
    this.#end();
  }

  /** An actor whose transition is over tells its parent what has become of it. */
  #report(): void {
    const { id, parent, snapshot } = this;
    const { status, output, error } = snapshot;
    if (status === 'active') {
      if (this.#synced) parent?.deliver({ type: `xstate.snapshot.${id}`, snapshot } as EventObject);
      return;
    }
    this.phase = 'over';
    this.#timers = noTimers;
    if (this.ref === undefined) return;
    this.around.forget(this.ref);
    if (status === 'done')
      parent?.deliver({ type: `xstate.done.actor.${id}`, output, actorId: id } as EventObject);
    else if (status === 'error') parent?.deliver(this.#errorEvent(error));
    parent?.release(this);
  }

  /** A child that has ended is kept only where XState keeps it. */
  release({ id, ref, phase }: Live): void {
    if (phase === 'over' && this.children.get(id)?.ref === ref && !refsOf(this.snapshot).includes(ref))
      this.children.delete(id);
  }

  #errorEvent(error: unknown): EventObject {
    return { type: `xstate.error.actor.${this.id}`, error, actorId: this.id } as EventObject;
  }
}

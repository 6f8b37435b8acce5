import { TroupeError } from '../errors.ts';
import type { Effect, Path, Taken, TakenTransition } from './effect.ts';
import { Live } from './live.ts';
import type { Around } from './recording.ts';
import { gone, refsOf, type AnySnapshot, type Ref, type Self } from './ref.ts';
import { rootPlace } from './scope.ts';
import type { ActorState } from './state.ts';

/** Microsteps and turns one decision may take, count. Beyond it the actor whose turn it is fails; XState would never return. */
export const maxSteps = 10_000;

/** Has any actor ever had a system id? Most never do, and need no directory. */
let anyNamed = false;

/** One that was restored has. */
export function noteNamed(): void {
  anyNamed = true;
}

/**
 * Job: what the actors of one tree share while a decision is made: how they find each other, and what comes of it.
 * Not its job: what one of them does (live.ts), time (whoever holds the tree).
 */
export class Tree implements Around {
  readonly effects: Effect[] = [];
  readonly taken: Taken[] = [];
  readonly root: Live;
  #born: Map<Ref, Live> | undefined;
  #named: Map<string, Ref> | undefined;
  #steps = 0;

  constructor(state: ActorState | undefined) {
    this.root = new Live(this, undefined, rootPlace, undefined, state);
  }

  at(path: Path): Live | undefined {
    let live: Live | undefined = this.root;
    for (const id of path) live = live?.children.get(id);
    return live;
  }

  /** The actor someone is; undefined when it is no more, though another may be in its place. */
  who(who: Self | Ref): Live | undefined {
    if (who.logic === undefined) return this.at(who.path);
    const born = this.#born?.get(who);
    if (born !== undefined) return born;
    const live = this.at(who.path);
    return live?.ref === who ? live : undefined;
  }

  born(ref: Ref, live: Live): void {
    (this.#born ??= new Map()).set(ref, live);
  }

  /** Ids of the children that were made for an actor in this decision. */
  *bornTo(parent: Live): Iterable<string> {
    for (const { parent: own, id } of this.#born?.values() ?? []) if (own === parent) yield id;
  }

  /** What an actor made that will not start it never starts, and gives its system ids back. */
  abandon(parent: Live): void {
    for (const [ref, live] of this.#born ?? []) {
      if (live.parent !== parent || live.phase !== 'made') continue;
      live.phase = 'over';
      this.forget(ref);
      this.abandon(live);
    }
  }

  snapshotOf(who: Self | Ref): AnySnapshot {
    const live = this.who(who);
    return live === undefined ? gone : live.snapshot;
  }

  took({ path }: Self, transitions: readonly TakenTransition[]): void {
    for (const transition of transitions) this.taken.push({ from: path, transition });
    this.count();
  }

  /** @throws TroupeError UNBOUNDED */
  count(): void {
    this.#steps += 1;
    if (this.#steps <= maxSteps) return;
    throw new TroupeError(
      'UNBOUNDED',
      `One event led to more than ${maxSteps} microsteps: the actor loops through eventless transitions, raised events or messages to ` +
        'itself and its children. Break the cycle, or bound it with `options: { maxIterations }`.',
    );
  }

  find(systemId: string): Ref | undefined {
    return this.#directory().get(systemId);
  }

  enlist(systemId: string, ref: Ref): void {
    anyNamed = true;
    const directory = this.#directory();
    if ((directory.get(systemId) ?? ref) !== ref)
      throw new Error(`Actor with system ID '${systemId}' already exists.`);
    directory.set(systemId, ref);
  }

  /** An actor that is told to stop gives its system id back, and so do those below it. */
  delist(live: Live): void {
    if (!anyNamed || live.ref === undefined) return;
    for (const ref of refsOf(live.snapshot)) {
      const child = ref && live.who(ref);
      if (child !== undefined) this.delist(child);
    }
    this.forget(live.ref);
  }

  /** An actor has ended. */
  forget(ref: Ref): void {
    if (ref.systemId !== undefined && this.#directory().get(ref.systemId) === ref)
      this.#directory().delete(ref.systemId);
  }

  #directory(): Map<string, Ref> {
    if (this.#named !== undefined) return this.#named;
    const named = new Map<string, Ref>();
    this.#named = named;
    const add = (live: Live): void => {
      const { ref } = live;
      if (ref?.systemId !== undefined && live.phase === 'running') named.set(ref.systemId, ref);
      for (const child of live.children.all()) add(child);
    };
    add(this.root);
    return named;
  }
}

import type { Performer } from './performer.ts';
import type { Persistence } from './persistence.ts';

export interface SettlingOptions {
  readonly performer: Performer;
  readonly persistence: Persistence;
  /** Nothing waits, and nothing is under way. */
  readonly isQuiet: () => boolean;
  readonly isLeaving: () => boolean;
  /** Store the actor as it is. */
  readonly commit: () => Promise<void>;
  /** It is over and nobody will send it anything. */
  readonly over: () => void;
  /** Spawned, and not virtual: a virtual actor may yet be sent something. */
  readonly isSpawned: boolean;
}

/** Job: when nothing is under way any more, what was done is stored, so that it is not done again, and the wake is forgotten. */
export class Settling {
  readonly #options: SettlingOptions;

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  get isQuiet(): boolean {
    return this.#options.isQuiet();
  }

  soon(): void {
    const { performer, persistence, isQuiet, over } = this.#options;
    if (!isQuiet() || performer.isSettling) return;
    if (this.#isOver) return over();
    if (performer.outbox.hasNews || persistence.isWakeLate) performer.settleIn(() => void this.now());
  }

  async now(): Promise<void> {
    const { performer, persistence, isQuiet, isLeaving, commit, over } = this.#options;
    if (!isQuiet()) return;
    if (performer.outbox.hasNews || persistence.isUnfenced) await commit();
    if (!isQuiet() || persistence.isUnfenced) return;
    await persistence.settleWake();
    if (!isQuiet()) return;
    if (this.#isOver) return over();
    // The store was away.
    if (!isLeaving()) this.soon();
  }

  /** It has ended, and all it said is taken. */
  get #isOver(): boolean {
    const { performer, persistence, isSpawned } = this.#options;
    return persistence.live?.actor.snapshot.status !== 'active' && isSpawned && !performer.outbox.hasNews;
  }
}

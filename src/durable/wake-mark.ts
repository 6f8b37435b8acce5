import { timersOf, type Deadlines, type Live } from './cell/live.ts';
import type { Journal, Position, Wake } from './store.ts';

/** Position of a wake that is being stored. */
const STORING = 0;

interface Own {
  readonly at: number;
  position: Position;
  /** As long as it is being stored. */
  storing: Promise<void> | undefined;
}

/**
 * Job: that an actor with unfinished work is found again by whoever takes over its shard (D5): its wake is stored before the commit that
 * makes it necessary, and forgotten when nothing is left to do.
 *
 * An owner never relies on a wake that another left: that other, back from a long stop, may yet forget it. It stores its own, which has
 * another position, and what the other forgets is not that one.
 */
export class WakeMark {
  readonly #journal: Journal;
  readonly #id: string;
  readonly #shard: number | undefined;
  #own: Own | undefined;
  /** One that was found. */
  #found: Position | undefined;
  /** A wake of our own may be stored or not. */
  #isInDoubt = false;

  constructor(journal: Journal, id: string, shard: number | undefined, found?: Position) {
    this.#journal = journal;
    this.#id = id;
    this.#shard = shard;
    this.#found = found;
  }

  /** What is stored, as far as is known. */
  get mark(): Wake | undefined {
    return this.#own && { id: this.#id, at: this.#own.at, position: this.#own.position };
  }

  /** To be awaited before a commit; undefined when nothing has to be stored. */
  before(live: Live, deadlines: Deadlines): Promise<void> | undefined {
    const wanted = this.#shard === undefined ? undefined : wantedAt(live, deadlines);
    if (wanted === undefined) return undefined;
    if (this.#own !== undefined && this.#own.at <= wanted) return this.#own.storing;
    return this.#store(wanted);
  }

  /**
   * A wake of that position was found. Unless ours came after it, another node has put it in the place of ours.
   * @returns whether it is another's: then the actor may have gone on elsewhere
   */
  found(position: Position): boolean {
    if (this.#own !== undefined && position <= this.#own.position) return false;
    if (this.#own?.position !== STORING) this.#own = undefined;
    this.#found = position;
    return true;
  }

  /**
   * Another has had the actor. What we have left may have taken the place of what it relies on: so it is not ours to be forgotten, and not
   * to be relied upon either. Whoever owns the actor has to find it.
   * @returns whether something may have been left
   */
  doubt(): boolean {
    const isLeft = this.#own !== undefined || this.#isInDoubt;
    this.#own = undefined;
    this.#isInDoubt = false;
    return isLeft;
  }

  /** Would it wake the actor for nothing, or too early? */
  isLate(live: Live, deadlines: Deadlines): boolean {
    if (this.#isInDoubt) return true;
    if (this.#own === undefined && this.#found === undefined) return false;
    return this.#own === undefined || this.#own.at !== wantedAt(live, deadlines);
  }

  /** Is one stored, and none needed? */
  isNeedless(live: Live, deadlines: Deadlines): boolean {
    return this.isLate(live, deadlines) && wantedAt(live, deadlines) === undefined;
  }

  /** When nothing is under way: as the stored state wants it. */
  async after(live: Live, deadlines: Deadlines): Promise<void> {
    // Its position is to be known when the actor leaves memory.
    await this.#own?.storing;
    if (this.#shard === undefined || !this.isLate(live, deadlines)) return;
    const wanted = wantedAt(live, deadlines);
    // What may be stored has a position that nobody knows: only a wake that takes its place can be forgotten, and that only later, for a
    // commit may by then rely on it.
    if (wanted !== undefined || this.#isInDoubt) return this.#store(wanted ?? 0);
    const own = this.#own;
    const position = own?.position ?? this.#found;
    if (position === undefined) return;
    this.#own = undefined;
    this.#found = position;
    await this.#journal.unwake(this.#id, this.#shard, position);
    if (this.#found === position) this.#found = undefined;
  }

  async #store(at: number): Promise<void> {
    // One after the other: the last that is stored has to be the last that was wanted.
    const former = this.#own?.storing?.catch(() => undefined);
    // Noted before it is stored: a commit that needs an earlier one meanwhile must not rely on the former.
    const own: Own = (this.#own = { at, position: STORING, storing: undefined });
    this.#found = undefined;
    own.storing = former === undefined ? this.#stored(own) : former.then(async () => this.#stored(own));
    return own.storing;
  }

  async #stored(own: Own): Promise<void> {
    try {
      own.position = await this.#journal.wake(this.#id, this.#shard ?? 0, own.at);
      if (this.#own !== own) return;
      this.#isInDoubt = false;
      if (this.#found !== undefined && this.#found > own.position) this.#own = undefined;
      else this.#found = undefined;
    } catch (error) {
      if (this.#own === own) this.#own = undefined;
      this.#isInDoubt = true;
      throw error;
    } finally {
      own.storing = undefined;
    }
  }
}

/** When the actor wants to be there though nobody sends it anything; 0: at once. */
function wantedAt({ actor, outbox, works }: Live, deadlines: Deadlines): number | undefined {
  if (actor.snapshot.status !== 'active') return outbox.length > 0 ? 0 : undefined;
  if (outbox.length > 0 || works.some(({ due }) => due === undefined)) return 0;
  const running = timersOf(actor);
  if (running.length === 0 && works.length === 0) return undefined;
  let earliest: number | undefined;
  const consider = (at: number): void => {
    if (earliest === undefined || at < earliest) earliest = at;
  };
  for (const { timer } of running) consider(deadlines.get(timer) ?? 0);
  for (const { due } of works) if (due !== undefined) consider(due);
  return earliest === undefined ? undefined : Math.max(1, earliest);
}

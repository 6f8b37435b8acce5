import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Batch } from './batch.ts';
import type { CellSpec } from './spec.ts';
import type { DurableState } from '../commit.ts';
import { begin, type Deciding, type Step } from './decide.ts';
import type { Deadlines, Live } from './live.ts';
import { Log, type Attempt } from './log.ts';
import { dueIn, fromState, toState, type FrozenState } from './state.ts';
import type { Position, Wake } from '../store.ts';
import type { Surroundings } from '../surroundings.ts';
import { WakeMark } from '../wake-mark.ts';

/** What came of storing a commit. */
export type Stored =
  | { readonly kind: 'stored' }
  /** The store does not take it, and did not change. */
  | { readonly kind: 'refused'; readonly error: unknown }
  /** Another commit was stored in its place, or none: the actor was read again. */
  | { readonly kind: 'reread' }
  /** As before, and the actor belongs elsewhere now. `isInDoubt`: it may have been stored. */
  | { readonly kind: 'moved'; readonly isInDoubt?: true }
  /** It was stored, and others after it, by another owner. `isMoved`: the actor belongs elsewhere now, and was not read. */
  | { readonly kind: 'superseded'; readonly isMoved: boolean }
  /** What is stored cannot be used. */
  | { readonly kind: 'lost'; readonly error: unknown };

export type Conclude = (stored: Stored) => void;

/** A durable actor in memory, as an inspector sees it. */
export interface Look {
  readonly actor: Live['actor'];
  readonly deadlines: Deadlines;
  /** Messages in its mailbox. */
  readonly waiting: number;
  /** The number of its last commit. */
  readonly commit: number;
}

export interface PersistenceOptions {
  readonly spec: CellSpec;
  readonly around: Surroundings;
  readonly deadlines: Deadlines;
  readonly deciding: () => Deciding;
  /** Is the actor about to leave? Then nothing is waited for. */
  readonly isLeaving: () => boolean;
}

/**
 * Job: one durable actor as it is stored: reading it, storing its next state, and finding out what is true when that is in doubt. Not its
 * job: what to do about it (cell.ts), the form of records (log.ts).
 */
export class Persistence {
  readonly #options: PersistenceOptions;
  readonly #log: Log;
  readonly #wake: WakeMark;
  readonly #dueOf: ReturnType<typeof dueIn>;
  #live: Live | undefined;
  #first: Step | undefined;
  /** Was something stored since it was read? */
  #isFenced = false;

  constructor(options: PersistenceOptions) {
    const { spec, around } = options;
    const { journal, limits, clock } = around;
    this.#options = options;
    this.#log = new Log({ ...spec, journal, limits, nextId: () => around.nextId(), now: () => clock.now() });
    this.#wake = new WakeMark(journal, spec.id, spec.shard, spec.wake);
    this.#dueOf = dueIn(options.deadlines);
  }

  /** The actor as it is stored; one that never was, as it begins. Undefined until it was read. */
  get live(): Live | undefined {
    return this.#live;
  }

  /** The actor for those who only look at it. */
  look(waiting: number): Look | undefined {
    const { deadlines } = this.#options;
    return this.#live && { actor: this.#live.actor, deadlines, waiting, commit: this.#log.number };
  }

  /** What it decided when it began, as long as that is not stored. */
  get first(): Step | undefined {
    return this.#first;
  }

  /** What is stored to wake it, as far as is known. */
  get wake(): Wake | undefined {
    return this.#wake.mark;
  }

  /**
   * A wake of that position was found in the store.
   * @returns whether another has left it: then the actor may have gone on elsewhere
   */
  woken(position: Position): boolean {
    return this.#wake.found(position);
  }

  /**
   * Must something be stored before the wake is forgotten? Another owner, back from a long stop, may be about to store a commit that relies on
   * the wake: after a commit of ours it cannot.
   */
  get isUnfenced(): boolean {
    if (this.#live === undefined || this.#first !== undefined || this.#isFenced) return false;
    return this.#wake.isNeedless(this.#live, this.#options.deadlines);
  }

  /** Would it be woken for nothing? */
  get isWakeLate(): boolean {
    return this.#live !== undefined && this.#wake.isLate(this.#live, this.#options.deadlines);
  }

  /** @throws TroupeError CORRUPTED, NO_MIGRATION, UNKNOWN_STATE, STORE_UNAVAILABLE, ACTOR_FAILED when it cannot start */
  async load(): Promise<void> {
    const found = await this.#log.load();
    const { spec, deadlines, deciding } = this.#options;
    this.#isFenced = false;
    if (found !== undefined) {
      this.#first = undefined;
      this.#live = restored(spec, found.state, deadlines);
      return;
    }
    const first = begin(spec.logic, spec.input, deciding());
    const { status, error } = first.live.actor.snapshot;
    if (status === 'error') throw startFailed(spec.address, error);
    this.#first = first;
    this.#live = first.live;
  }

  /** As `load`; a store that is away for a while is waited for: who waits for the actor has a timeout of its own. */
  async loadAtLast(failures = 0): Promise<void> {
    try {
      return await this.load();
    } catch (error) {
      if (!isTroupeError(error) || !error.retryable || this.#options.isLeaving()) throw error;
    }
    await this.#wait(failures);
    return this.loadAtLast(failures + 1);
  }

  /** @param conclude told what came of it, before this resolves */
  // Not async: one promise per commit instead of four; this is the hot path.
  store(batch: Batch, conclude: Conclude): Promise<void> {
    const { deadlines, spec } = this.#options;
    try {
      const frozen = toState(batch.live, this.#dueOf, spec.address);
      const early = this.#wake.before(batch.live, deadlines);
      if (early === undefined) return this.#append(batch, frozen, conclude);
      return this.#appendAfter(early, batch, frozen, conclude);
    } catch (error) {
      return this.#failed(error).then(conclude);
    }
  }

  async #appendAfter(
    early: Promise<void>,
    batch: Batch,
    frozen: FrozenState,
    conclude: Conclude,
  ): Promise<void> {
    let appending: Promise<void>;
    try {
      await early;
      appending = this.#append(batch, frozen, conclude);
    } catch (error) {
      return conclude(await this.#failed(error));
    }
    return appending;
  }

  /** @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE before anything is stored */
  #append(batch: Batch, { state, special }: FrozenState, conclude: Conclude): Promise<void> {
    const attempt = this.#log.prepare(state, batch.causes, special);
    return attempt.append().then(
      (position) => {
        attempt.stored(position);
        conclude(this.#took(batch));
      },
      async (error: unknown) => {
        const isInDoubt = codeOf(error) === 'STORE_UNAVAILABLE';
        conclude(await (isInDoubt ? this.#insist(batch, attempt, 0) : this.#failed(error)));
      },
    );
  }

  async #failed(error: unknown): Promise<Stored> {
    const code = codeOf(error);
    if (code !== 'FENCED' && code !== 'STORE_UNAVAILABLE') return { kind: 'refused', error };
    return this.#reread(unknown, 0);
  }

  /** Is the actor still as it was read? `stored`: yes. */
  async refresh(): Promise<Stored> {
    const { position } = this.#log;
    return this.#reread(() => (this.#log.position === position ? { kind: 'stored' } : undefined), 0);
  }

  /** Nothing is under way any more: be woken as the stored state wants it. */
  async settleWake(): Promise<void> {
    if (this.#live === undefined || this.#first !== undefined) return;
    // One wake too many does no harm.
    await this.#wake.after(this.#live, this.#options.deadlines).catch(() => undefined);
  }

  #took(batch: Batch): Stored {
    const { around, spec } = this.#options;
    this.#isFenced = true;
    this.#first = undefined;
    this.#live = batch.live;
    around.committed(spec, this.#log.number, batch);
    return STORED;
  }

  /**
   * Whether it was stored is in doubt, and it may yet be. Decided over again it could be stored twice: so the very same record is given to the
   * store until it takes it, or says that another is in its place; that may be this one.
   */
  async #insist(batch: Batch, attempt: Attempt, failures: number): Promise<Stored> {
    const { isLeaving, spec } = this.#options;
    await this.#wait(failures);
    try {
      attempt.stored(await attempt.append());
      return this.#took(batch);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'FENCED') return this.#disputed(batch, attempt, failures);
      if (code !== 'STORE_UNAVAILABLE') return { kind: 'lost', error };
      if (!isLeaving() || failures < PARTING_FAILURES) return this.#insist(batch, attempt, failures + 1);
      return spec.shard === undefined ? { kind: 'lost', error } : { kind: 'moved', isInDoubt: true };
    }
  }

  /** Another record is in its place, or it is itself there. */
  async #disputed(batch: Batch, attempt: Attempt, failures: number): Promise<Stored> {
    const known = (commit: string | undefined): Stored | undefined =>
      commit === attempt.id ? this.#took(batch) : undefined;
    try {
      const isStored = await this.#log.has(attempt.id);
      const found = await this.#reread(known, 0);
      if (!isStored || (found.kind !== 'reread' && found.kind !== 'moved')) return found;
      return { kind: 'superseded', isMoved: found.kind === 'moved' };
    } catch (error) {
      if (codeOf(error) !== 'STORE_UNAVAILABLE') return { kind: 'lost', error };
      return this.#insist(batch, attempt, failures + 1);
    }
  }

  /**
   * What is true is what the store says.
   * @param known what it means that this commit is the last one (undefined: there is none); undefined when the actor is another than in memory
   */
  async #reread(
    known: (commit: string | undefined) => Stored | undefined,
    failures: number,
  ): Promise<Stored> {
    const { spec, around, deadlines, isLeaving } = this.#options;
    const { position } = this.#log;
    try {
      const found = await this.#log.load();
      if (found !== undefined && this.#log.position < position)
        throw rolledBack(spec.address, position, this.#log.position);
      const same = known(found?.commit);
      if (same !== undefined) return same;
      this.#isFenced = false;
      if (this.#wake.doubt()) around.leftWake(spec.id);
      if (spec.shard !== undefined && !around.isHere(spec.id)) return { kind: 'moved' };
      if (found === undefined) await this.load();
      else this.#live = restored(spec, found.state, deadlines);
      if (found !== undefined) this.#first = undefined;
      return { kind: 'reread' };
    } catch (error) {
      if (!isTroupeError(error) || !error.retryable) return { kind: 'lost', error };
      // Whoever has it next will read it; one that was spawned is not looked for anywhere else.
      if (isLeaving()) return spec.shard === undefined ? { kind: 'lost', error } : { kind: 'moved' };
    }
    await this.#wait(failures);
    return this.#reread(known, failures + 1);
  }

  async #wait(failures: number): Promise<void> {
    const { clock, limits } = this.#options.around;
    const ms = Math.min(limits.store, FIRST_WAIT * 2 ** failures);
    return new Promise((resolve) => void clock.setTimeout(resolve, ms));
  }
}

const STORED: Stored = { kind: 'stored' };

/** ms */
const FIRST_WAIT = 100;
/** How often a node that is about to leave asks a store that is away, count. */
const PARTING_FAILURES = 3;

const codeOf = (error: unknown): string => (isTroupeError(error) ? error.code : '');

/** Nothing was stored: whatever the last commit is, it is another's. */
const unknown = (): undefined => undefined;

/** @throws TroupeError UNKNOWN_STATE, NOT_PROVIDED naming the actor */
function restored({ logic, address }: CellSpec, state: DurableState, deadlines: Deadlines): Live {
  try {
    return fromState(logic, state, deadlines);
  } catch (error) {
    const code = isTroupeError(error) ? error.code : 'UNKNOWN_STATE';
    const why = error instanceof Error ? error.message : String(error);
    throw new TroupeError(code, `"${address}" cannot be restored: ${why} Nothing stored was changed.`, {
      cause: error,
      data: { address },
    });
  }
}

const rolledBack = (address: string, known: Position, found: Position): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `The store has lost commits of "${address}" that it had acknowledged: the last was at ${known}, now it is at ${found}. A damaged file of a single server is repaired by dropping what follows the damage: restore the store from a backup or a replica, or go on with what is left.`,
    { data: { address, known, found } },
  );

const startFailed = (address: string, cause: unknown): TroupeError =>
  new TroupeError(
    'ACTOR_FAILED',
    `"${address}" cannot start: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

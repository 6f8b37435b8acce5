import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Frozen } from '../../kernel/freeze.ts';
import { flawOf } from '../../kernel/flaw.ts';
import { checkStorable, type Owner } from '../../kernel/storable.ts';
import type { Limits } from '../../limits.ts';
import type { Address } from '../../message/address.ts';
import type { Cause, Commit, DurableState } from '../commit.ts';
import { apply, diff } from '../patch.ts';
import { decodeRecord, encodeCommit } from '../record.ts';
import type { Entry, Journal, Position } from '../store.ts';

/** What is stored of an actor that another version of its machine left behind. */
export interface StoredActor {
  /** `id` of the machine. */
  readonly machine: string;
  readonly version: string;
  readonly actor: Frozen;
}

export interface Identity {
  readonly address: Address;
  readonly machine: string;
  readonly version: string;
  /** Turn what another version stored into what this one understands. */
  readonly migrate?: ((stored: StoredActor) => Frozen) | undefined;
}

/** A commit on its way into the store. */
export interface Attempt {
  /** Of the commit. */
  readonly id: string;
  /**
   * May be called again when the outcome is in doubt: the very same record after the same one is stored at most once.
   * @throws TroupeError FENCED, STORE_UNAVAILABLE, STORE_FULL, STORE_DENIED
   */
  append(): Promise<Position>;
  /** It was appended: the next one follows it. */
  stored(position: Position): void;
}

/** What was found of an actor. */
export interface Found {
  readonly state: DurableState;
  /** Id of the commit that led to it. */
  readonly commit: string;
}

export interface LogOptions extends Identity {
  readonly id: string;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly now: () => number;
  /** An id that no other commit has. */
  readonly nextId: () => string;
}

/**
 * Job: the commits of one actor: states to records and back, whole or as what changed. Not its job: what is in a state (state.ts), where
 * records are kept (store.ts).
 */
export class Log {
  readonly #options: LogOptions;
  readonly #owner: Owner;
  #position: Position = 0;
  #number = 0;
  /** Position of the snapshot that deltas build on, the commits since it, and the state after the last: where deltas pay. */
  #base: Position = 0;
  #since = 0;
  #last: DurableState | undefined;
  /** Bytes of the last snapshot. */
  #size = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#owner = { name: options.address, depth: options.limits.depth + DEPTH };
  }

  /** Commits so far; 0: the actor has never been. */
  get number(): number {
    return this.#number;
  }

  /** Of the last commit. */
  get position(): Position {
    return this.#position;
  }

  /**
   * Read what is stored.
   * @throws TroupeError CORRUPTED, NO_MIGRATION, UNKNOWN_VERSION, STORE_UNAVAILABLE
   */
  async load(): Promise<Found | undefined> {
    const { journal, id, address } = this.#options;
    const entries = await journal.load(id);
    const last = entries.at(-1);
    if (last === undefined) {
      this.#position = this.#number = 0;
      return undefined;
    }
    const { state, commit } = replay(address, entries);
    this.#position = last.position;
    this.#number = commit.number;
    this.#base = entries[0]?.position ?? 0;
    this.#since = entries.length - 1;
    this.#size = entries[0]?.record.length ?? 0;
    this.#last = state;
    return { state: this.#current(state, commit), commit: commit.id };
  }

  /**
   * The next state, ready to be stored.
   * @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE
   */
  prepare(state: DurableState, causes: readonly Cause[], special: boolean): Attempt {
    const { journal, id, limits, machine, version, now, nextId, address } = this.#options;
    const isSpecial = checkStorable([state.outbox, causes], this.#owner, [], 'next commit') || special;
    const number = this.#number + 1;
    const commit = { id: nextId(), number, at: now(), machine, version, causes, state };
    const delta = this.#delta(commit, isSpecial);
    const record = delta ?? encodeCommit(commit, isSpecial);
    if (record.length > journal.limit) throw tooLarge(address, record.length, journal.limit);
    const expected = this.#position;
    const stored = (position: Position): void => {
      this.#position = position;
      this.#number = number;
      this.#since = delta === undefined ? 0 : this.#since + 1;
      if (delta === undefined) {
        this.#base = position;
        this.#size = record.length;
      }
      this.#last = this.#size > limits.delta ? state : undefined;
    };
    return { id: commit.id, append: () => journal.append(id, record, expected), stored };
  }

  /** Is that commit among those that are kept? @throws TroupeError CORRUPTED, STORE_UNAVAILABLE */
  async has(commit: string): Promise<boolean> {
    const { journal, id, address } = this.#options;
    for await (const { position, record } of journal.history(id))
      if (commitOf(address, position, record).id === commit) return true;
    return false;
  }

  /** A large state is stored as what changed, unless that is large as well. */
  #delta(snapshot: Snapshot, isSpecial: boolean): Uint8Array | undefined {
    const { delta, snapshotEvery } = this.#options.limits;
    if (this.#last === undefined || this.#size <= delta || this.#since >= snapshotEvery) return undefined;
    const { state, ...commit } = snapshot;
    const patch = diff(this.#last, state);
    const record = encodeCommit(patch === undefined ? commit : { ...commit, patch }, isSpecial, this.#base);
    return record.length * 2 > this.#size ? undefined : record;
  }

  #current(state: DurableState, commit: Commit): DurableState {
    const { machine, version, migrate, address } = this.#options;
    if (commit.machine === machine && commit.version === version) return state;
    if (migrate === undefined) throw noMigration(address, commit, this.#options);
    const actor = migrated(migrate, state.actor, commit, this.#options);
    // A snapshot of the new version follows: what the old one left is not built upon.
    this.#last = undefined;
    return { ...state, actor };
  }
}

/** @throws TroupeError NO_MIGRATION when the function throws or gives what is no actor */
function migrated(
  migrate: NonNullable<Identity['migrate']>,
  actor: Frozen,
  from: Commit,
  to: Identity,
): Frozen {
  let made: Frozen;
  try {
    made = migrate({ machine: from.machine, version: from.version, actor });
  } catch (cause) {
    throw notMigrated(from, to, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const flaw = flawOf(made);
  if (flaw !== undefined) throw notMigrated(from, to, `what it returned is no actor: ${flaw}.`);
  return made;
}

type Snapshot = Commit & { readonly state: DurableState };

/** Levels that a commit puts around a message. */
const DEPTH = 8;

/** The state after the last of these records: a snapshot, and deltas that build on it. */
export function replay(address: Address, entries: readonly Entry[]): { state: DurableState; commit: Commit } {
  let state: DurableState | undefined;
  let commit: Commit | undefined;
  for (const { record, position } of entries) {
    const next = commitOf(address, position, record);
    if (commit !== undefined && next.number !== commit.number + 1)
      throw corrupted(address, position, `it is number ${next.number} and follows number ${commit.number}`);
    state = next.state ?? (state && (apply(state, next.patch) as DurableState));
    commit = next;
  }
  if (state === undefined || commit === undefined)
    throw corrupted(address, entries[0]?.position ?? 0, 'the snapshot that it builds on is missing');
  return { state, commit };
}

/** @throws TroupeError CORRUPTED naming the actor */
export function commitOf(address: Address, position: Position, record: Uint8Array): Commit {
  let body: unknown;
  try {
    body = decodeRecord(record);
  } catch (error) {
    if (!isTroupeError(error) || error.code !== 'CORRUPTED') throw error;
    throw corrupted(address, position, error.message, error);
  }
  const { id, number } = Object(body) as Partial<Record<keyof Commit, unknown>>;
  if (typeof id === 'string' && Number.isSafeInteger(number)) return body as Commit;
  throw corrupted(address, position, 'it is no commit');
}

const corrupted = (address: Address, position: Position, why: string, cause?: unknown): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `The commit of "${address}" at position ${position} cannot be used: ${why}. The actor is quarantined and its records are left as they are: restore the store from a backup, or purge the actor.`,
    { cause, data: { address, position } },
  );

const noMigration = (address: Address, from: Commit, to: Identity): TroupeError =>
  new TroupeError(
    'NO_MIGRATION',
    `"${address}" was stored by machine "${from.machine}" version "${from.version}" and is now run by "${to.machine}" version "${to.version}": give a \`migrate\` function, or run the version that stored it. Nothing stored was changed.`,
    { data: { address, stored: from.version, wanted: to.version } },
  );

const notMigrated = (
  from: Commit,
  { address, version }: Identity,
  why: string,
  cause?: unknown,
): TroupeError =>
  new TroupeError(
    'NO_MIGRATION',
    `\`migrate\` could not turn "${address}" of version "${from.version}" into version "${version}": ${why} Nothing stored was changed.`,
    { cause, data: { address, stored: from.version, wanted: version } },
  );

const tooLarge = (address: Address, bytes: number, limit: number): TroupeError =>
  new TroupeError(
    'PAYLOAD_TOO_LARGE',
    `A commit of "${address}" takes ${bytes} bytes, the store takes ${limit}: keep large data elsewhere and a reference to it in context. The actor is as it was before.`,
  );

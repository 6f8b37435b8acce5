import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Path } from '../../kernel/effect.ts';
import type { Frozen } from '../../kernel/freeze.ts';
import { parseAddress, type Address } from '../../message/address.ts';
import type { Cause, Commit, DurableState, Pending } from '../commit.ts';
import { apply } from '../patch.ts';
import { baseOf, decodeRecord } from '../record.ts';
import type { Entry, Journal, Position } from '../store.ts';

/** What an actor decided to do: something to be said or done, or work that began (a promise, callback or observable). */
export type StoredEffect =
  | Pending
  | {
      readonly kind: 'work';
      readonly number: number;
      readonly path: Path;
      /** The name of its logic. */
      readonly src: string;
      readonly input: unknown;
    };

/** A timer that ran when a commit was stored. */
export interface StoredTimer {
  /** Whose it is within the actor. */
  readonly path: Path;
  readonly id: string;
  readonly event: { readonly type: string };
  /** ms since the epoch */
  readonly due: number;
}

/** One commit of a durable actor, and the actor as it was then. */
export interface StoredCommit {
  /** 1 for the actor's first. */
  readonly number: number;
  readonly position: Position;
  /** ms since the epoch, by the clock of the node that decided. */
  readonly at: number;
  /** The node that decided. */
  readonly node: string;
  readonly machine: string;
  readonly version: string;
  /** What was decided over, in order. */
  readonly causes: readonly Cause[];
  /** What was decided to be done; undefined where the commit before is not kept, so that nobody can tell old from new. */
  readonly effects: readonly StoredEffect[] | undefined;
  readonly status: Frozen['status'];
  readonly value: unknown;
  readonly context: unknown;
  /** Of the actor and all within it. */
  readonly timers: readonly StoredTimer[];
  readonly children: Readonly<Record<string, Frozen>>;
  /** Everything that was stored. */
  readonly state: DurableState;
}

/** A commit that is there and cannot be used. */
export interface UnreadableCommit {
  readonly position: Position;
  /** Why. */
  readonly unreadable: string;
}

export type HistoryEntry = StoredCommit | UnreadableCommit;

/** What a history is read from. */
export type Records = Pick<Journal, 'history'>;

/**
 * All commits of a durable actor that are kept, oldest first. Only reads; the actor may be at work meanwhile.
 * @throws TroupeError INVALID_ADDRESS, NO_SUCH_ACTOR when nothing is stored of it, STORE_UNAVAILABLE, STORE_DENIED
 */
export async function* readHistory(records: Records, address: Address): AsyncGenerator<HistoryEntry> {
  parseAddress(address);
  let first: Position | undefined;
  let before: Known | undefined;
  for await (const entry of records.history(address)) {
    first ??= entry.position;
    // Of the oldest, some may build on a snapshot that retention has dropped: they are not kept any more.
    if ((baseOf(entry.record) ?? first) < first) continue;
    const read = readEntry(entry, before);
    before = 'unreadable' in read ? undefined : read;
    yield read;
  }
  if (first === undefined) throw nothingOf(address);
}

/**
 * A durable actor as it was after its commit of that number.
 * @throws TroupeError NO_SUCH_ACTOR, NO_SUCH_COMMIT when it is not kept, CORRUPTED when it cannot be read, STORE_UNAVAILABLE
 */
export async function readCommit(records: Records, address: Address, number: number): Promise<StoredCommit> {
  const kept: number[] = [];
  const unreadable: UnreadableCommit[] = [];
  for await (const entry of readHistory(records, address)) {
    if ('unreadable' in entry) unreadable.push(entry);
    else if (entry.number === number) return entry;
    else kept.push(entry.number);
  }
  throw notKept(address, number, kept, unreadable);
}

type Known = Pick<StoredCommit, 'number' | 'state'>;

function readEntry({ position, record }: Entry, before: Known | undefined): HistoryEntry {
  try {
    const commit = commitIn(decodeRecord(record));
    if (commit === undefined) return { position, unreadable: 'it is no commit' };
    const former = before?.number === commit.number - 1 ? before.state : undefined;
    const state = commit.state ?? (former && (apply(former, commit.patch) as DurableState));
    if (state === undefined)
      return { position, unreadable: `number ${commit.number} builds on a commit that cannot be read` };
    return described(commit, position, state, commit.number === 1 ? 0 : former?.deeds);
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    return { position, unreadable: error.message.replace(/^A stored record cannot be read: |\.$/g, '') };
  }
}

function commitIn(body: unknown): Commit | undefined {
  const { id, number, at, causes } = Object(body) as Partial<Record<keyof Commit, unknown>>;
  const isOne = typeof id === 'string' && Number.isSafeInteger(number) && Number.isFinite(at);
  return isOne && Array.isArray(causes) ? (body as Commit) : undefined;
}

function described(
  { id, number, at, machine, version, causes }: Commit,
  position: Position,
  state: DurableState,
  deedsBefore: number | undefined,
): StoredCommit {
  const { actor } = state;
  return {
    number,
    position,
    at,
    node: id.slice(0, Math.max(0, id.lastIndexOf('.'))),
    machine,
    version,
    causes,
    effects: deedsBefore === undefined ? undefined : effectsSince(deedsBefore, state),
    status: actor.status,
    value: actor.value,
    context: actor.context,
    timers: timersOf(actor, []),
    children: actor.children,
    state,
  };
}

/** Deeds have numbers that only rise, and none can be done before the commit that decides it. */
function effectsSince(deeds: number, { outbox, works, actor }: DurableState): readonly StoredEffect[] {
  const said = outbox.filter(({ number }) => number > deeds);
  const begun = works
    .filter(({ number, due }) => number > deeds && due === undefined)
    .map(({ number, path }) => {
      const { src = '', input } = childAt(actor, path) ?? {};
      return { kind: 'work', number, path, src, input } as const;
    });
  return [...said, ...begun].sort((a, b) => a.number - b.number);
}

export function childAt(actor: Frozen, path: Path): Frozen | undefined {
  let at: Frozen | undefined = actor;
  for (const id of path) at = at?.children[id];
  return at;
}

const timersOf = ({ timers, children }: Frozen, path: Path): readonly StoredTimer[] => [
  ...timers.map(({ id, event, due }) => ({ path, id, event, due })),
  ...Object.entries(children).flatMap(([id, child]) => timersOf(child, [...path, id])),
];

const nothingOf = (address: Address): TroupeError =>
  new TroupeError(
    'NO_SUCH_ACTOR',
    `Nothing is stored of "${address}": check the address and the name of the system; an actor is stored when it is durable and has taken its first message.`,
    { data: { address } },
  );

function notKept(
  address: Address,
  number: number,
  kept: readonly number[],
  unreadable: readonly UnreadableCommit[],
): TroupeError {
  const [first, last] = [kept[0], kept.at(-1)];
  const range = first === undefined ? 'none that can be read' : `${first} to ${last ?? first}`;
  const [broken] = unreadable;
  const isBetween = first === undefined || (number > first && number < (last ?? first));
  if (broken !== undefined && (isBetween || number > (last ?? 0)))
    return new TroupeError(
      'CORRUPTED',
      `Commit ${number} of "${address}" is not among those that can be read (${range}); that at position ${broken.position} cannot: ${broken.unreadable}.`,
      { data: { address, number, position: broken.position } },
    );
  return new TroupeError(
    'NO_SUCH_COMMIT',
    `There is no commit ${number} of "${address}": kept are ${range} (limits.history says how many).`,
    { data: { address, number, first, last } },
  );
}

import { TroupeError } from '../errors.ts';
import { INSERT, script, type Edit } from './script.ts';

/**
 * What changed between two values of plain data (message/plain.ts), itself plain data: the new value, or the edits (script.ts) of a list,
 * object, map or set. Of objects and maps an edit changes an entry's value, and inserts entries as key, value, key, value. Entries keep
 * their order: charts may go by it.
 */
export type Patch =
  readonly [kind: typeof VALUE, value: unknown] | readonly [kind: Kind, ...edits: Edit<Patch>[]];

type Kind = typeof LIST | typeof OBJECT | typeof MAP | typeof SET;

const VALUE = 0;
const LIST = 1;
const OBJECT = 2;
const MAP = 3;
const SET = 4;

/**
 * What turns `before` into `after`; undefined when they are the same data. The same object on both sides is the same data and is not
 * looked into: that makes this cheap for values that share what did not change.
 */
export function diff(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) return undefined;
  const kind = kindOf(after);
  if (kind === undefined || kind !== kindOf(before))
    return isSameLeaf(before, after) ? undefined : [VALUE, after];
  const edits = editsOf(kind, before as object, after as object);
  return edits === undefined ? undefined : [kind, ...edits];
}

/**
 * The value after a change. It shares what did not change with `before`, which stays as it is.
 * @throws TroupeError CORRUPTED when the change is none of this value
 */
export function apply(before: unknown, patch: Patch | undefined): unknown {
  if (patch === undefined) return before;
  if (patch[0] === VALUE) return patch[1];
  const [kind, ...edits] = patch;
  if (kind !== kindOf(before)) throw mismatch();
  switch (kind) {
    case LIST:
      return edited(before as unknown[], edits, items);
    case SET:
      return new Set(edited([...(before as Set<unknown>)], edits, items));
    case MAP:
      return new Map(edited([...(before as Map<unknown, unknown>)], edits, entries));
    case OBJECT:
      return Object.fromEntries(
        edited(Object.entries(before as object), edits, entries) as [string, unknown][],
      );
  }
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return LIST;
  if (value instanceof Map) return MAP;
  if (value instanceof Set) return SET;
  return value instanceof Date || value instanceof Uint8Array ? undefined : OBJECT;
}

function isSameLeaf(before: unknown, after: unknown): boolean {
  if (before instanceof Date && after instanceof Date) return before.getTime() === after.getTime();
  return before instanceof Uint8Array && after instanceof Uint8Array && Buffer.compare(before, after) === 0;
}

function editsOf(kind: Kind, before: object, after: object): readonly Edit<Patch>[] | undefined {
  switch (kind) {
    case LIST:
      return editsOfItems(before as unknown[], after as unknown[]);
    case SET:
      return editsOfItems([...(before as Set<unknown>)], [...(after as Set<unknown>)]);
    case MAP: {
      const was = before as ReadonlyMap<unknown, unknown>;
      const is = after as ReadonlyMap<unknown, unknown>;
      return editsOfEntries(
        [...was.keys()],
        [...is.keys()],
        (key) => was.get(key),
        (key) => is.get(key),
      );
    }
    case OBJECT: {
      const was = before as Readonly<Record<string, unknown>>;
      const is = after as Readonly<Record<string, unknown>>;
      return editsOfEntries(
        Object.keys(was),
        Object.keys(is),
        (name) => was[name],
        (name) => is[name],
      );
    }
  }
}

const editsOfItems = (before: readonly unknown[], after: readonly unknown[]) =>
  script<Patch>(before, after, {
    kept: () => undefined,
    replaced: (from, to) => diff(before[from], after[to]),
    inserted: (to) => [after[to]],
  });

const editsOfEntries = <K>(
  before: readonly K[],
  after: readonly K[],
  was: (key: K) => unknown,
  is: (key: K) => unknown,
) => {
  const key = (at: number) => after[at] as K;
  return script<Patch>(before, after, {
    kept: (_from, to) => diff(was(key(to)), is(key(to))),
    inserted: (to) => [key(to), is(key(to))],
  });
};

/** How edits mean the parts of a value. */
interface Parts<T> {
  readonly inserted: (items: readonly unknown[]) => readonly T[];
  readonly changed: (part: T, patch: Patch) => T;
}

const items: Parts<unknown> = { inserted: (list) => list, changed: apply };

const entries: Parts<[unknown, unknown]> = {
  inserted: (flat) =>
    Array.from({ length: flat.length / 2 }, (_none, at) => [flat[2 * at], flat[2 * at + 1]]),
  changed: ([key, value], patch) => [key, apply(value, patch)],
};

function edited<T>(before: readonly T[], edits: readonly Edit<Patch>[], parts: Parts<T>): T[] {
  const after: T[] = [];
  let at = 0;
  const take = (count: number): readonly T[] => {
    if (at + count > before.length) throw mismatch();
    return before.slice(at, (at += count));
  };
  // Not `push(...)`: as many arguments as a list may have items overflow the stack.
  const add = (list: readonly T[]) => list.forEach((part) => after.push(part));
  for (const edit of edits) {
    if (typeof edit !== 'number')
      add(
        edit[0] === INSERT ? parts.inserted(edit.slice(1)) : take(1).map((part) => parts.changed(part, edit)),
      );
    else if (edit > 0) add(take(edit));
    else take(-edit);
  }
  add(before.slice(at));
  return after;
}

const mismatch = (): TroupeError =>
  new TroupeError('CORRUPTED', 'A stored change does not fit the value that it is to change.');

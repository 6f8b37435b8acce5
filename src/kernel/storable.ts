import { TroupeError } from '../errors.ts';
import { checkPlain } from '../message/plain.ts';
import { isActor } from './key.ts';

/** Whose data it is, for errors. */
export interface Owner {
  /** Address or name of the root actor. */
  readonly name: string;
  /** Nesting allowed, levels. */
  readonly depth: number;
}

/**
 * Checks what is to be stored of an actor.
 * @param what the part of the actor, in English
 * @returns whether it holds values that msgpack has no form for (message/special.ts)
 * @throws TroupeError UNSERIALIZABLE naming the actor, the field, what is there, and what to do
 */
export function checkStorable(value: unknown, owner: Owner, path: readonly string[], what: string): boolean {
  if (typeof value === 'boolean' || value === undefined || value === null) return false;
  try {
    return checkPlain(value, owner.depth) === 'special';
  } catch (cause) {
    throw explained(value, owner, path, what, cause as TroupeError);
  }
}

/** @throws TroupeError UNSERIALIZABLE for a name that would not come back as it is */
export function checkName(name: string, owner: Owner, path: readonly string[], what: string): void {
  if (name.isWellFormed() && name !== '__proto__') return;
  throw unserializable(
    owner,
    path,
    what,
    JSON.stringify(name),
    'Give it a name of well-formed text other than "__proto__".',
  );
}

export const unserializable = (
  owner: Owner,
  path: readonly string[],
  what: string,
  found: string,
  remedy: string,
  field = '',
  cause?: unknown,
): TroupeError => {
  const actor = [owner.name, ...path].join('/');
  return new TroupeError(
    'UNSERIALIZABLE',
    `The ${what} of the actor "${actor}" cannot be stored: ${field === '' ? 'it' : `"${field}"`} is ${found}. ${remedy}`,
    { cause, data: { actor, field } },
  );
};

function explained(
  value: unknown,
  owner: Owner,
  path: readonly string[],
  what: string,
  cause: TroupeError,
): TroupeError {
  const held = actorIn(value, '', owner.depth);
  if (held !== undefined)
    return unserializable(
      owner,
      path,
      what,
      `the actor "${held.id}"`,
      'An actor exists in one process only: keep its address, or the id of the child and find it in `children`.',
      held.field,
    );
  const {
    place = '',
    what: found = 'no plain data',
    rule = '',
  } = (cause.data ?? {}) as Partial<Record<string, string>>;
  const remedy = `What is stored is plain data like a message: ${rule}.`;
  return unserializable(owner, path, what, found, remedy, place, cause);
}

/** The first actor that a value holds. */
function actorIn(value: unknown, field: string, depth: number): { id: string; field: string } | undefined {
  if (typeof value !== 'object' || value === null || depth < 0) return undefined;
  if (isActor(value)) return { id: value.id, field };
  const parts: Iterable<[unknown, unknown]> =
    value instanceof Map || value instanceof Set ? value.entries() : Object.entries(value);
  for (const [key, part] of parts) {
    const name = typeof key === 'string' ? key : 'entry';
    const found = actorIn(part, field === '' ? name : `${field}.${name}`, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

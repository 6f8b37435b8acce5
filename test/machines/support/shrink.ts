/**
 * The smallest value found that still fails: items of lists and the properties in `optional` are left out, one after another, for as
 * long as one can be.
 */
export function shrink<T>(
  value: T,
  fails: (smaller: T) => boolean,
  optional: readonly string[] = [],
  tries = 4_000,
): T {
  let best = value;
  let left = tries;
  for (let found = true; found && left > 0;) {
    found = false;
    for (const smaller of lessOf(best, optional)) {
      left -= 1;
      if (left <= 0) break;
      if (!fails(smaller as T)) continue;
      best = smaller as T;
      found = true;
      break;
    }
  }
  return best;
}

/** The value with one part less, big parts first. */
function* lessOf(value: unknown, optional: readonly string[]): Generator {
  if (Array.isArray(value)) {
    // A list that begins with a text is a phrase: all of it or nothing.
    if (typeof value[0] === 'string') return;
    for (let size = value.length; size >= 1; size = Math.floor(size / 2))
      for (let at = value.length - size; at >= 0; at -= size) yield value.toSpliced(at, size);
    for (const [at, item] of value.entries())
      for (const less of lessOf(item, optional)) yield value.with(at, less);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      if (!optional.includes(name)) continue;
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    }
    for (const [name, part] of Object.entries(value))
      for (const less of lessOf(part, optional)) yield { ...value, [name]: less };
  }
}

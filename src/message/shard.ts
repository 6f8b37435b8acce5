const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;

/**
 * A whole number of 32 bits for a text, well spread: FNV-1a (Fowler, Noll, Vo) over its UTF-16 code units, then the finalizer of
 * MurmurHash3 (Appleby, public domain), without which similar texts would get similar numbers.
 */
export function hashOf(text: string): number {
  let hash = BASIS;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The shard of a virtual actor, 0 to `shards` - 1. It is stored with what the actor wants to be woken for, so it must stay as it is: test
 * vectors hold it.
 * @param id whole id: `kind/key`
 */
export const shardOf = (id: string, shards: number): number => hashOf(id) % shards;

/** The kind of a virtual actor: the first segment of an id that has more than one; empty for others. */
export const kindOf = (id: string): string => id.slice(0, Math.max(0, id.indexOf('/')));

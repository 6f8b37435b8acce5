import type { Deed, Effect, Path } from './effect.ts';

/**
 * Children that `spawn` makes within an `assign` or a context. XState shows no action for them, so a journal of actions would miss them;
 * here they are noticed, for those who have to refuse them.
 */
const refs = new WeakSet();
const deeds = new WeakSet<Deed>();

let isAssigning = false;

/** `start` is what XState puts off until the assignment is made. */
export function assigning(start: () => void): void {
  isAssigning = true;
  try {
    start();
  } finally {
    isAssigning = false;
  }
}

/** A child is told to start. */
export function noteAssigned(ref: object): void {
  if (isAssigning) refs.add(ref);
}

/** A child starts. */
export function markAssigned(ref: object, deed: Deed): void {
  if (refs.has(ref)) deeds.add(deed);
}

/** The first child among these effects that was made with `spawn` within an `assign` or a context. */
export function spawnedInAssign(
  effects: readonly Effect[],
): { readonly path: Path; readonly src: string } | undefined {
  for (const { from, deed } of effects)
    if ((deed.kind === 'spawn' || deed.kind === 'invoke') && deeds.has(deed))
      return { path: [...from, deed.id], src: deed.src };
  return undefined;
}

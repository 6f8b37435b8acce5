import type { DurableActors } from './actors.ts';

let loaded: typeof DurableActors | undefined;

/** What only durable actors need (actors.ts): read from the disk the first time, there at once after that, so that worlds with a time of their own do not wait. */
export async function loadDurableActors(): Promise<typeof DurableActors> {
  loaded ??= (await import('./actors.ts')).DurableActors;
  return loaded;
}

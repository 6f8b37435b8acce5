import { noChildren, type ActorState, type Timer } from '../../kernel/state.ts';
import type { Path } from '../../kernel/effect.ts';
import type { Address } from '../../message/address.ts';
import type { Remembered } from '../commit.ts';

/** Taken numbers by sender, in buckets: a commit copies one bucket, however many senders there are. */
export type Taken = Readonly<Record<string, Readonly<Record<Address, number>>>>;

/** A durable actor between two commits, in memory. Immutable. */
export interface Live extends Remembered {
  readonly actor: ActorState;
}

/** Deadlines of the timers that run, ms since the epoch. A timer is one object from when it is set until it is over. */
export type Deadlines = WeakMap<Timer, number>;

/** Between a sender and the actor within the receiver that it says something to; no address has it. */
export const WITHIN = '>';

const BUCKETS = 64;

function bucketOf(sender: Address): string {
  let hash = 0;
  for (let at = 0; at < sender.length; at += 1) hash = (hash * 31 + sender.charCodeAt(at)) | 0;
  return String(hash & (BUCKETS - 1));
}

/** The number of the last message of that sender that was taken; 0 for none. */
export const lastOf = (taken: Taken, sender: Address): number => taken[bucketOf(sender)]?.[sender] ?? 0;

export function taking(taken: Taken, sender: Address, number: number): Taken {
  const bucket = bucketOf(sender);
  return { ...taken, [bucket]: { ...taken[bucket], [sender]: number } };
}

/** Without a sender that will never send again. */
export function forgetting(taken: Taken, sender: Address): Taken {
  const bucket = bucketOf(sender);
  const rest = Object.entries(taken[bucket] ?? {}).filter(([other]) => other !== sender);
  return { ...taken, [bucket]: Object.fromEntries(rest) };
}

/** A timer and who set it. */
export interface Running {
  readonly path: Path;
  readonly timer: Timer;
}

const noneRunning: readonly Running[] = Object.freeze([]);

/** All timers of a tree. */
export function timersOf(actor: ActorState, path: Path = []): readonly Running[] {
  if (actor.timers.length === 0 && actor.children === noChildren) return noneRunning;
  const own = actor.timers.map((timer) => ({ path, timer }));
  const below = Object.entries(actor.children).flatMap(([id, child]) => timersOf(child, [...path, id]));
  return below.length === 0 ? own : [...own, ...below];
}

/** The actor of a tree at a path. */
export function actorAt(actor: ActorState, path: Path): ActorState | undefined {
  let at: ActorState | undefined = actor;
  for (const id of path) at = at?.children[id];
  return at;
}

export const samePath = (a: Path, b: Path): boolean =>
  a.length === b.length && a.every((id, at) => id === b[at]);

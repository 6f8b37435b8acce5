import { useEffect, useState } from 'preact/hooks';
import type { Entry } from '../../../../monitoring/entry.ts';
import { orderOf, type Order } from '../../model/messages-order.ts';
import { trafficOf, type Traffic } from '../../model/messages-traffic.ts';
import {
  conversationsOf,
  foremost,
  isTroubled,
  openersOf,
  type Conversation,
} from '../../model/timeline-conversations.ts';
import type { Session } from '../../session.ts';

/** The last entries that are looked at together: more could not be read, and takes too long while new ones come. */
export const WINDOW = 20_000;
/** Between two derivations, ms; and of the time, the share that they may take. */
const PAUSE = 150;
const SHARE = 1 / 5;
/** Correlation ids of one conversation that are asked for at most. */
const FOCUS = 20;

/** A value derived from the journal: again when it has changed, but so seldom that the page stays responsive. */
export function useDerived<Value>(session: Session, derive: (session: Session) => Value): Value {
  const [value, setValue] = useState(() => derive(session));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let next = 0;
    const run = (): void => {
      timer = undefined;
      const began = performance.now();
      setValue(() => derive(session));
      const now = performance.now();
      next = now + Math.max(PAUSE, (now - began) / SHARE);
    };
    const schedule = (): void => void (timer ??= setTimeout(run, Math.max(0, next - performance.now())));
    const stops = [session.version, session.generation].map((each) => each.subscribe(schedule));
    return () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
    };
  }, [session, derive]);
  return value;
}

type Timed = Extract<Entry, { kind: 'step' | 'letter' }>;

/** What is common to the views that show messages. */
export interface Threads {
  readonly entries: readonly Entry[];
  readonly traffic: Traffic;
  readonly order: Order;
  readonly openers: ReadonlyMap<number, number>;
  readonly conversations: readonly Conversation[];
  /** By occurrence: its conversation. */
  readonly conversationOf: ReadonlyMap<number, Conversation>;
}

let kept: { readonly session: Session; readonly version: number; readonly threads: Threads } | undefined;

/**
 * By the clock: what several nodes tell comes a packet at a time, and an answer may come before its question. What one node tells stays in its
 * order. Steps of a test have no time: they are in order.
 */
export function inTime(entries: readonly Timed[]): readonly Timed[] {
  if (entries.some(({ time }) => time === undefined)) return entries;
  const latest = new Map<string, number>();
  const keys = new Map<Timed, number>();
  for (const entry of entries) {
    const { node = '', time = 0 } = entry;
    const key = Math.max(time, latest.get(node) ?? time);
    latest.set(node, key);
    keys.set(entry, key);
  }
  return entries.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
}

/** Worked out once for all who ask at the same version. */
export function threadsOf(session: Session): Threads {
  const version = session.version.peek();
  if (kept?.session === session && kept.version === version) return kept.threads;
  const relevant = session.journal.all.filter((entry) => entry.kind === 'step' || entry.kind === 'letter');
  const entries = relevant.slice(-WINDOW);
  const traffic = trafficOf(inTime(entries));
  const order = orderOf(traffic);
  const openers = openersOf(traffic.occurrences);
  const conversations = conversationsOf(traffic, order.times, openers);
  const conversationOf = new Map(
    conversations.flatMap((each) => each.occurrences.map((index) => [index, each] as const)),
  );
  const threads = { entries, traffic, order, openers, conversations, conversationOf };
  kept = { session, version, threads };
  return threads;
}

/** The conversation that a selection means: by its id, or by any correlation id in it. */
export const findConversation = (
  { conversations }: Threads,
  id: string | undefined,
): Conversation | undefined =>
  id === undefined
    ? undefined
    : (conversations.find((each) => each.id === id) ??
      conversations.find(({ correlations }) => correlations.includes(id)));

let shown: { readonly session: Session; readonly id: string } | undefined;

/** Who chose none sees the foremost one; it stays while others fail after it. */
export function foremostOf(session: Session, threads: Threads): Conversation | undefined {
  const known = shown?.session === session ? findConversation(threads, shown.id) : undefined;
  const chosen = known?.over === true && isTroubled(known) ? known : foremost(threads.conversations);
  shown = chosen === undefined ? undefined : { session, id: chosen.id };
  return chosen;
}

/** Of these conversations everything is told, however much of the rest is left out. */
export function useFocus(
  session: Session,
  selected: string | undefined,
  ...conversations: readonly (Conversation | undefined)[]
): void {
  const chosen = conversations.filter((each) => each !== undefined);
  const key = [selected, ...chosen.map(({ id }) => id)].join('\n');
  useEffect(() => {
    const actors = chosen.flatMap(({ owner, helpers }) => (owner === undefined ? [] : [owner, ...helpers]));
    // What nothing was seen of yet may be the address of the one it is about.
    if (selected !== undefined) actors.push(selected);
    session.focus({ actors, correlations: chosen.flatMap(({ correlations }) => correlations.slice(-FOCUS)) });
    return () => session.focus({});
  }, [session, key]);
}

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
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
import { follow } from '../../parts/follow.ts';
import type { Session } from '../../session.ts';
import { effect } from '../../signal.ts';
import { Room, WINDOW } from './room.ts';

/** Between two derivations, ms; and of the time, the share that they may take. */
const PAUSE = 150;
const SHARE = 1 / 5;
/** Correlation ids of one conversation that are asked for at most. */
const FOCUS = 20;
/** Entries of one conversation, at most. */
const LONG = 1_000;

const rooms = new WeakMap<Session, Room>();

/** undefined: what is shown comes once, and is worked out once. */
function roomOf(session: Session): Room | undefined {
  if (session.about.peek().source !== 'live') return undefined;
  const room = rooms.get(session) ?? new Room();
  rooms.set(session, room);
  return room;
}

/** A value derived from the journal: again when it has changed, but so seldom that the page stays responsive. */
export function useDerived<Value>(session: Session, derive: (session: Session) => Value): Value {
  const [value, setValue] = useState(() => derive(session));
  const began = useRef(performance.now());
  const again = useRef<(took: number) => void>(() => undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let next = 0;
    const run = (): void => {
      timer = undefined;
      began.current = performance.now();
      setValue(() => derive(session));
    };
    const schedule = (): void => void (timer ??= setTimeout(run, Math.max(0, next - performance.now())));
    again.current = (took) => {
      next = performance.now() + Math.max(PAUSE, took / SHARE);
      if (roomOf(session)?.took(took) === true && kept?.threads.isCut === true) schedule();
    };
    const stop = effect(() => {
      follow(session.version);
      follow(session.generation);
      schedule();
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [session, derive]);
  // What it took with the drawing.
  useLayoutEffect(() => again.current(performance.now() - began.current), [value]);
  return value;
}

type Timed = Extract<Entry, { kind: 'step' | 'letter' }>;

/** What is common to the views that show messages. */
export interface Threads {
  readonly entries: readonly Entry[];
  /** Are there earlier ones? */
  readonly isCut: boolean;
  readonly traffic: Traffic;
  readonly order: Order;
  readonly openers: ReadonlyMap<number, number>;
  readonly conversations: readonly Conversation[];
  /** By occurrence: its conversation. */
  readonly conversationOf: ReadonlyMap<number, Conversation>;
}

interface Kept {
  readonly session: Session;
  readonly version: number;
  readonly room: number;
  readonly threads: Threads;
}

let kept: Kept | undefined;

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

/** All that was told of the conversation that is looked at, however much came after it. */
function pinned(session: Session): ReadonlySet<Entry> {
  const { correlation, address } = session.selection.peek();
  const before = kept?.session === session ? kept.threads : undefined;
  const chosen = before && findConversation(before, correlation ?? shown?.id);
  const ids = new Set([...(correlation === undefined ? [] : [correlation]), ...(chosen?.correlations ?? [])]);
  const { journal } = session;
  return new Set([
    ...[...ids].flatMap((id) => journal.byCorrelation(id).slice(-LONG)),
    ...[chosen?.owner ?? [], address ?? []].flat().flatMap((actor) => journal.byActor(actor).slice(-LONG)),
  ]);
}

/** Worked out once for all who ask at the same version. */
export function threadsOf(session: Session): Threads {
  const version = session.version.peek();
  const room = roomOf(session)?.entries ?? WINDOW;
  if (kept?.session === session && kept.version === version && kept.room === room) return kept.threads;
  const relevant = session.journal.all.filter((entry) => entry.kind === 'step' || entry.kind === 'letter');
  const first = relevant.length - room;
  const whole = first > 0 ? pinned(session) : undefined;
  const entries = relevant.filter((entry, at) => at >= first || whole?.has(entry) === true);
  const traffic = trafficOf(inTime(entries));
  const order = orderOf(traffic);
  const openers = openersOf(traffic.occurrences);
  const conversations = conversationsOf(traffic, order.times, openers);
  const conversationOf = new Map(
    conversations.flatMap((each) => each.occurrences.map((index) => [index, each] as const)),
  );
  const isCut = first > 0;
  const threads = { entries, isCut, traffic, order, openers, conversations, conversationOf };
  kept = { session, version, room, threads };
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

/** The last conversation of an actor: one that it conducts, or else one that it takes part in. */
export const conversationWith = (
  { conversations, traffic: { occurrences } }: Threads,
  address: string,
): Conversation | undefined =>
  conversations.find(({ owner }) => owner === address) ??
  conversations.find((each) => each.occurrences.some((index) => occurrences[index]?.actor === address));

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

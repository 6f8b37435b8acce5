import type { RecordedSnapshot } from '../../../monitoring/recording.ts';
import { conversationIdOf } from './line.ts';
import { stateText } from '../parts/words.ts';
import { push } from './messages-lists.ts';
import { isReply, replyTo, serviceOf } from './messages-address.ts';
import { sentOf, type Occurrence, type Traffic } from './messages-traffic.ts';

export type Style = 'saga' | 'workflow' | 'choreography' | 'messages';
/** How it stands, for colour and icon; `status` has the word. */
export type Tone = 'open' | 'good' | 'bad' | 'undone';

/** What belongs together: all that was said and done for one order, trip, transfer. */
export interface Conversation {
  /** Address of the actor it is about; where there is none, the correlation id. */
  readonly id: string;
  readonly style: Style;
  readonly owner?: string;
  /** Other orchestrators in it, such as a workflow that undoes. */
  readonly helpers: readonly string[];
  readonly status: string;
  readonly tone: Tone;
  /** The one it is about has ended, and that was seen. */
  readonly over: boolean;
  /** Occurrences, in order. */
  readonly occurrences: readonly number[];
  readonly correlations: readonly string[];
  readonly begin: number;
  readonly end: number;
}

interface SagaShape {
  readonly saga: string;
  readonly steps: readonly { readonly name: string }[];
  readonly position: number;
  readonly attempt: number;
  readonly pending: readonly string[];
  readonly history: readonly StepRecord[];
}

export interface StepRecord {
  readonly step: string;
  readonly phase?: 'perform' | 'compensate';
  readonly status: string;
  readonly attempt: number;
  readonly error?: { readonly code?: string; readonly message?: string };
}

interface WorkflowShape {
  readonly workflow: string;
  readonly steps: readonly { readonly id: string; readonly service?: string; readonly action?: string }[];
  readonly progress: Readonly<Record<string, { readonly status: string; readonly attempt: number }>>;
  readonly history: readonly StepRecord[];
}

const fields = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

/** The context of `machines/saga.ts`. */
export function sagaOf(snapshot: RecordedSnapshot | undefined): SagaShape | undefined {
  const context = fields(snapshot?.context);
  const isSaga =
    typeof context?.['saga'] === 'string' &&
    [context['steps'], context['pending'], context['history']].every(Array.isArray);
  return isSaga ? (context as unknown as SagaShape) : undefined;
}

/** The context of `machines/workflow.ts`. */
export function workflowOf(snapshot: RecordedSnapshot | undefined): WorkflowShape | undefined {
  const context = fields(snapshot?.context);
  const isWorkflow =
    typeof context?.['workflow'] === 'string' &&
    Array.isArray(context['steps']) &&
    Array.isArray(context['history']) &&
    fields(context['progress']) !== undefined;
  return isWorkflow ? (context as unknown as WorkflowShape) : undefined;
}

/**
 * Of work that an actor began for a message and that has ended: the occurrence that began it. Actors that do several things at a time name their
 * work in their context (`inFlight: {'handle.0': …}`, `jobs: {'job.0': …}`); of others it is what they did last.
 */
export function openersOf(occurrences: readonly Occurrence[]): ReadonlyMap<number, number> {
  const working = new Set(
    occurrences.flatMap(({ kind, actor }) => (kind === 'settle' && actor !== undefined ? [actor] : [])),
  );
  const slots = new Map<string, Map<string, number>>();
  const openers = new Map<number, number>();
  const asked = askedOf(occurrences);
  for (const { index, kind, actor, line, before } of occurrences) {
    if (actor === undefined || line === undefined || !working.has(actor)) continue;
    const known = slots.get(actor) ?? new Map<string, number>();
    slots.set(actor, known);
    const [child] = (line.action['path'] as readonly string[] | undefined) ?? [];
    if (kind === 'settle') {
      const answers = line.sent.filter(({ to }) => isReply(to));
      // What it answers says exactly what it was begun for; when that was not told, nothing else is.
      const opener =
        answers.length > 0
          ? asked.get(`${actor}\n${answers[0]?.to}`)
          : ((child === undefined ? undefined : known.get(child)) ?? before);
      if (opener !== undefined) openers.set(index, opener);
    }
    const named = namesIn(line.snapshots[actor]?.context);
    for (const name of known.keys()) if (!named.has(name)) known.delete(name);
    for (const name of named) if (!known.has(name) || name === child) known.set(name, index);
  }
  return openers;
}

/** By actor and reply address: where it took the request. */
const askedOf = (occurrences: readonly Occurrence[]): ReadonlyMap<string, number> =>
  new Map(
    occurrences.flatMap(({ index, kind, actor, line }) => {
      const event = kind === 'deliver' && line !== undefined ? sentOf(line)?.event : undefined;
      const address = event === undefined ? undefined : replyTo(event);
      return address === undefined ? [] : [[`${actor}\n${address}`, index] as const];
    }),
  );

/** Keys of the objects in a context. */
function namesIn(context: unknown): Set<string> {
  const names = new Set<string>();
  for (const value of Object.values(fields(context) ?? {}))
    if (fields(value) !== undefined && !Array.isArray(value))
      for (const name of Object.keys(value as object)) names.add(name);
  return names;
}

/** Actors that live for one thing: orchestrators, and those whose like come to an end. Services and books serve many. */
function casesOf(occurrences: readonly Occurrence[]): ReadonlySet<string> {
  const ending = new Set<string>();
  const actors = new Map<string, boolean>();
  for (const { actor, line } of occurrences) {
    if (actor === undefined || line === undefined || serviceOf(actor) !== undefined) continue;
    const snapshot = line.snapshots[actor];
    if (snapshot?.status === 'done') ending.add(familyOf(actor));
    if (actors.get(actor) === true) continue;
    actors.set(actor, sagaOf(snapshot) !== undefined || workflowOf(snapshot) !== undefined);
  }
  const conducting = new Set([...actors].flatMap(([actor, conducts]) => (conducts ? [familyOf(actor)] : [])));
  // Of a sample an orchestrator may only be known from what it said: its like tell what it is.
  for (const { line } of occurrences) {
    const from = line === undefined ? '' : (sentOf(line)?.from ?? '');
    if (!actors.has(from) && conducting.has(familyOf(from))) actors.set(from, true);
    else if (!actors.has(from) && ending.has(familyOf(from))) actors.set(from, false);
  }
  return new Set(
    [...actors]
      .filter(([actor, conducts]) => conducts || ending.has(familyOf(actor)))
      .map(([actor]) => actor),
  );
}

const familyOf = (actor: string): string => actor.slice(0, actor.lastIndexOf('/') + 1) || actor;

/** The status of one whose owner was not seen, or is not known. */
export const UNSEEN = 'unknown';
export const isTroubled = ({ tone }: Conversation): boolean => tone === 'bad' || tone === 'undone';

/** The last whose owner is known, failed and undone ones before others: what somebody wants to see who did not choose. */
export const foremost = (conversations: readonly Conversation[]): Conversation | undefined => {
  const owned = conversations.filter(({ owner }) => owner !== undefined);
  return (
    owned.find((each) => each.over && isTroubled(each)) ??
    owned.find(isTroubled) ??
    owned.find(({ status }) => status !== UNSEEN) ??
    owned[0] ??
    conversations[0]
  );
};

/** Disjoint sets with path halving. */
class Sets {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, index) => index);
  }

  find(index: number): number {
    let at = index;
    for (let up = this.#parent[at] ?? at; up !== at; up = this.#parent[at] ?? at) {
      this.#parent[at] = this.#parent[up] ?? up;
      at = this.#parent[at] ?? at;
    }
    return at;
  }

  join(a: number, b: number): void {
    this.#parent[this.find(b)] = this.find(a);
  }
}

/**
 * Conversations, the last to begin first. Joined are: what an actor that lives for one thing did; a message and its receiver; work and what it was
 * begun for; of what nobody is known to have said, what has one correlation id. An event that several such actors heeded joins nobody.
 */
export function conversationsOf(
  traffic: Traffic,
  times: Float64Array,
  openers = openersOf(traffic.occurrences),
): Conversation[] {
  const { occurrences, arrows } = traffic;
  const cases = casesOf(occurrences);
  const sets = new Sets(occurrences.length);
  joinOwn(traffic, cases, sets);
  for (const [index, opener] of openers) sets.join(opener, index);
  const isCase = (index: number): boolean => cases.has(occurrences[index]?.actor ?? '');
  const heeded = new Map<number, number>();
  const joining = arrows.filter(
    ({ source, target }) =>
      source !== undefined && target !== undefined && occurrences[target]?.heeded === true,
  );
  for (const { source = 0, target = 0, kind } of joining)
    if (kind === 'event' && isCase(target)) heeded.set(source, (heeded.get(source) ?? 0) + 1);
  for (const { source = 0, target = 0, kind } of joining)
    if (kind !== 'event' || !isCase(target) || heeded.get(source) === 1) sets.join(source, target);
  const groups = new Map<number, number[]>();
  for (const { index, actor, kind, heeded: matters } of occurrences) {
    if (!matters || (actor === undefined && kind !== 'letter')) continue;
    push(groups, sets.find(index), index);
  }
  return [...groups.values()]
    .flatMap((group) => conversation(group, traffic, { cases, times }) ?? [])
    .sort((a, b) => b.begin - a.begin);
}

function joinOwn({ occurrences, arrows }: Traffic, cases: ReadonlySet<string>, sets: Sets): void {
  // Who said it tells more than its correlation id: work of an actor that serves many at a time may carry that of another.
  const explained = new Set(arrows.flatMap(({ source, target }) => (source === undefined ? [] : [target])));
  const first = new Map<string, number>();
  const join = (name: string, index: number): void => {
    const known = first.get(name);
    if (known === undefined) first.set(name, index);
    else sets.join(known, index);
  };
  for (const { index, actor, line, heeded } of occurrences) {
    if (actor !== undefined && cases.has(actor) && heeded) {
      join(`a ${actor}`, index);
      // What an orchestrator calls `<its own address>/undo` is about the same.
      const above = actor.slice(0, actor.lastIndexOf('/'));
      if (cases.has(above)) join(`a ${above}`, index);
    }
    const correlation = line && conversationIdOf(line);
    if (correlation !== undefined && heeded && !explained.has(index)) join(`c ${correlation}`, index);
    // What such an actor said is its own affair, also when a timer or a promise of it said it.
    const from = line === undefined ? '' : (sentOf(line)?.from ?? '');
    if (heeded && cases.has(from) && !cases.has(actor ?? '')) join(`a ${from}`, index);
  }
}

interface Known {
  readonly cases: ReadonlySet<string>;
  readonly times: Float64Array;
}

/** undefined: nobody it is about, and nothing that belongs together but one message and its answer. */
function conversation(
  group: readonly number[],
  { occurrences }: Traffic,
  { cases, times }: Known,
): Conversation | undefined {
  const members = group.map((index) => occurrences[index]).filter((each) => each !== undefined);
  const correlations = new Set(members.flatMap(({ line }) => line?.message?.correlation ?? []));
  const owners = [
    ...new Set(
      members
        .flatMap(({ actor = '', line }) => [actor, line === undefined ? '' : (sentOf(line)?.from ?? '')])
        .filter((actor) => cases.has(actor)),
    ),
  ];
  const [owner] = owners.sort((a, b) => a.length - b.length);
  const [correlation] = correlations;
  if (owner === undefined && (correlation === undefined || group.length < 3)) return undefined;
  const last = members.findLast(
    ({ actor, line }) => actor === owner && line?.snapshots[owner ?? ''] !== undefined,
  );
  const snapshot = last?.line?.snapshots[owner ?? ''];
  // When the one it is about has ended, what others still hear of it is no longer part of it.
  const isOver = snapshot !== undefined && snapshot.status !== 'active';
  const timeOf = ({ index }: Occurrence): number => times[index] ?? 0;
  const own = members.filter(({ actor }) => owners.includes(actor ?? ''));
  return {
    id: owner ?? correlation ?? '',
    ...(owner === undefined ? {} : { owner }),
    style: styleOf(owner, snapshot),
    helpers: owners.slice(1),
    ...standing(snapshot),
    over: isOver,
    occurrences: group,
    correlations: [...correlations],
    begin: Math.min(...members.map(timeOf)),
    end: Math.max(...(isOver ? own : members).map(timeOf)),
  };
}

const styleOf = (owner: string | undefined, snapshot: RecordedSnapshot | undefined): Style =>
  owner === undefined
    ? 'messages'
    : sagaOf(snapshot) !== undefined
      ? 'saga'
      : workflowOf(snapshot) !== undefined
        ? 'workflow'
        : 'choreography';

const failing = /fail|reject|refus|declin|error|cancel|abort|abandon|stuck|crash|expired/i;
const undoing = /compensat|undo|undone|unwind|refund|revert|roll(ed)?back/i;

function standing(snapshot: RecordedSnapshot | undefined): { readonly status: string; readonly tone: Tone } {
  if (snapshot === undefined) return { status: UNSEEN, tone: 'open' };
  const status = stateText(snapshot.value) || snapshot.status;
  if (snapshot.status === 'error') return { status: 'failed', tone: 'bad' };
  if (undoing.test(status)) return { status, tone: 'undone' };
  if (failing.test(status)) return { status, tone: 'bad' };
  return { status, tone: snapshot.status === 'done' ? 'good' : 'open' };
}

/** Does a name say that something went wrong, or that something is undone? For what no library machine tells. */
export const soundsBad = (name: string): boolean => failing.test(name);
export const soundsUndoing = (name: string): boolean =>
  undoing.test(name) || /\b(cancel|release|revok)/i.test(name) || /\.(released|cancelled)$/.test(name);

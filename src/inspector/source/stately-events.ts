import type { Entry } from '../../monitoring/entry.ts';
import type { RecordedSnapshot } from '../../monitoring/recording.ts';
import { toWire } from '../server/wire.ts';

/** The protocol of Stately's inspector, as `@statelyai/inspect` 0.7.2 sends it. */
interface StatelyBase {
  readonly rootId: string | undefined;
  readonly sessionId: string;
  /** ms since the epoch, as text. */
  readonly createdAt: string;
  readonly id: string;
  readonly _version: string;
}

export interface StatelyEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export type StatelySnapshot = {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output?: unknown;
  readonly error?: unknown;
  readonly value?: unknown;
  readonly context?: unknown;
};

export type StatelyInspectionEvent =
  | (StatelyBase & {
      readonly type: '@xstate.actor';
      readonly name: string;
      readonly snapshot: StatelySnapshot;
      readonly definition: string | undefined;
      readonly parentId: string | undefined;
    })
  | (StatelyBase & {
      readonly type: '@xstate.event';
      readonly event: StatelyEvent;
      readonly sourceId: string | undefined;
    })
  | (StatelyBase & {
      readonly type: '@xstate.snapshot';
      readonly event: StatelyEvent;
      readonly snapshot: StatelySnapshot;
    });

/** The version whose form is written. Receivers look only at whether there is one. */
const VERSION = '0.7.2';
/** Actors of which the events before are known, count. */
const ACTORS = 100_000;

/**
 * From entries, live or recorded, to events of Stately's inspector. Call it with each batch in order: an actor is told of before anything
 * happens to it.
 */
export function createStatelyAdapter(): (entries: readonly Entry[]) => StatelyInspectionEvent[] {
  const known = new Set<string>();
  const charts = new Map<string, unknown>();
  const serial = { next: 0 };
  const base = (sessionId: string, time = 0): StatelyBase => ({
    sessionId,
    rootId: sessionId,
    createdAt: String(time),
    id: String((serial.next += 1)),
    _version: VERSION,
  });
  const actor = (
    address: string,
    time: number | undefined,
    { snapshot, chart, machine = address, parent }: Partial<Extract<Entry, { kind: 'actor' }>>,
  ): StatelyInspectionEvent => {
    known.add(address);
    for (const oldest of known.size > ACTORS ? known : []) {
      known.delete(oldest);
      break;
    }
    const definition = chart === undefined ? undefined : charts.get(chart);
    return {
      ...base(address, time),
      type: '@xstate.actor',
      name: address,
      snapshot: snapshotOf(snapshot),
      definition: JSON.stringify(definition === undefined ? { id: machine } : configOf(definition)),
      parentId: parent,
    };
  };
  const step = (entry: Extract<Entry, { kind: 'step' }>): StatelyInspectionEvent[] => {
    const { action, snapshots, time } = entry;
    const sent = action['sent'] as { from?: string; event?: StatelyEvent } | undefined;
    const event = sent?.event ??
      (action['event'] as StatelyEvent | undefined) ?? { type: actionType(action) };
    return Object.entries(snapshots).flatMap(([address, snapshot]) => [
      ...(known.has(address) ? [] : [actor(address, time, { snapshot })]),
      {
        ...base(address, time),
        type: '@xstate.event' as const,
        event,
        sourceId: sent?.from === '' ? undefined : sent?.from,
      },
      { ...base(address, time), type: '@xstate.snapshot' as const, event, snapshot: snapshotOf(snapshot) },
    ]);
  };
  return (entries) =>
    entries.flatMap((entry): StatelyInspectionEvent[] => {
      if (entry.kind === 'chart') charts.set(entry.hash, entry.chart);
      if (entry.kind === 'actor') return [actor(entry.address, entry.time, entry)];
      return entry.kind === 'step' ? step(entry) : [];
    });
}

/** A whole recording at once. */
export const toStately = (entries: readonly Entry[]): StatelyInspectionEvent[] =>
  createStatelyAdapter()(entries);

const actionType = ({ kind, timer }: { readonly kind: string; readonly timer?: unknown }): string =>
  typeof timer === 'string' ? timer : kind === 'start' ? 'xstate.init' : kind;

const statuses = ['active', 'done', 'error', 'stopped'] as const;

const snapshotOf = (snapshot: RecordedSnapshot = { status: 'active' }): StatelySnapshot => {
  const status = statuses.find((name) => name === snapshot.status) ?? 'stopped';
  return { ...(JSON.parse(toWire(snapshot)) as RecordedSnapshot), status };
};

interface ChartLike {
  readonly id?: string;
  readonly root?: StateLike;
}

interface StateLike {
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly history?: string;
  readonly initial?: { readonly target: string };
  readonly states?: readonly StateLike[];
  readonly invoke?: readonly { readonly id: string; readonly src: string }[];
  readonly transitions?: readonly TransitionLike[];
}

interface TransitionLike {
  readonly trigger: { readonly kind: string; readonly type?: string; readonly delay?: unknown };
  readonly targets: readonly string[];
  readonly guard?: { readonly name?: string };
  readonly reenter: boolean;
}

/** A config of XState that draws the same chart; what runs is left out. */
function configOf(chart: unknown): object {
  const { id = '', root } = chart as ChartLike;
  return { ...(root === undefined ? {} : stateConfig(root)), id };
}

function stateConfig({ type, id, states = [], initial, transitions = [], ...state }: StateLike): object {
  const first = states.find(
    (child) => child.id === initial?.target || initial?.target.startsWith(`${child.id}.`) === true,
  );
  return {
    id,
    ...(type === 'atomic' || type === 'compound' ? {} : { type }),
    ...(state.history === undefined ? {} : { history: state.history }),
    ...(state.description === undefined ? {} : { description: state.description }),
    ...(state.tags === undefined || state.tags.length === 0 ? {} : { tags: state.tags }),
    ...(first === undefined ? {} : { initial: first.key }),
    ...(states.length === 0
      ? {}
      : { states: Object.fromEntries(states.map((child) => [child.key, stateConfig(child)])) }),
    ...triggers(transitions),
  };
}

function triggers(transitions: readonly TransitionLike[]): object {
  const [on, after, always, done]: [Listed, Listed, object[], object[]] = [{}, {}, [], []];
  for (const { trigger, targets, guard, reenter } of transitions) {
    const transition = {
      ...(targets.length === 0 ? {} : { target: targets.map((target) => `#${target}`) }),
      ...(guard === undefined ? {} : { guard: guard.name ?? '(guard)' }),
      ...(reenter ? { reenter } : {}),
    };
    if (trigger.kind === 'event') (on[trigger.type ?? ''] ??= []).push(transition);
    else if (trigger.kind === 'after') (after[String(trigger.delay)] ??= []).push(transition);
    else if (trigger.kind === 'always') always.push(transition);
    else if (trigger.kind === 'state.done') done.push(transition);
  }
  return {
    ...(Object.keys(on).length === 0 ? {} : { on }),
    ...(Object.keys(after).length === 0 ? {} : { after }),
    ...(always.length === 0 ? {} : { always }),
    ...(done.length === 0 ? {} : { onDone: done }),
  };
}

type Listed = Record<string, object[]>;

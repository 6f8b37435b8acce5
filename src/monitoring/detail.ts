import type { AnyActor } from 'xstate';
import { Cell } from '../actor/cell.ts';
import type { Resident } from '../actor/resident.ts';
import type { Look } from '../durable/cell/persistence.ts';
import { timersOf } from '../durable/cell/live.ts';
import { TroupeError } from '../errors.ts';
import type { ActorState } from '../kernel/state.ts';
import type { Effect } from '../kernel/effect.ts';
import { step } from '../kernel/step.ts';
import type { Charts } from './charts.ts';
import { kindOf } from './meter.ts';
import { textOf } from './metrics.ts';
import type { ActorDetail, DryRun, Row, RowQuery } from './monitor-protocol.ts';
import { addressMatcher } from './pattern.ts';
import { pathOf, scheduledIn, shadowOf } from './shadow.ts';
import { takenOf } from './taken.ts';
import type { Values } from './values.ts';

/** What is looked at of an actor: in memory, or made of what is stored. */
export type Subject = Pick<Resident, 'address' | 'logic' | 'snapshot' | 'waiting' | 'look'>;

export function rowOf(resident: Omit<Subject, 'waiting'>): Row {
  const { address, logic, snapshot } = resident;
  const { status = 'restarting', value } = (snapshot ?? {}) as { status?: string; value?: unknown };
  const durable = 'look' in resident ? { durable: true } : {};
  return { address, kind: kindOf(logic), status, state: textOf(value), ...durable };
}

/** Does a row pass? `id` is a substring, or a pattern with `*`; `state` the whole text or the name of an outermost state. */
export function passes({ kind, state, id }: RowQuery): (row: Row) => boolean {
  const isNamed = id === undefined ? () => true : addressMatcher(id);
  return (row) =>
    (kind === undefined || row.kind === kind) &&
    (state === undefined || isIn(row, state)) &&
    isNamed(row.address);
}

const isIn = (row: Row, state: string): boolean =>
  row.state === state ||
  (row.state === '' && row.status === state) ||
  (row.state.startsWith('{') && row.state.includes(`${JSON.stringify(state)}:`));

export interface DetailOptions {
  readonly node: string;
  readonly charts: Charts;
  readonly values: Values;
}

export function detailOf(resident: Subject, { node, charts, values }: DetailOptions): ActorDetail {
  const { logic, waiting } = resident;
  const row = rowOf(resident);
  const look = resident.look?.() as Look | undefined;
  const live = resident instanceof Cell ? resident : undefined;
  const parent = live?.spec.parent?.address;
  const chart = charts.of(logic)?.hash;
  const snapshot = resident.snapshot ?? { status: row.status };
  return {
    ...row,
    node,
    snapshot: values.snapshot(row.kind, snapshot),
    tags: tagsOf(snapshot),
    ...(chart === undefined ? {} : { chart }),
    ...(parent === undefined ? {} : { parent }),
    children: [...(look === undefined ? childrenOf(live?.actor) : within(look.actor)), ...ownOf(live)],
    timers: look === undefined ? timersIn(live?.actor) : timersOfDurable(look),
    events: eventsOf(logic, snapshot),
    waiting: waiting + (look?.waiting ?? 0),
    ...(look === undefined ? {} : { commit: look.commit }),
  };
}

/** Lists in one answer: what is more is not shown, count. */
const MOST = 200;

type Child = ActorDetail['children'][number];

function childrenOf(actor: AnyActor | undefined, path: readonly string[] = []): readonly Child[] {
  const { children = {} } = (actor?.getSnapshot() ?? {}) as { children?: Record<string, AnyActor> };
  return Object.entries(children)
    .slice(0, MOST)
    .flatMap(([id, child]) => {
      const below = [...path, id];
      const { status = '', value } = child.getSnapshot() as { status?: string; value?: unknown };
      const { logic, src } = child as unknown as { logic: never; src: unknown };
      const kind = typeof src === 'string' && kindOf(logic) === 'logic' ? src : kindOf(logic);
      return [{ path: below, kind, status, state: textOf(value) }, ...childrenOf(child, below)];
    })
    .slice(0, MOST);
}

const within = ({ children }: ActorState, path: readonly string[] = []): readonly Child[] =>
  Object.entries(children)
    .slice(0, MOST)
    .flatMap(([id, child]) => {
      const below = [...path, id];
      const { status, value } = child.snapshot;
      const kind = kindOf(child.logic) === 'logic' && child.src !== '' ? child.src : kindOf(child.logic);
      return [{ path: below, kind, status, state: textOf(value) }, ...within(child, below)];
    })
    .slice(0, MOST);

/** Those that are actors of Troupe themselves. */
const ownOf = (cell: Cell | undefined): readonly Child[] =>
  [...(cell?.children ?? [])].slice(0, MOST).map((child) => {
    const { address, kind, status, state } = rowOf(child);
    return { path: [address], kind, status, state, address };
  });

const timersIn = (actor: AnyActor | undefined): ActorDetail['timers'] =>
  (actor === undefined ? [] : scheduledIn(actor))
    .slice(0, MOST)
    .map(({ id, event, startedAt, delay, source }) => ({
      id: [...pathOf(source), id].join('/'),
      event: event.type,
      due: startedAt + delay,
    }));

const timersOfDurable = ({ actor, deadlines }: Look): ActorDetail['timers'] =>
  timersOf(actor)
    .slice(0, MOST)
    .map(({ path, timer }) => ({
      id: [...path, timer.id].join('/'),
      event: timer.event.type,
      due: deadlines.get(timer) ?? 0,
    }));

const tagsOf = (snapshot: object): readonly string[] => {
  const { tags } = snapshot as { tags?: unknown };
  return tags instanceof Set ? [...(tags as Set<string>)].slice(0, MOST) : [];
};

/** Guards are asked with an event that has nothing but its type; one that cannot say is taken for a no. */
function eventsOf(logic: unknown, snapshot: object): ActorDetail['events'] {
  const { events = [] } = logic as { events?: readonly string[] };
  const { can } = snapshot as { can?: (event: { type: string }) => boolean };
  return events
    .filter((type) => !type.startsWith('xstate.') && !type.includes('*'))
    .slice(0, MOST)
    .map((type) => {
      try {
        return { type, enabled: can?.call(snapshot, { type }) === true };
      } catch {
        return { type, enabled: false };
      }
    });
}

/**
 * What an actor would decide over an event, on the pure kernel: nothing is done.
 * @throws TroupeError ACTOR_STOPPED while it waits for a restart
 */
export function dryRun(resident: Resident, event: { readonly type: string }, values: Values): DryRun {
  const look = resident.look?.() as Look | undefined;
  const live = resident instanceof Cell ? resident.actor : undefined;
  const state = look?.actor ?? (live && shadowOf(resident.logic, live));
  if (state === undefined)
    throw new TroupeError('ACTOR_STOPPED', `"${resident.address}" is not running just now: try again.`, {
      retryable: true,
    });
  const [after, effects, taken] = step(state, event);
  const kind = kindOf(resident.logic);
  return {
    handled: taken.length > 0,
    snapshot: values.snapshot(kind, after.snapshot),
    taken: taken.slice(0, MOST).map(({ from, transition }) => takenOf(transition, from)),
    effects: effects.slice(0, MOST).map(inWords),
  };
}

function inWords({ from, deed }: Effect): string {
  const who = from.length === 0 ? '' : `${from.join('/')}: `;
  return who + wordsOf(deed);
}

function wordsOf(deed: Effect['deed']): string {
  switch (deed.kind) {
    case 'send':
      return `tell ${deed.to} ${deed.event.type}`;
    case 'reply':
      return `reply ${deed.event.type}`;
    case 'refuse':
      return 'reply with an error';
    case 'emit':
      return `emit ${deed.event.type}`;
    case 'schedule':
      return `set a timer: ${deed.event.type} in ${deed.delay} ms`;
    case 'cancel':
      return `cancel the timer ${deed.id}`;
    case 'invoke':
      return `start the work ${deed.src === '' ? deed.id : deed.src}`;
    case 'spawn':
      return `spawn ${deed.id}${deed.src === '' ? '' : ` (${deed.src})`}`;
    case 'stop':
      return `stop ${deed.id}`;
    case 'forward':
      return `send ${deed.event.type} to ${deed.id}`;
    case 'log':
      return `log ${deed.label ?? ''}`.trim();
    case 'action':
      return `run the action ${deed.type}`;
  }
}

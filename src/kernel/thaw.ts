import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { TroupeError } from '../errors.ts';
import { fromWire } from '../message/failure.ts';
import { activeNodes, isMachine, logicOf, nodesById, type ChartNode } from './chart.ts';
import type { Path } from './effect.ts';
import type { Frozen, FrozenTimer } from './freeze.ts';
import type { AnySnapshot, Ref } from './ref.ts';
import { placeAt, refAt, rootPlace, type Place } from './scope.ts';
import { noChildren, noTimers, type ActorState, type Timer } from './state.ts';
import { noteNamed } from './tree.ts';

export interface Thawed {
  readonly state: ActorState;
  /** When its timers run out, ms since the epoch. */
  readonly due: ReadonlyMap<Timer, number>;
}

/**
 * The state that was frozen: it decides from now on as the one it was made of. Nothing is run: no entry actions, no factories.
 * @param logic of the root
 * @throws TroupeError UNKNOWN_STATE when a chart does not have the state that was stored, NOT_PROVIDED when it no longer has a child's logic
 */
export function thaw(logic: AnyActorLogic, frozen: Frozen): Thawed {
  const family = gather(rootPlace, logic, frozen, undefined);
  const due = new Map<Timer, number>();
  return { state: stateOf(family, family, due), due };
}

/** An actor before it has a state: timers of others may be for it. */
interface Member {
  readonly place: Place;
  readonly logic: AnyActorLogic;
  readonly frozen: Frozen;
  readonly ref: Ref | undefined;
  readonly children: ReadonlyMap<string, Member>;
}

function gather(place: Place, logic: AnyActorLogic, frozen: Frozen, ref: Ref | undefined): Member {
  const children = Object.entries(frozen.children).map(([id, child]) => {
    const its = logicOf(logic, child.src, id);
    const { src, synced, systemId } = child;
    if (systemId !== undefined) noteNamed();
    const below = place.child(id);
    return [id, gather(below, its, child, refAt(below, { logic: its, src, synced, systemId }))] as const;
  });
  return { place, logic, frozen, ref, children: new Map(children) };
}

function stateOf(member: Member, root: Member, due: Map<Timer, number>): ActorState {
  const { logic, frozen, ref, children } = member;
  return {
    logic,
    src: frozen.src,
    snapshot: snapshotOf(member),
    children:
      children.size === 0
        ? noChildren
        : Object.fromEntries(Array.from(children, ([id, child]) => [id, stateOf(child, root, due)])),
    timers: frozen.timers.length === 0 ? noTimers : frozen.timers.map((timer) => timerOf(timer, root, due)),
    synced: frozen.synced,
    ref,
  };
}

function timerOf(
  { id, event, delay, due: at, to, targeted, lost }: FrozenTimer,
  root: Member,
  due: Map<Timer, number>,
): Timer {
  const living = targeted && lost !== true ? refOf(root, to) : undefined;
  const target = targeted ? (living ?? stranger(placeAt(to))) : undefined;
  const timer: Timer = { id, event, delay, to, target };
  due.set(timer, at);
  return timer;
}

function refOf(root: Member, path: Path): Ref | undefined {
  let at: Member | undefined = root;
  for (const id of path) at = at?.children.get(id);
  return at?.ref;
}

/** A name for an actor that is no more. */
const stranger = (place: Place): Ref => refAt(place, { logic: nobody, src: '', synced: false });

const nobody = {} as AnyActorLogic;

function snapshotOf(member: Member): AnySnapshot {
  const { logic, frozen } = member;
  const isChart = 'value' in frozen;
  // A chart whose first snapshot failed beyond XState's own care has only its error.
  if (!isChart && isMachine(logic) && frozen.status === 'error') return { ...endOf(frozen), status: 'error' };
  if (isChart && isMachine(logic)) return chartOf(logic, member);
  if (isChart || isMachine(logic)) throw wrongKind(member, isChart);
  return otherOf(member);
}

const endOf = ({ status, output, error }: Frozen) => ({
  output,
  error: status === 'error' ? fromWire(error) : error,
});

function chartOf(machine: AnyStateMachine, member: Member): AnySnapshot {
  const { status, value, context, history = {}, order } = member.frozen;
  const historyValue = historyOf(machine, history);
  const nodes = orderOf(machine, activeNodes(machine, value), order);
  const snapshot = machine.resolveState({
    value: value as never,
    context,
    historyValue: historyValue as never,
  });
  return {
    ...snapshot,
    ...endOf(member.frozen),
    status,
    context,
    _nodes: nodes,
    tags: new Set(nodes.flatMap(({ tags }) => tags)),
    children: status === 'active' ? namesOf(member) : {},
  } as unknown as AnySnapshot;
}

const isLeaf = ({ type }: ChartNode): boolean => type === 'atomic' || type === 'final';

/** What was stored of the order no longer holds for a value that was migrated. */
function orderOf(
  machine: AnyStateMachine,
  active: readonly ChartNode[],
  order: readonly string[] | undefined,
): readonly ChartNode[] {
  const stored = new Set(order === undefined ? [] : nodesById(machine, order));
  const isOf = active.every((node) => !isLeaf(node) || stored.has(node));
  return isOf ? [...stored] : active.toSorted((a, b) => a.order - b.order);
}

function historyOf(machine: AnyStateMachine, history: NonNullable<Frozen['history']>) {
  nodesById(machine, Object.keys(history));
  return Object.fromEntries(Object.entries(history).map(([id, ids]) => [id, nodesById(machine, ids)]));
}

/** The children as the chart names them. */
function namesOf({ place, frozen, children }: Member): Record<string, Ref | undefined> {
  if (frozen.names === undefined)
    return Object.fromEntries(Array.from(children, ([id, { ref }]) => [id, ref]));
  return Object.fromEntries(
    frozen.names.map(({ name, id, lives }) => [
      name,
      id === undefined
        ? undefined
        : ((lives ? children.get(id)?.ref : undefined) ?? stranger(place.child(id))),
    ]),
  );
}

function otherOf({ logic, frozen, place }: Member): AnySnapshot {
  const { status, own } = frozen;
  const kept = { ...endOf(frozen), ...own, status } as Record<string, unknown>;
  if ('context' in frozen) kept['context'] = frozen.context;
  if ('input' in frozen) kept['input'] = frozen.input;
  const restored = (logic.restoreSnapshot?.(kept as never, place.scope) ?? kept) as AnySnapshot;
  // The kernel's own, whatever the logic makes of it.
  return 'input' in frozen ? { ...restored, input: frozen.input } : restored;
}

const wrongKind = ({ place, frozen }: Member, isChart: boolean): TroupeError =>
  new TroupeError(
    'UNKNOWN_STATE',
    `The actor "${place.path.join('/')}" was stored ${isChart ? `as a chart in state ${JSON.stringify(frozen.value)}` : 'as work that is no chart'}, and its logic${frozen.src === '' ? '' : ` "${frozen.src}"`} is now ${isChart ? 'none' : 'one'}: migrate what is stored, or give the logic another name.`,
  );

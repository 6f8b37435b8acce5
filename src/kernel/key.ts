import { TroupeError } from '../errors.ts';
import { orderKey } from './order.ts';
import type { AnySnapshot, Ref } from './ref.ts';
import type { ActorState } from './state.ts';

/** Nesting beyond which a value counts as a cycle, levels. */
const maxDepth = 200;

/**
 * A text that two values have in common exactly when they are the same data: `undefined`, `NaN`, `-0`, bigints, dates, bytes and errors
 * as themselves, actors by their path, functions and symbols by identity. The order of an object's properties and of the members of sets
 * and maps is no difference, and a chart must not make it one. Of an instance of a class its properties count, or what `toJSON` says; one
 * that shows neither is like nothing but itself.
 * @throws TroupeError UNSERIALIZABLE for a value that contains itself
 */
export const keyOf = (value: unknown): string => write(value, 0);

// Texts come with their length, numbers end where a comma or bracket begins: no two values share a text.
function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `'${value.length}:${value}`;
    case 'number':
      return value === 0 && Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
      return value ? 'T' : 'F';
    case 'undefined':
      return 'U';
    case 'bigint':
      return `${value}n`;
    case 'function':
    case 'symbol':
      return `#${identity(value)}`;
    default:
      return value === null ? 'N' : writeObject(value as object, depth + 1);
  }
}

function writeObject(value: object, depth: number): string {
  if (depth > maxDepth)
    throw new TroupeError(
      'UNSERIALIZABLE',
      `A state is nested more than ${maxDepth} levels deep or contains itself; states must be trees of plain values.`,
    );
  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value) text += `${write(item, depth)},`;
    return `${text}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // Also the plain objects of another realm.
  if (prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null)
    return writeRecord(value, depth);
  return writeSpecial(value, depth);
}

function writeRecord(value: object, depth: number): string {
  const record = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const name of sorted(Object.keys(record)))
    text += `${name.length}:${name}=${write(record[name], depth)},`;
  return `${text}}`;
}

function sorted(names: string[]): string[] {
  for (let at = 1; at < names.length; at += 1)
    if ((names[at - 1] as string) > (names[at] as string)) return names.sort();
  return names;
}

function writeSpecial(value: object, depth: number): string {
  if (isActor(value)) return writeActor(value);
  if (value instanceof Set)
    return `S(${[...value]
      .map((item) => write(item, depth))
      .sort()
      .join()})`;
  if (value instanceof Map) {
    const entries = [...value].map(([name, item]) => `${write(name, depth)}=${write(item, depth)}`);
    return `M(${entries.sort().join()})`;
  }
  if (value instanceof Date) return `D${value.getTime()}`;
  if (value instanceof Error) {
    const { name, message, cause, ...rest } = value;
    return `E(${write([name, message, cause], depth)}${writeRecord(rest, depth)})`;
  }
  if (value instanceof RegExp) return `R${write(String(value), depth)}`;
  if (ArrayBuffer.isView(value)) return `B(${value.constructor.name},${bytesOf(value)})`;
  const kind = `#${identity(value.constructor)}`;
  if (Object.keys(value).length > 0) return `${kind}${writeRecord(value, depth)}`;
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return `${kind}${write((value as { toJSON: () => unknown }).toJSON(), depth)}`;
  return `#${identity(value)}`;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');

const identities = new WeakMap<object, number>();
const symbols = new Map<symbol, number>();
let identified = 0;

function identity(value: object | symbol): number {
  const known = typeof value === 'symbol' ? symbols.get(value) : identities.get(value);
  if (known !== undefined) return known;
  identified += 1;
  if (typeof value === 'symbol') symbols.set(value, identified);
  else identities.set(value, identified);
  return identified;
}

type Actor = { readonly id: string; readonly path?: readonly string[] };

export const isActor = (value: object): value is Actor => 'sessionId' in value && 'getSnapshot' in value;

/** The tree whose key is being made: it tells whether a ref still stands for someone. */
let root: ActorState | undefined;

/** One that is no more behaves unlike the one in its place. */
const writeActor = (actor: Actor): string =>
  `@${write(actor.path ?? actor.id, 0)}${'logic' in actor && root !== undefined && !lives(actor as Ref) ? '!' : ''}`;

function lives(ref: Ref): boolean {
  let at = root;
  for (const id of ref.path) at = at?.children[id];
  return at?.ref === ref;
}

/**
 * A text that two states of an actor share only when the actor will decide the same in both, for ever: status, value, context, history,
 * output, error, timers, and the same of all children. `@xstate/graph` leaves out all but value and context.
 */
export function stateKey(state: ActorState): string {
  root = state;
  try {
    return actorKey(state);
  } finally {
    root = undefined;
  }
}

function actorKey({ logic, snapshot, children, timers, src, synced, ref }: ActorState): string {
  // Logic without a name is known by itself, but for the root, where it is the same in all states.
  const what = src === '' && ref !== undefined ? `#${identity(logic)}` : src;
  let text = `${what}${synced ? '~' : ''}${ref?.systemId ?? ''}(${snapshotKey(snapshot)})`;
  if (timers.length > 0) text += `t${timersKey(timers)}`;
  const ids = Object.keys(children);
  if (ids.length > 0)
    for (const id of sorted(ids)) text += childKey(id, children[id] as ActorState, snapshot);
  return `${text}.`;
}

interface MachineParts {
  readonly machine: unknown;
  readonly historyValue: Readonly<Record<string, readonly { readonly id: string }[]>>;
}

function snapshotKey(snapshot: AnySnapshot): string {
  // Other logics keep their state under names of their own.
  if (!('machine' in snapshot)) return writeRecord(snapshot, 0);
  const { status, value, context, output, error, historyValue } = snapshot as AnySnapshot & MachineParts;
  const base = `${write(value, 0)}|${write(context, 0)}|${historyKey(historyValue)}|${orderKey(snapshot)}`;
  return status === 'active' ? base : `${status}|${base}|${write(output, 0)}|${write(error, 0)}`;
}

function historyKey(history: MachineParts['historyValue']): string {
  let text = '';
  for (const id of sorted(Object.keys(history))) {
    const nodes = sorted((history[id] ?? []).map((node) => node.id));
    text += `${id}=${nodes.join('+')},`;
  }
  return text;
}

const timersKey = (timers: ActorState['timers']): string =>
  timers
    .map(({ id, event, delay, to, target }) =>
      write([id, event, delay, to], 0).concat(target === undefined || lives(target) ? '' : '!'),
    )
    .sort()
    .join();

/** A child, and whether the chart still knows it by its id. */
const childKey = (id: string, child: ActorState, { status, children }: AnySnapshot): string =>
  `${id.length}:${id}${status !== 'active' || children?.[id] === child.ref ? '' : '!'}>${actorKey(child)}`;

import { TroupeError } from '../errors.ts';
import type { ActorState, AnySnapshot } from './state.ts';

/** Nesting beyond which a value counts as a cycle, levels. */
const maxDepth = 200;

/**
 * A text that two values have in common exactly when no chart can tell them apart: keys of objects and members of sets and maps in
 * sorted order, `undefined`, `NaN`, `-0`, bigints, dates, bytes and errors as themselves, actors by their id, functions and symbols by
 * identity.
 * @throws TroupeError UNSERIALIZABLE for a value that contains itself
 */
export const keyOf = (value: unknown): string => write(value, 0);

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
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
      return value === null || value === undefined ? 'N' : writeObject(value, depth + 1);
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
  if (prototype === Object.prototype || prototype === null) return writeRecord(value, depth);
  return writeSpecial(value, depth);
}

function writeRecord(value: object, depth: number): string {
  const record = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(record);
  if (names.length > 1) names.sort();
  let text = '{';
  for (const name of names) text += `${JSON.stringify(name)}:${write(record[name], depth)},`;
  return `${text}}`;
}

function writeSpecial(value: object, depth: number): string {
  if (isRef(value)) return `@${JSON.stringify(value.id)}`;
  if (value instanceof Set)
    return `S(${[...value]
      .map((item) => write(item, depth))
      .sort()
      .join()})`;
  if (value instanceof Map) {
    const entries = [...value].map(([name, item]) => `${write(name, depth)}:${write(item, depth)}`);
    return `M(${entries.sort().join()})`;
  }
  if (value instanceof Date) return `D${value.getTime()}`;
  if (value instanceof Error) {
    const { name, message, ...rest } = value;
    return `E(${JSON.stringify([name, message])}${writeRecord(rest, depth)})`;
  }
  if (ArrayBuffer.isView(value)) return `B(${value.constructor.name},${bytesOf(value)})`;
  const { constructor } = value;
  return `${typeof constructor === 'function' ? `#${identity(constructor)}` : ''}${writeRecord(value, depth)}`;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');

const isRef = (value: object): value is { id: string } => 'sessionId' in value && 'getSnapshot' in value;

const identities = new Map<unknown, number>();

function identity(value: unknown): number {
  let number = identities.get(value);
  if (number === undefined) {
    number = identities.size;
    identities.set(value, number);
  }
  return number;
}

interface MachineParts {
  readonly historyValue?: Readonly<Record<string, readonly { readonly id: string }[]>>;
}

const historyKey = ({ historyValue }: MachineParts): string => {
  if (historyValue === undefined) return '';
  const names = Object.keys(historyValue);
  if (names.length === 0) return '';
  return names
    .sort()
    .map(
      (name) =>
        `${name}=${(historyValue[name] ?? [])
          .map(({ id }) => id)
          .sort()
          .join('+')}`,
    )
    .join();
};

const snapshotKey = (snapshot: AnySnapshot): string => {
  const { status, output, error, value, context, input, ...rest } = snapshot;
  // A chart keeps much that follows from its value; other logics keep their state under names of their own.
  const own = 'machine' in rest ? historyKey(rest as MachineParts) : writeRecord(rest, 0);
  return `${status}|${write(value, 0)}|${write(context, 0)}|${write(output, 0)}|${write(error, 0)}|${write(input, 0)}|${own}`;
};

/**
 * A text that two states of an actor share exactly when the actor will decide the same in both, for ever: status, value, context,
 * history, output, error, timers, and the same of all children. `@xstate/graph` leaves out all but value and context.
 */
export function stateKey({ snapshot, children, timers, src }: ActorState): string {
  let text = `${src}(${snapshotKey(snapshot)})`;
  if (timers.length > 0) text += `t${timersKey(timers)}`;
  const names = Object.keys(children);
  if (names.length === 0) return text;
  for (const name of names.sort())
    text += `${JSON.stringify(name)}>${stateKey(children[name] as ActorState)}`;
  return `${text}.`;
}

const timersKey = (timers: ActorState['timers']): string =>
  timers
    .map(({ id, event, delay, to }) => `${JSON.stringify([id, to])}${write(event, 0)}${delay}`)
    .sort()
    .join();

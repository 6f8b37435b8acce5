import { keyOf } from '../../kernel/key.ts';
import type { ActorState } from '../../kernel/state.ts';
import type { Graph } from './graph.ts';
import { valueText } from './text.ts';

/** A part of the state that takes ever new values. */
export interface Growth {
  /** `context.count`, `children.worker.context.log`. */
  readonly field: string;
  /** Distinct values among the states that were looked at, count. */
  readonly values: number;
  /** A late value, cut where it is long. */
  readonly latest: string;
}

/** States that are looked at, spread evenly; count. */
const sample = 2_000;

/**
 * Which fields make a state space grow: those that still took new values in the last tenth of the states, those with the most first.
 */
export function growthOf(graph: Graph): readonly Growth[] {
  const fields = new Map<string, Field>();
  const stride = Math.max(1, Math.floor(graph.states.length / sample));
  const looks = Math.ceil(graph.states.length / stride);
  for (let look = 0; look < looks; look++) {
    const state = graph.states[look * stride];
    if (state !== undefined) for (const [name, value] of leaves(state)) see(fields, name, value, look);
  }
  return [...fields]
    .filter(([, { newest }]) => newest >= looks * 0.9)
    .map(([field, { values, latest }]) => ({ field, values: values.size, latest: valueText(latest) }))
    .sort((a, b) => b.values - a.values);
}

interface Field {
  readonly values: Set<string>;
  newest: number;
  latest: unknown;
}

const see = (fields: Map<string, Field>, name: string, value: unknown, look: number): void => {
  let field = fields.get(name);
  if (field === undefined) fields.set(name, (field = { values: new Set(), newest: 0, latest: value }));
  const key = keyOf(value);
  if (field.values.has(key)) return;
  field.values.add(key);
  field.newest = look;
  field.latest = value;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Fields of the context, and of plain objects in it, of an actor and its descendants. */
const leaves = ({ snapshot, children }: ActorState, prefix = ''): [string, unknown][] => [
  ...fieldsOf(`${prefix}context`, snapshot.context, 3),
  ...Object.entries(children).flatMap(([id, child]) => leaves(child, `${prefix}children.${id}.`)),
];

const fieldsOf = (name: string, value: unknown, depth: number): [string, unknown][] =>
  isRecord(value) && depth > 0 && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => fieldsOf(`${name}.${key}`, inner, depth - 1))
    : [[name, value]];

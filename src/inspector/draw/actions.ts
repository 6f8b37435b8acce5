import type { ChartAction } from './chart.ts';
import { listOf } from './machine.ts';
import { INLINE, nameOf, shortText, toJson } from './plain.ts';

/**
 * What XState hangs on the functions its action creators return. Not in its public types, only visible on the
 * values; a creator that changes shape loses its arguments here, never its name.
 */
type Creator = Readonly<Record<string, unknown>> & { readonly type: string };

const isCreator = (value: object): value is Creator =>
  'resolve' in value && 'type' in value && typeof value.type === 'string';

/** `sendParent` is `sendTo` with this address. */
const PARENT = '#_parent';

const text = (value: unknown): string => {
  if (typeof value === 'function') return nameOf(value) ?? INLINE;
  return value === PARENT ? 'parent' : shortText(toJson(value));
};

const eventText = (event: unknown): string =>
  typeof event === 'object' && event !== null && 'type' in event ? text(event.type) : text(event);

const keys = (assignment: unknown): string[] =>
  typeof assignment === 'object' && assignment !== null ? Object.keys(assignment) : [];

const given = (value: unknown): string[] => (value === undefined ? [] : [text(value)]);

const readers: Readonly<Record<string, (action: Creator) => string[]>> = {
  raise: (action) => [eventText(action['event'])],
  sendTo: (action) => [text(action['to']), eventText(action['event'])],
  emit: (action) => [eventText(action['event'])],
  assign: (action) => keys(action['assignment']),
  cancel: (action) => [text(action['sendId'])],
  spawnChild: (action) => [
    typeof action['src'] === 'string' ? action['src'] : INLINE,
    ...given(action['id']),
  ],
  stopChild: (action) => [text(action['actorRef'])],
  log: (action) =>
    given(action['label'] ?? (typeof action['value'] === 'string' ? action['value'] : undefined)),
};

const delayOf = (delay: unknown): { delay?: number | string } =>
  delay === undefined ? {} : { delay: typeof delay === 'number' ? delay : text(delay) };

const fromCreator = (action: Creator): ChartAction => {
  const name = action.type.replace(/^xstate\./, '');
  return { kind: 'builtin', name, args: readers[name]?.(action) ?? [], ...delayOf(action['delay']) };
};

const fromFunction = (fn: { readonly name: string }): ChartAction => {
  if (isCreator(fn)) return fromCreator(fn);
  const name = nameOf(fn);
  return { kind: 'inline', ...(name === undefined ? {} : { name }) };
};

const toAction = (action: unknown): ChartAction => {
  if (typeof action === 'string') return { kind: 'named', name: action };
  if (typeof action === 'function') return fromFunction(action);
  const { type, params } = action as { type: unknown; params?: unknown };
  return { kind: 'named', name: String(type), ...(params === undefined ? {} : { params: toJson(params) }) };
};

/** The `entry`, `exit` or `actions` of a config: one action or a list of them. */
export const toActions = (actions: unknown): ChartAction[] => listOf(actions).map(toAction);

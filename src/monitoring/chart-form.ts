import { absentOr, all, areAll, isBounded, isNumber, isObject, isText } from './forms.ts';

/** Levels of states, of guards, and of what stands in parameters. */
const DEPTH = 64;

/**
 * Is this a chart of this version (`Chart` of troupe/inspector), in every field? Whoever draws it walks through all of it, and one from another version,
 * or from anybody who speaks as a node, may have anything in it.
 */
export function isChart(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { version, id, machineVersion, root } = value;
  return version === 1 && isText(id) && absentOr(machineVersion, isText) && isState(root, DEPTH);
}

/** Any JSON, but not so deep that it could not be written. */
const isJson = (value: unknown): boolean => isBounded(value, DEPTH, Infinity);
const isDelay = (value: unknown): boolean => isNumber(value) || isText(value);

function isState(value: unknown, levels: number): boolean {
  if (!isObject(value) || levels < 0) return false;
  const { id, key, description, tags, entry, exit, invoke, transitions, output } = value;
  return (
    areAll([id, key], isText) &&
    absentOr(description, isText) &&
    all(tags, isText) &&
    all(entry, isAction) &&
    all(exit, isAction) &&
    all(invoke, isInvoke) &&
    all(transitions, isTransition) &&
    absentOr(output, isJson) &&
    isOfItsType(value, levels)
  );
}

function isOfItsType({ type, initial, states, history, targets }: Shape, levels: number): boolean {
  const areStates = (value: unknown): boolean => all(value, (each) => isState(each, levels - 1));
  switch (type) {
    case 'atomic':
    case 'final':
      return states === undefined;
    case 'compound':
      return isInitial(initial) && areStates(states);
    case 'parallel':
      return areStates(states);
    case 'history':
      return states === undefined && (history === 'shallow' || history === 'deep') && all(targets, isText);
    default:
      return false;
  }
}

interface Shape {
  readonly type?: unknown;
  readonly initial?: unknown;
  readonly states?: unknown;
  readonly history?: unknown;
  readonly targets?: unknown;
}

const isInitial = (value: unknown): boolean =>
  isObject(value) && isText(value['target']) && all(value['actions'], isAction);

const isInvoke = (value: unknown): boolean =>
  isObject(value) && areAll([value['id'], value['src']], isText) && absentOr(value['systemId'], isText);

function isTransition(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { trigger, event, guard, actions, targets, reenter, description } = value;
  return (
    isTrigger(trigger) &&
    isText(event) &&
    absentOr(guard, (it) => isGuard(it, DEPTH)) &&
    all(actions, isAction) &&
    all(targets, isText) &&
    typeof reenter === 'boolean' &&
    absentOr(description, isText)
  );
}

function isTrigger(value: unknown): boolean {
  if (!isObject(value)) return false;
  switch (value['kind']) {
    case 'event':
      return isText(value['type']);
    case 'after':
      return isDelay(value['delay']);
    case 'always':
    case 'state.done':
      return true;
    case 'actor.done':
    case 'actor.error':
    case 'actor.snapshot':
      return isText(value['actor']);
    default:
      return false;
  }
}

function isAction(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, name, params, args, delay } = value;
  switch (kind) {
    case 'named':
      return isText(name) && absentOr(params, isJson);
    case 'inline':
      return absentOr(name, isText);
    case 'builtin':
      return isText(name) && all(args, isText) && absentOr(delay, isDelay);
    default:
      return false;
  }
}

function isGuard(value: unknown, levels: number): boolean {
  if (!isObject(value) || levels < 0) return false;
  const { kind, name, params, guard, guards, state } = value;
  const isInner = (inner: unknown): boolean => isGuard(inner, levels - 1);
  switch (kind) {
    case 'named':
      return isText(name) && absentOr(params, isJson);
    case 'inline':
      return absentOr(name, isText);
    case 'and':
    case 'or':
      return all(guards, isInner);
    case 'not':
      return isInner(guard);
    case 'stateIn':
      return state !== undefined && isJson(state);
    default:
      return false;
  }
}

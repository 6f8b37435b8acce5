import { isChart } from './chart-form.ts';
import type { Entry } from './entry.ts';
import {
  absentOr,
  all,
  allFields,
  areAbsentOr,
  areAll,
  isBounded,
  isName,
  isNumber,
  isObject,
  isText,
  type Fields,
} from './forms.ts';

const isEvent = (value: unknown): boolean => isObject(value) && isText(value['type']);
const isMessage = (value: unknown): boolean =>
  isObject(value) &&
  isName(value['from']) &&
  isName(value['to']) &&
  isEvent(value['event']) &&
  absentOr(value['id'], isName);
const isTaken = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['state']) &&
  isText(value['event']) &&
  isNumber(value['index']) &&
  absentOr(value['path'], (path) => all(path, isText));
const isCause = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['id']) &&
  isText(value['correlation']) &&
  areAbsentOr([value['cause'], value['kind']], isText) &&
  absentOr(value['sentAt'], isNumber);

/** Levels of states, and what the names of a state value may have in all, characters. */
const [DEPTH, STATES] = [64, 65_536];

/** Whoever reads a state value may walk through it: it is neither deep nor large. */
const isStateValue = (value: unknown): boolean => isBounded(value, DEPTH, STATES);

const isSnapshot = (value: unknown): boolean =>
  isObject(value) && isName(value['status']) && absentOr(value['value'], isStateValue);
const isTally = (value: unknown): boolean =>
  isObject(value) &&
  allFields(value['states'], isNumber) &&
  areAll([value['actors'], value['handled'], value['failed']], isNumber) &&
  areAbsentOr([value['p50'], value['p99']], isNumber);
const isFlow = (value: unknown): boolean =>
  Array.isArray(value) && isText(value[0]) && isText(value[1]) && isNumber(value[2]);

/** What every reader may rely on, by kind. Fields that this version does not know are no harm. */
const forms: Readonly<Record<Entry['kind'], (entry: Fields) => boolean>> = {
  step: ({ action, step, sent, emitted, snapshots, message, taken, commit, took }) =>
    isObject(action) &&
    isText(action['kind']) &&
    isNumber(step) &&
    all(sent, isMessage) &&
    all(emitted, isEvent) &&
    allFields(snapshots, isSnapshot) &&
    absentOr(message, isCause) &&
    absentOr(taken, (it) => all(it, isTaken)) &&
    areAbsentOr([commit, took], isNumber),
  actor: ({ address, machine, snapshot, chart, parent }) =>
    isName(address) &&
    isName(machine) &&
    absentOr(snapshot, isSnapshot) &&
    areAbsentOr([chart, parent], isName),
  ended: ({ address, reason }) => isName(address) && isName(reason),
  chart: ({ hash, chart }) => isName(hash) && isChart(chart),
  letter: ({ reason, message, detail }) => isName(reason) && isMessage(message) && absentOr(detail, isText),
  metrics: ({ time, kinds, flow, sent, handled, period, heap, lag, deadLetters, rejected }) =>
    areAll([time, sent, handled, period, heap, lag], isNumber) &&
    allFields(kinds, isTally) &&
    all(flow, isFlow) &&
    areAll([deadLetters, rejected], (it) => allFields(it, isNumber)),
  dropped: ({ lines, sampling, since }) => isNumber(lines) && isNumber(sampling) && absentOr(since, isNumber),
  property: ({ name, verdict, type, searched, replay }) =>
    isText(name) && isText(verdict) && areAbsentOr([type, searched, replay], isText),
  coverage: ({ machine, chart, states, transitions }) =>
    isText(machine) && isText(chart) && allFields(states, isNumber) && allFields(transitions, isNumber),
};

/** Of a node: what it cannot do without. */
const needsNode: readonly unknown[] = ['actor', 'metrics'];

/** Is this an entry of a recording (entry.ts), as far as its readers rely on it? */
export function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false;
  const { kind, node, time } = value;
  return (
    typeof kind === 'string' &&
    Object.hasOwn(forms, kind) &&
    (isName(node) || (node === undefined && !needsNode.includes(kind))) &&
    absentOr(time, isNumber) &&
    forms[kind as Entry['kind']](value)
  );
}

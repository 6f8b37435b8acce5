import type { Entry } from './entry.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const all = (value: unknown, test: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(test);
const allFields = (value: unknown, test: (item: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value).every(test);

const isEvent = (value: unknown): boolean => isObject(value) && isText(value['type']);
const isMessage = (value: unknown): boolean =>
  isObject(value) && isText(value['from']) && isText(value['to']) && isEvent(value['event']);
const isTaken = (value: unknown): boolean =>
  isObject(value) && isText(value['state']) && isText(value['event']) && isNumber(value['index']);
const absentOr = (value: unknown, test: (item: unknown) => boolean): boolean =>
  value === undefined || test(value);

/** What every reader may rely on, by kind. Fields that this version does not know are no harm. */
const forms: Readonly<Record<Entry['kind'], (entry: Fields) => boolean>> = {
  step: ({ action, step, sent, emitted, snapshots, message, taken }) =>
    isObject(action) &&
    isText(action['kind']) &&
    isNumber(step) &&
    all(sent, isMessage) &&
    all(emitted, isEvent) &&
    allFields(snapshots, isObject) &&
    absentOr(message, (it) => isObject(it) && isText(it['id']) && isText(it['correlation'])) &&
    absentOr(taken, (it) => all(it, isTaken)),
  actor: ({ address, node, machine, snapshot }) =>
    isText(address) && isText(node) && isText(machine) && absentOr(snapshot, isObject),
  ended: ({ address, reason }) => isText(address) && isText(reason),
  chart: ({ hash, chart }) => isText(hash) && isObject(chart),
  letter: ({ reason, message }) => isText(reason) && isMessage(message),
  metrics: ({ node, time, kinds, flow }) =>
    isText(node) &&
    isNumber(time) &&
    allFields(kinds, (kind) => isObject(kind) && isObject(kind['states'])) &&
    Array.isArray(flow),
  dropped: ({ lines, sampling }) => isNumber(lines) && isNumber(sampling),
  property: ({ name, verdict }) => isText(name) && isText(verdict),
  coverage: ({ machine, chart, states, transitions }) =>
    isText(machine) && isText(chart) && allFields(states, isNumber) && allFields(transitions, isNumber),
};

/** Is this an entry of a recording (entry.ts), as far as its readers rely on it? */
export function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false;
  const { kind } = value;
  return typeof kind === 'string' && Object.hasOwn(forms, kind) && forms[kind as Entry['kind']](value);
}

import type { Frozen } from './freeze.ts';

const statuses: readonly unknown[] = ['active', 'done', 'error', 'stopped'] satisfies Frozen['status'][];

/** What keeps a value from being a stored actor, in English; undefined when nothing does. States and logics are for `thaw` to find. */
export function flawOf(value: unknown, at = 'it'): string | undefined {
  if (!isObject(value)) return wrong(at, value, 'an object');
  const { src, synced, status, children, timers, history, order } = value;
  if (typeof src !== 'string') return wrong(`${at}.src`, src, 'the name of a logic');
  if (typeof synced !== 'boolean') return wrong(`${at}.synced`, synced, 'true or false');
  if (!statuses.includes(status)) return wrong(`${at}.status`, status, statuses.join(', '));
  if (!isObject(children)) return wrong(`${at}.children`, children, 'actors by their ids');
  if (!Array.isArray(timers)) return wrong(`${at}.timers`, timers, 'a list');
  if (history !== undefined && !(isObject(history) && Object.values(history).every(isNames)))
    return wrong(`${at}.history`, history, 'lists of ids of states by the id of a history state');
  if (order !== undefined && !isNames(order)) return wrong(`${at}.order`, order, 'a list of ids of states');
  for (const [index, timer] of timers.entries())
    if (!isTimer(timer))
      return wrong(`${at}.timers[${index}]`, timer, '{ id, event, delay, due, to, targeted }');
  for (const [id, child] of Object.entries(children)) {
    const flaw = flawOf(child, `${at}.children.${id}`);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

const wrong = (at: string, value: unknown, wanted: string): string =>
  `${at} is ${(JSON.stringify(value) as string | undefined) ?? typeof value}, not ${wanted}`;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

function isTimer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, event, delay, due, to, targeted } = value;
  const isEvent = isObject(event) && typeof event['type'] === 'string';
  const areTimes = Number.isFinite(delay) && Number.isFinite(due);
  return typeof id === 'string' && isEvent && areTimes && isNames(to) && typeof targeted === 'boolean';
}

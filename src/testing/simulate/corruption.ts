import type { EventObject } from 'xstate';
import type { Sent, SystemState } from '../model/view.ts';

const otherNumbers = (value: number): unknown[] =>
  [value + 1, value - 1, -value, 0, 2 ** 53].filter((other) => !Object.is(other, value));

/** The text with the lowest bit of its first character flipped, cut by half, and empty. */
const otherTexts = (value: string): unknown[] =>
  value === ''
    ? ['?']
    : [
        String.fromCharCode(value.charCodeAt(0) ^ 1) + value.slice(1),
        value.slice(0, value.length >> 1),
        '',
      ].filter((text, at, all) => text !== value && all.indexOf(text) === at);

const otherItems = (items: readonly unknown[]): unknown[] => [
  ...(items.length === 0 ? [] : [items.slice(0, -1), [...items, items[0]]]),
  ...(items.length > 1 ? [items.toReversed()] : []),
  ...items.flatMap((item, at) => others(item).map((other) => items.with(at, other))),
];

const withoutField = (record: Readonly<Record<string, unknown>>, name: string): object =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));

const otherRecords = (record: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(record).flatMap(([name, value]) => [
    ...others(value).map((other) => ({ ...record, [name]: other })),
    withoutField(record, name),
  ]);

/** What a value may become when one thing about it goes wrong. */
function others(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return otherNumbers(value);
  if (typeof value === 'string') return otherTexts(value);
  if (Array.isArray(value)) return otherItems(value);
  if (typeof value !== 'object' || value === null) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype ? otherRecords(value as Record<string, unknown>) : [];
}

/**
 * What a message may become when one field of its event goes wrong: another number near by, a flipped bit or a cut text, a list
 * shortened, grown or reversed, a field left out. The type stays, for a message of another type is a forged one. For
 * `byzantine.corrupt`; `simulate` takes it when a system has none.
 */
export const corruptions = ({ event: { type, ...fields } }: Pick<Sent, 'event'>): EventObject[] =>
  otherRecords(fields).map((other) => ({ type, ...other }));

/**
 * Messages nobody sent, made of those under way: told by another actor, told to another, or with one field gone wrong. For
 * `byzantine.forge`; `simulate` takes it when a system has none.
 */
export function forgeries({ network, actors }: Pick<SystemState, 'network' | 'actors'>): Sent[] {
  const names = Object.keys(actors);
  return network.flatMap((sent) => [
    ...names.filter((from) => from !== sent.from && from !== sent.to).map((from) => ({ ...sent, from })),
    ...names.filter((to) => to !== sent.to && to !== sent.from).map((to) => ({ ...sent, to })),
    ...corruptions(sent).map((event) => ({ ...sent, event })),
  ]);
}

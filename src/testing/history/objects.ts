import { sequential, unknownOutput, type Specification } from './specification.ts';
import { textOfValue } from './text.ts';

type Plain = string | number | boolean | null;

export type RegisterInput = { readonly op: 'read' } | { readonly op: 'write'; readonly value: unknown };

const outputText = (output: unknown): string => (output === unknownOutput ? 'unknown' : textOfValue(output));

/** A register: a read gives what was written last. Input `{op: 'read'}` or `{op: 'write', value}`; whatever a write returns is accepted. */
export const register = (initial: unknown = null): Specification<unknown, RegisterInput> =>
  sequential<unknown, RegisterInput, unknown>({
    initial,
    pure: ({ op }) => op === 'read',
    apply: (state, input) => (input.op === 'read' ? [state, state] : [input.value]),
    describe: (input, output) =>
      input.op === 'read' ? `read -> ${outputText(output)}` : `write ${outputText(input.value)}`,
  });

export type CasRegisterInput =
  RegisterInput | { readonly op: 'cas'; readonly from: Plain; readonly to: Plain };

/** A register with compare-and-set, which returns whether it set. Values are strings, numbers, booleans or null. */
export const casRegister = (initial: Plain = null): Specification<unknown, CasRegisterInput> =>
  sequential<unknown, CasRegisterInput, unknown>({
    initial,
    pure: ({ op }, output) => op === 'read' || (op === 'cas' && output === false),
    apply: (state, input) => {
      if (input.op === 'read') return [state, state];
      if (input.op === 'write') return [input.value];
      return state === input.from ? [input.to, true] : [state, false];
    },
    describe: (input, output) => {
      if (input.op === 'read') return `read -> ${outputText(output)}`;
      if (input.op === 'write') return `write ${outputText(input.value)}`;
      return `cas ${outputText(input.from)} to ${outputText(input.to)} -> ${outputText(output)}`;
    },
  });

export type KeyValueInput =
  | { readonly op: 'get'; readonly key: string }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'put'; readonly key: string; readonly value: unknown }
  | { readonly op: 'append'; readonly key: string; readonly value: string }
  | { readonly op: 'cas'; readonly key: string; readonly from: Plain; readonly to: Plain };

type Table = Readonly<Record<string, unknown>>;

/**
 * A key-value store, judged key by key. `get` returns the value, or `missing`; `append` adds to the string there is; `cas` returns
 * whether it set; what the others return is not looked at.
 * @param missing what a `get` of a key without a value returns. Default null
 */
export const keyValue = (missing: Plain = null): Specification<Table, KeyValueInput> =>
  sequential<Table, KeyValueInput, unknown>({
    initial: {},
    partition: ({ key }) => key,
    pure: ({ op }, output) => op === 'get' || (op === 'cas' && output === false),
    apply: (table, input) => {
      const { key } = input;
      const now = Object.hasOwn(table, key) ? table[key] : missing;
      if (input.op === 'get') return [table, now];
      if (input.op === 'put') return [{ ...table, [key]: input.value }];
      if (input.op === 'append')
        return [{ ...table, [key]: `${now === missing ? '' : String(now)}${input.value}` }];
      if (input.op === 'cas')
        return now === input.from ? [{ ...table, [key]: input.to }, true] : [table, false];
      return [Object.fromEntries(Object.entries(table).filter(([name]) => name !== key))];
    },
    describe: (input, output) => {
      if (input.op === 'get') return `get ${input.key} -> ${outputText(output)}`;
      if (input.op === 'cas')
        return `cas ${input.key} ${outputText(input.from)} to ${outputText(input.to)} -> ${outputText(output)}`;
      if (input.op === 'delete') return `delete ${input.key}`;
      return `${input.op} ${input.key} ${outputText(input.value)}`;
    },
  });

export type CounterInput = { readonly op: 'read' } | { readonly op: 'add'; readonly amount: number };

/** A counter. An `add` may return the new count, or nothing. */
export const counter = (initial = 0): Specification<number, CounterInput, number | undefined> => ({
  initial,
  key: (count) => count,
  pure: ({ op }) => op === 'read',
  step: (count, input, output) => {
    if (input.op === 'read') return [output === unknownOutput || output === count, count];
    const next = count + input.amount;
    return [output === unknownOutput || output === undefined || output === next, next];
  },
});

export type QueueInput = { readonly op: 'enqueue'; readonly value: Plain } | { readonly op: 'dequeue' };

/** A first-in, first-out queue; a `dequeue` of nothing returns `undefined` or null. */
export const queue = (): Specification<readonly Plain[], QueueInput> => ({
  initial: [],
  step: (items, input, output) => {
    if (input.op === 'enqueue') return [true, [...items, input.value]];
    const rest = items.slice(1);
    if (output === unknownOutput) return [true, rest];
    const got = output ?? undefined;
    return [items.length === 0 ? got === undefined : Object.is(items[0], got), rest];
  },
});

export type SetInput =
  { readonly op: 'add' | 'remove' | 'has'; readonly value: Plain } | { readonly op: 'read' };

/** A set: `has` returns a boolean, `read` all members in any order; `add` and `remove` whether they changed it, or nothing. */
export const set = (): Specification<readonly Plain[], SetInput> => ({
  initial: [],
  key: (members) => JSON.stringify(members),
  pure: ({ op }, output) => op === 'has' || op === 'read' || output === false,
  step: (members, input, output) => {
    const free = output === unknownOutput;
    if (input.op === 'read') return [free || sorted(output as Plain[]) === sorted(members), members];
    const { op, value } = input;
    const has = members.includes(value);
    if (op === 'has') return [free || output === has, members];
    const changed = op === 'add' ? !has : has;
    const others = members.filter((member) => member !== value);
    const next = op === 'add' ? [...others, value].sort(byText) : others;
    return [free || output === undefined || output === changed, changed ? next : members];
  },
});

const byText = (a: Plain, b: Plain): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const sorted = (members: readonly Plain[]): string => JSON.stringify([...members].sort(byText));

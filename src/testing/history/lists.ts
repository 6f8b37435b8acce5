import { keyOf } from '../../kernel/key.ts';
import { checkHistory, type Operation } from './operation.ts';

/** One step of a transaction: add an element to the end of a list, or read the whole list. */
export type ListStep =
  | { readonly op: 'append'; readonly key: string; readonly value: unknown }
  | { readonly op: 'read'; readonly key: string };

/** A transaction. The output has one entry a step: of a read the list, of an append anything. */
export type Transaction = Operation<readonly ListStep[], readonly (readonly unknown[] | null | undefined)[]>;

/** Something a transaction saw or did that no order of transactions explains. */
export interface Oddity {
  readonly anomaly:
    'duplicate element' | 'incompatible order' | 'internal' | 'unknown element' | 'G1a' | 'G1b';
  readonly transactions: readonly Transaction[];
  readonly text: string;
}

interface Reading {
  readonly transaction: number;
  readonly key: string;
  /** Canonical texts of the elements. */
  readonly list: readonly string[];
}

/** Lists as the transactions saw them. An element must be appended to a key once: then it names its transaction. */
export interface Lists {
  /** What may have happened: committed, or unknown and seen by somebody. By call. */
  readonly transactions: readonly Transaction[];
  /** What each transaction read of others, before appends of its own. */
  readonly readings: readonly Reading[];
  /** By key: elements in the order of the longest list anybody read. */
  readonly orders: ReadonlyMap<string, readonly string[]>;
  /** By key and element: who appended it. */
  readonly appenders: ReadonlyMap<string, number>;
  readonly oddities: readonly Oddity[];
}

/** The name of an element of a list. */
export const elementOf = (key: string, element: string): string => `${JSON.stringify(key)}${element}`;

/** @throws TroupeError INVALID_HISTORY for an operation that returns before it is called */
export function listsOf(history: readonly Transaction[]): Lists {
  checkHistory(history);
  const oddities: Oddity[] = [];
  const seen = new Set(
    history.flatMap(({ input, output = [], return: end, failed }) =>
      end === undefined || failed === true
        ? []
        : input.flatMap(({ op, key }, at) =>
            op === 'read' ? (output[at] ?? []).map((element) => elementOf(key, keyOf(element))) : [],
          ),
    ),
  );
  const transactions = history
    .filter(
      (each) =>
        each.failed !== true && (each.return !== undefined || appendsOf(each).some((name) => seen.has(name))),
    )
    .sort((a, b) => a.call - b.call);
  const aborted = history.filter(({ failed }) => failed === true);
  const appenders = new Map<string, number>();
  transactions.forEach((transaction, at) =>
    appendsOf(transaction).forEach((name) => appenders.set(name, at)),
  );
  const readings = transactions.flatMap((transaction, at) => readingsOf(transaction, at, oddities));
  const orders = ordersOf(readings, transactions, oddities);
  oddities.push(
    ...dirty(readings, transactions, aborted, appenders),
    ...intermediate(readings, transactions, appenders),
  );
  return { transactions, readings, orders, appenders, oddities };
}

const appendsOf = ({ input }: Transaction): string[] =>
  input.flatMap((step) => (step.op === 'append' ? [elementOf(step.key, keyOf(step.value))] : []));

/** Reads of a transaction, without what it appended itself; they must agree with each other. */
function readingsOf(transaction: Transaction, at: number, oddities: Oddity[]): Reading[] {
  if (transaction.return === undefined) return [];
  const own = new Map<string, string[]>();
  const read = new Map<string, readonly string[]>();
  transaction.input.forEach((step, position) => {
    const { key } = step;
    const mine = own.get(key) ?? [];
    if (step.op === 'append') {
      own.set(key, [...mine, keyOf(step.value)]);
      return;
    }
    const list = (transaction.output?.[position] ?? []).map((element) => keyOf(element));
    const others = list.slice(0, Math.max(0, list.length - mine.length));
    const before = read.get(key);
    const odd =
      mine.join() !== list.slice(others.length).join() ||
      (before !== undefined && before.join() !== others.join());
    if (odd)
      oddities.push({
        anomaly: 'internal',
        transactions: [transaction],
        text: `a transaction does not see its own past of ${key}: it reads [${list.join()}]`,
      });
    else read.set(key, others);
  });
  return [...read].map(([key, list]) => ({ transaction: at, key, list }));
}

function ordersOf(
  readings: readonly Reading[],
  transactions: readonly Transaction[],
  oddities: Oddity[],
): Map<string, readonly string[]> {
  const longest = new Map<string, Reading>();
  const nameOf = ({ transaction }: Reading): Transaction => transactions[transaction] as Transaction;
  for (const reading of readings) {
    const { key, list } = reading;
    if (new Set(list).size < list.length)
      oddities.push({
        anomaly: 'duplicate element',
        transactions: [nameOf(reading)],
        text: `an element of ${key} is there twice: [${list.join()}]`,
      });
    if (list.length > (longest.get(key)?.list.length ?? -1)) longest.set(key, reading);
  }
  for (const reading of readings) {
    const best = longest.get(reading.key) as Reading;
    if (reading.list.every((element, at) => element === best.list[at])) continue;
    oddities.push({
      anomaly: 'incompatible order',
      transactions: [nameOf(reading), nameOf(best)],
      text: `${reading.key} is read as [${reading.list.join()}] and as [${best.list.join()}]: neither is the beginning of the other`,
    });
  }
  return new Map([...longest].map(([key, { list }]) => [key, list]));
}

/** G1a: somebody saw what an aborted transaction did, or what nobody did at all. */
function dirty(
  readings: readonly Reading[],
  transactions: readonly Transaction[],
  aborted: readonly Transaction[],
  appenders: ReadonlyMap<string, number>,
): Oddity[] {
  const by = new Map(
    aborted.flatMap((transaction) => appendsOf(transaction).map((name) => [name, transaction])),
  );
  return readings.flatMap(({ transaction, key, list }) =>
    list.flatMap((element): Oddity[] => {
      const name = elementOf(key, element);
      const writer = by.get(name);
      const reader = transactions[transaction] as Transaction;
      if (appenders.has(name)) return [];
      if (writer === undefined)
        return [
          {
            anomaly: 'unknown element',
            transactions: [reader],
            text: `nobody appended ${element} to ${key}`,
          },
        ];
      const text = `${element} of ${key} is read, but its transaction was aborted`;
      return [{ anomaly: 'G1a', transactions: [writer, reader], text }];
    }),
  );
}

/** G1b: somebody saw a list as it was in the middle of another transaction. */
function intermediate(
  readings: readonly Reading[],
  transactions: readonly Transaction[],
  appenders: ReadonlyMap<string, number>,
): Oddity[] {
  return readings.flatMap(({ transaction, key, list }): Oddity[] => {
    const last = list.at(-1);
    const writer = last === undefined ? undefined : appenders.get(elementOf(key, last));
    if (last === undefined || writer === undefined || writer === transaction) return [];
    const appended = (transactions[writer] as Transaction).input.findLast(
      (step) => step.op === 'append' && step.key === key,
    );
    if (appended?.op !== 'append' || keyOf(appended.value) === last) return [];
    const text = `${key} is read up to ${last}, which its transaction had not finished with`;
    return [
      {
        anomaly: 'G1b',
        transactions: [transactions[writer] as Transaction, transactions[transaction] as Transaction],
        text,
      },
    ];
  });
}

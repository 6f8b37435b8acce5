import { keyOf } from '../../kernel/key.ts';
import { checkChoice } from './choice.ts';
import { Graph, type Edge } from './graph.ts';
import { elementOf, listsOf, type Lists, type Oddity, type Transaction } from './lists.ts';
import type { Judgement } from './operation.ts';
import { textOfValue } from './text.ts';

/**
 * What transactions may rely on (Adya 1999, as far as lists show it):
 *
 * - `read committed`: no G0, G1a, G1b or G1c;
 * - `snapshot isolation`: nor G-single (read skew, lost update);
 * - `serializable`: nor G2 (write skew);
 * - `strict serializable`: nor a cycle that real time closes.
 */
export type Isolation = 'read committed' | 'snapshot isolation' | 'serializable' | 'strict serializable';

export type Anomaly = Oddity['anomaly'] | 'G0' | 'G1c' | 'G-single' | 'G2' | 'realtime cycle';

/** Why one transaction is before another: write-write, write-read, read-write (anti-dependency), real time. */
export type Dependency = 'ww' | 'wr' | 'rw' | 'rt';

export interface AnomalyFound {
  readonly anomaly: Anomaly;
  /** Of a cycle: each is before the next one, and the last before the first. */
  readonly transactions: readonly Transaction[];
  readonly text: string;
}

export interface TransactionJudgement extends Judgement {
  /** The shortest example of each anomaly that the level forbids. */
  readonly anomalies: readonly AnomalyFound[];
}

/** Anomalies by the weakest level that forbids them. */
const levels: readonly (readonly [Isolation, readonly Anomaly[]])[] = [
  [
    'read committed',
    ['duplicate element', 'incompatible order', 'internal', 'unknown element', 'G1a', 'G1b', 'G0', 'G1c'],
  ],
  ['snapshot isolation', ['G-single']],
  ['serializable', ['G2']],
  ['strict serializable', ['realtime cycle']],
];

/**
 * Do transactions over lists keep a level of isolation? As Elle (Kingsbury & Alvaro, VLDB 2020): appends make the order of versions
 * visible, the dependencies between transactions follow from it, and an anomaly is a cycle of them. What it reports did happen; a
 * history it passes may still be wrong where nobody read.
 * @param history each element is appended to a key once
 * @throws TroupeError INVALID_HISTORY for an operation that returns before it is called, INVALID_OPTION for an unknown level
 */
export function transactions(
  history: readonly Transaction[],
  level: Isolation = 'strict serializable',
): TransactionJudgement {
  checkChoice(
    'level',
    level,
    levels.map(([name]) => name),
  );
  const lists = listsOf(history);
  const found: AnomalyFound[] = [...firstOfEach(lists.oddities), ...cycles(lists)];
  const reach = levels.findIndex(([name]) => name === level);
  const forbidden = new Set(levels.slice(0, reach + 1).flatMap(([, anomalies]) => anomalies));
  const anomalies = found.filter(({ anomaly }) => forbidden.has(anomaly));
  if (anomalies.length === 0) return { verdict: 'holds', anomalies, text: `Nothing contradicts ${level}.` };
  const lines = anomalies.map(({ anomaly, text }) => `${anomaly}: ${text}`);
  return { verdict: 'violated', anomalies, text: [`The history is not ${level}.`, ...lines].join('\n') };
}

const firstOfEach = (oddities: readonly Oddity[]): Oddity[] =>
  oddities.filter(({ anomaly }, at) => oddities.findIndex((each) => each.anomaly === anomaly) === at);

function cycles(lists: Lists): AnomalyFound[] {
  const graph = dependencies(lists);
  const single = closedBy(graph, ['ww', 'wr']);
  const kinds: readonly (readonly [Anomaly, Edge<Dependency>[] | undefined])[] = [
    ['G0', graph.cycle(['ww'])],
    ['G1c', withLabel(graph, 'wr', ['ww', 'wr'])],
    ['G-single', single],
    ['G2', single === undefined ? closedBy(graph, ['ww', 'wr', 'rw']) : undefined],
  ];
  const found = kinds.flatMap(([anomaly, cycle]) =>
    cycle === undefined ? [] : [told(anomaly, cycle, lists)],
  );
  if (found.length > 0) return found;
  const real = timed(graph, lists).cycle();
  return real === undefined ? [] : [told('realtime cycle', real, lists)];
}

/** The shortest cycle with one `rw`, closed by edges with these labels. */
const closedBy = (graph: Graph<Dependency>, labels: readonly Dependency[]): Edge<Dependency>[] | undefined =>
  withLabel(graph, 'rw', labels);

/** The shortest cycle that begins with this label and goes on with these. */
function withLabel(
  graph: Graph<Dependency>,
  first: Dependency,
  labels: readonly Dependency[],
): Edge<Dependency>[] | undefined {
  let best: Edge<Dependency>[] | undefined;
  const component = new Map<number, number>();
  graph.components().forEach((members, at) => members.forEach((member) => component.set(member, at)));
  for (const edge of graph.edges(first)) {
    if (component.get(edge.from) !== component.get(edge.to)) continue;
    const back = graph.path(edge.to, edge.from, labels);
    if (back !== undefined && back.length + 1 < (best?.length ?? Infinity)) best = [edge, ...back];
  }
  return best;
}

/** Who was before whom, by what was appended and read. */
function dependencies({ transactions: all, readings, orders, appenders }: Lists): Graph<Dependency> {
  const graph = new Graph<Dependency>(all.length);
  const appender = (key: string, element: string | undefined): number | undefined =>
    element === undefined ? undefined : appenders.get(elementOf(key, element));
  for (const [key, order] of orders)
    order.forEach((element, at) => {
      const [before, after] = [appender(key, order[at - 1]), appender(key, element)];
      if (before !== undefined && after !== undefined) graph.add(before, after, 'ww');
    });
  for (const { transaction, key, list } of readings) {
    const writer = appender(key, list.at(-1));
    if (writer !== undefined) graph.add(writer, transaction, 'wr');
    for (const overwriter of following(key, list, all, orders, appender))
      graph.add(transaction, overwriter, 'rw');
  }
  return graph;
}

/** Who appended next after what was read. When nobody read further, everybody whose element nobody has read. */
function following(
  key: string,
  list: readonly string[],
  all: readonly Transaction[],
  orders: Lists['orders'],
  appender: (key: string, element: string | undefined) => number | undefined,
): number[] {
  const order = orders.get(key) ?? [];
  const next = appender(key, order[list.length]);
  if (next !== undefined) return [next];
  if (list.length < order.length) return [];
  return all.flatMap(({ input, return: end }, at) =>
    end !== undefined &&
    input.some((step) => step.op === 'append' && step.key === key && !order.includes(keyOf(step.value)))
      ? [at]
      : [],
  );
}

/** With an edge from what had returned to what was called next; what follows from others is left out. */
function timed(graph: Graph<Dependency>, { transactions: all }: Lists): Graph<Dependency> {
  const order = graph.copy();
  const returns = [...all.keys()].filter((at) => all[at]?.return !== undefined);
  const end = (at: number): number => all[at]?.return ?? Infinity;
  returns.sort((a, b) => end(a) - end(b));
  let over: number[] = [];
  let next = 0;
  all.forEach(({ call }, at) => {
    for (let done = returns[next]; done !== undefined && end(done) < call; done = returns[++next]) {
      const { call: began } = all[done] as Transaction;
      over = [...over.filter((other) => end(other) >= began), done];
    }
    for (const before of over) order.add(before, at, 'rt');
  });
  return order;
}

const reasons: Readonly<Record<Dependency, string>> = {
  ww: 'appended before',
  wr: 'was read by',
  rw: 'did not yet see',
  rt: 'was over before',
};

function told(
  anomaly: Anomaly,
  cycle: readonly Edge<Dependency>[],
  { transactions: all }: Lists,
): AnomalyFound {
  const members = cycle.map(({ from }) => all[from] as Transaction);
  const lines = cycle.map(({ from, to, label }) => {
    const [one, other] = [all[from] as Transaction, all[to] as Transaction];
    return `  ${stepsText(one)} ${reasons[label]} ${stepsText(other)}`;
  });
  return { anomaly, transactions: members, text: ['a cycle', ...lines].join('\n') };
}

const stepsText = ({ process, input, output, return: end }: Transaction): string => {
  const steps = input.map((step, at) =>
    step.op === 'append'
      ? `append ${step.key} ${textOfValue(step.value)}`
      : `read ${step.key}${end === undefined ? '' : ` -> ${textOfValue(output?.[at] ?? [])}`}`,
  );
  return `${process} {${steps.join('; ')}}`;
};

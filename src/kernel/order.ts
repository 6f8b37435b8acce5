import type { AnySnapshot } from './ref.ts';

interface Node {
  readonly id: string;
  readonly order: number;
  readonly type: string;
  readonly parent: Node | undefined;
  readonly always?: readonly unknown[] | undefined;
}

interface Chart {
  readonly idMap: ReadonlyMap<string, Node>;
}

/** Of each chart the states that leave on their own accord; undefined when at most one of them can be active at a time. */
const restless = new WeakMap<object, ReadonlySet<Node> | undefined>();

const isRestless = (node: Node | undefined): boolean =>
  node !== undefined && ((node.always?.length ?? 0) > 0 || isRestless(node.parent));

function restlessOf(machine: Chart): ReadonlySet<Node> | undefined {
  if (restless.has(machine)) return restless.get(machine);
  const nodes = [...machine.idMap.values()];
  const found = nodes.some(({ type }) => type === 'parallel')
    ? nodes.filter((node) => (node.type === 'atomic' || node.type === 'final') && isRestless(node))
    : [];
  const set = found.length > 1 ? new Set(found) : undefined;
  restless.set(machine, set);
  return set;
}

/**
 * In which order XState looks at the active states that have eventless transitions, where that is not the order of the chart. It goes by
 * when they were entered, which `value` does not tell; whose turn is first, though, decides what is done first.
 */
export function orderKey(snapshot: AnySnapshot): string {
  const { machine, _nodes: nodes } = snapshot as {
    readonly machine?: Chart;
    readonly _nodes?: readonly Node[];
  };
  const set = machine && restlessOf(machine);
  if (set === undefined || nodes === undefined) return '';
  const orders = nodes.filter((node) => set.has(node)).map(({ order }) => order);
  return orders.every((order, at) => at === 0 || order > (orders[at - 1] ?? 0)) ? '' : orders.join();
}

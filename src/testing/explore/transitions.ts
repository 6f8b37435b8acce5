import type { AnyActorLogic } from 'xstate';
import type { TakenTransition } from '../../kernel/effect.ts';

/** The parts of XState's machines that tell their transitions; other logic has none of them. */
interface Machine {
  readonly id: string;
  readonly root: Node;
  readonly implementations?: { readonly actors?: Readonly<Record<string, unknown>> };
}

interface Node {
  readonly states: Readonly<Record<string, Node>>;
  readonly transitions: ReadonlyMap<string, readonly TakenTransition[]>;
  readonly always?: readonly TakenTransition[];
}

/** A transition of a chart, told apart from others by its place in the chart. */
export interface ChartTransition {
  readonly chart: string;
  /** Id of the state it leaves. */
  readonly source: string;
  /** Descriptor of the event; empty for `always`. */
  readonly event: string;
  /** Which of the guarded alternatives, from 0. */
  readonly index: number;
  readonly targets: readonly string[];
}

const isMachine = (logic: unknown): logic is Machine =>
  typeof (logic as { root?: { transitions?: unknown } } | null | undefined)?.root?.transitions === 'object';

/** All transitions of a chart and of the charts it has under names, with what XState calls each. */
export function transitionsOf(
  logic: AnyActorLogic,
  seen: Set<unknown> = new Set(),
): (readonly [ChartTransition, TakenTransition])[] {
  const given: unknown = logic;
  if (!isMachine(given) || seen.has(given)) return [];
  seen.add(given);
  const children = Object.values(given.implementations?.actors ?? {});
  return [
    ...ofNode(given.id, given.root),
    ...children.flatMap((child) => transitionsOf(child as AnyActorLogic, seen)),
  ];
}

const ofNode = (chart: string, node: Node): (readonly [ChartTransition, TakenTransition])[] => [
  ...[...node.transitions.values(), node.always ?? []].flatMap((alternatives) =>
    alternatives.map((transition, index) => [describe(chart, transition, index), transition] as const),
  ),
  ...Object.values(node.states).flatMap((child) => ofNode(chart, child)),
];

const describe = (chart: string, transition: TakenTransition, index: number): ChartTransition => ({
  chart,
  source: transition.source.id,
  event: transition.eventType ?? '',
  index,
  targets: (transition.target ?? []).map(({ id }) => id),
});

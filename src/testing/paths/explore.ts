import type { AnyActorLogic } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { start } from '../../kernel/step.ts';
import type { ActorState } from '../../kernel/state.ts';
import { Graph, graphOf } from './graph.ts';
import { take } from './move.ts';
import type { ExploreOptions } from './options.ts';
import { moveText, stateText } from './text.ts';

/** Edges that are taken twice, to see whether the machine decides the same both times; count. */
const sample = 500;

/** States between two looks at the clock, count. */
const betweenLooks = 256;

/**
 * Every state a machine can reach, breadth first, within the limits.
 * @throws TroupeError NO_CASE for an event that cannot be sent without a payload, naming it and the state; NOT_DETERMINISTIC;
 * MACHINE_FAILED when it does not start; INVALID_OPTION
 */
export function explore(machine: AnyActorLogic | Graph, options: ExploreOptions = {}): Graph {
  const graph = machine instanceof Graph ? machine : graphOf(machine, options);
  const { clock } = graph.options;
  const deadline = (clock?.now() ?? 0) + graph.limits.time;
  for (let at = 0; at < graph.states.length; at++) {
    if (at % betweenLooks === 0 && clock !== undefined && clock.now() >= deadline) graph.close('time');
    graph.out(at);
  }
  checkDeterminism(graph);
  return graph;
}

/** Time, chance and outside state in a guard or `assign` make every path and count meaningless. */
function checkDeterminism(graph: Graph): void {
  const [again] = start(graph.observed.logic, graph.options.input);
  const initial = graph.states[0] as ActorState;
  if (graph.keyOf(again) !== graph.keyOf(initial)) throw notDeterministic('when it starts', initial, again);
  const stride = Math.max(1, Math.floor(graph.edges.length / sample));
  for (let number = 0; number < graph.edges.length; number += stride) {
    const edge = graph.edges[number];
    if (edge === undefined) break;
    const [state] = take(graph.states[edge.from] as ActorState, edge.move);
    const found = graph.states[edge.to] as ActorState;
    if (graph.keyOf(state) === graph.keyOf(found)) continue;
    const where = `over ${moveText(edge.move)} in state "${stateText(graph.view(edge.from))}"`;
    throw notDeterministic(where, found, state);
  }
  graph.observed.outcomes();
}

const notDeterministic = (where: string, one: ActorState, other: ActorState): TroupeError =>
  new TroupeError(
    'NOT_DETERMINISTIC',
    `The machine is not deterministic: ${where} it decides differently each time${differing(one, other)}. Make time, chance and outside state part of its input or events.`,
  );

const differing = ({ snapshot: one }: ActorState, { snapshot: other }: ActorState): string => {
  const [before, after] = [one.context, other.context] as [Record<string, unknown>, Record<string, unknown>];
  const field = Object.keys(before).find((name) => !Object.is(before[name], after[name]));
  return field === undefined ? '' : ` (context.${field})`;
};

import type { Graph } from './graph.ts';
import type { Ints } from './ints.ts';
import type { Step } from './step.ts';

/**
 * The shortest path to a state that nothing follows but faults, on which an `eventually` never holds; undefined when there is none.
 * @param marks 1 for states in which it holds
 * @param ends those states
 */
export function endingWithout(graph: Graph, marks: Ints, ends: Ints): readonly Step[] | undefined {
  const wanted = new Set<number>();
  for (let at = 0; at < ends.length; at += 1) if (marks.at(ends.at(at)) === 0) wanted.add(ends.at(at));
  if (wanted.size === 0 || marks.at(0) === 1) return undefined;
  const parents = new Int32Array(graph.size).fill(-1);
  const steps = new Int32Array(graph.size);
  const queue = [0];
  parents[0] = 0;
  for (const state of queue) {
    if (wanted.has(state)) return wayTo(graph, state, parents, steps);
    if (state >= graph.expanded) continue;
    graph.successors(state, (step, to) => {
      if (marks.at(to) === 1 || parents[to] !== -1) return;
      parents[to] = state;
      steps[to] = step.id;
      queue.push(to);
    });
  }
  return undefined;
}

function wayTo(graph: Graph, state: number, parents: Int32Array, steps: Int32Array): Step[] {
  const way: Step[] = [];
  for (let at = state; at !== 0; at = parents[at] as number)
    way.push(graph.model.tables.steps.at(steps[at] as number));
  return way.reverse();
}

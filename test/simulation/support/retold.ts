import { keyOf } from '../../../src/kernel/key.ts';
import type { System } from '../../../src/testing/model/spec.ts';
import type { Trace } from '../../../src/testing/model/trace.ts';
import type { SystemState } from '../../../src/testing/model/view.ts';
import { Model } from '../../checking/support/naive.ts';

const keyOfState = ({ actors, network, history, partition }: SystemState): string =>
  keyOf([
    Object.values(actors).map(({ name, status, value, context, output, timers, children }): unknown[] => [
      name,
      status,
      value,
      context,
      output,
      [...timers].sort(),
      [...children].sort(),
    ]),
    network.map(({ from, to, event }) => keyOf([from, to, event])).sort(),
    history,
    partition,
  ]);

/**
 * Walk a trace through the reference explorer: each of its actions must be possible there and lead to the same state.
 * @returns what is different first, or `same`
 */
export function retold(system: System, trace: Trace): string {
  const model = new Model(system);
  let world = model.initial();
  if (keyOfState(model.view(world)) !== keyOfState(trace.initial)) return 'the initial state';
  for (const [at, { action, state }] of trace.steps.entries()) {
    const wanted = keyOf(action);
    const edge = model.edges(world).find((each) => keyOf(each.action) === wanted);
    if (edge === undefined) return `step ${at + 1} is not possible: ${JSON.stringify(action)}`;
    world = edge.to;
    if (keyOfState(model.view(world)) !== keyOfState(state))
      return `step ${at + 1} leads elsewhere: ${JSON.stringify(action)}`;
  }
  return 'same';
}

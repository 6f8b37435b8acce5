import type { Output, Trace, TraceStep } from '../model/trace.ts';
import type { Model } from './model.ts';
import type { Step } from './step.ts';
import { StateView } from './view.ts';

/** The run of a system that begins in its initial state and takes these steps. */
export function traceOf(model: Model, steps: readonly Step[], loop?: number): Trace {
  const view = new StateView(model);
  const vector = model.initial.slice();
  const initial = view.show(vector).copy();
  const taken = steps.map((step): TraceStep => {
    model.take(vector, step, () => vector.set(model.next));
    return { action: step.action, output: step.output, state: view.show(vector).copy() };
  });
  const opening: Output = {
    sent: model.opening.flatMap(({ output }) => output.sent),
    emitted: model.opening.flatMap(({ output }) => output.emitted),
  };
  const { name } = model.tables.system;
  return { system: name, initial, opening, steps: taken, ...(loop === undefined ? {} : { loop }) };
}

import { counted } from '../../counted.ts';
import type { WorkflowDefinition, WorkflowStep } from '../../../machines/workflow-protocol.ts';
import type { Chart, ChartState, ChartTransition } from './chart.ts';

const bare = { tags: [], entry: [], exit: [], invoke: [], transitions: [] };

/** Where a workflow's definition says what runs when, as a chart: a state for each step, and an arrow to each that follows. */
export function workflowChart({ id, steps }: WorkflowDefinition): Chart {
  const known = new Set(steps.map((step) => step.id));
  const led = new Set(steps.flatMap(({ next = [] }) => next));
  const first = steps.filter((step) => !led.has(step.id));
  const starts = (first.length === 0 ? steps.slice(0, 1) : first).map((step) => `${id}.${step.id}`);
  const states: ChartState[] = steps.map((step) => stateOf(id, step, known));
  const [only, ...others] = starts;
  const begin: ChartState = {
    ...bare,
    type: 'atomic',
    id: `${id}.(begin)`,
    key: '(begin)',
    transitions: starts.map((target) => arrow(target)),
  };
  const isOne = only !== undefined && others.length === 0;
  return {
    version: 1,
    id,
    root: {
      ...bare,
      type: 'compound',
      id,
      key: id,
      initial: { target: isOne ? only : begin.id, actions: [] },
      states: isOne ? states : [begin, ...states],
    },
  };
}

const arrow = (target: string, event = ''): ChartTransition => ({
  trigger: event === '' ? { kind: 'always' } : { kind: 'event', type: event },
  event,
  actions: [],
  targets: [target],
  reenter: false,
});

function stateOf(id: string, step: WorkflowStep, known: ReadonlySet<string>): ChartState {
  const { service, action, next = [], retry, timeout, when } = step;
  const said = [
    ...(when === undefined ? [] : [`when ${JSON.stringify(when)}`]),
    ...(retry?.maxAttempts === undefined ? [] : [`at most ${counted(retry.maxAttempts, 'attempt')}`]),
    ...(timeout === undefined ? [] : [`timeout ${timeout} ms`]),
  ];
  return {
    ...bare,
    type: next.length === 0 ? 'final' : 'atomic',
    id: `${id}.${step.id}`,
    key: step.id,
    ...(said.length === 0 ? {} : { description: said.join(', ') }),
    invoke: [{ id: step.id, src: `${service}.${action}` }],
    transitions: next.filter((name) => known.has(name)).map((name) => arrow(`${id}.${name}`, 'done')),
  };
}

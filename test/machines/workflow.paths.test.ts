import { describe, expect, it } from 'vitest';
import { workflow, type WorkflowContext, type WorkflowDefinition } from '../../machines/index.ts';
import { stateGraph, testModel, transitionPaths, type Cases, type Outcomes } from 'troupe/testing';
import { watched, type Monitor } from './support/watched.ts';
import type { State } from './support/state.ts';

/** price, then stock and discount in parallel, then pay; the discount is skipped for small orders. */
const definition: WorkflowDefinition = {
  id: 'order',
  variables: { order: '42' },
  steps: [
    {
      id: 'price',
      service: 'catalogue',
      action: 'price',
      input: { order: '{{order}}' },
      next: ['stock', 'discount'],
    },
    { id: 'stock', service: 'stock', action: 'reserve', retry: { maxAttempts: 2 }, next: ['pay'] },
    {
      id: 'discount',
      service: 'catalogue',
      action: 'discount',
      when: { var: 'total', op: 'ge', value: 100 },
      next: ['pay'],
    },
    { id: 'pay', service: 'payments', action: 'pay', input: { amount: '{{total}}' } },
  ],
};

const before: Readonly<Record<string, readonly string[]>> = {
  price: [],
  stock: ['price'],
  discount: ['price'],
  pay: ['stock', 'discount'],
};

const contextOf = (state: State) => state.context as unknown as WorkflowContext;

const busy = Object.assign(new Error('busy'), { retryable: true });

const fails = [{ error: busy }, { error: new Error('refused') }];

const outcomes: Outcomes = {
  'step.0': [{ output: { total: 10 } }, { output: { total: 100 } }, { output: {} }, ...fails],
  perform: [{ output: undefined }, ...fails],
};

const cases: Cases = {
  STEP_RETRY: ({ context }) => [
    { step: 'stock', attempt: 1 },
    { step: 'stock', attempt: 2 },
    ...((context as WorkflowContext).progress['stock']?.status === 'retrying'
      ? [{ step: 'pay', attempt: 1 }]
      : []),
  ],
  STATUS: [{ replyTo: 'operator' }],
};

/** Follows the published events alone: who started, who ended, and what that allows. */
const invariants: Monitor = () => {
  const ended = new Set<string>();
  const started = ['price'];
  let failed = false;
  return ({ before: from, event, after, told, emitted }) => {
    for (const each of emitted) {
      const { type, step = '' } = each as unknown as { type: string; step?: string };
      if (type === 'workflow.step.started' || type === 'workflow.step.skipped') {
        expect((before[step] ?? ['?']).every((one) => ended.has(one))).toBe(true);
        expect(failed || from.matches('failing') || after.matches('paused')).toBe(false);
      }
      if (type === 'workflow.step.started') started.push(step);
      if (type === 'workflow.step.completed' || type === 'workflow.step.skipped') ended.add(step);
      if (type === 'workflow.step.failed') failed = true;
    }
    const { progress, history, error } = contextOf(after);
    expect(new Set(started).size).toBe(
      started.filter((step) => step !== 'stock').length + Number(started.includes('stock')),
    );
    expect(error !== null).toBe(failed);
    const running = Object.keys(progress).filter((step) => progress[step]?.status === 'running');
    expect(
      history
        .filter(({ status }) => status === 'running')
        .map(({ step }) => step)
        .sort(),
    ).toEqual(running.sort());
    if (after.status === 'active') expect(Object.keys(after.children)).toHaveLength(running.length);
    if (event.type === 'STEP_RETRY') {
      const { step, attempt } = event as unknown as { step: string; attempt: number };
      const awaited = contextOf(from).progress[step];
      if (awaited?.status !== 'retrying' || awaited.attempt !== attempt)
        expect(after.context).toEqual(from.context);
    }
    if (after.matches('running')) {
      const pending = Object.keys(progress).filter((step) => progress[step]?.status === 'pending');
      expect(pending.filter((step) => before[step]?.every((one) => ended.has(one)))).toEqual([]);
    }
    if (after.matches('completed')) expect([...ended].sort()).toEqual(Object.keys(before).sort());
    if (after.matches('failed')) expect([failed, running]).toEqual([true, []]);
    if (event.type === 'STATUS') {
      expect(told).toMatchObject([{ to: 'operator', event: { state: from.value, workflow: 'order' } }]);
    }
  };
};

/** The chart as it should be. Written out, so that a wrong target or guard cannot change the paths along with it. */
const transitions = [
  'workflow CANCEL -> workflow.cancelled',
  'workflow STEP_RETRY [isAwaited] -> stays',
  'workflow xstate.done.actor.step.* -> stays',
  'workflow xstate.error.actor.step.* -> stays',
  'workflow.failing STATUS -> stays',
  'workflow.failing STEP_RETRY -> stays',
  'workflow.failing always [isQuiet] -> workflow.failed',
  'workflow.paused RESUME -> workflow.running',
  'workflow.paused STATUS -> stays',
  'workflow.paused always [hasFailed] -> workflow.failing',
  'workflow.running PAUSE -> workflow.paused',
  'workflow.running STATUS -> stays',
  'workflow.running always [hasFailed] -> workflow.failing',
  'workflow.running always [hasReady] -> stays',
  'workflow.running always [isFinished] -> workflow.completed',
];

const graphWithoutTimers = () => {
  const graph = stateGraph(workflow, {
    input: { definition },
    cases,
    outcomes,
    filter: (_state, { kind }) => kind !== 'timer',
    key: ({ status, value, context, children, output, error }): unknown => ({
      ...{ status, value: value as unknown, context: context as unknown, output: output as unknown },
      ...{ children: [...children].sort(), error: String(error) },
    }),
  });
  const refusals = graph.states.reduce((sum, _, state) => sum + graph.refused(state).length, 0);
  return { states: graph.states, edges: graph.edges, refusals };
};

describe('every path of the workflow', { timeout: 60_000 }, () => {
  it('is taken by a live workflow, and covers every transition', async () => {
    const input = { definition };
    const paths = transitionPaths(workflow, { input, cases, outcomes, over: 'edges', length: 40 });
    const { states, edges } = paths.graph;
    expect({ states: states.length, edges: edges.length, complete: paths.complete }).toEqual({
      states: 155,
      edges: 462,
      complete: true,
    });
    const { coverage } = await testModel(
      paths,
      watched(workflow, input, { STEP_RETRY: () => 1000 }, invariants),
    );
    expect(coverage.transitions.items.map(({ name }) => name).sort()).toEqual(transitions);
    expect(coverage.transitions.covered).toBe(transitions.length);
  });

  it('are 132 states with 395 events tried where timers are left out, as @xstate/graph 3.0.4 counted', () => {
    const { states, edges, ...graph } = graphWithoutTimers();
    expect([states.length, edges.length + graph.refusals]).toEqual([132, 395]);
  });
});

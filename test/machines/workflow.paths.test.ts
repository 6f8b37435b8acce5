import { describe, expect, it } from 'vitest';
import { workflow, type WorkflowContext, type WorkflowDefinition } from '../../machines/index.ts';
import { always, rejects, type Cases } from './support/alphabet.ts';
import { transitionLabels } from './support/coverage.ts';
import { replay, type Monitor } from './support/live.ts';
import { explore } from './support/paths.ts';
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

const outputs = (state: State) =>
  Object.keys(state.children).flatMap((actorId) => {
    const results = actorId === 'step.0' ? [{ total: 10 }, { total: 100 }, {}] : [undefined];
    return results.map((output) => ({ type: `xstate.done.actor.${actorId}`, output, actorId }));
  });

const cases: Cases = {
  'xstate.done.actor.step.*': outputs,
  'xstate.error.actor.step.*': rejects('step.', busy, new Error('refused')),
  STEP_RETRY: (state) => [
    { type: 'STEP_RETRY', step: 'stock', attempt: 1 },
    { type: 'STEP_RETRY', step: 'stock', attempt: 2 },
    ...(contextOf(state).progress['stock']?.status === 'retrying'
      ? [{ type: 'STEP_RETRY', step: 'pay', attempt: 1 }]
      : []),
  ],
  PAUSE: always({ type: 'PAUSE' }),
  RESUME: always({ type: 'RESUME' }),
  CANCEL: always({ type: 'CANCEL' }),
  STATUS: always({ type: 'STATUS', replyTo: 'operator' }),
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

describe('every path of the workflow', { timeout: 60_000 }, () => {
  it('is taken by a live workflow, and covers every transition', () => {
    const { states, edges, paths } = explore(workflow, { definition }, cases);
    expect({ states: states.length, edges, paths: paths.length }).toEqual({
      states: 132,
      edges: 395,
      paths: 342,
    });
    const taken = replay(workflow, { definition }, paths, {}, invariants);
    expect(transitionLabels(workflow)).toEqual(transitions);
    expect([...taken].sort()).toEqual(transitions);
  });
});

import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import {
  workflow,
  type WorkflowContext,
  type WorkflowDefinition,
  type WorkflowInput,
  type WorkflowStep,
} from '../../machines/index.ts';
import type { Controlled } from './support/controlled.ts';
import { provided, run } from './support/live.ts';

const chart = provided(workflow);
const busy = Object.assign(new Error('busy'), { retryable: true });

/** A step of which a test says only what matters. */
const step = (id: string, next: readonly string[] = [], more: Partial<WorkflowStep> = {}): WorkflowStep => ({
  id,
  service: `${id}-service`,
  action: 'do',
  next,
  ...more,
});

const of = (...steps: readonly WorkflowStep[]): WorkflowInput => ({ definition: { id: 'w', steps } });

const started = (input: WorkflowInput) => {
  const live = run(chart, input);
  const context = () => live.snapshot().context as unknown as WorkflowContext;
  const child = (id: string) => `step.${input.definition.steps.findIndex((each) => each.id === id)}`;
  const done = (id: string, output?: unknown) =>
    live.send({ type: 'done', actorId: child(id), output } as never);
  const failed = (id: string, error: unknown) =>
    live.send({ type: 'error', actorId: child(id), error } as never);
  const asked = (id: string) =>
    (live.snapshot().children[child(id)]?.getSnapshot() as Controlled | undefined)?.input;
  const running = () =>
    Object.entries(context().progress)
      .filter(([, { status }]) => status === 'running')
      .map(([id]) => id);
  return { ...live, context, done, failed, asked, running, state: () => live.snapshot().value };
};

/** The example of seed 004 section 6.5. */
const order: WorkflowDefinition = {
  id: 'order-processing',
  steps: [
    {
      id: 'create_order',
      service: 'order-service',
      action: 'create_order',
      input: { customer: 'Alice', amount: 100 },
      next: ['process_payment'],
    },
    {
      id: 'process_payment',
      service: 'payment-service',
      action: 'process_payment',
      input: { order_id: '{{order_id}}', amount: '{{amount}}' },
      next: ['reserve_inventory'],
      timeout: 500,
    },
    {
      id: 'reserve_inventory',
      service: 'inventory-service',
      action: 'reserve_inventory',
      input: { order_id: '{{order_id}}', items: ['item1', 'item2'] },
      next: [],
    },
  ],
};

describe('workflow', () => {
  it('runs the order of seed 004 step by step, each with the output of those before', () => {
    const { asked, done, running, snapshot, emitted } = started({ definition: order, id: 'order/7' });
    expect(running()).toEqual(['create_order']);
    done('create_order', { order_id: 'o-1', amount: 100 });
    expect(asked('process_payment')).toEqual({
      workflow: 'order/7',
      step: 'process_payment',
      service: 'payment-service',
      action: 'process_payment',
      input: { order_id: 'o-1', amount: 100 },
      attempt: 1,
      timeout: 500,
    });
    done('process_payment', { transaction_id: 't-1' });
    done('reserve_inventory', { reserved: true });
    expect(snapshot()).toMatchObject({
      status: 'done',
      output: {
        status: 'completed',
        variables: { order_id: 'o-1', amount: 100, transaction_id: 't-1', reserved: true },
      },
    });
    expect(emitted.map(({ type }) => type)).toEqual([
      'workflow.started',
      'workflow.step.started',
      'workflow.step.completed',
      'workflow.step.started',
      'workflow.step.completed',
      'workflow.step.started',
      'workflow.step.completed',
      'workflow.completed',
    ]);
  });

  it('runs successors in parallel, and joins them whoever ends first', () => {
    const { done, running } = started(
      of(step('a', ['b', 'c']), step('b', ['d']), step('c', ['d']), step('d')),
    );
    done('a');
    expect(running()).toEqual(['b', 'c']);
    done('c');
    expect(running()).toEqual(['b']);
    done('b');
    expect(running()).toEqual(['d']);
  });

  it('starts every step that has no predecessor', () => {
    expect(started(of(step('a', ['c']), step('b', ['c']), step('c'))).running()).toEqual(['a', 'b']);
  });

  it('takes a skipped step for ended, also several in a row', () => {
    const never = { when: { var: 'x', op: 'eq', value: 2 } } as const;
    const { done, running, context, state } = started(
      of(step('a', ['b']), step('b', ['c'], never), step('c', ['d'], never), step('d')),
    );
    done('a', { x: 1 });
    expect(running()).toEqual(['d']);
    done('d');
    expect(state()).toBe('completed');
    expect(context().history.map(({ step: id, status }) => `${id} ${status}`)).toEqual([
      'a completed',
      'b skipped',
      'c skipped',
      'd completed',
    ]);
  });

  it('keeps an output that is no object under the id of its step', () => {
    const { done, context } = started(of(step('a', ['b']), step('b')));
    done('a', [1, 2]);
    expect(context().variables).toEqual({ a: [1, 2] });
  });

  it('after a failure starts nothing more, and fails when what runs has ended', () => {
    const { done, failed, state, running, snapshot } = started(
      of(step('a', ['b', 'c']), step('b', ['d']), step('c'), step('d')),
    );
    done('a');
    failed('c', new Error('broken'));
    expect([state(), running()]).toEqual(['failing', ['b']]);
    done('b', { kept: true });
    expect(snapshot().output).toMatchObject({
      status: 'failed',
      error: { message: 'broken' },
      variables: { kept: true },
    });
  });

  it('a variable nobody set is an error, not an empty text', () => {
    const { done, snapshot } = started(
      of(step('a', ['b']), step('b', [], { input: { id: 'no. {{order.id}}' } })),
    );
    done('a', { order: {} });
    expect(snapshot().output).toMatchObject({
      status: 'failed',
      error: { code: 'UNKNOWN_VARIABLE', message: expect.stringContaining("'order.id'") as string },
    });
  });

  it('tries a step again after its backoff, as often as it may', () => {
    const retry = { maxAttempts: 3, initialInterval: 100 };
    const { failed, asked, clock, state, context } = started(of(step('a', [], { retry })));
    failed('a', busy);
    clock.increment(99);
    expect(asked('a')).toBeUndefined();
    clock.increment(1);
    expect(asked('a')).toMatchObject({ attempt: 2 });
    failed('a', busy);
    clock.increment(199);
    expect(asked('a')).toBeUndefined();
    clock.increment(1);
    expect(asked('a')).toMatchObject({ attempt: 3 });
    failed('a', busy);
    expect(state()).toBe('failed');
    expect(context().history.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'failed'],
    ]);
  });

  it('paused, records what ends and starts nothing; resumed, it goes on', () => {
    const { done, send, running, state } = started(of(step('a', ['b']), step('b')));
    send({ type: 'PAUSE' });
    done('a');
    expect([state(), running()]).toEqual(['paused', []]);
    send({ type: 'RESUME' });
    expect([state(), running()]).toEqual(['running', ['b']]);
  });

  it('cancelled, stops what runs and ends', () => {
    const { send, snapshot } = started(of(step('a')));
    const child = snapshot().children['step.0'];
    send({ type: 'CANCEL' });
    expect(child?.getSnapshot()).toMatchObject({ status: 'stopped' });
    expect(snapshot().output).toMatchObject({
      status: 'cancelled',
      history: [{ step: 'a', status: 'failed', error: { code: 'CANCELLED' } }],
    });
  });

  it('answers what it is doing', () => {
    const { send } = started(of(step('a')));
    expect(send({ type: 'STATUS', replyTo: 'ops' } as never).told).toEqual([
      {
        to: 'ops',
        event: {
          type: 'WORKFLOW_STATUS',
          workflow: 'w',
          state: 'running',
          running: ['a'],
          variables: {},
          history: [{ step: 'a', service: 'a-service', attempt: 1, status: 'running', input: {} }],
        },
      },
    ]);
  });

  it('does not start with a definition that cannot run, and says all that is wrong with it', () => {
    const { error } = createActor(workflow, { input: of(step('a', ['a']), step('b', ['x'])) }).getSnapshot();
    expect(error).toMatchObject({
      code: 'INVALID_OPTION',
      data: { problems: [{ code: 'UNKNOWN_NEXT' }, { code: 'CYCLE' }] },
    });
  });
});

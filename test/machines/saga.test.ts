import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { saga, type SagaInput } from '../../machines/index.ts';
import type { Controlled } from './support/controlled.ts';
import { provided, run } from './support/live.ts';

const chart = provided(saga);
const busy = Object.assign(new Error('busy'), { retryable: true, code: 'BUSY' });
const refused = Object.assign(new Error('refused'), { code: 'REFUSED' });

const order: SagaInput = {
  id: 'order/1',
  data: { amount: 100 },
  steps: [{ name: 'reserve' }, { name: 'charge' }, { name: 'ship' }],
  backoff: { initialInterval: 100, maximumInterval: 250 },
};

const started = (input: SagaInput = order) => {
  const live = run(chart, input);
  type Work = 'perform' | 'compensate';
  const done = (actorId: Work, output?: unknown) => live.send({ type: 'done', actorId, output } as never);
  const failed = (actorId: Work, error: unknown) => live.send({ type: 'error', actorId, error } as never);
  const asked = (actorId: Work) => (live.snapshot().children[actorId]?.getSnapshot() as Controlled).input;
  const published = () =>
    live.emitted.map((event) => [event.type, ...('step' in event ? [event['step']] : [])].join(' '));
  return { ...live, done, failed, asked, published, state: () => live.snapshot().value };
};

describe('saga', () => {
  it('hands every step the data and the outputs before it, and completes', () => {
    const { done, asked, snapshot, published } = started();
    expect(asked('perform')).toEqual({
      saga: 'order/1',
      step: 'reserve',
      data: { amount: 100 },
      outputs: {},
      attempt: 1,
    });
    done('perform', 'r1');
    done('perform', 'c1');
    expect(asked('perform')).toMatchObject({ step: 'ship', outputs: { reserve: 'r1', charge: 'c1' } });
    done('perform', 's1');
    expect(snapshot()).toMatchObject({
      status: 'done',
      output: { status: 'completed', outputs: { reserve: 'r1', charge: 'c1', ship: 's1' } },
    });
    expect(published()).toEqual([
      'saga.started',
      'saga.step.completed reserve',
      'saga.step.completed charge',
      'saga.step.completed ship',
      'saga.completed',
    ]);
  });

  it('after a definite refusal compensates the earlier steps only, last one first', () => {
    const { done, failed, asked, snapshot, published } = started();
    done('perform', 'r1');
    done('perform', 'c1');
    failed('perform', refused);
    expect(asked('compensate')).toEqual({
      saga: 'order/1',
      step: 'charge',
      data: { amount: 100 },
      output: 'c1',
      attempt: 1,
    });
    done('compensate');
    expect(asked('compensate')).toMatchObject({ step: 'reserve', output: 'r1' });
    done('compensate');
    expect(snapshot().output).toMatchObject({ status: 'compensated', error: { code: 'REFUSED' } });
    expect(published().slice(-5)).toEqual([
      'saga.step.failed ship',
      'saga.compensating',
      'saga.step.compensated charge',
      'saga.step.compensated reserve',
      'saga.compensated',
    ]);
  });

  it('when the attempts run out compensates the step itself, too: nobody knows whether it happened', () => {
    const { done, failed, asked, clock, state } = started();
    done('perform', 'r1');
    failed('perform', busy);
    clock.increment(99);
    expect(state()).toBe('retrying');
    clock.increment(1);
    expect(asked('perform')).toMatchObject({ step: 'charge', attempt: 2 });
    failed('perform', busy);
    clock.increment(199);
    expect(state()).toBe('retrying');
    clock.increment(1);
    failed('perform', busy);
    expect(asked('compensate')).toEqual({
      saga: 'order/1',
      step: 'charge',
      data: { amount: 100 },
      output: undefined,
      attempt: 1,
    });
  });

  it('cancelled in flight compensates the step under way, and leaves out what has nothing to undo', () => {
    const steps = [{ name: 'quote', compensable: false }, { name: 'charge' }];
    const { done, send, asked, snapshot } = started({ ...order, steps });
    done('perform', 'q1');
    send({ type: 'CANCEL' });
    expect(snapshot().children['perform']).toBeUndefined();
    expect(asked('compensate')).toMatchObject({ step: 'charge' });
    done('compensate');
    expect(snapshot().output).toMatchObject({ status: 'compensated', error: { code: 'CANCELLED' } });
  });

  it('is stuck when a compensation cannot succeed, until an operator retries or abandons it', () => {
    const { done, failed, send, state, asked, snapshot, emitted } = started();
    done('perform', 'r1');
    failed('perform', refused);
    failed('compensate', refused);
    expect([state(), snapshot().status, snapshot().hasTag('needsOperator')]).toEqual([
      'stuck',
      'active',
      true,
    ]);
    send({ type: 'RETRY' });
    expect(asked('compensate')).toMatchObject({ step: 'reserve', attempt: 1 });
    failed('compensate', refused);
    expect(send({ type: 'STATUS', replyTo: 'ops' } as never).told).toMatchObject([
      {
        to: 'ops',
        event: { type: 'SAGA_STATUS', saga: 'order/1', state: 'stuck', error: { code: 'REFUSED' } },
      },
    ]);
    send({ type: 'ABANDON' });
    expect(snapshot()).toMatchObject({ status: 'done', output: { status: 'abandoned' } });
    expect(emitted.filter(({ type }) => type === 'saga.stuck')).toHaveLength(2);
  });

  it('tries a compensation ten times by default, no wait longer than the longest', () => {
    const { done, failed, clock, state, snapshot } = started();
    done('perform', 'r1');
    failed('perform', refused);
    const waits = [100, 200, 250, 250, 250, 250, 250, 250, 250];
    for (const wait of waits) {
      failed('compensate', busy);
      clock.increment(wait - 1);
      expect(state()).toBe('compensationRetrying');
      clock.increment(1);
      expect(state()).toBe('compensating');
    }
    failed('compensate', busy);
    expect(state()).toBe('stuck');
    const { history } = snapshot().context as unknown as { history: { attempt: number; phase: string }[] };
    expect(history.filter(({ phase }) => phase === 'compensate').map(({ attempt }) => attempt)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  it('goes on where it was after it was persisted and restored', () => {
    const { done, actor } = started();
    done('perform', 'r1');
    const stored = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never;
    const restored = createActor(chart, { snapshot: stored }).start();
    const { perform } = restored.getSnapshot().children as Record<string, typeof restored>;
    perform?.send({ type: 'resolve', output: 'c1' });
    expect(restored.getSnapshot().context).toMatchObject({
      position: 2,
      outputs: { reserve: 'r1', charge: 'c1' },
    });
  });

  it.each<SagaInput>([
    { ...order, id: '' },
    { ...order, steps: [] },
    { ...order, steps: [{ name: 'a' }, { name: 'a' }] },
    { ...order, steps: [{ name: '' }] },
    { ...order, steps: [{ name: 'a', maxAttempts: 0 }] },
    { ...order, steps: [{ name: 'a', compensationMaxAttempts: 0 }] },
    { ...order, backoff: { backoffCoefficient: 0.5 } },
    { ...order, backoff: { initialInterval: 0 } },
  ])('refuses %o', (input) => {
    expect(createActor(saga, { input }).getSnapshot().error).toMatchObject({
      name: 'TroupeError',
      code: 'INVALID_OPTION',
    });
  });
});

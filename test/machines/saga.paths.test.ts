import { describe, expect, it } from 'vitest';
import type { ErrorActorEvent } from 'xstate';
import { saga, type SagaContext, type SagaInput } from '../../machines/index.ts';
import { simplePaths, testModel, transitionPaths, type Cases, type Outcomes } from 'troupe/testing';
import { watched, type Delays, type Monitor } from './support/watched.ts';
import type { State } from './support/state.ts';

const limits = { maxAttempts: 2, compensationMaxAttempts: 2 };

const three: SagaInput = {
  id: 'order/1',
  steps: [
    { name: 'reserve', ...limits },
    { name: 'quote', compensable: false, ...limits },
    { name: 'charge', ...limits },
  ],
  backoff: { initialInterval: 100 },
};

const one: SagaInput = { ...three, steps: three.steps.slice(0, 1) };

const contextOf = (state: State) => state.context as unknown as SagaContext;

const busy = Object.assign(new Error('busy'), { retryable: true });
const refused = new Error('refused');

/** The history grows with every RETRY of an operator: in a run as long as this, nobody tries again. */
const longest = 5;

const cases: Cases = {
  RETRY: ({ context }) => ((context as SagaContext).history.length < longest ? [{}] : []),
  STATUS: [{ replyTo: 'operator' }],
};

const outcomes: Outcomes = {
  perform: [{ output: 'receipt' }, { error: busy }, { error: refused }],
  compensate: [{ output: undefined }, { error: busy }, { error: refused }],
};

/** Attempt 1 is followed by the initial interval; two attempts are the most. */
const delays: Delays = { backoff: () => 100 };

/** Keeps its own books of what may have happened, from the events alone, and compares them with what was undone. */
const invariants: Monitor = () => {
  const happened: string[] = [];
  const undone: string[] = [];
  const published: string[] = ['saga.started'];
  return ({ before, event, after, told, emitted }) => {
    const from = contextOf(before);
    const performing = from.steps[from.position]?.name ?? '';
    published.push(...emitted.map(({ type }) => type));
    if (event.type === 'xstate.done.actor.perform') happened.push(performing);
    const gaveUp = event.type === 'xstate.error.actor.perform' && after.hasTag('backward');
    if (gaveUp && (event as ErrorActorEvent).error === busy) happened.push(performing);
    if (event.type === 'CANCEL' && before.hasTag('forward')) happened.push(performing);
    if (event.type === 'xstate.done.actor.compensate') undone.push(from.pending[0] ?? '');
    const owed = happened.filter((name) => name !== 'quote').reverse();
    expect(undone).toEqual(owed.slice(0, undone.length));
    expect(Object.keys(after.children).length).toBeLessThanOrEqual(1);
    const ends = ['completed', 'compensated', 'abandoned'].filter((state) => after.value === state);
    expect(published.filter((type) => /^saga\.(completed|compensated|abandoned)$/.test(type))).toEqual(
      ends.map((end) => `saga.${end}`),
    );
    if (after.matches('completed')) expect([happened.length, undone]).toEqual([from.steps.length, []]);
    if (after.matches('compensated')) expect(undone).toEqual(owed);
    if (after.matches('abandoned')) expect(undone.length).toBeLessThan(owed.length);
    if (after.matches('stuck')) expect(after.status).toBe('active');
    if (event.type === 'STATUS') {
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({
        to: 'operator',
        event: { state: before.value, history: from.history },
      });
      expect(after.value).toEqual(before.value);
    }
  };
};

/** The chart as it should be. Written out, so that a wrong target or guard cannot change the paths along with it. */
const transitions = [
  'saga.compensating STATUS -> stays',
  'saga.compensating xstate.done.actor.compensate -> saga.unwinding',
  'saga.compensating xstate.error.actor.compensate -> saga.stuck',
  'saga.compensating xstate.error.actor.compensate [mayRetry] -> saga.compensationRetrying',
  'saga.compensationRetrying STATUS -> stays',
  'saga.compensationRetrying xstate.after.backoff.saga.compensationRetrying -> saga.compensating',
  'saga.performing CANCEL -> saga.unwinding',
  'saga.performing STATUS -> stays',
  'saga.performing xstate.done.actor.perform -> saga.performing',
  'saga.performing xstate.done.actor.perform [isLastStep] -> saga.completed',
  'saga.performing xstate.error.actor.perform -> saga.unwinding',
  'saga.performing xstate.error.actor.perform [isRetryable] -> saga.unwinding',
  'saga.performing xstate.error.actor.perform [mayRetry] -> saga.retrying',
  'saga.retrying CANCEL -> saga.unwinding',
  'saga.retrying STATUS -> stays',
  'saga.retrying xstate.after.backoff.saga.retrying -> saga.performing',
  'saga.stuck ABANDON -> saga.abandoned',
  'saga.stuck RETRY -> saga.compensating',
  'saga.stuck STATUS -> stays',
  'saga.unwinding always -> saga.compensating',
  'saga.unwinding always [isUndone] -> saga.compensated',
];

describe('every path of the saga', { timeout: 60_000 }, () => {
  it('is taken by a live saga of three steps, and covers every transition', async () => {
    const paths = transitionPaths(saga, { input: three, cases, outcomes, over: 'edges', length: 40 });
    const { states, edges } = paths.graph;
    expect({ states: states.length, edges: edges.length, complete: paths.complete }).toEqual({
      states: 1348,
      edges: 2106,
      complete: true,
    });
    const { coverage } = await testModel(paths, watched(saga, three, delays, invariants));
    expect(coverage.transitions.items.map(({ name }) => name).sort()).toEqual(transitions);
    expect(coverage.transitions.covered).toBe(transitions.length);
  });

  it('that is simple is taken by a live saga of one step', async () => {
    const paths = simplePaths(saga, { input: one, cases, outcomes });
    expect(paths.length).toBe(337);
    await testModel(paths, watched(saga, one, delays, invariants), { negative: false });
  });
});

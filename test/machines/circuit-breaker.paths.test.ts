import { describe, expect, it } from 'vitest';
import { circuitBreaker, metrics, type BreakerContext } from '../../machines/index.ts';
import { testModel, transitionPaths, type CoveringOptions } from 'troupe/testing';
import { watched, type Delays, type Monitor } from './support/watched.ts';
import type { State } from './support/state.ts';

const input = {
  slidingWindowSize: 2,
  minimumNumberOfCalls: 2,
  failureRateThreshold: 50,
  slowCallRateThreshold: 100,
  slowCallDurationThreshold: 100,
  waitDurationInOpenState: 5000,
  permittedNumberOfCallsInHalfOpenState: 2,
};

const contextOf = (state: State) => state.context as unknown as BreakerContext;

const report = ({ context }: { readonly context: BreakerContext }) => [
  { epoch: context.epoch, duration: 10 },
  { epoch: context.epoch, duration: 1000 },
  { epoch: context.epoch - 1, duration: 10 },
];

/** Epochs count without end: past this one the breaker is left alone. */
const lastEpoch = 5;

const options: CoveringOptions = {
  cases: {
    ACQUIRE: [{ replyTo: 'caller' }],
    SUCCESS: report,
    FAILURE: report,
    IGNORED: ({ context: { epoch } }: { readonly context: BreakerContext }) => [
      { epoch },
      { epoch: epoch - 1 },
    ],
  },
  filter: ({ context }) => {
    const { epoch, notPermittedCalls } = context as BreakerContext;
    return epoch <= lastEpoch && notPermittedCalls <= 1;
  },
  over: 'edges',
  length: 40,
};

const delays = (maxWait: number): Delays => ({
  waitDurationInOpenState: () => 5000,
  maxWaitDurationInHalfOpenState: () => maxWait,
});

/** Permits of half-open that are out or used never exceed two; what is told fits the state; metrics add up. */
const invariants: Monitor = () => {
  let outstanding = 0;
  return ({ before, event, after, told }) => {
    const [from, to] = [contextOf(before), contextOf(after)];
    if (to.epoch !== from.epoch) outstanding = 0;
    for (const { to: address, event: answer } of told) {
      expect(address).toBe('caller');
      const permitting = before.hasTag('permitting');
      if (before.matches('halfOpen') && answer.type === 'PERMITTED') outstanding += 1;
      else expect(answer.type).toBe(permitting && !before.matches('halfOpen') ? 'PERMITTED' : 'REJECTED');
    }
    expect(told).toHaveLength(event.type === 'ACQUIRE' ? 1 : 0);
    if (before.matches('halfOpen') && event.type === 'IGNORED' && to.permits < from.permits) outstanding -= 1;
    expect(outstanding).toBeLessThanOrEqual(2);
    expect(after.matches('halfOpen') ? to.permits : 0).toBe(outstanding);
    const { failedCalls, slowCalls, bufferedCalls } = metrics(to);
    expect(Math.max(failedCalls, slowCalls)).toBeLessThanOrEqual(bufferedCalls);
    expect(bufferedCalls).toBeLessThanOrEqual(2);
    const stale = 'epoch' in event && event['epoch'] !== from.epoch;
    if (stale || (from.epoch === to.epoch && before.value !== after.value)) expect(to).toEqual(from);
  };
};

/** The chart as it should be. Written out, so that a wrong target or guard cannot change the paths along with it. */
const transitions = [
  'circuit-breaker DISABLE -> circuit-breaker.disabled',
  'circuit-breaker FORCE_OPEN -> circuit-breaker.forcedOpen',
  'circuit-breaker RESET -> circuit-breaker.closed',
  'circuit-breaker.closed ACQUIRE -> stays',
  'circuit-breaker.closed FAILURE [isCurrent] -> stays',
  'circuit-breaker.closed FAILURE [trips] -> circuit-breaker.open',
  'circuit-breaker.closed RESET -> circuit-breaker.closed',
  'circuit-breaker.closed SUCCESS [isCurrent] -> stays',
  'circuit-breaker.closed SUCCESS [trips] -> circuit-breaker.open',
  'circuit-breaker.disabled ACQUIRE -> stays',
  'circuit-breaker.disabled DISABLE -> stays',
  'circuit-breaker.forcedOpen ACQUIRE -> stays',
  'circuit-breaker.forcedOpen FORCE_OPEN -> stays',
  'circuit-breaker.halfOpen ACQUIRE -> stays',
  'circuit-breaker.halfOpen ACQUIRE [hasPermit] -> stays',
  'circuit-breaker.halfOpen FAILURE [failsTrial] -> circuit-breaker.open',
  'circuit-breaker.halfOpen FAILURE [isLastTrial] -> circuit-breaker.closed',
  'circuit-breaker.halfOpen FAILURE [isTrial] -> stays',
  'circuit-breaker.halfOpen IGNORED [isTrial] -> stays',
  'circuit-breaker.halfOpen SUCCESS [failsTrial] -> circuit-breaker.open',
  'circuit-breaker.halfOpen SUCCESS [isLastTrial] -> circuit-breaker.closed',
  'circuit-breaker.halfOpen SUCCESS [isTrial] -> stays',
  'circuit-breaker.halfOpen xstate.after.maxWaitDurationInHalfOpenState.circuit-breaker.halfOpen [boundsHalfOpen] -> circuit-breaker.open',
  'circuit-breaker.open ACQUIRE -> stays',
  'circuit-breaker.open xstate.after.waitDurationInOpenState.circuit-breaker.open -> circuit-breaker.halfOpen',
];

const counts = ({ graph, complete }: ReturnType<typeof transitionPaths>) => ({
  states: graph.states.length,
  edges: graph.edges.length,
  refused: [...graph.states.keys()].reduce((sum, state) => sum + graph.refused(state).length, 0),
  complete,
});

describe('every path of the circuit breaker', { timeout: 60_000 }, () => {
  it('is taken by a live breaker that waits for ever in half-open', async () => {
    const paths = transitionPaths(circuitBreaker, { ...options, input });
    // 323 states, of which the 81 half-open ones are there twice: before their timer has fired in vain, and after.
    expect(counts(paths)).toEqual({ states: 404, edges: 1842, refused: 776, complete: true });
    await testModel(paths, watched(circuitBreaker, input, delays(0), invariants));
  });

  it('covers every transition when half-open has a longest wait', async () => {
    // One failed trial of two is below 60 per cent: the failure that comes last may close the breaker.
    const timed = { ...input, failureRateThreshold: 60, maxWaitDurationInHalfOpenState: 1000 };
    const paths = transitionPaths(circuitBreaker, { ...options, input: timed });
    expect(counts(paths)).toEqual({ states: 309, edges: 1498, refused: 488, complete: true });
    const { coverage } = await testModel(paths, watched(circuitBreaker, timed, delays(1000), invariants));
    expect(coverage.transitions.items.map(({ name }) => name).sort()).toEqual(transitions);
    expect(coverage.transitions.covered).toBe(transitions.length);
  });
});

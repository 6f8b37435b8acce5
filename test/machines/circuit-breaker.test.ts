import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import {
  circuitBreaker,
  metrics,
  type BreakerContext,
  type BreakerEvent,
  type BreakerInput,
} from '../../machines/index.ts';
import { provided, run } from './support/live.ts';

const chart = provided(circuitBreaker);

/** Config A of resilience4j's CircuitBreakerStateMachineTest, with a count-based window of the same five calls. */
const configA: BreakerInput = {
  slidingWindowSize: 5,
  minimumNumberOfCalls: 5,
  failureRateThreshold: 50,
  slowCallDurationThreshold: 4000,
  slowCallRateThreshold: 50,
  permittedNumberOfCallsInHalfOpenState: 4,
  waitDurationInOpenState: 5000,
};

const breaker = (input: BreakerInput = configA) => {
  const live = run(chart, input);
  const context = () => live.snapshot().context as unknown as BreakerContext;
  const send = (event: BreakerEvent) => live.send(event);
  /** A call with its permit in order: F or S, as the vectors write it, of so many milliseconds. */
  const call = (kind: 'F' | 'S', duration = 1) =>
    send({ type: kind === 'F' ? 'FAILURE' : 'SUCCESS', epoch: context().epoch, duration });
  const acquire = () => send({ type: 'ACQUIRE', replyTo: 'me' }).told[0]?.event;
  const trial = (kind: 'F' | 'S', duration = 1) => {
    acquire();
    call(kind, duration);
  };
  const tuple = () => {
    const { failureRate, bufferedCalls, failedCalls, notPermittedCalls } = metrics(context());
    return [failureRate, bufferedCalls - failedCalls, bufferedCalls, failedCalls, notPermittedCalls];
  };
  const toHalfOpen = () => {
    for (let made = 0; made < 5; made += 1) call('F');
    live.clock.increment(5000);
    expect(live.snapshot().value).toBe('halfOpen');
  };
  return {
    ...live,
    context,
    send,
    call,
    acquire,
    trial,
    tuple,
    toHalfOpen,
    state: () => live.snapshot().value,
  };
};

describe('closed (vectors CB-01, CB-03 of resilience4j, CB-19 of Polly)', () => {
  it('CB-01 has no rate below the minimum, then opens, and counts what it refuses', () => {
    const { call, tuple, state, acquire, emitted } = breaker();
    for (const kind of ['F', 'F', 'F', 'S'] as const) call(kind);
    expect([state(), tuple()]).toEqual(['closed', [-1, 1, 4, 3, 0]]);
    call('S');
    expect([state(), tuple()]).toEqual(['open', [60, 2, 5, 3, 0]]);
    expect(acquire()).toEqual({ type: 'REJECTED', state: 'open', retryAfter: 5000 });
    expect(tuple()).toEqual([60, 2, 5, 3, 1]);
    expect(emitted.map(({ type }) => type)).toEqual(['breaker.opened']);
  });

  it('CB-03 opens on slow calls, whether they failed or not', () => {
    const { call, state, context } = breaker();
    call('F', 5000);
    call('S', 5000);
    call('F', 100);
    call('S', 100);
    expect(state()).toBe('closed');
    call('S', 5000);
    expect(state()).toBe('open');
    expect(metrics(context())).toMatchObject({ slowCalls: 3, slowCallRate: 60, failureRate: 40 });
  });

  it('counts a call as slow only above the threshold', () => {
    const { call, context } = breaker();
    call('S', 4000);
    expect(metrics(context()).slowCalls).toBe(0);
    call('S', 4001);
    expect(metrics(context()).slowCalls).toBe(1);
  });

  it.each([
    { calls: 10, failures: 0, opens: false },
    { calls: 10, failures: 1, opens: true },
    { calls: 10, failures: 2, opens: true },
    { calls: 9, failures: 1, opens: false },
  ])('CB-19 $failures of $calls calls at 10 per cent: opens $opens', ({ calls, failures, opens }) => {
    const { call, state } = breaker({
      slidingWindowSize: 100,
      minimumNumberOfCalls: 10,
      failureRateThreshold: 10,
    });
    for (let made = 0; made < calls; made += 1) call(made < failures ? 'F' : 'S');
    expect(state()).toBe(opens ? 'open' : 'closed');
  });

  it('forgets the oldest call when the window is full', () => {
    const { call, context } = breaker({ ...configA, failureRateThreshold: 100 });
    for (const kind of ['F', 'S', 'S', 'S', 'S', 'S'] as const) call(kind);
    expect(metrics(context())).toMatchObject({ bufferedCalls: 5, failedCalls: 0 });
  });
});

describe('open', () => {
  it('CB-31 (opossum) is not closed by the late success of an earlier call, nor is half-open', () => {
    const { acquire, call, send, state, clock } = breaker();
    const permit = acquire();
    expect(permit).toEqual({ type: 'PERMITTED', epoch: 1 });
    for (let made = 0; made < 5; made += 1) call('F');
    send({ type: 'SUCCESS', epoch: 1 });
    expect(state()).toBe('open');
    clock.increment(5000);
    for (let late = 0; late < 4; late += 1) send({ type: 'SUCCESS', epoch: 1 });
    expect(state()).toBe('halfOpen');
  });

  it('waits exactly its wait duration', () => {
    const { call, state, clock } = breaker();
    for (let made = 0; made < 5; made += 1) call('F');
    clock.increment(4999);
    expect(state()).toBe('open');
    clock.increment(1);
    expect(state()).toBe('halfOpen');
  });
});

describe('half-open', () => {
  it('CB-07 gives four permits, a fifth when one is given back, and four again the next time', () => {
    const { toHalfOpen, acquire, send, context, clock } = breaker();
    const types = (count: number) => Array.from({ length: count }, () => acquire()?.type);
    toHalfOpen();
    expect(types(6)).toEqual(['PERMITTED', 'PERMITTED', 'PERMITTED', 'PERMITTED', 'REJECTED', 'REJECTED']);
    send({ type: 'IGNORED', epoch: context().epoch });
    expect(types(2)).toEqual(['PERMITTED', 'REJECTED']);
    for (let trial = 0; trial < 4; trial += 1) send({ type: 'FAILURE', epoch: context().epoch });
    clock.increment(5000);
    expect(types(5)).toEqual(['PERMITTED', 'PERMITTED', 'PERMITTED', 'PERMITTED', 'REJECTED']);
  });

  it('CB-09 opens on slow trials that all succeeded', () => {
    const { toHalfOpen, trial, state, context } = breaker();
    toHalfOpen();
    trial('S', 5000);
    trial('S', 5000);
    trial('S', 5000);
    expect(state()).toBe('halfOpen');
    trial('S', 10);
    expect(state()).toBe('open');
    expect(metrics(context())).toMatchObject({ failureRate: 0, slowCallRate: 75 });
  });

  it('closes when the trials together are below the thresholds, and starts with an empty window', () => {
    const { toHalfOpen, trial, state, tuple } = breaker();
    toHalfOpen();
    for (const kind of ['F', 'S', 'S', 'S'] as const) trial(kind);
    expect([state(), tuple()]).toEqual(['closed', [-1, 0, 0, 0, 0]]);
  });

  it('does not take the same report for two trials', () => {
    const { toHalfOpen, acquire, call, context, state } = breaker();
    toHalfOpen();
    acquire();
    for (let repeated = 0; repeated < 4; repeated += 1) call('S');
    expect([state(), metrics(context()).bufferedCalls]).toEqual(['halfOpen', 1]);
  });

  it('waits for ever by default, and no longer than it may otherwise', () => {
    const forever = breaker();
    forever.toHalfOpen();
    forever.acquire();
    forever.clock.increment(1e9);
    expect(forever.state()).toBe('halfOpen');
    const bounded = breaker({ ...configA, maxWaitDurationInHalfOpenState: 1000 });
    bounded.toHalfOpen();
    bounded.acquire();
    bounded.clock.increment(999);
    expect(bounded.state()).toBe('halfOpen');
    bounded.clock.increment(1);
    expect(bounded.state()).toBe('open');
  });
});

describe('by hand', () => {
  it('CB-11 forced open refuses for ever, and counts', () => {
    const { send, acquire, clock, state, context } = breaker();
    send({ type: 'FORCE_OPEN' });
    expect(acquire()).toEqual({ type: 'REJECTED', state: 'forcedOpen' });
    clock.increment(6000);
    expect(acquire()).toEqual({ type: 'REJECTED', state: 'forcedOpen' });
    expect([state(), metrics(context()).notPermittedCalls]).toEqual(['forcedOpen', 2]);
  });

  it('CB-11 disabled permits everything and records nothing', () => {
    const { send, acquire, call, tuple, emitted } = breaker();
    send({ type: 'DISABLE' });
    for (let made = 0; made < 20; made += 1) {
      expect(acquire()?.type).toBe('PERMITTED');
      call('F');
    }
    expect(tuple()).toEqual([-1, 0, 0, 0, 0]);
    expect(emitted.map(({ type }) => type)).toEqual(['breaker.disabled']);
  });

  it('CB-13 publishes nothing for a change to the same state', () => {
    const { send, emitted, call, tuple } = breaker();
    call('F');
    send({ type: 'RESET' });
    expect(tuple()).toEqual([-1, 0, 0, 0, 0]);
    send({ type: 'FORCE_OPEN' });
    send({ type: 'FORCE_OPEN' });
    send({ type: 'RESET' });
    expect(emitted.map(({ type }) => type)).toEqual(['breaker.forcedOpen', 'breaker.closed']);
  });
});

describe('settings', () => {
  it.each<BreakerInput>([
    { failureRateThreshold: 0 },
    { failureRateThreshold: 101 },
    { slowCallRateThreshold: 0 },
    { slowCallRateThreshold: 101 },
    { permittedNumberOfCallsInHalfOpenState: 0 },
    { slidingWindowSize: 0 },
    { minimumNumberOfCalls: 0 },
    { waitDurationInOpenState: 0 },
    { slowCallDurationThreshold: 0 },
    { maxWaitDurationInHalfOpenState: 999 },
  ])('CB-15 refuses %o', (input) => {
    const { status, error } = createActor(circuitBreaker, { input }).getSnapshot();
    const [name = '', value] = Object.entries(input)[0] ?? [];
    expect(status).toBe('error');
    expect(error).toMatchObject({ name: 'TroupeError', code: 'INVALID_OPTION' });
    expect((error as Error).message).toContain(name);
    expect((error as Error).message).toContain(` ${String(value)}`);
  });

  it("has resilience4j's defaults", () => {
    expect(createActor(circuitBreaker, { input: {} }).getSnapshot().context.settings).toEqual({
      slidingWindowSize: 100,
      minimumNumberOfCalls: 100,
      failureRateThreshold: 50,
      slowCallDurationThreshold: 60_000,
      slowCallRateThreshold: 100,
      waitDurationInOpenState: 60_000,
      permittedNumberOfCallsInHalfOpenState: 10,
      maxWaitDurationInHalfOpenState: 0,
    });
  });

  it('clamps the minimum to the window', () => {
    const { settings } = createActor(circuitBreaker, { input: { slidingWindowSize: 7 } }).getSnapshot()
      .context;
    expect(settings.minimumNumberOfCalls).toBe(7);
  });
});

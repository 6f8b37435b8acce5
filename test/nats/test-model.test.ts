import { createSystem, silentLogger, type System } from 'troupe';
import { circuitBreaker, type BreakerContext } from 'troupe/machines';
import { nats } from 'troupe/nats';
import { pairPaths, refSut, testModel, transitionPaths, type CoveringOptions } from 'troupe/testing';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/ports.ts';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';
import { join } from './support/join.ts';
import { startPeer } from './support/peer.ts';

/** ms; no timer of the runtime has this delay, so it tells the breaker's timers from all others. */
const wait = 4_321;

/** The clock of a node whose actors wait: their timers run out when the test says so, all others in real time. */
const heldClock = (): Clock & { release(): void } => {
  const held = new Map<number, () => void>();
  let number = 0;
  return {
    ...systemClock,
    setTimeout: (fn, ms, background) => {
      if (ms !== wait) return systemClock.setTimeout(fn, ms, background);
      held.set(--number, fn);
      return number;
    },
    clearTimeout: (handle) => {
      if (typeof handle === 'number') held.delete(handle);
      else systemClock.clearTimeout(handle);
    },
    release: () => {
      const due = [...held.values()];
      held.clear();
      for (const fn of due) fn();
    },
  };
};

const input = {
  slidingWindowSize: 2,
  minimumNumberOfCalls: 2,
  failureRateThreshold: 60,
  slowCallRateThreshold: 100,
  slowCallDurationThreshold: 100,
  waitDurationInOpenState: wait,
  permittedNumberOfCallsInHalfOpenState: 2,
};

const report = ({ context }: { readonly context: BreakerContext }) => [
  { epoch: context.epoch, duration: 1 },
  { epoch: context.epoch, duration: 1000 },
  { epoch: context.epoch - 1, duration: 1 },
];

const options: CoveringOptions = {
  input,
  cases: {
    SUCCESS: report,
    FAILURE: report,
    IGNORED: ({ context }) => [{ epoch: (context as BreakerContext).epoch }],
  },
  filter: ({ context }) => {
    const { epoch, notPermittedCalls } = context as BreakerContext;
    return epoch <= 4 && notPermittedCalls <= 1;
  },
};

/** A node with a clock of its own. */
const joinFar = async (url: string, clock: Clock): Promise<System> =>
  createSystem({ node: 'far', transport: nats({ servers: url }), clock, log: silentLogger });

/** A breaker on another node, by its ref alone. */
const remoteBreaker = (far: System, near: System, clock: { release(): void }, given = input) => {
  let made = 0;
  return refSut(
    async () => {
      const id = `breakers/${++made}`;
      await far.spawn(circuitBreaker, { id, input: given });
      return near.ref(id);
    },
    { fire: () => clock.release(), timeout: 2_000 },
  );
};

describe('testModel over a real nats-server', () => {
  it('takes a circuit breaker of another node along all its transitions', async () => {
    await using server = await natsServer({ jetstream: false });
    const clock = heldClock();
    await using far = await joinFar(server.url, clock);
    await using near = await join(server.url, 'near');
    const { coverage, incomplete, ignored } = await testModel(
      circuitBreaker,
      remoteBreaker(far, near, clock),
      options,
    );
    const missed = coverage.transitions.items.filter(({ count }) => count === 0).map(({ name }) => name);
    expect(incomplete).toBeUndefined();
    // It waits for ever in half-open, so that timer is refused.
    expect(missed).toEqual([expect.stringContaining('[boundsHalfOpen] -> circuit-breaker.open')]);
    expect(ignored).toBeGreaterThan(50);
    expect(far.stats().actors).toBe(0);
  });

  it('shows where a breaker with another threshold leaves the path', async () => {
    await using server = await natsServer({ jetstream: false });
    const clock = heldClock();
    await using far = await joinFar(server.url, clock);
    await using near = await join(server.url, 'near');
    const wrong = remoteBreaker(far, near, clock, { ...input, failureRateThreshold: 40 });
    const paths = transitionPaths(circuitBreaker, options);
    await expect(testModel(paths, wrong, { failures: 1 })).rejects.toThrow(
      /context\.settings\.failureRateThreshold: expected 60, found 40/,
    );
  });

  it('takes an actor of another process along every pair of transitions, to its end', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    let made = 0;
    const sut = refSut(async () => here.ref(await peer.spawn('counter', `counter/${++made}`)));
    const paths = pairPaths(counter, {
      cases: {
        ADD: [{ by: 1 }, { by: 2 }],
        ANNOUNCE: [{ topic: 'news' }],
        FORWARD: [],
        FAIL: [],
      },
      filter: ({ context }) => (context as { n: number }).n < 3,
    });
    const { coverage } = await testModel(paths, sut);
    expect(coverage.pairs.covered).toBe(coverage.pairs.total);
    expect(paths.all.some(({ state }) => state.status === 'done')).toBe(true);
    expect((await peer.stats()).actors).toBe(0);
  });
});

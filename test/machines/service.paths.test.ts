import { describe, expect, it } from 'vitest';
import { service, type ServiceContext } from '../../machines/index.ts';
import { testModel, transitionPaths, type Cases, type Outcomes } from 'troupe/testing';
import { watched, type Monitor } from './support/watched.ts';
import type { State } from './support/state.ts';

const input = { concurrency: 2, queue: 1 };

const contextOf = (state: State) => state.context as unknown as ServiceContext;

const calls = ({ inFlight, waiting, done, failed, refused }: ServiceContext): number =>
  Object.keys(inFlight).length + waiting.length + done + failed + refused;

/** Counters grow without end: so many calls are made in one run. */
const mostCalls = 4;

const cases: Cases = {
  CALL: ({ context }) => {
    const made = calls(context as ServiceContext);
    return made < mostCalls ? [{ id: String(made), method: 'm', input: {}, replyTo: 'caller' }] : [];
  },
  HEALTH: [{ replyTo: 'probe' }],
};

const outcomes: Outcomes = {
  start: [{ output: undefined }],
  handle: [{ output: 'output' }, { error: new Error('no') }],
};

const idsInFlight = (state: State): string[] => Object.values(contextOf(state).inFlight).map(({ id }) => id);

/** Bounds hold; calls start in the order they came; each is answered exactly once, and none is lost by draining. */
const invariants: Monitor = () => {
  const open = new Set<string>();
  let lastStarted = -1;
  return ({ before, event, after, told }) => {
    const { inFlight, waiting } = contextOf(after);
    expect(Object.keys(inFlight).length).toBeLessThanOrEqual(2);
    expect(waiting.length).toBeLessThanOrEqual(1);
    // Nobody waits beside a free slot, once the service serves.
    if (waiting.length > 0 && !after.matches('starting')) expect(Object.keys(inFlight)).toHaveLength(2);
    if (after.status === 'active') {
      expect(
        Object.keys(after.children)
          .filter((id) => id !== 'start')
          .sort(),
      ).toEqual(Object.keys(inFlight).sort());
    }
    if (event.type === 'CALL') open.add((event as unknown as { id: string }).id);
    for (const id of idsInFlight(after)
      .filter((each) => !idsInFlight(before).includes(each))
      .sort()) {
      expect(Number(id)).toBeGreaterThan(lastStarted);
      lastStarted = Number(id);
    }
    for (const { to, event: answer } of told) {
      if (answer.type === 'HEALTH_REPORT') {
        const { done, failed, refused } = contextOf(before);
        const counts = { inFlight: Object.keys(contextOf(before).inFlight).length, waiting: waiting.length };
        expect(to).toBe('probe');
        expect(answer).toEqual({
          type: 'HEALTH_REPORT',
          status: before.value,
          ...counts,
          done,
          failed,
          refused,
        });
        continue;
      }
      expect(to).toBe('caller');
      expect(open.delete((answer as unknown as { id: string }).id)).toBe(true);
    }
    expect([...open].sort()).toEqual([...idsInFlight(after), ...waiting.map(({ id }) => id)].sort());
    if (after.matches('draining')) expect(open.size).toBeGreaterThan(0);
    if (after.status === 'done') expect(open.size).toBe(0);
  };
};

/** The chart as it should be. Written out, so that a wrong target or guard cannot change the paths along with it. */
const transitions = [
  'service xstate.done.actor.handle.* -> stays',
  'service xstate.error.actor.handle.* -> stays',
  'service.degraded CALL -> stays',
  'service.degraded CALL [canTake] -> stays',
  'service.degraded DRAIN -> service.draining',
  'service.degraded HEALTH -> stays',
  'service.degraded RECOVER -> service.ready',
  'service.draining CALL -> stays',
  'service.draining HEALTH -> stays',
  'service.draining always [isIdle] -> service.stopped',
  'service.ready CALL -> stays',
  'service.ready CALL [canTake] -> stays',
  'service.ready DEGRADE -> service.degraded',
  'service.ready DRAIN -> service.draining',
  'service.ready HEALTH -> stays',
  'service.starting CALL -> stays',
  'service.starting CALL [hasRoom] -> stays',
  'service.starting DRAIN -> service.draining',
  'service.starting HEALTH -> stays',
  'service.starting xstate.done.actor.start -> service.ready',
];

describe('every path of the service', { timeout: 60_000 }, () => {
  it('is taken by a live service, and covers every transition', async () => {
    const paths = transitionPaths(service, { input, cases, outcomes, over: 'edges', length: 40 });
    const { states, edges } = paths.graph;
    expect({ states: states.length, edges: edges.length, complete: paths.complete }).toEqual({
      states: 500,
      edges: 2327,
      complete: true,
    });
    const { coverage } = await testModel(paths, watched(service, input, {}, invariants));
    expect(coverage.transitions.items.map(({ name }) => name).sort()).toEqual(transitions);
    expect(coverage.transitions.covered).toBe(transitions.length);
  });
});

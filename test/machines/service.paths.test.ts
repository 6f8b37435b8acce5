import { describe, expect, it } from 'vitest';
import { service, type ServiceContext } from '../../machines/index.ts';
import { always, rejects, resolves, type Cases } from './support/alphabet.ts';
import { transitionLabels } from './support/coverage.ts';
import { replay, type Monitor } from './support/live.ts';
import { explore } from './support/paths.ts';
import type { State } from './support/state.ts';

const input = { concurrency: 2, queue: 1 };

const contextOf = (state: State) => state.context as unknown as ServiceContext;

const calls = ({ inFlight, waiting, done, failed, refused }: ServiceContext): number =>
  Object.keys(inFlight).length + waiting.length + done + failed + refused;

/** Counters grow without end: so many calls are made in one run. */
const mostCalls = 4;

const cases: Cases = {
  CALL: (state) => {
    const made = calls(contextOf(state));
    return made < mostCalls
      ? [{ type: 'CALL', id: String(made), method: 'm', input: {}, replyTo: 'caller' }]
      : [];
  },
  'xstate.done.actor.start': resolves('start', undefined),
  'xstate.done.actor.handle.*': resolves('handle.', 'output'),
  'xstate.error.actor.handle.*': rejects('handle.', new Error('no')),
  HEALTH: always({ type: 'HEALTH', replyTo: 'probe' }),
  DEGRADE: always({ type: 'DEGRADE' }),
  RECOVER: always({ type: 'RECOVER' }),
  DRAIN: always({ type: 'DRAIN' }),
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
  it('is taken by a live service, and covers every transition', () => {
    const { states, edges, paths } = explore(service, input, cases);
    expect({ states: states.length, edges, paths: paths.length }).toEqual({
      states: 500,
      edges: 2327,
      paths: 1863,
    });
    const taken = replay(service, input, paths, {}, invariants);
    expect(transitionLabels(service)).toEqual(transitions);
    expect([...taken].sort()).toEqual(transitions);
  });
});

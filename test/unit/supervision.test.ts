import { describe, expect, it } from 'vitest';
import { checkSupervision, decide, type Supervision } from '../../src/actor/supervision.ts';

const half = (): number => 0.5;
const error = new Error('boom');

const verdicts = (policy: Supervision, times: readonly number[]): readonly (string | number)[][] => {
  let restarts: readonly number[] = [];
  return times.map((now) => {
    const verdict = decide(policy, error, restarts, now, half);
    restarts = verdict.restarts;
    return [verdict.directive, verdict.delay];
  });
};

describe('supervision', () => {
  it('A2 restarts by default, ten times a minute, and then stops', () => {
    const eleven = Array.from({ length: 11 }, (_, i) => i * 1_000);
    expect(verdicts({}, eleven)).toEqual([...Array.from({ length: 10 }, () => ['restart', 0]), ['stop', 0]]);
    expect(verdicts({}, [...eleven.slice(0, 10), 60_000])).toHaveLength(11);
    expect(verdicts({}, [...eleven.slice(0, 10), 60_000]).at(-1)).toEqual(['restart', 0]);
  });

  it('A2 waits longer from restart to restart, within its bounds', () => {
    const policy: Supervision = { backoff: { initial: 100, factor: 3, max: 1_000, jitter: 0.5 } };
    expect(verdicts(policy, [0, 1, 2, 3]).map(([, delay]) => delay)).toEqual([100, 300, 900, 1_000]);
    const shaken = (random: number): number => decide(policy, error, [], 0, () => random).delay;
    expect([shaken(0), shaken(0.999_999)]).toEqual([50, 150]);
  });

  it('A2 a spent budget stops or escalates, by choice; other directives spend none', () => {
    expect(verdicts({ maxRestarts: 0, exhausted: 'escalate' }, [0])).toEqual([['escalate', 0]]);
    const policy: Supervision = { directive: () => 'resume', maxRestarts: 0 };
    expect(verdicts(policy, [0, 1])).toEqual([
      ['resume', 0],
      ['resume', 0],
    ]);
  });

  it('names the field and the value it refuses', () => {
    const wrong: readonly [Supervision, string][] = [
      [{ maxRestarts: 1.5 }, 'maxRestarts cannot be 1.5'],
      [{ within: 0 }, 'within cannot be 0'],
      [{ backoff: { initial: -1 } }, 'backoff.initial cannot be -1'],
      [{ backoff: { factor: 0.5 } }, 'backoff.factor cannot be 0.5'],
      [{ backoff: { jitter: 2 } }, 'backoff.jitter cannot be 2'],
      [{ backoff: { max: NaN } }, 'backoff.max cannot be NaN'],
    ];
    for (const [policy, message] of wrong) expect(() => checkSupervision(policy)).toThrow(message);
  });
});

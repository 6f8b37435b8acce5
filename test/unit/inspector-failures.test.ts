import { describe, expect, it } from 'vitest';
import { Failures } from '../../src/inspector/source/live-failures.ts';
import type { Line } from '../../src/monitoring/recording.ts';

const step = (type: string, time: number): Line => ({
  kind: 'step',
  ...{ step: 0, action: { kind: 'settle' }, sent: [], emitted: [{ type }], snapshots: {}, time },
});

describe('sagas and workflows that ended badly', () => {
  it('are counted, each kind by itself, for five minutes', () => {
    const failures = new Failures();
    for (const time of [1_000, 200_000, 290_000]) failures.take(step('saga.compensated', time));
    failures.take(step('saga.abandoned', 290_000));
    failures.take(step('saga.completed', 290_000));
    failures.take(step('toString', 290_000));
    expect(failures.alerts(300_000, false)).toEqual([
      { severity: 'warning', text: '3 sagas were undone in the last 5 minutes' },
      { severity: 'error', text: '1 saga was abandoned half done in the last 5 minutes' },
    ]);
    expect(failures.alerts(400_000, true).map(({ text }) => text)).toEqual([
      'at least 2 sagas were undone in the last 5 minutes',
      'at least 1 saga was abandoned half done in the last 5 minutes',
    ]);
    expect(failures.alerts(600_000, false)).toEqual([]);
  });
});

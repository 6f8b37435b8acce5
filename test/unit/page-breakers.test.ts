import { circuitBreaker, createSystem, silentLogger, withBreaker } from 'troupe';
import { describe, expect, it } from 'vitest';
import { WritableJournal } from '../../src/inspector/page/journal.ts';
import { breakersOf } from '../../src/inspector/page/model/breakers.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { recorded } from './support/page-runs.ts';

const journalOf = (lines: readonly Line[]): WritableJournal => {
  const journal = new WritableJournal();
  journal.take(lines);
  return journal;
};

describe('a breaker that trips', () => {
  it('has its window, its changes and those it refused', async () => {
    const { lines } = await recorded(async (record) => {
      await using system = await createSystem({ node: 'shop', log: silentLogger, record });
      const input = {
        name: 'bank',
        slidingWindowSize: 6,
        minimumNumberOfCalls: 4,
        failureRateThreshold: 50,
        waitDurationInOpenState: 60_000,
      };
      const breaker = await system.spawn(circuitBreaker, { id: 'breakers/bank', input });
      await system.spawn(circuitBreaker, { id: 'breakers/post', input: { name: 'post' } });
      const guarded = withBreaker(breaker);
      const call = async (fails: boolean): Promise<unknown> =>
        guarded(async () => {
          if (fails) throw new Error('down');
        }).catch(() => undefined);
      for (const fails of [false, false, true, true, true, true]) await call(fails);
      await breaker.waitFor((view) => view.matches('open'));
    });
    const [bank, post] = breakersOf(journalOf(lines));
    expect([bank!.name, bank!.state, post!.name, post!.state]).toEqual(['bank', 'open', 'post', 'closed']);
    const [one] = bank!.breakers;
    expect(one).toMatchObject({
      address: 'breakers/bank',
      cells: ['good', 'good', 'failed', 'failed', 'empty', 'empty'],
      calls: 4,
      failed: 2,
      rate: 50,
      threshold: 50,
      minimum: 4,
      rejected: 2,
    });
    expect(one!.changes.map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(one!.until! - one!.since!).toBe(60_000);
    expect(one!.refused).toEqual([[expect.stringMatching(/^code on node shop.*, no actor$/), 2]]);
    expect(one!.load.reduce((sum, { calls }) => sum + calls, 0)).toBe(4);
    expect(one!.load.reduce((sum, { failed }) => sum + failed, 0)).toBe(2);
    expect(post!.breakers[0]).toMatchObject({ calls: 0, rejected: 0, refused: [], load: [] });
    expect(post!.breakers[0]!.rate).toBeUndefined();
  });
});

const line = (step: number, address: string, value: string, context: object = {}): Line => ({
  kind: 'step',
  step,
  action: { kind: 'choose', actor: address, event: { type: 'X' } },
  sent: [],
  emitted: [],
  snapshots: { [address]: { status: 'active', value, context } },
  time: 1_000 * step,
});

describe('breakers', () => {
  it('of one name on several nodes are shown together, by the worst', () => {
    const context = { name: 'bank', settings: {}, window: { outcomes: '..', size: 2, minimum: 1 } };
    const groups = breakersOf(
      journalOf([line(1, 'b/1', 'closed', context), line(2, 'b/2', 'halfOpen', context)]),
    );
    expect(groups).toMatchObject([
      { name: 'bank', state: 'halfOpen', breakers: [{ state: 'closed' }, { state: 'halfOpen' }] },
    ]);
  });

  it('of others are known by their states', () => {
    const states = breakersOf(
      journalOf([
        line(1, 'my-circuit', 'HALF_OPEN'),
        line(2, 'door', 'open'),
        line(3, 'fuse/breaker', 'tripped'),
      ]),
    );
    expect(states.map(({ name, state }) => [name, state])).toEqual([
      ['fuse/breaker', 'open'],
      ['my-circuit', 'halfOpen'],
    ]);
    expect(states[0]!.breakers[0]!.cells).toEqual([]);
  });
});

describe('calls that a breaker refused', () => {
  it('are of the service for which the function ran, and stand beside slow and failed ones', () => {
    const said = (step: number, to: string, event: object, more: Partial<Line> = {}): Line => ({
      kind: 'step',
      step,
      action: { kind: 'deliver', sent: { from: '', to, event } },
      sent: [],
      emitted: [],
      snapshots: {},
      time: step,
      ...more,
    });
    const context = {
      name: 'bank',
      settings: { slowCallDurationThreshold: 100 },
      window: { outcomes: '', size: 2, minimum: 1 },
    };
    const bank = { bank: { status: 'active', value: 'open', context } } as const;
    const rejected = [{ from: 'bank', to: '?1@p', event: { type: 'REJECTED' } }];
    const lines = [
      said(1, 'payment/1@p', { type: 'CALL' }, { message: { id: 'm1', correlation: 'm1', kind: 'x' } }),
      said(
        2,
        'bank',
        { type: 'ACQUIRE', replyTo: '?1@p' },
        {
          snapshots: bank,
          sent: rejected,
          message: { id: 'm2', cause: 'm1', correlation: 'm1', kind: 'x' },
        },
      ),
      said(3, 'bank', { type: 'ACQUIRE', replyTo: '?2@p' }, { snapshots: bank, sent: rejected }),
      said(4, 'bank', { type: 'SUCCESS', duration: 100 }, { snapshots: bank }),
      said(5, 'bank', { type: 'SUCCESS', duration: 101 }, { snapshots: bank }),
      said(6, 'bank', { type: 'FAILURE', duration: 500 }, { snapshots: bank }),
    ] as Line[];
    const [one] = breakersOf(journalOf(lines))[0]!.breakers;
    expect(one!.refused).toEqual([
      ['payment', 1],
      ['code on node p, no actor', 1],
    ]);
    const sum = (key: 'calls' | 'slow' | 'failed' | 'refused'): number =>
      one!.load.reduce((all, each) => all + each[key], 0);
    expect([sum('calls'), sum('slow'), sum('failed'), sum('refused')]).toEqual([3, 1, 1, 2]);
  });
});

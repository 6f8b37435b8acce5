import { describe, expect, it } from 'vitest';
import { bucketOf, count, createHistogram, quantiles, valueOf } from '../../src/monitoring/histogram.ts';
import { Lease, FRAME_LINES } from '../../src/monitoring/lease.ts';
import { NodeMeter } from '../../src/monitoring/meter.ts';
import { isRequest } from '../../src/monitoring/monitor-protocol.ts';
import { passes } from '../../src/monitoring/detail.ts';
import { processorShare } from '../../src/monitoring/processor.ts';
import { Ring } from '../../src/monitoring/ring.ts';
import { Sampling, shareOf } from '../../src/monitoring/sampling.ts';
import type { Envelope } from '../../src/message/envelope.ts';
import { createMachine } from 'xstate';
import { virtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const envelope = (seq: number, at = 0): Envelope => ({
  kind: 'notification',
  node: 'n',
  seq,
  to: 'a',
  clock: at * 1_024,
  event: { type: 'E' },
});

describe('a histogram', () => {
  it('is right to an eighth, from a tenth of a microsecond to half a minute', () => {
    for (let ms = 0.0005; ms < 30_000; ms *= 1.37)
      expect(Math.abs(valueOf(bucketOf(ms)) / ms - 1)).toBeLessThan(0.126);
  });

  it('has room for anything', () => {
    const histogram = createHistogram();
    for (const ms of [0, -1, NaN, 1e-9, Infinity, 1e12]) count(histogram, ms);
    expect(histogram.reduce((sum, each) => sum + each, 0)).toBe(6);
  });

  it('gives quantiles of what was counted since', () => {
    const histogram = createHistogram();
    for (let i = 0; i < 100; i += 1) count(histogram, 1_000);
    const before = histogram.slice();
    expect(quantiles(histogram, before, [0.5])).toBeUndefined();
    for (let i = 0; i < 99; i += 1) count(histogram, 1);
    count(histogram, 100);
    const [p50 = 0, p99 = 0, p100 = 0] = quantiles(histogram, before, [0.5, 0.99, 1]) ?? [];
    expect(p50).toBeCloseTo(1, 0);
    expect(p99).toBeCloseTo(1, 0);
    expect(p100).toBeGreaterThan(85);
    expect(p100).toBeLessThan(115);
  });
});

describe('a ring', () => {
  it('keeps the last messages, in order', () => {
    const ring = new Ring(3); // rounded up to 4
    for (let seq = 1; seq <= 6; seq += 1) ring.add('a', envelope(seq));
    expect([...ring.entries()].map((each) => each.envelope.seq)).toEqual([3, 4, 5, 6]);
  });

  it('lets go of what is old', () => {
    const ring = new Ring(4);
    for (let seq = 1; seq <= 4; seq += 1) ring.add('a', envelope(seq));
    expect(ring.forget(({ seq }) => seq < 4)).toBe(true);
    expect([...ring.entries()].map((each) => each.envelope.seq)).toEqual([4]);
    expect(ring.forget(() => true)).toBe(false);
    expect([...ring.entries()]).toEqual([]);
  });
});

describe('a meter', () => {
  const meterOn = (clock: VirtualClock): NodeMeter =>
    new NodeMeter({ clock, stopwatch: () => clock.now() + 1, ring: 64, ringAge: 1_000 });

  it('counts all and times one in thirty-two', () => {
    const clock = virtualClock();
    const meter = meterOn(clock);
    const tally = meter.of(createMachine({ id: 'm' }));
    let timed = 0;
    for (let seq = 0; seq < 160; seq += 1) if (meter.handles(tally, 'a', envelope(seq)) !== 0) timed += 1;
    expect([tally.handled, timed, meter.handledSoFar]).toEqual([160, 5, 160]);
  });

  it('counts machines of one id as one kind, and no more kinds than it has room for', () => {
    const meter = meterOn(virtualClock());
    expect(meter.of(createMachine({ id: 'm' }))).toBe(meter.of(createMachine({ id: 'm' })));
    for (let i = 0; i < 2_000; i += 1) meter.of(createMachine({ id: `made-up-${i}` }));
    expect([...meter.tallies()].length).toBeLessThanOrEqual(1_001);
    expect(meter.of(createMachine({ id: 'm' })).kind).toBe('m');
  });

  it('forgets messages with time, also when none follow, and has no timer then', () => {
    const clock = virtualClock();
    const meter = meterOn(clock);
    const tally = meter.of(createMachine({ id: 'm' }));
    for (let round = 0; round < 2; round += 1) {
      for (let seq = 0; seq < 5; seq += 1) meter.handles(tally, 'a', envelope(seq, clock.now()));
      expect([...meter.ring.entries()]).toHaveLength(5);
      clock.advance(5_000);
      expect([...meter.ring.entries()]).toHaveLength(0);
    }
    expect(meter.handledSoFar).toBe(10);
  });
});

describe('what telling costs', () => {
  it('is time of the processor, not of the clock on the wall', () => {
    const reads = [
      { cpu: 100, busy: 200 },
      { cpu: 350, busy: 1_200 },
      { cpu: 1_350, busy: 1_700 },
      { cpu: 1_350, busy: 1_700 },
    ];
    const share = processorShare(() => reads.shift()!);
    // Others had it for three quarters; other threads of ours worked beside; nothing was to be done.
    expect([share(), share(), share()]).toEqual([0.25, 1, 1]);
  });
});

describe('sampling', () => {
  it('spreads conversations evenly, though their ids are alike', () => {
    const shares = Array.from({ length: 10_000 }, (_, i) => shareOf(`node-abc.${i}`));
    for (const share of [1 / 2, 1 / 16, 1 / 128]) {
      const chosen = shares.filter((each) => each < share).length / 10_000;
      expect(chosen / share).toBeGreaterThan(0.7);
      expect(chosen / share).toBeLessThan(1.3);
    }
  });

  it('keeps to the rate, and says when the share is another', () => {
    const sampling = new Sampling(100);
    expect(sampling.adjust(10, 0, 0.02)).toBe(false);
    expect(sampling.share).toBe(1);
    expect(sampling.adjust(10_000, 0, 0.02)).toBe(true);
    expect(sampling.share).toBe(2 ** -8);
    for (let second = 0; second < 4; second += 1) sampling.adjust(1, 0, 0.02);
    expect(sampling.share).toBe(1);
  });

  it('does not wait for the end of the second when suddenly there is much', () => {
    const sampling = new Sampling(100);
    let told = 0;
    for (let i = 0; i < 1_000_000; i += 1) {
      if (shareOf(`c.${i}`) >= sampling.share) continue;
      sampling.chosen();
      told += 1;
    }
    expect(told).toBeLessThan(150);
  });

  it('keeps to what others can tell of, and knows what it could by itself', () => {
    const sampling = new Sampling(100_000);
    expect(sampling.cap(1 / 16)).toBe(true);
    sampling.adjust(1_000, 0, 0.02);
    expect([sampling.share, sampling.own]).toEqual([1 / 16, 1]);
    // Too much for this one as well.
    sampling.adjust(1_000, 0.5, 0.02);
    expect([sampling.share, sampling.own]).toEqual([1 / 32, 1 / 32]);
    expect(sampling.cap(1)).toBe(false);
    for (let second = 0; second < 4; second += 1) sampling.adjust(1_000, 0, 0.02);
    expect(sampling.share).toBe(1);
  });

  it('halves when telling takes too long, whatever is wanted', () => {
    const sampling = new Sampling(1_000_000);
    for (let second = 0; second < 3; second += 1) sampling.adjust(1_000, 0.5, 0.02);
    expect(sampling.share).toBe(1 / 8);
    for (let second = 0; second < 3; second += 1) sampling.adjust(1_000, 0, 0.02);
    expect(sampling.share).toBe(1);
    // A few lines are told, whatever it costs.
    sampling.adjust(10, 0.5, 0.02);
    expect(sampling.share).toBe(1);
  });
});

describe('a lease', () => {
  const leaseFor = (interest: object, credit = 8): Lease =>
    new Lease({ id: 'l', to: 'i@n', interest, credit, expires: 0 });

  it('wants all of what is selected, and counts what it leaves out of the rest', () => {
    const lease = leaseFor({ actors: ['a'], correlations: ['c'], rate: 1 });
    lease.sampling.cap(0.25);
    expect(lease.wants('a', 'x', 0.9)).toBe(true);
    expect(lease.wants('b', 'c', 0.9)).toBe(true);
    expect(lease.wants('b', 'x', 0.9)).toBe(false);
    expect(lease.countDropped()).toBe(1);
    expect(lease.countDropped()).toBe(0);
  });

  it('counts nothing of what nobody wants', () => {
    const lease = leaseFor({ actors: ['a'] });
    expect(lease.wants('b', 'x', 0)).toBe(false);
    expect(lease.countDropped()).toBe(0);
  });

  it('holds one frame; of what does not fit, the actor is remembered', () => {
    const lease = leaseFor({ actors: ['a'] });
    for (let i = 0; i < FRAME_LINES; i += 1) {
      expect(lease.wants('a', 'x', 0)).toBe(true);
      lease.add('{}');
    }
    expect(lease.wants('a', 'x', 0)).toBe(false);
    expect([...lease.stale]).toEqual(['a']);
    expect(lease.take()).toHaveLength(FRAME_LINES);
    expect(lease.take()).toBeUndefined();
  });

  it('tells nothing without credit', () => {
    const lease = leaseFor({ actors: ['a'] }, 1);
    lease.add('1');
    expect(lease.take()).toEqual(['1']);
    expect(lease.wants('a', 'x', 0)).toBe(false);
    lease.reserve('metrics');
    expect(lease.take()).toBeUndefined();
    lease.grant(1);
    expect(lease.take()).toEqual(['metrics']);
  });
});

describe('a lease whose frames were lost', () => {
  it('goes on after a while with what the inspector has room for', () => {
    const lease = new Lease({ id: 'l', to: 'i@n', interest: { actors: ['a'] }, credit: 1, expires: 0 });
    lease.add('1');
    lease.take();
    for (let renewal = 0; renewal < 4; renewal += 1) lease.renew(1, 8);
    expect(lease.credit).toBe(0);
    lease.renew(1, 8);
    expect(lease.credit).toBe(8);
  });
});

describe('a monitor', () => {
  it('takes only what it knows, whole', () => {
    expect(isRequest({ type: 'hello' })).toBe(true);
    expect(isRequest({ type: 'toString' })).toBe(false);
    expect(isRequest({ type: 'detail' })).toBe(false);
    const lease = { type: 'lease', id: 'l', to: '$inspector-1@n', interest: {}, credit: 1 };
    expect(isRequest(lease)).toBe(true);
    for (const wrong of [
      { to: 'a@n' },
      { credit: -1 },
      { credit: 1.5 },
      { interest: { rate: NaN } },
      { interest: { actors: [1] } },
      { share: 0 },
      { share: 2 },
      { share: NaN },
    ])
      expect(isRequest({ ...lease, ...wrong })).toBe(false);
  });

  it('lists by kind, state and id', () => {
    const row = { address: 'order/42@n1', kind: 'order', status: 'active', state: '{"paying":"card"}' };
    const isIn = (query: object): boolean => passes(query)(row);
    expect(isIn({})).toBe(true);
    expect(isIn({ kind: 'order', state: 'paying', id: '42' })).toBe(true);
    expect(isIn({ state: '{"paying":"card"}' })).toBe(true);
    expect(isIn({ state: 'card' })).toBe(false);
    expect(isIn({ id: 'order/*' })).toBe(true);
    expect(isIn({ id: '*/42' })).toBe(true);
    expect(isIn({ id: 'o*4' })).toBe(false);
    expect(isIn({ id: '(' })).toBe(false);
    expect(isIn({ id: '*a'.repeat(200) })).toBe(false);
    expect(isIn({ id: '*/4*2' })).toBe(true);
    expect(isIn({ id: '*4*@n1' })).toBe(true);
  });

  it('lists at once, whatever pattern is asked for', () => {
    const row = { address: `${'a'.repeat(500)}@n1`, kind: 'k', status: 'active', state: 's' };
    const since = process.cpuUsage();
    for (const stars of [7, 20, 500]) {
      expect(passes({ id: `${'*a'.repeat(stars)}*b` })(row)).toBe(false);
      expect(passes({ id: '*a'.repeat(stars) })(row)).toBe(true);
    }
    expect(process.cpuUsage(since).user / 1_000).toBeLessThan(1_000);
    const list = { type: 'list', from: 0, limit: 1 };
    expect(isRequest({ ...list, query: { id: '*'.repeat(1_024) } } as never)).toBe(true);
    expect(isRequest({ ...list, query: { id: '*'.repeat(1_025) } } as never)).toBe(false);
  });
});

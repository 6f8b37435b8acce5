import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { tell } from '../../src/actor/words.ts';
import type { Action } from '../../src/testing/model/action.ts';
import { defineSystem, type ActorSpec, type NetworkKind, type System } from '../../src/testing/model/spec.ts';
import { corruptions, forgeries } from '../../src/testing/simulate/corruption.ts';
import type { SimulateOptions } from '../../src/testing/simulate/options.ts';
import { simulate } from '../../src/testing/simulate/simulate.ts';

const source = setup({ types: { context: {} as { n: number } } }).createMachine({
  id: 'source',
  context: { n: 0 },
  initial: 'on',
  states: {
    on: {
      entry: [
        assign({ n: ({ context }) => context.n + 1 }),
        tell('sink', ({ context }: { context: { n: number } }) => ({ type: 'N', n: context.n })),
      ],
      after: {
        5: [{ guard: ({ context }) => context.n < 30, target: 'on', reenter: true }, { target: 'off' }],
      },
    },
    off: {},
  },
});

const sink = setup({
  types: { context: {} as { got: number[] }, events: {} as { type: 'N'; n: number } },
}).createMachine({
  id: 'sink',
  context: { got: [] },
  on: { N: { actions: assign({ got: ({ context, event }) => [...context.got, event.n] }) } },
});

const stream = (network: NetworkKind, spec: Partial<ActorSpec> = {}): System =>
  defineSystem({
    name: 'stream',
    network,
    actors: { source: { logic: source, durable: true }, sink: { logic: sink, ...spec } },
    properties: [],
  });

const numbers = Array.from({ length: 30 }, (_, at) => at + 1);

interface Seen {
  /** What the sink has at the end of the last run. */
  readonly got: readonly number[];
  readonly actions: readonly Action[];
  /** Virtual time from sending to delivery of each message, ms. */
  readonly slowest: number;
  readonly counts: ReturnType<typeof simulate>['counts'];
}

function run(system: System, options: SimulateOptions): Seen {
  let got: readonly number[] = [];
  let actions: readonly Action[] = [];
  const sent = new Map<number, number>();
  let slowest = 0;
  const { counts } = simulate(system, {
    runs: 1,
    swarm: false,
    ...options,
    faults: { delay: 0, slow: 0, ...options.faults },
    record: ({ steps, initial }) => {
      const { actors } = steps.at(-1)?.state ?? initial;
      got = (actors['sink']?.context as { got: number[] } | undefined)?.got ?? [];
      actions = steps.map(({ action }) => action);
      sent.set(1, 0);
      for (const { action, output, time = 0 } of steps) {
        for (const { event } of output.sent) sent.set((event as never as { n: number }).n, time);
        if (action.kind === 'deliver')
          slowest = Math.max(
            slowest,
            time - (sent.get((action.sent.event as never as { n: number }).n) ?? time),
          );
      }
    },
  });
  return { got, actions, slowest, counts };
}

const kindsOf = ({ actions }: Seen): string[] => [...new Set(actions.map(({ kind }) => kind))].sort();
const sorted = (got: readonly number[]): number[] => [...got].sort((a, b) => a - b);

describe('without faults', () => {
  it('an ordered network delivers everything once, in order, within the span of delays', () => {
    const seen = run(stream('ordered'), { delay: [1, 40] });
    expect(seen.got).toEqual(numbers);
    expect(kindsOf(seen)).toEqual(['deliver', 'timeout']);
    expect(seen.slowest).toBeGreaterThan(10);
  });

  it('an unordered one delivers everything once, in another order', () => {
    const { got } = run(stream('unordered'), { delay: [1, 40] });
    expect(got).not.toEqual(numbers);
    expect(sorted(got)).toEqual(numbers);
  });
});

describe('faults by budget', () => {
  it('lose: exactly so many never arrive', () => {
    const seen = run(stream('ordered'), { faults: { lose: 4 }, rates: { lose: 0.9 } });
    expect(seen.got).toHaveLength(26);
    expect(seen.counts.lost).toBe(4);
    expect(kindsOf(seen)).toContain('lose');
  });

  it.each(['ordered', 'unordered'] as const)('duplicate: so many arrive twice (%s)', (network) => {
    const { got, counts } = run(stream(network), { faults: { duplicate: 4 }, rates: { duplicate: 0.9 } });
    expect([got.length, counts.duplicated]).toEqual([34, 4]);
    expect(sorted([...new Set(got)])).toEqual(numbers);
  });

  it('reorder: an ordered network breaks its promise', () => {
    const options = { delay: [20, 40] as const, faults: { reorder: 3 }, rates: { reorder: 0.5 } };
    const { got, counts } = run(stream('ordered'), options);
    expect(counts.reordered).toBe(3);
    expect(got).not.toEqual(numbers);
    expect(sorted(got)).toEqual(numbers);
  });

  it('delay: some take far longer than the span', () => {
    const { slowest, got, counts } = run(stream('ordered'), { faults: { delay: 2 }, rates: { delay: 0.5 } });
    expect(counts.delayed).toBe(2);
    expect(slowest).toBeGreaterThan(20);
    expect(got).toEqual(numbers);
  });

  it.each(['ordered', 'unordered'] as const)(
    'delay without end: everything arrives all the same (%s)',
    (kind) => {
      const { got, counts } = run(stream(kind), { faults: { delay: Infinity }, rates: { delay: 1 } });
      expect([sorted(got), counts.delayed]).toEqual([numbers, 30]);
    },
  );

  it('slow: all that an actor does takes longer, and stays in order', () => {
    const usual = run(stream('ordered'), { delay: [10, 10] });
    const slow = run(stream('ordered'), { delay: [10, 10], faults: { slow: 2 }, rates: { slow: 1 } });
    expect(usual.slowest).toBe(10);
    expect([20, 40, 80, 160]).toContain(slow.slowest);
    expect(slow.got).toEqual(numbers);
  });

  it('partition: messages wait until it heals, and none is lost', () => {
    const seen = run(stream('ordered'), { faults: { partition: 2 }, rates: { partition: 0.5 } });
    expect([seen.counts.partitions, seen.counts.heals]).toEqual([2, 2]);
    expect(seen.got).toEqual(numbers);
  });

  it('partition that never heals: what is sent after it stays under way', () => {
    const options = { faults: { partition: 1, heal: 0 }, rates: { partition: 0.5 } };
    const { got, counts } = run(stream('ordered'), options);
    expect([counts.partitions, counts.heals]).toEqual([1, 0]);
    expect(got.length).toBeLessThan(30);
    expect(got).toEqual(numbers.slice(0, got.length));
  });

  it.each([
    ['with storage nothing is forgotten', true, true],
    ['without it what was there before is gone', false, false],
  ])('crash and restart: %s', (_, durable, whole) => {
    const system = { ...stream('ordered', { durable }), mortal: ['sink'] };
    const { got, counts } = run(system, {
      steps: 2_000,
      faults: { crash: 1 },
      rates: { crash: 0.2 },
      seed: 3,
    });
    expect([counts.crashes, counts.restarts]).toEqual([1, 1]);
    expect(got).toEqual(whole ? numbers : numbers.slice(30 - got.length));
    expect(got.length < 30).toBe(!whole);
  });

  it('corrupt: one field of some messages goes wrong, without a line of user code', () => {
    const { got, actions, counts } = run(stream('ordered'), {
      faults: { corrupt: 3 },
      rates: { corrupt: 0.9 },
    });
    const into = actions.flatMap((action) => (action.kind === 'corrupt' ? [action.into] : []));
    expect([counts.corrupted, into.length, got.length]).toEqual([3, 3, 30]);
    expect(got).not.toEqual(numbers);
  });

  it('forge: messages arrive that nobody sent', () => {
    const options = { delay: [20, 40] as const, faults: { forge: 3 }, rates: { forge: 0.5 } };
    const { actions, counts } = run(stream('ordered'), options);
    expect([counts.forged, actions.filter(({ kind }) => kind === 'forge').length]).toEqual([3, 3]);
  });

  it('a budget without end is drawn on until half of the steps are over, so that a run comes to rest', () => {
    const { counts, got } = run(stream('ordered'), { faults: { lose: Infinity }, rates: { lose: 1 } });
    expect([counts.lost, got.length]).toEqual([30, 0]);
    const { endings } = simulate(stream('ordered'), {
      runs: 5,
      steps: 400,
      faults: { crash: Infinity, lose: Infinity, partition: Infinity },
    });
    expect(endings).toEqual({ final: 5 });
  });
});

describe('a swarm', () => {
  it('has runs without a fault that others have', () => {
    const with_ = { lose: 0, duplicate: 0, none: 0 };
    simulate(stream('ordered'), {
      runs: 60,
      faults: { lose: 5, duplicate: 5, delay: 0, slow: 0 },
      record: ({ steps }) => {
        const kinds = new Set(steps.map(({ action }) => action.kind));
        if (kinds.has('lose')) with_.lose += 1;
        if (kinds.has('duplicate')) with_.duplicate += 1;
        if (!kinds.has('lose') && !kinds.has('duplicate')) with_.none += 1;
      },
    });
    expect(with_.lose).toBeGreaterThan(10);
    expect(with_.duplicate).toBeGreaterThan(10);
    expect(with_.none).toBeGreaterThan(10);
  });
});

describe('clocks', () => {
  it('run fast and slow by the share that is allowed', () => {
    const ends = new Set<number>();
    const record = ({ steps }: { readonly steps: readonly { readonly time?: number }[] }): void =>
      void ends.add(Math.round(steps.at(-1)?.time ?? 0));
    const options = { runs: 40, delay: [0, 0] as const, faults: { delay: 0, slow: 0 } };
    simulate(stream('ordered'), { ...options, record });
    expect([...ends]).toEqual([150]);
    simulate(stream('ordered'), { ...options, skew: 0.2, record });
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...ends)).toBeLessThanOrEqual(180);
    expect(ends.size).toBeGreaterThan(10);
  });
});

describe('what may go wrong with a message', () => {
  it('is one field at a time, and never the type', () => {
    const event = { type: 'PAY', cents: 5, to: 'shop', gift: false, lines: [1, 2] };
    const all = corruptions({ event });
    expect(all).toHaveLength(26);
    for (const other of all) {
      const names = new Set([...Object.keys(event), ...Object.keys(other)]) as Set<keyof typeof event>;
      const record = other as unknown as typeof event;
      const changed = [...names].filter((key) => JSON.stringify(record[key]) !== JSON.stringify(event[key]));
      expect([other.type, changed.length]).toEqual(['PAY', 1]);
    }
    expect(corruptions({ event: { type: 'STOP' } })).toEqual([]);
  });

  it('is also that it comes from another, or goes to another', () => {
    const sent = { from: 'a', to: 'b', event: { type: 'STOP' } };
    const actors = { a: {}, b: {}, c: {} } as never;
    expect(forgeries({ network: [sent], actors })).toEqual([
      { ...sent, from: 'c' },
      { ...sent, to: 'c' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import * as machines from '../../machines/index.ts';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import { isChart } from '../../src/monitoring/chart-form.ts';
import { isEntry } from '../../src/monitoring/entries.ts';
import { order } from './fixtures/choices.ts';
import editor from './fixtures/history.ts';
import { long } from './fixtures/large.ts';
import odd from './fixtures/names.ts';
import player from './fixtures/parallel.ts';
import meter from './fixtures/root.ts';

const asTold = (machine: object): unknown => JSON.parse(JSON.stringify(toChart(machine as never)));

const isMachine = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'definition' in value;

describe('a chart', () => {
  it('is known as one, whatever machine it is of', () => {
    const all = [...Object.values(machines).filter(isMachine), order, editor, long, odd, player, meter];
    expect(all.length).toBeGreaterThan(6);
    for (const machine of all) expect(isChart(asTold(machine))).toBe(true);
  });

  it('is none with anything else in a place that is drawn', () => {
    const whole = asTold(
      createMachine({
        id: 'm',
        initial: 'a',
        states: {
          a: {
            entry: 'greet',
            invoke: { src: 'work' },
            on: { GO: [{ target: 'b', guard: 'may', actions: 'note' }] },
          },
          b: {},
        },
      }),
    );
    const kept = placesIn(whole).flatMap((path) =>
      [null, {}, 5, 'x', [null], [{}]].filter((odd) => isChart(replaced(whole, path, odd))).map(() => path),
    );
    // Only names are free, where they may be.
    expect(new Set(kept.map((path) => path.at(-1)))).toEqual(
      new Set(['id', 'key', 'src', 'name', 'target', 'type', 'event', '0']),
    );
    expect(isChart({ ...(whole as object), version: 2 })).toBe(false);
  });

  it('has so many levels', () => {
    const state = (depth: number): object => ({
      ...{ id: 'a', key: 'a', tags: [], entry: [], exit: [], invoke: [], transitions: [] },
      ...(depth === 0 ? { type: 'atomic' } : { type: 'parallel', states: [state(depth - 1)] }),
    });
    const chart = (depth: number): object => ({ version: 1, id: 'a', root: state(depth) });
    expect(isChart(chart(64))).toBe(true);
    expect(isChart(chart(65))).toBe(false);
  });
});

describe('an entry', () => {
  it('of metrics has all that is counted', () => {
    const metrics = {
      ...{ kind: 'metrics', node: 'n', time: 1, period: 1_000, sent: 0, handled: 0, heap: 1, lag: 0 },
      ...{ deadLetters: {}, rejected: {}, kinds: { a: { actors: 1, states: {}, handled: 0, failed: 0 } } },
      flow: [['a', 'b', 1]],
    };
    expect(isEntry(metrics)).toBe(true);
    for (const name of Object.keys(metrics))
      for (const odd of [null, [null], [[null]], undefined])
        expect([name, isEntry({ ...metrics, [name]: odd })]).toEqual([name, false]);
  });

  it('of a chart has one of this version', () => {
    const chart = asTold(player);
    expect(isEntry({ kind: 'chart', hash: 'h', chart })).toBe(true);
    expect(isEntry({ kind: 'chart', hash: 'h', chart: { ...(chart as object), version: 2 } })).toBe(false);
  });
});

type Path = readonly string[];

/** The ways to all that is in a value. */
const placesIn = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [[...path, key], ...placesIn(item, [...path, key])])
    : [];

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const fields = copy as Record<string, unknown>;
  fields[key] = replaced(fields[key], rest, by);
  return copy;
}

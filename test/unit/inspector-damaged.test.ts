import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingSource, type RecordingOptions } from '../../src/inspector/source/recording.ts';
import { Past } from '../../src/inspector/source/past.ts';
import { isEntry } from '../../src/monitoring/entries.ts';
import type { Entry, MetricsEntry } from '../../src/monitoring/entry.ts';
import { encodeLine, type Line } from '../../src/monitoring/recording.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-damaged-'))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

const header = encodeLine({ kind: 'recording', v: 1, source: 'live', system: 'shop' });

let files = 0;
const open = async (
  lines: readonly string[],
  options: RecordingOptions = {},
): ReturnType<typeof recordingSource> => {
  const file = join(folder, `${(files += 1)}.ndjson`);
  await writeFile(file, header + lines.map((line) => `${line}\n`).join(''));
  return recordingSource(file, options);
};

const step = (number: number, address: string, snapshot: object = {}): Line => ({
  kind: 'step',
  step: number,
  action: { kind: 'start' },
  sent: [],
  emitted: [],
  snapshots: { [address]: { status: 'active', value: 'on', ...snapshot } },
  time: number,
  node: 'n',
});

const metrics: MetricsEntry = {
  kind: 'metrics',
  ...{ node: 'n', time: 1, period: 1_000, sent: 1, handled: 1, heap: 1, lag: 0 },
  deadLetters: {},
  rejected: {},
  kinds: { m: { actors: 2, states: { on: 2 }, handled: 1, failed: 0 } },
  flow: [['', 'm', 1]],
};

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** As it stands in a file: no value of ours is so deep. */
const withDeep = (entry: Entry, place: string): string =>
  JSON.stringify(entry).replace(JSON.stringify(place), nested(20_000));

describe('a damaged line of a recording', () => {
  it('is named and left out, and the others are shown', async () => {
    const good = step(1, 'a');
    const lines = [
      withDeep(step(2, 'deep', { value: 'HERE' }), 'HERE'),
      withDeep({ ...step(3, 'deep'), commit: 'HERE' as never }, 'HERE'),
      withDeep({ ...metrics, kinds: { m: { ...metrics.kinds['m']!, actors: 'HERE' as never } } }, 'HERE'),
      JSON.stringify(step(4, 'wide', { value: { a: 'x'.repeat(100_000) } })),
    ];
    const source = await open([JSON.stringify(good), ...lines, JSON.stringify(metrics)]);
    expect(source.about().flaws).toEqual([
      'Line 3 of kind "step" is nothing this version knows.',
      'Line 4 of kind "step" is nothing this version knows.',
      'Line 5 of kind "metrics" is nothing this version knows.',
      'Line 6 of kind "step" is nothing this version knows.',
    ]);
    expect((await source.actors({})).rows.map(({ address, state }) => [address, state])).toEqual([
      ['a', 'on'],
    ]);
    expect((await source.overview()).nodes).toMatchObject([{ node: 'n', actors: 2 }]);
    expect((await source.history({ address: 'a' })).moments).toHaveLength(1);
  });

  it.each([
    [step(1, 'a'), ['time', 'took', 'commit', 'node', 'snapshots', 'message', 'taken']],
    [metrics, ['time', 'node', 'lag', 'heap', 'flow', 'kinds', 'deadLetters', 'rejected', 'sent']],
    [
      { kind: 'actor', address: 'a', node: 'n', machine: 'm', time: 1 } as const,
      ['address', 'node', 'machine', 'chart', 'parent', 'snapshot', 'time'],
    ],
  ])('is one with a field that is not what it should be', (entry: Entry, fields) => {
    expect(isEntry(entry)).toBe(true);
    for (const field of fields)
      for (const wrong of [null, [null], [[null]], { x: null }, true])
        expect([field, wrong, isEntry({ ...entry, [field]: wrong })]).toEqual([field, wrong, false]);
  });
});

describe('a recording with large lines', () => {
  const MB = 1024 * 1024;
  const large = (at: number): string => JSON.stringify(step(at, 'a', { context: `${at}${'x'.repeat(MB)}` }));

  it('is told and asked for in parts that are bounded', async () => {
    const source = await open(Array.from({ length: 10 }, (_, at) => large(at)));
    const told: number[] = [];
    await new Promise<void>((resolve) => {
      source.watch({
        interest: {},
        emit: (entries) => told.push(entries.length) > 0,
        ended: () => resolve(),
      });
    });
    expect(told).toEqual(Array.from({ length: 10 }, () => 1));
    const page = await source.history({ address: 'a', limit: 1_000 });
    expect(page.more).toBe(true);
    expect(page.moments.map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    const before = await source.history({ address: 'a', before: 3, limit: 1_000 });
    expect(before.moments.at(-1)!.number).toBe(2);
  });

  it('keeps of many actors what fits, and reads the rest again when it is asked for', async () => {
    const of = (at: number): string => JSON.stringify(step(at, `a${at}`, { context: 'x'.repeat(1_000) }));
    const source = await open(
      Array.from({ length: 10 }, (_, at) => of(at)),
      { snapshots: 5_000 },
    );
    for (const at of [0, 9]) {
      const { snapshot, state } = await source.actor(`a${at}`);
      expect(state).toBe('on');
      expect(snapshot.context).toHaveLength(1_000);
    }
  });
});

describe('what is remembered of what was told', () => {
  it('is bounded in size: contexts first, states never', () => {
    const past = new Past();
    const size = 40 * 1024 * 1024;
    past.take(step(1, 'first', { context: 'c' }), size);
    past.take(step(2, 'second', { context: 'c' }), size);
    expect([past.isBrief('first'), past.isBrief('second')]).toEqual([false, true]);
    expect(past.detail('second').snapshot).toEqual({ status: 'active', value: 'on' });
    // There is room again.
    past.take(step(3, 'first', { context: 'c' }), 1);
    past.take(step(4, 'second', { context: 'c' }), size);
    expect(past.isBrief('second')).toBe(false);
    for (let at = 0; at < 3; at += 1)
      past.take(
        { kind: 'letter', node: 'n', reason: 'no-such-actor', message: message(at), time: at },
        9 * 1024 * 1024,
      );
    expect(past.deadLetters({}).rows.map(({ to }) => to)).toEqual(['a2']);
  });

  const message = (at: number) => ({ from: '', to: `a${at}`, event: { type: 'E' } });

  it('is bounded in count, and forgotten in lots', () => {
    const past = new Past({ actors: 1_000 });
    const take = (from: number, to: number): void => {
      for (let at = from; at < to; at += 1) past.take(step(at, `a${at}`));
    };
    take(0, 1_100);
    expect([past.actors.size, past.forgotten]).toEqual([1_100, 0]);
    take(1_100, 1_101);
    expect([past.actors.size, past.forgotten]).toEqual([1_000, 101]);
    expect(() => past.detail('a100')).toThrow();
    expect(past.detail('a101').state).toBe('on');
  });
});

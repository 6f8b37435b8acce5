import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setup } from 'xstate';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import { hashOf } from '../../src/inspector/source/chart-facts.ts';
import { recordingSource } from '../../src/inspector/source/recording.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import { decodeRecording, encodeLine, type RecordingHeader } from '../../src/monitoring/recording.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-recording-'))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

const header: RecordingHeader = { kind: 'recording', v: 1, source: 'live', system: 'shop' };

const chart = toChart(
  setup({}).createMachine({
    id: 'light',
    initial: 'red',
    states: { red: { on: { GO: 'green' }, tags: ['stop'] }, green: { on: { STOP: 'red' } } },
  }),
);
const hash = hashOf(chart);

const step = (number: number, address: string, value: string, context: object = {}): Entry => ({
  kind: 'step',
  step: number,
  action: { kind: 'deliver', sent: { from: 'driver', to: address, event: { type: 'GO' } } },
  sent: [{ from: address, to: 'lamp', event: { type: 'SHINE' } }],
  emitted: [],
  snapshots: { [address]: { status: 'active', value, context } },
  time: 1_000 + number,
  node: 'n1',
});

const entries: readonly Entry[] = [
  { kind: 'chart', hash, chart },
  { kind: 'actor', address: 'light', node: 'n1', machine: 'light', chart: hash, time: 1_000 },
  step(1, 'light', 'red', { at: new Date(7) }),
  step(2, 'light', 'green'),
  step(3, 'other/1', 'busy'),
  { kind: 'ended', address: 'other/1', node: 'n1', reason: 'done', time: 1_004 },
  { kind: 'property', name: 'never both', type: 'always', verdict: 'fails' },
  {
    kind: 'letter',
    node: 'n1',
    reason: 'no-such-actor',
    message: { from: 'light', to: 'ghost', event: { type: 'BOO' } },
    time: 1_005,
  },
];

let files = 0;
const write = async (text: string): Promise<string> => {
  const file = join(folder, `${(files += 1)}.ndjson`);
  await writeFile(file, text);
  return file;
};
const lines = (items: readonly Entry[], first: object = header): string =>
  [first as RecordingHeader, ...items].map(encodeLine).join('');

/** All that a source tells. */
const toldBy = (source: Source): Promise<Entry[]> =>
  new Promise((resolve) => {
    const told: Entry[] = [];
    source.watch({
      interest: {},
      emit: (batch) => {
        told.push(...batch);
        return true;
      },
      ended: () => resolve(told),
    });
  });

describe('a recording', () => {
  it('tells all that stands in it, in order, and that it is over', async () => {
    const source = await recordingSource(await write(lines(entries)));
    const told = await toldBy(source);
    expect(told.map(({ kind }) => kind)).toEqual(entries.map(({ kind }) => kind));
    expect(told[1]).toEqual(entries[1]);
    // Marks stay as they are in a file: the page reads them.
    expect(told[2]).toMatchObject({ snapshots: { light: { context: { at: { '\0d': 7 } } } } });
    expect(source.about()).toMatchObject({ source: 'recording', canSend: false, flaws: [], sampling: 1 });
  });

  it('knows the actors at its end', async () => {
    const source = await recordingSource(await write(lines(entries)));
    expect(await source.actors({})).toEqual({
      total: 2,
      rows: [
        { address: 'light', node: 'n1', kind: 'light', status: 'active', state: 'green' },
        { address: 'other/1', node: 'n1', kind: 'other', status: 'done', state: 'busy' },
      ],
    });
    expect((await source.actors({ state: 'green' })).total).toBe(1);
    expect((await source.actors({ id: 'o*1' })).total).toBe(1);
    expect((await source.actors({ id: 'gh' })).total).toBe(1);
    expect((await source.actors({ kind: 'nothing' })).total).toBe(0);
    expect(await source.actor('light')).toMatchObject({
      chart: hash,
      tags: [],
      events: [
        { type: 'GO', enabled: false },
        { type: 'STOP', enabled: true },
      ],
    });
    await expect(source.actor('ghost')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    expect(await source.chart(hash)).toEqual(chart);
    expect(await source.overview()).toMatchObject({
      time: 1_005,
      nodes: [{ node: 'n1', actors: 2 }],
      kinds: [
        { kind: 'light', chart: hash, actors: 1, states: { green: 1 } },
        { kind: 'other', states: { busy: 1 } },
      ],
      alerts: [{ severity: 'error', text: 'property "never both" fails' }],
    });
    expect(await source.deadLetters({})).toMatchObject({ total: 1, rows: [{ to: 'ghost' }] });
  });

  it('has the moments of an actor, the last ones first asked for', async () => {
    const many = Array.from({ length: 250 }, (_, at) => step(at + 1, at % 2 === 0 ? 'a' : 'b', `s${at}`));
    const source = await recordingSource(await write(lines(many)));
    const last = await source.history({ address: 'a', limit: 100 });
    expect([last.moments.length, last.more]).toEqual([100, true]);
    expect(last.moments.at(-1)).toEqual({
      number: 249,
      time: 1_249,
      node: 'n1',
      causes: ['GO'],
      snapshot: { status: 'active', value: 's248', context: {} },
      sent: [{ to: 'lamp', event: { type: 'SHINE' } }],
      timers: [],
    });
    const first = await source.history({ address: 'a', before: last.moments[0]!.number, limit: 100 });
    expect([first.moments.length, first.more]).toEqual([25, false]);
  });

  it('can neither send nor try', async () => {
    const source = await recordingSource(await write(lines(entries)));
    await expect(source.send('light', { type: 'GO' })).rejects.toMatchObject({ code: 'NOT_AVAILABLE' });
    await expect(source.dryRun('light', { type: 'GO' })).rejects.toMatchObject({ code: 'NOT_AVAILABLE' });
  });

  it('waits for a watcher that can take no more, and stops when it leaves', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => step(at, 'a', 's'));
    const source = await recordingSource(await write(lines(many)));
    let [taken, refused] = [0, 0];
    let isOpen = false;
    const ended = vi.fn();
    const watching = source.watch({
      interest: {},
      emit: (batch) => {
        const takes = isOpen || taken === 0;
        if (takes) taken += batch.length;
        else refused += 1;
        return takes;
      },
      ended,
    });
    await vi.waitFor(() => expect(refused).toBeGreaterThan(3));
    expect(taken).toBe(500);
    isOpen = true;
    await vi.waitFor(() => expect(ended).toHaveBeenCalled());
    expect(taken).toBe(3_000);
    watching.close();
  });

  it('of a long one tells the last entries, what lasts, and how many it left out', async () => {
    const many = Array.from({ length: 60_000 }, (_, at) => step(at, 'a', 's'));
    const source = await recordingSource(await write(lines([...entries, ...many])));
    expect(source.about().flaws.join()).toContain('It has 60,008 entries');
    const told = await toldBy(source);
    expect(told.slice(0, 4).map(({ kind }) => kind)).toEqual(['dropped', 'chart', 'property', 'step']);
    expect(told[0]).toMatchObject({ lines: 10_008 });
    expect(told).toHaveLength(50_003);
    expect((await source.history({ address: 'light' })).moments).toHaveLength(2);
  });
});

describe('bad input', () => {
  it('shows what can be read of a file that was cut off, and names the cut', async () => {
    const whole = lines(entries);
    const source = await recordingSource(await write(whole.slice(0, -30)));
    expect(source.about().flaws).toEqual(['Line 9, the last one, is cut off.']);
    expect(await toldBy(source)).toHaveLength(entries.length - 1);
  });

  it('reads a last line without a line break that is whole', async () => {
    const source = await recordingSource(await write(lines(entries).trimEnd()));
    expect(source.about().flaws).toEqual([]);
  });

  it('reads what a Windows editor has saved', async () => {
    const text = lines(entries).replaceAll('\n', '\r\n');
    const source = await recordingSource(await write(`\uFEFF${text}`));
    expect(source.about().flaws).toEqual([]);
    expect((await source.actors({})).total).toBe(2);
  });

  it('names lines of another version, and damaged ones', async () => {
    const file = await write(lines(entries, { ...header, v: 2 }));
    await appendFile(file, '{"kind":"hologram"}\n\nnonsense\n{"kind":"step","step":1}\n');
    const source = await recordingSource(file);
    expect(source.about().flaws).toEqual([
      'It was written by another version (format 2, this reads 1): what is known of it is shown.',
      'Line 10 of kind "hologram" is nothing this version knows.',
      'Line 12 is not JSON.',
      'Line 13 of kind "step" is nothing this version knows.',
    ]);
    expect(await toldBy(source)).toHaveLength(entries.length);
  });

  it('counts flaws beyond the first twenty', async () => {
    const source = await recordingSource(await write(`${lines([])}${'x\n'.repeat(1_000)}`));
    expect(source.about().flaws).toHaveLength(21);
    expect(source.about().flaws.at(-1)).toBe('980 more lines cannot be read.');
  });

  it.each([
    ['', 'it is empty'],
    ['hello\n', 'it begins with "hello"'],
    ['null\n', 'it begins with "null"'],
    ['{"kind":"recording"}\n', 'its header is damaged'],
    ['\u0000\u0001\u0002', 'it begins with "\\u0000\\u0001\\u0002"'],
  ])('refuses %j', async (text, why) => {
    const file = await write(text);
    await expect(recordingSource(file)).rejects.toMatchObject({
      code: 'MALFORMED_RECORDING',
      message: expect.stringContaining(why) as unknown,
    });
  });

  it('refuses what is no file', async () => {
    await expect(recordingSource(join(folder, 'none'))).rejects.toMatchObject({ code: 'NO_SUCH_FILE' });
    await expect(recordingSource(folder)).rejects.toMatchObject({ code: 'NOT_A_RECORDING' });
  });

  it('survives actors and charts of an odd form', async () => {
    const odd = [
      { kind: 'chart', hash: 'x', chart: { version: 1, id: 'x', root: { states: 7 } } },
      { kind: 'actor', address: '__proto__', node: 'n', machine: 'm', chart: 'x', time: 0 },
      { kind: 'actor', address: 'constructor', node: '__proto__', machine: 'toString', time: 0 },
    ] as Entry[];
    const source = await recordingSource(await write(lines(odd)));
    expect(await source.chart('x')).toBeUndefined();
    expect((await source.actors({})).total).toBe(2);
    expect(await source.actor('__proto__')).toMatchObject({ status: 'unknown', events: [] });
  });
});

describe('decodeRecording', () => {
  it('knows all kinds of entries, and gives the steps alone as well', () => {
    const read = decodeRecording(lines(entries));
    expect(read.entries).toHaveLength(entries.length);
    expect(read.lines.map(({ step: number }) => number)).toEqual([1, 2, 3]);
    expect(read.unread).toEqual([]);
    expect(read.lines[0]!.snapshots['light']!.context).toEqual({ at: new Date(7) });
  });
});

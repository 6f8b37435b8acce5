import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromPromise, setup } from 'xstate';
import { createSystem, silentLogger, type System } from '../../src/index.ts';
import { liveSource } from '../../src/inspector/source/live.ts';
import { recordingSource } from '../../src/inspector/source/recording.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import { encodeLine, type RecordingHeader } from '../../src/monitoring/recording.ts';

const kettle = setup({
  actors: { boil: fromPromise(async () => Promise.resolve('hot')) },
}).createMachine({
  id: 'kettle',
  initial: 'idle',
  context: { litres: 1 },
  states: {
    idle: { on: { START: 'boiling' } },
    boiling: { invoke: { id: 'boil', src: 'boil', onDone: 'ready' } },
    ready: {},
  },
});

let system: System | undefined;
afterEach(async () => system?.stop());

/** All that the source tells. */
function toldBy(source: Source): readonly Entry[] {
  const told: Entry[] = [];
  source.watch({
    interest: { rate: 1_000 },
    emit: (entries) => {
      told.push(...entries);
      return true;
    },
  });
  return told;
}

const summary = async (source: Source, address: string): Promise<readonly unknown[]> =>
  (await source.history({ address })).moments.map(({ causes, snapshot: { value } }) => [value, ...causes]);

describe('the history of a live actor that is not stored', () => {
  it('begins with how the actor was found, before the first event that was seen', async () => {
    system = await createSystem({ name: 'kitchen', log: silentLogger });
    const ref = await system.spawn(kettle, { id: 'kettle' });
    const source = liveSource(system);
    const told = toldBy(source);
    await vi.waitFor(() => expect(told.map(({ kind }) => kind)).toContain('actor'));
    ref.send({ type: 'START' });
    await vi.waitFor(async () => {
      expect(await summary(source, 'kettle')).toEqual([
        ['idle', 'as it was found'],
        ['boiling', 'START'],
        // What set the step going: the end of the work, not the name of a kind of step.
        ['ready', 'boil done'],
      ]);
    });
    await source.close();
  });
});

describe('the history of an actor in a recording', () => {
  const header: RecordingHeader = { kind: 'recording', v: 1, source: 'live', system: 'kitchen' };
  const found = (value: string): Entry => ({
    kind: 'actor',
    ...{ address: 'kettle', node: 'n1', machine: 'kettle', time: 5 },
    snapshot: { status: 'active', value },
  });
  const step = (number: number, value: string): Entry => ({
    kind: 'step',
    step: number,
    action: { kind: 'timeout', actor: 'kettle', timer: 'xstate.after.10.kettle.idle' },
    ...{ sent: [], emitted: [], time: 10, node: 'n1' },
    snapshots: { kettle: { status: 'active', value } },
  });
  const sourceOf = async (entries: readonly Entry[]): Promise<readonly unknown[]> => {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-first-'));
    try {
      const file = join(folder, 'session.ndjson');
      await writeFile(file, [header, ...entries].map(encodeLine).join(''));
      const source = await recordingSource(file);
      const { moments } = await source.history({ address: 'kettle', before: 8 });
      expect(moments[0]).toMatchObject({ number: 6, time: 5 });
      return await summary(source, 'kettle');
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it('begins with how it was found', async () => {
    expect(await sourceOf([found('idle'), step(7, 'boiling'), found('boiling'), step(8, 'ready')])).toEqual([
      ['idle', 'as it was found'],
      ['boiling', 'xstate.after.10.kettle.idle'],
      ['ready', 'xstate.after.10.kettle.idle'],
    ]);
  });
});

import { createRecorder, createSystem, memory, silentLogger, tell } from 'troupe';
import { liveSource } from 'troupe/inspector';
import { conform, decodeRecording, explainDivergence } from 'troupe/testing';
import { assign, createMachine, sendTo, setup } from 'xstate';
import { describe, expect, it } from 'vitest';

const kitchen = setup({
  types: { context: {} as { cups: number }, events: {} as { type: 'TEA' } },
  actions: { count: assign({ cups: ({ context }) => context.cups + 1 }) },
}).createMachine({
  context: { cups: 0 },
  on: {
    TEA: [
      { guard: ({ context }) => context.cups < 2, actions: ['count', tell('guest', { type: 'CUP' })] },
      { actions: tell('guest', { type: 'NO_MORE' }) },
    ],
  },
});

const guest = setup({
  types: { events: {} as { type: 'CUP' } | { type: 'NO_MORE' } },
}).createMachine({
  initial: 'thirsty',
  states: {
    thirsty: {
      entry: tell('kitchen', { type: 'TEA' }),
      on: { CUP: { target: 'thirsty', reenter: true }, NO_MORE: 'waiting' },
    },
    // A timer is no turn of the runtime: what is told in it is answered at once, within the step.
    waiting: { after: { 1: { target: 'again', actions: tell('kitchen', { type: 'TEA' }) } } },
    again: { on: { NO_MORE: 'gone' } },
    gone: { type: 'final' },
  },
});

describe('a recording', () => {
  it('tells steps apart when actors of one node answer each other at once', async () => {
    let text = '';
    const record = createRecorder({ system: 'tea', write: (line) => (text += line) });
    const system = await createSystem({ record, log: silentLogger });
    await system.spawn(kitchen, { id: 'kitchen' });
    const ref = await system.spawn(guest, { id: 'guest' });
    await new Promise<void>((resolve) => ref.watch(() => resolve()));
    await system.stop();
    const recording = decodeRecording(text);
    const verdict = conform(recording, { kitchen, guest });
    expect(explainDivergence(verdict)).toBe('All 11 steps follow from the charts.');
    expect(recording.lines.map(({ action }) => action.kind)).not.toContain('work');
  });

  it('is not confused by events for children that have ended', async () => {
    let text = '';
    const record = createRecorder({ system: 'nursery', write: (line) => (text += line) });
    const system = await createSystem({ record, log: silentLogger });
    const child = createMachine({ initial: 'a', states: { a: { on: { END: 'b' } }, b: { type: 'final' } } });
    const parent = setup({ actors: { child } }).createMachine({
      initial: 'on',
      states: {
        on: {
          invoke: { src: 'child', id: 'kid' },
          on: { POKE: { actions: sendTo('kid', { type: 'END' }) } },
        },
      },
    });
    const ref = await system.spawn(parent, { id: 'parent' });
    for (let pokes = 0; pokes < 3; pokes += 1) ref.send({ type: 'POKE' });
    await system.stop();
    const { lines } = decodeRecording(text);
    expect(lines.map(({ action }) => action.kind)).toEqual(['start', 'deliver', 'deliver', 'deliver']);
    expect(conform({ ...decodeRecording(text) }, { parent }).ok).toBe(true);
  });

  it('tells of durable actors, as they are stored', async () => {
    let text = '';
    const record = createRecorder({ system: 'tea', write: (line) => (text += line) });
    const system = await createSystem({ record, store: memory(), log: silentLogger });
    const ref = await system.spawn(kitchen, { id: 'kitchen', durable: true });
    for (let cups = 0; cups < 3; cups += 1) ref.send({ type: 'TEA' });
    await system.stop();
    const recording = decodeRecording(text);
    expect(recording.lines.map(({ action }) => action.kind)).toEqual([
      'start',
      'deliver',
      'deliver',
      'deliver',
    ]);
    // What came while one commit was stored is in the next.
    const commits = recording.lines.map(({ commit }) => commit);
    expect(commits.slice(0, 2)).toEqual([1, 2]);
    expect(commits).toEqual(commits.toSorted());
    expect(recording.lines.map(({ taken }) => taken?.map(({ index }) => index))).toEqual([[], [0], [0], [1]]);
    const verdict = conform(recording, { kitchen });
    expect(explainDivergence(verdict)).toBe('All 4 steps follow from the charts.');
  });

  it('goes on beside an inspector that comes and goes', async () => {
    let text = '';
    const record = createRecorder({ system: 'tea', write: (line) => (text += line) });
    const system = await createSystem({ record, log: silentLogger });
    const ref = await system.spawn(kitchen, { id: 'kitchen' });
    const source = liveSource(system);
    const told: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const watching = source.watch({
        interest: { actors: ['kitchen'] },
        emit: (entries) => told.push(...entries.map(({ kind }) => kind)) >= 0,
      });
      const steps = told.filter((kind) => kind === 'step').length;
      await expect.poll(() => told.filter((kind) => kind === 'actor').length).toBe(round + 1);
      ref.send({ type: 'TEA' });
      await expect.poll(() => told.filter((kind) => kind === 'step').length).toBe(steps + 1);
      watching.close();
      await source.overview();
      ref.send({ type: 'TEA' });
    }
    await source.close();
    await system.stop();
    const recording = decodeRecording(text);
    expect(explainDivergence(conform(recording, { kitchen }))).toBe('All 5 steps follow from the charts.');
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assign, setup } from 'xstate';
import { createSystem, silentLogger, type System } from '../../src/index.ts';
import {
  inspect,
  liveSource,
  statelyEvents,
  type StatelyInspectionEvent,
} from '../../src/inspector/index.ts';
import { record } from '../../src/inspector/record.ts';
import { decodeRecording } from '../../src/monitoring/recording.ts';
import type { ActorDetail, ChartPicture, DryRun } from '../../src/inspector/protocol.ts';
import { ask, post, watch } from './support/ask-inspector.ts';

vi.mock('../../src/inspector/server/page-files.ts', () => ({ readPage: async () => new Map() }));

const lamp = setup({
  types: {
    context: {} as { changes: number; secret: string },
    events: {} as { type: 'SWITCH' } | { type: 'BREAK' },
  },
}).createMachine({
  id: 'lamp',
  initial: 'dark',
  context: { changes: 0, secret: 'tee-hee' },
  on: { BREAK: '.broken' },
  states: {
    dark: {
      on: {
        SWITCH: { target: 'bright', actions: assign({ changes: ({ context }) => context.changes + 1 }) },
      },
    },
    bright: { on: { SWITCH: 'dark' }, after: { 60_000: 'dark' } },
    broken: { type: 'final' },
  },
});

let system: System;
beforeEach(async () => {
  system = await createSystem({
    name: 'house',
    log: silentLogger,
    inspect: { redact: { lamp: ['context.secret'] } },
  });
  await system.spawn(lamp, { id: 'lamp' });
});
afterEach(() => system.stop());

const patience = { timeout: 5_000, interval: 20 };

describe('inspect, embedded in a process', () => {
  it('shows an actor, its chart, what an event would do, and what it did, without the secret', async () => {
    const inspector = await inspect(system, { allowSend: true });
    const page = await watch(inspector);
    const address = 'lamp';
    const detail = (await ask(inspector, '/api/actor?address=lamp')).json as ActorDetail;
    expect(detail).toMatchObject({ kind: 'lamp', state: 'dark', node: system.node });
    const picture = (await ask(inspector, `/api/chart?hash=${detail.chart}`)).json as ChartPicture;
    expect(picture.chart.id).toBe('lamp');
    expect(picture.drawing!.shape.attrs).toMatchObject({ 'aria-label': 'Statechart lamp' });

    const tried = (await post(inspector, '/api/dry-run', { address, event: { type: 'SWITCH' } }))
      .json as DryRun;
    expect(tried).toMatchObject({ handled: true, snapshot: { value: 'bright' } });
    expect(((await ask(inspector, '/api/actor?address=lamp')).json as ActorDetail).state).toBe('dark');

    const began = performance.now();
    expect((await post(inspector, '/api/send', { address, event: { type: 'SWITCH' } })).status).toBe(204);
    await vi.waitFor(() => {
      const steps = page.entries().filter((entry) => entry.kind === 'step');
      expect(steps.some(({ snapshots }) => snapshots['lamp']?.value === 'bright')).toBe(true);
    }, patience);
    // A page is told within 200 ms on a machine that is not busy with other tests.
    expect(performance.now() - began).toBeLessThan(2_000);
    const [after, heard] = [await ask(inspector, '/api/actor?address=lamp'), JSON.stringify(page.events)];
    expect(after.json).toMatchObject({ state: 'bright', snapshot: { context: { changes: 1 } } });
    expect(after.body + heard).not.toContain('tee-hee');
    await page.close();
    await inspector.close();
  });

  it('leaves the system as it was when it is closed, and may be opened again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const inspector = await inspect(system);
      const page = await watch(inspector);
      await inspector.close();
      await page.close();
    }
    expect(system.stats()).toMatchObject({ actors: 1, deadLetters: {} });
  });

  it('refuses what is no system', async () => {
    await expect(inspect({ name: 'x', node: 'y', members: () => [] })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});

describe('a session', () => {
  it('is written down, up to a bound', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-session-'));
    const source = liveSource(system);
    try {
      const file = join(folder, 'session.ndjson');
      const session = await record(source, file, { limit: 100_000, rate: 1_000, system: 'house' });
      const ref = system.ref<typeof lamp>('lamp');
      await vi.waitFor(() => expect(session.soFar().entries).toBeGreaterThan(1), patience);
      ref.send({ type: 'SWITCH' });
      await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain('"bright"'), patience);
      const recorded = await session.close();
      const { entries, unread } = decodeRecording(await readFile(file, 'utf8'));
      expect([entries.length, unread]).toEqual([recorded.entries, []]);

      const short = await record(source, file, { limit: 1_000, rate: 1_000, system: 'house' });
      await vi.waitFor(() => expect(short.soFar().stopped).toBe('it has reached 1000 bytes'), patience);
      await short.close();
      await expect(
        record(source, join(folder, 'no/such/folder'), { limit: 1, rate: 1, system: 'x' }),
      ).rejects.toMatchObject({ code: 'CANNOT_WRITE' });
    } finally {
      await source.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a live system', () => {
  it('says that supervision stopped an actor, also when nobody looked', async () => {
    const breaks = setup({
      types: { events: {} as { type: 'BREAK' } },
    }).createMachine({
      id: 'vase',
      on: {
        BREAK: {
          actions: () => {
            throw new Error('it breaks');
          },
        },
      },
    });
    const ref = await system.spawn(breaks, { id: 'vase', supervision: { directive: 'stop' } });
    ref.send({ type: 'BREAK' });
    const source = liveSource(system);
    const { alerts } = await source.overview();
    expect(alerts).toMatchObject([{ severity: 'error', address: 'vase' }]);
    expect(alerts[0]?.text).toContain('supervision gave up');
    await source.close();
  });
});

describe("Stately's viewer", () => {
  it('can be told what a running system does', async () => {
    const told: StatelyInspectionEvent[] = [];
    const telling = statelyEvents(system, (event) => told.push(event));
    await vi.waitFor(() => expect(told.map(({ type }) => type)).toContain('@xstate.actor'), patience);
    system.ref<typeof lamp>('lamp').send({ type: 'SWITCH' });
    await vi.waitFor(
      () =>
        expect(told).toContainEqual(
          expect.objectContaining({
            type: '@xstate.snapshot',
            sessionId: 'lamp',
            event: expect.objectContaining({ type: 'SWITCH' }) as unknown,
          }),
        ),
      patience,
    );
    const actor = told.find((event) => event.type === '@xstate.actor' && event.sessionId === 'lamp');
    expect(JSON.parse((actor as { definition: string }).definition)).toMatchObject({
      id: 'lamp',
      initial: 'dark',
      states: { dark: { on: { SWITCH: [{ target: ['#lamp.bright'] }] } } },
    });
    await telling.close();
  });
});

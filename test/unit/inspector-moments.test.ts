import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assign, setup } from 'xstate';
import { createSystem, silentLogger, type System } from '../../src/index.ts';
import { liveSource } from '../../src/inspector/source/live.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import type { Entry } from '../../src/monitoring/entry.ts';

const counter = setup({ types: { context: {} as { n: number } } }).createMachine({
  id: 'counter',
  context: { n: 0 },
  on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});

let system: System;
let source: Source;
beforeEach(async () => {
  system = await createSystem({ name: 'moments', log: silentLogger });
  await system.spawn(counter, { id: 'counter' });
  source = liveSource(system, { canSend: true });
});
afterEach(async () => {
  await source.close();
  await system.stop();
});

/** Somebody looks: `takes` says whether it takes what it is told. */
function page(takes: () => boolean = () => true) {
  const entries: Entry[] = [];
  const watching = source.watch({
    interest: { rate: 1_000 },
    emit: (more) => takes() && entries.push(...more) > 0,
  });
  const steps = () => entries.filter((entry) => entry.kind === 'step').map(({ step }) => step);
  // How the actor is comes with the first tick.
  const begun = async () =>
    vi.waitFor(
      () => expect(entries.some((entry) => entry.kind === 'actor' && entry.snapshot)).toBe(true),
      5_000,
    );
  return { steps, close: () => watching.close(), begun };
}

const add = async (): Promise<void> => source.send('counter', { type: 'ADD' });

const past = async (): Promise<readonly (readonly [number, unknown])[]> => {
  const { moments } = await source.history({ address: 'counter' });
  return moments.map(({ number, snapshot }) => [number, (snapshot.context as { n: number }).n]);
};

const counted = async (n: number): Promise<unknown> =>
  vi.waitFor(async () => expect((await past()).at(-1)?.[1]).toBe(n), { timeout: 5_000 });

describe('the moments of a live actor', () => {
  it('have rising numbers, also after the page was closed and opened again', async () => {
    for (const n of [1, 2, 3]) {
      const look = page();
      await look.begun();
      await add();
      await counted(n);
      look.close();
    }
    const moments = await past();
    expect(moments.map(([, n]) => n)).toEqual([0, 1, 2, 3]);
    expect(moments.map(([number]) => number)).toEqual([0, 1, 2, 3]);
  });

  it('are there once, by one number, however many look', async () => {
    let takes = true;
    const looks = [page(), page(() => takes)];
    await Promise.all(looks.map(async ({ begun }) => begun()));
    await add();
    await vi.waitFor(() => expect(looks.map(({ steps }) => steps())).toEqual([[1], [1]]), 5_000);
    takes = false;
    await add();
    await add();
    await counted(3);
    expect(looks.map(({ steps }) => steps())).toEqual([[1, 2, 3], [1]]);
    takes = true;
    await vi.waitFor(() => expect(looks[1]?.steps()).toEqual([1, 2, 3]), 5_000);
    expect(await past()).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});

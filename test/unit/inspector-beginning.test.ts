import { afterEach, describe, expect, it, vi } from 'vitest';
import { setup } from 'xstate';
import { createSystem, memory, silentLogger, type System } from '../../src/index.ts';
import { liveSource } from '../../src/inspector/source/live.ts';

const kettle = setup({}).createMachine({
  id: 'kettle',
  initial: 'idle',
  states: { idle: { on: { START: 'boiling' } }, boiling: {} },
});

let system: System | undefined;
afterEach(async () => system?.stop());

describe('the history of a durable actor', () => {
  it('begins with how it had begun, also when its first commit decided over an event besides', async () => {
    system = await createSystem({ name: 'kitchen', log: silentLogger, store: memory() });
    await system.host('kettle', kettle);
    system.ref('kettle/1').send({ type: 'START' });
    const source = liveSource(system);
    const summary = async () =>
      (await source.history({ address: 'kettle/1' })).moments.map(
        ({ number, causes, snapshot: { value } }) => [number, value, ...causes],
      );
    await vi.waitFor(async () => {
      expect(await summary()).toEqual([
        [0, 'idle', 'start'],
        [1, 'boiling', 'START'],
      ]);
    }, 5_000);
    await source.close();
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { fromTransition, setup } from 'xstate';
import { createSystem, local, localNetwork, memory, silentLogger, type System } from '../../src/index.ts';
import { liveSource } from '../../src/inspector/source/live.ts';

const clerk = setup({}).createMachine({ id: 'clerk', on: { GREET: {} } });
const greet = { type: 'GREET' };

const systems: System[] = [];
afterEach(async () => {
  for (const system of systems.splice(0)) await system.stop();
});

const network = localNetwork();
const start = async (options: Partial<Parameters<typeof createSystem>[0]> = {}): Promise<System> => {
  const system = await createSystem({
    name: 'office',
    transport: local(network),
    log: silentLogger,
    ...options,
  });
  systems.push(system);
  return system;
};

describe('sending from the inspector', () => {
  it('refuses an address that nobody has, and nothing becomes a dead letter', async () => {
    const system = await start();
    const source = liveSource(system, { canSend: true });
    await expect(source.send('clerk', greet)).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    const ref = await system.spawn(clerk, { id: 'clerk' });
    await source.send('clerk', greet);
    await ref.stop();
    await expect(source.send('clerk', greet)).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    expect(system.stats().deadLetters).toEqual({});
    await source.close();
  });

  it('takes the name of a service, and a virtual actor that is not in memory', async () => {
    const system = await start({ store: memory() });
    let greeted: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (greeted = resolve));
    const service = fromTransition((state: null, { type }: { type: string }) => {
      if (type === 'GREET') greeted();
      return state;
    }, null);
    await system.serve('desk', service);
    await system.host('guest', clerk);
    const source = liveSource(system, { canSend: true });
    await source.send('desk', greet);
    await heard;
    await source.send('guest/7', greet);
    await expect(source.send('stranger/7', greet)).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    await source.close();
  });

  it('goes on where a node does not say what it has', async () => {
    const [system, silent] = [await start(), await start({ inspect: false })];
    let greeted: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (greeted = resolve));
    await silent.spawn(
      fromTransition((state: null, { type }: { type: string }) => {
        if (type === 'GREET') greeted();
        return state;
      }, null),
      { id: 'hidden' },
    );
    const source = liveSource(system, { canSend: true });
    await source.send('hidden', greet);
    await heard;
    await source.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { divertOutput, whileLoading } from '../../src/cli/loading.ts';
import { troupe } from './fixtures/troupe.ts';
import { userProject, type UserProject } from './fixtures/user-project.ts';

let user: UserProject;
beforeAll(async () => void (user = await userProject()));
afterAll(() => user.remove());

const machine = `import { createMachine } from 'xstate';
export const light = createMachine({ id: 'light', initial: 'red', states: { red: {} } });\n`;

describe('a module that does more than export', { timeout: 60_000 }, () => {
  it('prints beside the drawing, also later', async () => {
    const file = await user.write(
      'noise.ts',
      `${machine}console.log('NOISE'); process.stdout.write('MORE');\nsetInterval(() => console.log('LATER'), 1);\n`,
    );
    const { code, out, err } = await troupe(['draw', file, '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: 'light' });
    expect(err).toContain('NOISE');
    expect(err).toContain('MORE');
  });

  it.each([0, 7])('has failed when it ends the process with %i', async (own) => {
    const file = await user.write(`exit${own}.ts`, `process.exit(${own});\n${machine}`);
    const { code, out, err } = await troupe(['draw', file, '--format', 'svg']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('could not be loaded: it ended the process while it was loaded');
  });

  it('has failed when it exports a machine that is broken', async () => {
    const file = await user.write('broken.ts', machine.replace("initial: 'red'", "initial: 'gone'"));
    const { code, out, err } = await troupe(['draw', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^troupe: State "light" cannot be drawn: .*"gone" not found.*\n$/);
  });

  it('has failed when it never ends loading', async () => {
    const listeners = process.listenerCount('exit');
    await expect(whileLoading('m.ts', () => new Promise(() => undefined), 5)).rejects.toMatchObject({
      code: 'MODULE_FAILED',
      message: expect.stringContaining('"m.ts" could not be loaded: it was not loaded within') as string,
    });
    expect(process.listenerCount('exit')).toBe(listeners);
  });
});

describe('output that is diverted', () => {
  it('is as before when all who diverted it have ended that, in any order', () => {
    const written: unknown[] = [];
    const write = process.stdout.write.bind(process.stdout);
    const note = (text: unknown): boolean => written.push(text) > 0;
    process.stdout.write = note;
    try {
      const [one, other] = [divertOutput(), divertOutput()];
      one();
      other();
      process.stdout.write('back');
    } finally {
      process.stdout.write = write;
    }
    expect(written).toEqual(['back']);
  });
});

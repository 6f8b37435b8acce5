import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { draftOf } from '../../src/cli/inspect/draft.ts';
import { designSource } from '../../src/inspector/source/design.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import type { Entry } from '../../src/monitoring/entry.ts';

/** Within the project, so that a file finds xstate. */
const root = fileURLToPath(new URL('../../.scratch', import.meta.url));

let folder: string;
const sources: Source[] = [];
beforeEach(async () => {
  await mkdir(root, { recursive: true });
  folder = await mkdtemp(join(root, 'design-'));
});
afterEach(async () => {
  for (const source of sources.splice(0)) await source.close();
  await rm(folder, { recursive: true, force: true });
});

const write = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const machine = (body: string, name = 'light'): string =>
  `import { createMachine } from 'xstate';\nexport const ${name} = createMachine(${body});\n`;

const red = `{ id: 'light', initial: 'red', states: { red: { on: { GO: 'green' } }, green: {} } }`;

const open = async (file: string): Promise<Source> => {
  const source = await designSource(draftOf(file));
  sources.push(source);
  return source;
};

const patience = { timeout: 8_000, interval: 20 };

describe('a file of machines', { timeout: 30_000 }, () => {
  it('shows all that it exports, in the initial state, and what is wrong with it', async () => {
    const file = await write(
      'm.ts',
      `${machine(red)}export const z = light;
       export const other = createMachine({ id: 'other', type: 'parallel', states: {
         a: { initial: 'one', states: { one: {}, lost: {} } }, b: {} } });
       export const flow = { id: 'flow', steps: [{ id: 's', service: 'x', action: 'y', next: ['nowhere'] }] };
       export const number: number = 7;`,
    );
    const source = await open(file);
    expect(source.about()).toMatchObject({ source: 'design', name: 'm.ts', canSend: false, flaws: [] });
    expect((await source.actors({})).rows.map(({ address, state }) => [address, state])).toEqual([
      ['flow', 's'],
      ['light', 'red'],
      ['other', '{"a":"one","b":{}}'],
    ]);
    const detail = await source.actor('light');
    expect(detail.events).toEqual([{ type: 'GO', enabled: true }]);
    expect(source.problems!((await source.actor('other')).chart!)).toContainEqual(
      expect.objectContaining({ at: 'other.a.lost' }),
    );
    expect(source.problems!((await source.actor('flow')).chart!)).toEqual([
      { at: 'flow.s', text: "Step 's' goes on to 'nowhere', which does not exist." },
    ]);
    await expect(source.actor('ghost')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    await expect(source.send('light', { type: 'GO' })).rejects.toMatchObject({ code: 'NOT_AVAILABLE' });
  });

  it('is drawn again when it, or what it imports, changes; when it is broken the last picture stays', async () => {
    await write('states.ts', `export const states = { red: {}, green: {} };\n`);
    const file = await write(
      'm.ts',
      `import { states } from './states.ts';\n${machine(`{ id: 'light', initial: 'red', states }`)}`,
    );
    const source = await open(file);
    const told: Entry[] = [];
    const changed = vi.fn();
    source.watch({ interest: {}, emit: (entries) => told.push(...entries) > 0, changed });
    expect(told.map(({ kind }) => kind)).toEqual(['chart', 'actor']);
    const first = (await source.actor('light')).chart!;

    await write('states.ts', `export const states = { red: {}, green: {}, blue: {} };\n`);
    await vi.waitFor(async () => expect((await source.actor('light')).chart).not.toBe(first), patience);
    expect(changed).toHaveBeenCalled();
    expect(JSON.stringify(told.slice(2))).toContain('light.blue');

    const second = (await source.actor('light')).chart!;
    await write('m.ts', 'export const = ;\n');
    await vi.waitFor(() => expect(source.about().flaws.join()).toContain('syntax error'), patience);
    expect((await source.actor('light')).chart).toBe(second);

    // Editors write another file and put it in the place of the first.
    await write('new.ts', machine(red, 'signal'));
    await rename(join(folder, 'new.ts'), file);
    await vi.waitFor(async () => expect((await source.actors({ id: 'signal' })).total).toBe(1), patience);
    expect(source.about().flaws).toEqual([]);
    expect(told).toContainEqual(
      expect.objectContaining({ kind: 'ended', address: 'light', reason: 'no longer exported' }),
    );
  });

  it('that never ends loading does not outlive who looks at it', async () => {
    const draft = draftOf(await write('loop.ts', 'for (;;);\n'));
    const reading = draft.read();
    draft.follow(() => undefined)();
    await expect(reading).rejects.toMatchObject({
      code: 'MODULE_FAILED',
      message: expect.stringContaining('SIGKILL') as string,
    });
  });

  it.each([
    ['export const = 1;', 'MODULE_FAILED', 'syntax error'],
    ['throw new Error("no luck");', 'MODULE_FAILED', 'no luck'],
    ['process.exit(3);', 'MODULE_FAILED', 'exit code 3'],
    ['export const a = 1;', 'NO_MACHINE', '"a" is the value 1'],
    ['', 'NO_MACHINE', 'it exports nothing'],
    [`import { x } from './none.ts'; export const a = x;`, 'MODULE_FAILED', 'none.ts'],
  ])('refuses %j', async (text, code, message) => {
    const file = await write('m.ts', text);
    await expect(open(file)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('leaves nothing of the module in this process', async () => {
    const file = await write(
      'm.ts',
      `${machine(red)}(globalThis as { leak?: number }).leak = 1; setInterval(() => {}, 1000); console.log('noise');`,
    );
    const source = await open(file);
    expect((await source.actors({})).total).toBe(1);
    expect(globalThis).not.toHaveProperty('leak');
  });

  it('follows a file that is reached through a link', async () => {
    await mkdir(join(folder, 'real'));
    await write('real/m.ts', machine(red));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    const source = await open(join(folder, 'link/m.ts'));
    await write('real/m.ts', machine(red, 'renamed'));
    await vi.waitFor(async () => expect((await source.actors({ id: 'renamed' })).total).toBe(1), patience);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMachine } from '../../src/cli/load.ts';
import { isTroupeError } from '../../src/errors.ts';
import { userProject, type UserProject } from './fixtures/user-project.ts';

let esm: UserProject;
let cjs: UserProject;

beforeAll(async () => {
  esm = await userProject('module');
  cjs = await userProject('commonjs');
});

afterAll(async () => {
  await esm.remove();
  await cjs.remove();
});

const light = `createMachine({ id: 'light', initial: 'red', states: { red: {} } })`;
const withImport = (text: string) => `import { createMachine } from 'xstate';\n${text}\n`;
const withRequire = (text: string) => `const { createMachine } = require('xstate');\n${text}\n`;

const failure = async (file: string, name?: string): Promise<string> => {
  try {
    await loadMachine(file, { export: name });
  } catch (error) {
    if (isTroupeError(error)) return `${error.code} ${error.message.replaceAll(file, 'FILE')}`;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('loading a machine from a module', () => {
  it.each([
    ['light.ts', withImport(`const it: unknown = ${light};\nexport default it;`)],
    ['light.mts', withImport(`export const machine = ${light};`)],
    ['light.mjs', withImport(`export default ${light};`)],
    ['light.js', withImport(`export const machine = ${light};`)],
    ['light.cjs', withRequire(`module.exports = { machine: ${light} };`)],
  ])('takes %s of an ESM package', async (name, text) => {
    expect((await loadMachine(await esm.write(name, text))).id).toBe('light');
  });

  it.each([
    ['light.ts', withImport(`export const machine = ${light};`)],
    ['default.ts', withImport(`export default ${light};`)],
    ['light.cts', withImport(`export const machine = ${light};`)],
    ['light.js', withRequire(`module.exports = ${light};`)],
    ['light.mjs', withImport(`export default ${light};`)],
  ])('takes %s of a CommonJS package', async (name, text) => {
    expect((await loadMachine(await cjs.write(name, text))).id).toBe('light');
  });

  it('follows imports of the user, with and without extension', async () => {
    await esm.write('part.ts', withImport(`export const part = ${light};`));
    const file = await esm.write('whole.ts', `import { part } from './part';\nexport { part as whole };\n`);
    expect((await loadMachine(file)).id).toBe('light');
  });

  it('takes the only machine among other exports, also when it has two names', async () => {
    const file = await esm.write(
      'mixed.ts',
      withImport(`export const a = ${light};\nexport default a;\nexport const size = 3;`),
    );
    expect((await loadMachine(file)).id).toBe('light');
  });

  it('takes the chosen one of several, and lists them when none is chosen', async () => {
    const file = await esm.write(
      'two.ts',
      withImport(`export const first = ${light};\nexport default createMachine({ id: 'other' });`),
    );
    expect((await loadMachine(file, { export: 'first' })).id).toBe('light');
    expect((await loadMachine(file, { export: 'default' })).id).toBe('other');
    expect(await failure(file)).toMatch(/^AMBIGUOUS_EXPORT "FILE" exports several machines: .*"first"/);
    expect(await failure(file)).toContain('"default"');
    expect(await failure(file, 'third')).toMatch(
      /^NO_SUCH_EXPORT "FILE" has no export "third"\. It exports .*"first"/,
    );
  });

  it('says what it found instead of a machine', async () => {
    const text = `import { fromPromise } from 'xstate';
      export const make = () => 1;
      export const logic = fromPromise(async () => 1);
      export const config = { initial: 'a' };
      export const nothing = null;`;
    const file = await esm.write('none.ts', text);
    expect(await failure(file, 'make')).toBe(
      'NO_MACHINE Export "make" of "FILE" is a function, not a machine. Export what createMachine returns.',
    );
    expect(await failure(file, 'logic')).toContain('is actor logic without a statechart');
    expect(await failure(file, 'nothing')).toContain('is the value null');
    const all = await failure(file);
    expect(all).toMatch(/^NO_MACHINE "FILE" exports no machine: /);
    expect(all).toContain('"make" is a function');
    expect(all).toContain('"config" is an object');
    expect(await failure(await esm.write('empty.ts', 'export {};\n'))).toContain(
      'exports no machine: it exports nothing.',
    );
  });

  it('says where a syntax error is, in one line', async () => {
    const file = await esm.write('broken.ts', `const fine = 1;\nexport const = 2;\n`);
    expect(await failure(file)).toMatch(
      /^MODULE_FAILED "FILE" could not be loaded: syntax error at FILE:2:14: Expected identifier.*$/,
    );
  });

  it('passes on what a module throws, and an import that does not exist', async () => {
    const thrown = await esm.write('throws.ts', `throw new RangeError('first\\n  second');\n`);
    expect(await failure(thrown)).toBe('MODULE_FAILED "FILE" could not be loaded: RangeError: first second');
    const missing = await esm.write('missing.ts', `import 'no-such-package-of-mine';\n`);
    expect(await failure(missing)).toMatch(/^MODULE_FAILED .*no-such-package-of-mine/);
  });

  it('refuses a missing file, a folder, and a file that is no module', async () => {
    expect(await failure(esm.path('gone.ts'))).toBe('NO_SUCH_FILE There is no file "FILE". Check the path.');
    expect(await failure(esm.path('node_modules'))).toMatch(/^NOT_A_MODULE "FILE" is not a file\./);
    expect(await failure(await esm.write('notes.txt', 'hello'))).toMatch(
      /^NOT_A_MODULE "FILE" is not a module\./,
    );
  });
});

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toChart, toMermaid } from '../../src/inspector/index.ts';
import { order } from './fixtures/choices.ts';
import meter from './fixtures/root.ts';
import { troupe } from './fixtures/troupe.ts';
import { userProject, type UserProject } from './fixtures/user-project.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const lines = (text: string): string[] => text.trimEnd().split('\n');

let user: UserProject;

beforeAll(async () => {
  user = await userProject();
});

afterAll(() => user.remove());

const seven = `import { createMachine } from 'xstate';
  export const a = createMachine({ id: 'seven' });
  export const b = createMachine({ id: 'eight' });
  setInterval(() => undefined, 1000);`;

describe('troupe', () => {
  it('lists its commands in --help', async () => {
    const { code, out, err } = await troupe(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ {2}draw \[options\] <file> /m);
    expect(out).toMatch(/^ {2}nats /m);
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(fixture('../../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(await troupe(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('suggests a command for an unknown one, as a usage error', async () => {
    const { code, out, err } = await troupe(['drwa']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe("troupe: unknown command 'drwa' (Did you mean draw?)\n");
  });

  it('without a command shows its help on standard error, as a usage error', async () => {
    const { code, out, err } = await troupe([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: troupe /);
  });
});

describe('troupe draw', () => {
  it('prints Mermaid', async () => {
    expect(await troupe(['draw', fixture('root.ts')])).toEqual({ code: 0, out: toMermaid(meter), err: '' });
  });

  it('prints JSON', async () => {
    const { code, out, err } = await troupe(['draw', fixture('choices.ts'), '--format', 'json']);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual(toChart(order));
  });

  it('leaves out actions with --no-detail', async () => {
    const { out } = await troupe(['draw', fixture('choices.ts'), '--no-detail']);
    expect(out).toBe(toMermaid(order, { detail: false }));
  });

  it('writes a file in the format of its name and says so', async () => {
    const [md, json] = [user.path('root.md'), user.path('root.JSON')];
    const written = await Promise.all(
      [md, json].map((out) => troupe(['draw', fixture('root.ts'), '-o', out])),
    );
    expect(written).toEqual([
      { code: 0, out: '', err: `troupe: wrote ${md} (mermaid)\n` },
      { code: 0, out: '', err: `troupe: wrote ${json} (json)\n` },
    ]);
    expect(await readFile(md, 'utf8')).toBe(`\`\`\`mermaid\n${toMermaid(meter)}\`\`\`\n`);
    expect(JSON.parse(await readFile(json, 'utf8'))).toEqual(toChart(meter));
  });

  it('lets --format overrule the name', async () => {
    const out = user.path('chart.txt');
    expect((await troupe(['draw', fixture('root.ts'), '--format', 'mermaid', '-o', out])).code).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(toMermaid(meter));
  });

  it('refuses a format it does not have, by option and by name, before it loads anything', async () => {
    const out = user.path('chart.gif');
    const [byOption, byName] = await Promise.all([
      troupe(['draw', 'gone.ts', '--format', 'gif']),
      troupe(['draw', 'gone.ts', '-o', out]),
    ]);
    expect(byOption.code).toBe(2);
    expect(byOption.err).toBe(
      "troupe: option '--format <format>' argument 'gif' is invalid. Allowed choices are svg, png, mermaid, json, outline, geometry.\n",
    );
    expect(byName.code).toBe(2);
    expect(lines(byName.err)).toEqual([
      expect.stringContaining('supported formats are svg, png, mermaid, json, '),
    ]);
    expect(existsSync(out)).toBe(false);
  });

  it('takes the chosen export, and ends although the module keeps a timer', async () => {
    const file = await user.write('seven.ts', seven);
    const { code, out } = await troupe(['draw', file, '--export', 'a']);
    expect([code, out]).toEqual([0, 'stateDiagram-v2\n  state "seven" as seven\n']);
  });

  it('fails with one line, also although the module keeps a timer', async () => {
    const file = await user.write('seven.ts', seven);
    const { code, out, err } = await troupe(['draw', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`troupe: "${file}" exports several machines: "a", "b". Choose with --export NAME.\n`);
  });

  it('shows the stack of an error only with --verbose or DEBUG=troupe', async () => {
    const first = 'troupe: There is no file "gone.ts". Check the path.';
    const [plain, verbose, debug] = await Promise.all([
      troupe(['draw', 'gone.ts']),
      troupe(['draw', 'gone.ts', '--verbose']),
      troupe(['draw', 'gone.ts'], { env: { DEBUG: 'other,troupe' } }),
    ]);
    expect(plain).toEqual({ code: 2, out: '', err: `${first}\n` });
    for (const { code, err } of [verbose, debug]) {
      expect(code).toBe(2);
      expect(lines(err)[0]).toBe(first);
      expect(err).toMatch(/^ {4}at .*load\.ts/m);
    }
  });

  it('says in one line when the output cannot be written', async () => {
    const out = user.path('no/such/folder/x.mmd');
    const { code, err } = await troupe(['draw', fixture('root.ts'), '-o', out]);
    expect(code).toBe(1);
    expect(lines(err)).toEqual([expect.stringMatching(/^troupe: ".*x\.mmd" could not be written: ENOENT/)]);
  });

  it('treats a missing file name as a usage error', async () => {
    expect(await troupe(['draw'])).toEqual({
      code: 2,
      out: '',
      err: "troupe: missing required argument 'file'\n",
    });
  });

  it('is silent when the reader of its output has gone', async () => {
    expect(await troupe(['draw', fixture('large.ts'), '--format', 'json'], { deaf: true })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });
});

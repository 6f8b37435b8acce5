import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toChart, toSvg, layoutChart, renderChart, type Geometry } from '../../src/inspector/index.ts';
import meter from './fixtures/root.ts';
import { troupe } from './fixtures/troupe.ts';
import { userProject, type UserProject } from './fixtures/user-project.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const folder = fileURLToPath(new URL('../../', import.meta.url));

let user: UserProject;

beforeAll(async () => {
  user = await userProject();
});

afterAll(() => user.remove());

const svgOf = async (): Promise<string> => toSvg(renderChart(await layoutChart(toChart(meter))));

describe('troupe draw', { timeout: 60_000 }, () => {
  it('writes a picture, the format by the name of the file, the same bytes as the library', async () => {
    const [svg, png] = [user.path('chart.svg'), user.path('chart.png')];
    expect(await troupe(['draw', fixture('root.ts'), '-o', svg])).toEqual({
      code: 0,
      out: '',
      err: `troupe: wrote ${svg} (svg)\n`,
    });
    expect((await troupe(['draw', fixture('root.ts'), '--output', png, '--theme', 'dark'])).code).toBe(0);
    expect(await readFile(svg, 'utf8')).toBe(await svgOf());
    expect((await readFile(png)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('draws in the direction and colours that were asked for, and without the content of collapsed states', async () => {
    const draw = (...args: string[]) => troupe(['draw', fixture('root.ts'), ...args]);
    const [right, dark, collapsed] = await Promise.all([
      draw('--format', 'geometry', '--direction', 'right'),
      draw('--format', 'svg', '--theme', 'dark'),
      draw('--format', 'geometry', '--collapse', 'meter.work'),
    ]);
    expect((JSON.parse(right.out) as Geometry).direction).toBe('right');
    expect(dark.out).not.toContain('var(');
    expect((JSON.parse(collapsed.out) as Geometry).nodes.map(({ id }) => id)).not.toContain(
      'meter.work.paused',
    );
  });

  it('prints the outline', async () => {
    const { code, out } = await troupe(['draw', fixture('root.ts'), '--format', 'outline']);
    expect([code, out.split('\n')[0]]).toEqual([0, 'meter']);
  });

  it('prints problems, marks them in the picture, and exits with 1', async () => {
    const picture = user.path('problems.svg');
    const { code, out } = await troupe(['draw', fixture('parallel.ts'), '--problems', '-o', picture]);
    expect(code).toBe(1);
    expect(out).toMatch(/^player\.everything: no transition leads to .* \(unreachable-state\)$/m);
    expect(await readFile(picture, 'utf8')).toContain('class="warning"');
    const none = await troupe(['draw', `${folder}machines/saga.ts`, '--problems']);
    expect(none).toEqual({ code: 0, out: 'no problems found\n', err: '' });
  });

  it('refuses what it cannot do in one line', async () => {
    const draw = (...args: string[]) => troupe(['draw', fixture('root.ts'), '--format', 'png', ...args]);
    const [scale, state, font] = await Promise.all([
      draw('--scale', '99'),
      draw('--collapse', 'nowhere'),
      draw('--font', 'gone.ttf', '-o', user.path('x.png')),
    ]);
    expect(scale).toMatchObject({ code: 2, err: expect.stringMatching(/between 0\.1 and 8/) as string });
    expect(state).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^troupe: There is no state with the id "nowhere"/) as string,
    });
    expect(font).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^troupe: The font "gone.ttf" could not be read/) as string,
    });
  });
});

describe('without the optional packages', { timeout: 30_000 }, () => {
  it('a PNG is refused with the remedy, and an SVG is drawn', async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name.startsWith('@resvg/')) throw new Error('Cannot find package ' + name);
      return next(name, context);
    };`;
    const block = await user.write(
      'block.mjs',
      `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`,
    );
    const env = { NODE_OPTIONS: `--import=${block}` };
    const draw = (name: string) => troupe(['draw', fixture('root.ts'), '-o', user.path(name)], { env });
    const [png, svg] = await Promise.all([draw('none.png'), draw('some.svg')]);
    expect(png.code).toBe(1);
    expect(png.err).toMatch(
      /^troupe: .* npm install @resvg\/resvg-wasm @expo-google-fonts\/jetbrains-mono\. .*\n$/,
    );
    expect(svg.code).toBe(0);
  });
});

describe('the charts in docs', () => {
  it('are what would be drawn now; otherwise: npm run charts', { timeout: 60_000 }, async () => {
    const node = ['--conditions=troupe-source', '--import', 'tsx', 'scripts/charts.mjs', '--check'];
    const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: folder }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  });
});

describe('what a page takes of this', () => {
  const bundle = (entry: string, platform: 'browser' | 'node') =>
    build({
      entryPoints: [`${folder}${entry}`],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform,
      packages: 'external',
      conditions: ['troupe-source'],
      logLevel: 'silent',
    });

  it.each(['render.ts', 'theme.ts', 'outline.ts', 'edges.ts', 'problems.ts'])(
    'draw/%s needs neither Node nor the layout',
    async (name) => {
      const { metafile } = await bundle(`src/inspector/draw/${name}`, 'browser');
      const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
      expect(imports).toEqual([]);
    },
  );

  it('and the doors of the package do not load the layout library before it is used', async () => {
    for (const door of ['src/index.ts', 'src/inspector/index.ts']) {
      const { metafile } = await bundle(door, 'node');
      const loaded = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
      const heavy = loaded.filter(
        ({ path, kind }) => /elkjs|resvg/.test(path) && kind === 'import-statement',
      );
      expect(heavy).toEqual([]);
    }
  });
});

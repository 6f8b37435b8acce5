/**
 * `npm run build`: the inspector's page into `dist/page` (or the folder given as argument): one html file, one style sheet, one script. In parts it would be there
 * no sooner: all of it together is less than a picture. Also `buildPage(out, { isQuick: true })` for
 * those who run from source: they do not wait until it is as small as it can be.
 */
import { build } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';

const page = resolve(import.meta.dirname, '../src/inspector/page');

/** Charts reach the page as data: what reads machines stays outside. */
const withoutMachines = {
  name: 'without machines',
  setup({ onLoad }) {
    const contents = 'export const toChart = (chart) => chart;';
    onLoad({ filter: /[\\/]draw[\\/]to-chart\.ts$/ }, () => ({ contents }));
  },
};

const options = {
  entryPoints: { app: join(page, 'app.tsx') },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  // `h(…)` is shorter than what the automatic runtime writes.
  jsx: 'transform',
  jsxFactory: 'h',
  jsxFragment: 'Fragment',
  inject: [join(page, 'jsx.ts')],
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  plugins: [withoutMachines],
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
};

/** What esbuild leaves, once more: 3 % less to load. Reading a signal has an effect, so that nothing may be taken for pure. */
const squeeze = async (script) => {
  const compress = { passes: 3, unsafe_arrows: true };
  return (await minify(script, { module: true, ecma: 2020, compress })).code;
};

export async function buildPage(out, { isQuick = false } = {}) {
  // What an earlier version had more of would be published with it.
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { outputFiles } = await build({ ...options, outdir: out });
  for (const { path, text } of outputFiles)
    await writeFile(path, extname(path) === '.js' && !isQuick ? await squeeze(text) : text);
  await cp(join(page, 'index.html'), join(out, 'index.html'));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildPage(resolve(process.argv[2] ?? join(import.meta.dirname, '../dist/page')));

/**
 * `npm run build`: the inspector's page into `dist/page` (or the folder given as argument): one html file, one style sheet, the script, and a second one
 * with the views that are not needed at first (`chunk.js`: what both have in common). Also `buildPage(out)` for those who run from source.
 */
import { build } from 'esbuild';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

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

const extension =
  (name) =>
  ({ path }) =>
    path.endsWith(name);

export async function buildPage(out) {
  await mkdir(out, { recursive: true });
  // The style sheet is that of all views, so that nothing jumps when the later ones come.
  const [whole, split] = await Promise.all([
    build({ ...options, outdir: out }),
    build({ ...options, outdir: out, splitting: true, chunkNames: '[name]' }),
  ]);
  const files = [
    ...whole.outputFiles.filter(extension('.css')),
    ...split.outputFiles.filter(extension('.js')),
  ];
  for (const { path, contents } of files) await writeFile(path, contents);
  await cp(join(page, 'index.html'), join(out, 'index.html'));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildPage(resolve(process.argv[2] ?? join(import.meta.dirname, '../dist/page')));

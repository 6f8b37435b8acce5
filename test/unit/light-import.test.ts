import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** What a module loads at once: by import statements, not by `import()`. */
async function loadedWith(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  const loaded = new Set([entry]);
  for (const path of loaded)
    for (const { path: next, kind } of metafile.inputs[path]?.imports ?? [])
      if (kind === 'import-statement') loaded.add(next);
  return [...loaded].sort();
}

const LATER = [
  ['durable/actors', 'durable/cell/cell', 'durable/history/replica', 'kernel/step'],
  ['coordination/queue/queue', 'monitors', 'monitoring/monitor', 'monitoring/tap', 'durable/file/store'],
].flat();

it('import troupe loads what every system needs, and the rest when it is asked for', async () => {
  const loaded = await loadedWith('src/index.ts');
  expect(loaded).toContain('src/actor/cell.ts');
  expect(LATER.filter((module) => loaded.includes(`src/${module}.ts`))).toEqual([]);
  expect(loaded.filter((module) => !/^(src|machines)\//.test(module))).toEqual([
    'msgpackr',
    'node:zlib',
    'xstate',
  ]);
  expect(loaded.length).toBeLessThanOrEqual(120);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/**
 * Build the package into `dist` as its users get it, and the workers against it. The workers go into a folder inside the
 * project, so that their `import 'troupe'` means this package; it is removed when this process ends.
 * @returns the folder of the compiled workers
 */
export function compile(root: string): string {
  run(root, ['-p', 'tsconfig.build.json']);
  const parent = join(root, '.troupe');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  run(root, ['-p', 'bench/tsconfig.workers.json', '--outDir', folder]);
  return join(folder, 'workers');
}

function run(root: string, args: readonly string[]): void {
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`tsc ${args.join(' ')} failed:\n${stdout}`);
}

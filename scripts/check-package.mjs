/**
 * `npm run package:check`: what would be published works for those who install it.
 *
 * Builds and packs a copy, so that nothing stale from `dist` of this checkout gets in and nothing here is touched; lints the
 * tarball (publint, attw); installs it into an empty project and uses it from JavaScript, TypeScript and the command line. One
 * line per check, exit code 1 if one fails. Needs the npm registry (or its cache) for the dependencies, nothing else.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { javascript, machine, tsconfig, typescript } from './package-user.mjs';

const root = resolve(import.meta.dirname, '..');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const run = promisify(execFile);

/** The file behind a command of a development dependency: it runs without npm's help, so faster. */
const bin = async (name, command = name) => {
  const path = createRequire(import.meta.url).resolve.paths(name)[0] ?? '';
  const folder = join(path.endsWith('node_modules') ? join(root, 'node_modules') : path, name);
  const { bin: bins } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bins === 'string' ? bins : bins[command]);
};

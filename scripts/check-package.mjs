/**
 * `npm run package:check`: what would be published works for those who install it.
 *
 * Builds and packs a copy, so that nothing stale in `dist` gets in and nothing of this checkout is touched; lints the tarball
 * (publint, attw); installs it into an empty project and uses it from JavaScript, TypeScript and the command line. One line per
 * check, exit code 1 if one fails. Needs the npm registry (or npm's cache) for the dependencies, nothing else.
 */
import { execFile } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { javascript, machine, model, tsconfig, typescript } from './package-user.mjs';

const root = resolve(import.meta.dirname, '..');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const temporary = await mkdtemp(join(tmpdir(), 'troupe-package-'));
const copy = join(temporary, 'copy');
const user = join(temporary, 'user');
const tarball = join(temporary, `${manifest.name}-${manifest.version}.tgz`);

/** Run a command and give what it printed; what it said is the error when it fails. */
const run = async (command, args, cwd) => {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    throw new Error([error.stdout, error.stderr, error.code].filter(Boolean).join('\n').trim());
  }
};

/** A tool among the development dependencies. */
const tool = (name, args, cwd) =>
  run(process.execPath, [join(root, 'node_modules/.bin', name), ...args], cwd);

const expectEqual = (actual, expected) => {
  if (actual !== expected) throw new Error(`expected ${expected}\n     got ${actual}`);
};

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

async function build() {
  await mkdir(copy);
  const sources = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'machines'];
  for (const name of new Set([...sources, ...manifest.files.filter((file) => file !== 'dist')])) {
    if (await exists(join(root, name))) await cp(join(root, name), join(copy, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  await tool('tsc', ['-p', 'tsconfig.build.json'], copy);
  await cp(join(root, 'scripts/build-page.mjs'), join(copy, 'scripts/build-page.mjs'));
  await run(process.execPath, ['scripts/build-page.mjs'], copy);
}

async function pack() {
  const said = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', temporary],
    copy,
  );
  const [{ files }] = [Object.values(JSON.parse(said))].flat();
  const paths = files.map(({ path }) => path);
  const unwanted = paths.filter(
    (path) => !/^(dist|src|machines|docs|examples)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path),
  );
  if (unwanted.length > 0)
    throw new Error(`these files have no place in the package: ${unwanted.join(', ')}`);
  const promised = [
    ...manifest.files.filter((file) => !file.startsWith('!')),
    'dist/page/index.html',
    'dist/page/app.js',
    ...Object.values(manifest.bin).map((path) => path.replace('./', '')),
  ];
  const readme = await readFile(join(copy, 'README.md'), 'utf8');
  // Pictures are heavy; a registry shows the text.
  const linked = [...readme.matchAll(/(?<!!\[[^\]]*)\]\((?!\w+:|#)([^)#]+)/g)].map(([, path]) => path);
  const isThere = (file) => paths.some((path) => `${path}/`.startsWith(`${file}/`));
  const missing = [...promised, ...linked].filter((file) => !isThere(file));
  if (missing.length > 0) throw new Error(`these files are missing: ${missing.join(', ')}`);
}

async function install() {
  await mkdir(user);
  const files = {
    'package.json': JSON.stringify({ name: 'user', private: true, type: 'module' }),
    'tsconfig.json': JSON.stringify(tsconfig),
    'use.js': javascript,
    'machine.ts': machine,
    'model.ts': model,
    'typed.ts': typescript,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(user, name), text);
  const types = `@types/node@${manifest.devDependencies['@types/node']}`;
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...quietly, tarball, types], user);
}

async function useFromTypeScript() {
  await tool('tsc', ['-p', 'tsconfig.json'], user);
  // With this option the declarations of xstate and nats do not hold (so they are skipped); a user's code must.
  await tool('tsc', ['-p', '.', '--exactOptionalPropertyTypes', '--skipLibCheck', '--noEmit'], user);
  const said = JSON.parse(await run(process.execPath, ['out/typed.js'], user));
  expectEqual(
    JSON.stringify(said),
    '{"count":3,"text":"hello you","chart":"saga","state":"completed","transport":"nats","wrong":"function","paths":3,"kind":"sometimes"}',
  );
}

const troupe = (...args) => run('npx', ['--no-install', 'troupe', ...args], user);

const checks = [
  ['the sources build', build],
  ['npm packs what package.json promises, and nothing else', pack],
  ['publint finds nothing', () => tool('publint', ['run', tarball, '--strict'])],
  [
    'attw finds the types right for ESM',
    () => tool('attw', [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii']),
  ],
  ['the tarball installs into an empty project', install],
  [
    'JavaScript runs on every door of the package',
    async () =>
      expectEqual(
        (await run(process.execPath, ['use.js'], user)).trim(),
        '{"count":2,"transport":"nats","isDrawn":true,"states":1}',
      ),
  ],
  ['TypeScript compiles, library types included, and runs', useFromTypeScript],
  ['npx troupe --version', async () => expectEqual((await troupe('--version')).trim(), manifest.version)],
  [
    'npx troupe draw, of a .ts file',
    async () => {
      const drawn = await troupe('draw', 'machine.ts');
      if (!/^stateDiagram-v2\n[^]*ADD/.test(drawn)) throw new Error(`this is no drawing:\n${drawn}`);
    },
  ],
  [
    'npx troupe check, of a .ts file',
    async () => {
      const found = JSON.parse(await troupe('check', 'model.ts', '--param', 'most=3', '--json'));
      expectEqual(found.distinctStates, 4);
    },
  ],
];

let current = '';
try {
  for (const [name, check] of checks) {
    current = name;
    const began = performance.now();
    await check();
    console.log(`ok    ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  }
} catch (error) {
  console.error(`FAIL  ${current}\n${error.message}`);
  process.exitCode = 1;
} finally {
  await rm(temporary, { recursive: true, force: true });
}

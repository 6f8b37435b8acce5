/**
 * `npm run setup:browser`: the browser that tests of the inspector's page need. Found in CHROMIUM_BIN or among the installed ones; on Debian and Ubuntu,
 * as root, installed with apt. Prints its path; exit code 1 and one line when there is none.
 */
import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/opt/homebrew/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const canRun = (path) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function find() {
  const { CHROMIUM_BIN } = process.env;
  if (CHROMIUM_BIN !== undefined && CHROMIUM_BIN !== '') {
    if (await canRun(CHROMIUM_BIN)) return CHROMIUM_BIN;
    throw new Error(`CHROMIUM_BIN is ${CHROMIUM_BIN}, which is no program that can be run.`);
  }
  for (const path of known) if (await canRun(path)) return path;
  return undefined;
}

async function isDebianRoot() {
  if (process.getuid?.() !== 0) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*debian/m.test(release);
}

/** The path of a Chromium or Chrome; installs one where that is possible. */
export async function findBrowser() {
  const found = await find();
  if (found !== undefined) return found;
  if (await isDebianRoot()) {
    const environment = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 1 << 26 };
    await run('apt-get', ['update', '-qq'], environment);
    await run(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      environment,
    );
    const installed = await find();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'No Chromium was found: install it ("apt-get install chromium") or set CHROMIUM_BIN to its path.',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await findBrowser());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

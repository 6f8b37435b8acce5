import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/cli/nats-server/cache.ts';

const run = promisify(execFile);

/** A verifier that Spin wrote and gcc compiled. */
export interface Pan {
  readonly path: string;
  /** What `spin -V` says. */
  readonly version: string;
  /** Its flags, of gcc and of its own. */
  readonly flags: string;
  /** Remove the folder it lies in. */
  end(): Promise<void>;
}

const COMPILE = ['-O2', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=1024'];
export const PAN_FLAGS = ['-m1000000', '-w22'];

/**
 * The verifier of a Promela model. Spin is found on PATH or in the cache, else fetched from Debian as nats-server is.
 * @throws Error saying what is missing: Spin, the Debian package source, or gcc
 */
export async function compilePan(model: string, note: (line: string) => void): Promise<Pan> {
  const spin = (await installed('spin')) ?? (await cached()) ?? (await fetchSpin(note));
  const gcc = await installed('gcc');
  if (gcc === undefined) throw new Error('gcc, which compiles what Spin writes, is not installed');
  const { stdout: version } = await run(spin, ['-V']);
  const folder = await work('pan-');
  await run(spin, ['-a', model], { cwd: folder });
  await run(gcc, [...COMPILE, '-o', 'pan', 'pan.c'], { cwd: folder });
  return {
    path: join(folder, 'pan'),
    version: version.trim(),
    flags: `gcc ${COMPILE.join(' ')}; pan ${PAN_FLAGS.join(' ')}`,
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function installed(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

const cachedSpin = (): string => join(cacheFolder(process.env), 'spin');

const cached = async (): Promise<string | undefined> =>
  (await isExecutable(cachedSpin())) ? cachedSpin() : undefined;

/** The package is unpacked, not installed; one rename puts the finished file in its place. */
async function fetchSpin(note: (line: string) => void): Promise<string> {
  note(`fetching spin from Debian into ${cacheFolder(process.env)}`);
  const folder = await work('fetch-');
  try {
    // `_apt`, the user apt drops to when run as root, cannot write below a home folder.
    await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'spin'], { cwd: folder });
    const deb = (await readdir(folder)).find((name) => name.endsWith('.deb'));
    if (deb === undefined) throw new Error('apt-get download left no package behind');
    await run('dpkg', ['-x', deb, 'tree'], { cwd: folder });
    await rename(join(folder, 'tree', 'usr', 'bin', 'spin'), cachedSpin());
    return cachedSpin();
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Error(`spin is not installed and cannot be fetched (${reason ?? ''})`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function work(prefix: string): Promise<string> {
  await mkdir(cacheFolder(process.env), { recursive: true });
  return mkdtemp(join(cacheFolder(process.env), prefix));
}

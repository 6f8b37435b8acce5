import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TroupeError } from '../../errors.ts';
import { type Archive, debianArchive, readSources } from './apt-sources.ts';
import { cachedServer, cacheFolder, type Env } from './cache.ts';
import { installHint } from './hint.ts';
import { guard } from './reaper.ts';

const run = promisify(execFile);

export interface FetchOptions {
  /** XDG_CACHE_HOME, PATH and proxies are read from it. Default `process.env`. */
  readonly env?: Env;
  /** Takes one line for people about what is going on. Default: silent. */
  readonly notice?: (line: string) => void;
  /** Where the machine's apt sources are. Default `/etc/apt`. */
  readonly aptFolder?: string;
}

/** The Debian suite whose server Troupe is tested on. */
const SUITE = 'forky';

/**
 * Download Debian's `nats-server` package into the cache folder and return the path of the executable.
 * Nothing is installed and the machine's own apt state is not touched; apt checks the signature against the
 * keyring the machine already trusts (apt-secure(8)).
 *
 * Any number of processes may fetch at once: each works in a folder of its own, and the finished file is
 * moved into place by one atomic rename. So there is no lock that a killed process could leave behind.
 * @throws TroupeError NATS_SERVER_MISSING where that is not possible, with the reason and what to install.
 */
export async function fetchServer(options: FetchOptions = {}): Promise<string> {
  const { env = process.env, notice = () => undefined } = options;
  const archive = debianArchive(await readSources(options.aptFolder));
  if (archive === undefined) throw missing('this machine has no Debian package source');
  notice(`fetching nats-server from Debian ${SUITE} into ${cacheFolder(env)}`);
  try {
    return await withWorkFolder(env, (work) => download(archive, work, env));
  } catch (error) {
    throw missing(reasonOf(error), error);
  }
}

async function withWorkFolder<T>(env: Env, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(cacheFolder(env), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(env), 'fetch-'));
  const release = guard({ folder });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    release();
  }
}

async function download(archive: Archive, work: string, env: Env): Promise<string> {
  await mkdir(join(work, 'lists', 'partial'), { recursive: true });
  await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(work, 'debian.sources'), sourceOf(archive));
  await writeFile(join(work, 'apt.conf'), aptConfig(work));
  const command = { cwd: work, env: { ...env, LC_ALL: 'C' }, timeout: 180_000 };
  await run('apt-get', ['-c', join(work, 'apt.conf'), 'update'], command);
  await run('apt-get', ['-c', join(work, 'apt.conf'), 'download', 'nats-server'], command);
  const deb = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error('apt-get download left no package behind');
  await run('dpkg', ['-x', join(work, deb), join(work, 'tree')], command);
  await rename(join(work, 'tree', 'usr', 'sbin', 'nats-server'), cachedServer(env));
  return cachedServer(env);
}

/** `Targets` keeps the machine's extra indexes (Contents, DEP-11) out of the download. */
function sourceOf({ uri, signedBy }: Archive): string {
  const fields = ['Types: deb', `URIs: ${uri}`, `Suites: ${SUITE}`, 'Components: main', 'Targets: Packages'];
  if (signedBy !== undefined) fields.push(`Signed-By: ${signedBy}`);
  return `${fields.join('\n')}\n`;
}

/**
 * Read with `-c`, thus after the machine's own configuration: its proxies stay, its pins and its hooks
 * (which would empty the system's package cache) do not. `_apt`, the user apt drops to when run as root,
 * cannot read below a home folder; hence no other user.
 */
function aptConfig(work: string): string {
  return `Dir::Etc::SourceList "${join(work, 'debian.sources')}";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "${join(work, 'lists')}";
Dir::Cache "${join(work, 'cache')}";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`;
}

/** apt's own first error line where it gave one, else what Node says. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  const line = stderr?.split('\n').find((text) => text.startsWith('E:')) ?? message.split('\n')[0] ?? message;
  return line.trim().replace(/\.$/, '');
}

const missing = (reason: string, cause?: unknown): TroupeError =>
  new TroupeError(
    'NATS_SERVER_MISSING',
    `nats-server cannot be fetched (${reason}). ${installHint(process.platform)}`,
    cause === undefined ? {} : { cause },
  );

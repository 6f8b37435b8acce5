import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { debianArchive, parseDeb822, parseList, readSources } from '../../src/cli/nats-server/apt-sources.ts';
import { cacheFolder } from '../../src/cli/nats-server/cache.ts';
import { renderConfig } from '../../src/cli/nats-server/config.ts';
import { fetchServer } from '../../src/cli/nats-server/fetch.ts';
import { findServer } from '../../src/cli/nats-server/find.ts';
import { installHint } from '../../src/cli/nats-server/hint.ts';
import { urlsFromEnv } from '../../src/cli/nats-server/url.ts';
import { isAtLeast, parseVersion } from '../../src/cli/nats-server/version.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'troupe test '));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Write a shell script below the test's folder, which has a space in its name on purpose. */
async function script(path: string, body: string): Promise<string> {
  const file = join(root, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

const fake = (path: string, version: string) => script(path, `echo "nats-server: v${version}"`);

describe('version', () => {
  it.each([
    ['nats-server: v2.15.1\n', '2.15.1'],
    ['nats-server: v2.11.0-RC.2', '2.11.0'],
    ['nats-server version 2.10.27', '2.10.27'],
    ['command not found', undefined],
  ])('of %j is %s', (output, version) => {
    expect(parseVersion(output)).toBe(version);
  });

  it.each([
    ['2.10.0', true],
    ['2.9.25', false],
    ['2.10.27', true],
    ['3.0.0', true],
    ['1.99.99', false],
  ])('%s is at least 2.10.0: %s', (version, expected) => {
    expect(isAtLeast(version, '2.10.0')).toBe(expected);
  });
});

describe('package sources', () => {
  it('reads the one-line format with and without options, and leaves out deb-src and comments', () => {
    const text = `# deb http://old.example/debian buster main
deb http://mirror.example/debian bookworm main contrib # the mirror
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/keys/debian-archive-keyring.gpg] https://second.example/debian trixie main
`;
    expect(parseList(text)).toEqual([
      { uris: ['http://mirror.example/debian'], suites: ['bookworm'], components: ['main', 'contrib'] },
      {
        uris: ['https://second.example/debian'],
        suites: ['trixie'],
        components: ['main'],
        signedBy: '/keys/debian-archive-keyring.gpg',
      },
    ]);
  });

  it('reads deb822 with several suites, comments inside a stanza, folded values and disabled entries', () => {
    const text = `Types: deb deb-src
# a remark in the middle
URIs: http://mirror.example/debian
 http://second.example/debian
suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: sid
Components: main

Types: deb-src
URIs: http://src.example/debian
Suites: sid
Components: main
`;
    expect(parseDeb822(text)).toEqual([
      {
        uris: ['http://mirror.example/debian', 'http://second.example/debian'],
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main'],
        signedBy: '/keys/debian-archive-keyring.gpg',
      },
    ]);
  });

  it('keeps a key that stands in the file itself, folds and all', () => {
    const [source] = parseDeb822(`Types: deb
URIs: http://mirror.example/debian
Suites: sid
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----
`);
    expect(source?.signedBy).toBe(
      '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----',
    );
  });

  const source = (uri: string, suite: string, component: string, signedBy?: string) => ({
    uris: [uri],
    suites: [suite],
    components: [component],
    ...(signedBy === undefined ? {} : { signedBy }),
  });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

  it('takes the archive with the Debian keyring before third parties that use the same path', () => {
    const sources = [
      source('http://tools.example/linux/debian', 'bookworm', 'stable'),
      source('http://database.example/11/debian', 'bookworm', 'main', '/keys/database.gpg'),
      source('http://unsigned.example/debian', 'bookworm', 'main'),
      source('http://mirror.example/debian-security', 'bookworm-security', 'main', keyring),
      source('cdrom:[Debian 12]/', 'bookworm', 'main', keyring),
      source('http://mirror.example/proxy/deb', 'bookworm', 'main', keyring),
    ];
    expect(debianArchive(sources)).toEqual({ uri: 'http://mirror.example/proxy/deb', signedBy: keyring });
    expect(debianArchive(sources.slice(0, 4))).toEqual({ uri: 'http://unsigned.example/debian' });
  });

  it('finds none where Debian is not a source', () => {
    expect(debianArchive([source('http://archive.example/ubuntu', 'noble', 'main')])).toBeUndefined();
  });

  it('reads both formats of a folder, and none of other files', async () => {
    await mkdir(join(root, 'sources.list.d'));
    await writeFile(join(root, 'sources.list'), 'deb http://a.example/debian sid main\n');
    await writeFile(join(root, 'sources.list.d', 'b.list'), 'deb http://b.example/debian sid main\n');
    await writeFile(join(root, 'sources.list.d', 'c.list.save'), 'deb http://c.example/debian sid main\n');
    await writeFile(
      join(root, 'sources.list.d', 'd.sources'),
      'Types: deb\nURIs: http://d.example/debian\nSuites: sid\nComponents: main\n',
    );
    expect((await readSources(root)).map(({ uris }) => uris[0])).toEqual([
      'http://a.example/debian',
      'http://b.example/debian',
      'http://d.example/debian',
    ]);
    expect(await readSources(join(root, 'absent'))).toEqual([]);
  });
});

describe('search', () => {
  const neverFetch = () => Promise.reject(new Error('fetched though a server was there'));

  it('asks NATS_SERVER_BIN, PATH, the system folder, the cache and the download, in this order', async () => {
    const chosen = await fake('chosen', '2.15.0');
    const onPath = await fake('bin/nats-server', '2.14.0');
    const inSystem = await fake('sbin/nats-server', '2.13.0');
    const inCache = await fake('cache/troupe/nats-server', '2.12.0');
    const fetched = await fake('fetched', '2.11.0');
    const env = {
      NATS_SERVER_BIN: chosen,
      PATH: [join(root, 'empty'), join(root, 'bin')].join(delimiter),
      XDG_CACHE_HOME: join(root, 'cache'),
    };
    const find = () =>
      findServer({ env, folders: [join(root, 'sbin')], fetch: () => Promise.resolve(fetched) });
    const order = [];
    for (const path of [chosen, onPath, inSystem, inCache]) {
      order.push(await find());
      await rm(path);
    }
    order.push(await find());
    expect(order).toEqual([
      { path: chosen, version: '2.15.0', origin: 'NATS_SERVER_BIN' },
      { path: onPath, version: '2.14.0', origin: 'PATH' },
      { path: inSystem, version: '2.13.0', origin: 'PATH' },
      { path: inCache, version: '2.12.0', origin: 'cache' },
      { path: fetched, version: '2.11.0', origin: 'fetched' },
    ]);
  });

  it('passes over what is too old, broken or absent, and says so', async () => {
    const old = await fake('old/nats-server', '2.9.10');
    const broken = await script('broken/nats-server', 'exit 3');
    const good = await fake('good/nats-server', '2.10.0');
    const notices: string[] = [];
    const env = {
      NATS_SERVER_BIN: join(root, 'absent'),
      PATH: [old, broken, good].map((path) => join(path, '..')).join(delimiter),
      XDG_CACHE_HOME: root,
    };
    const found = await findServer({
      env,
      folders: [],
      notice: (line) => notices.push(line),
      fetch: neverFetch,
    });
    expect(found.path).toBe(good);
    expect(notices).toEqual([
      `passed over ${join(root, 'absent')}: it does not run as nats-server`,
      `passed over ${old}: it is 2.9.10, older than 2.10.0`,
      `passed over ${broken}: it does not run as nats-server`,
    ]);
  });

  it('says in one line what was passed over, why none could be fetched and what to install', async () => {
    const old = await fake('nats-server', '2.9.10');
    const env = { PATH: root, XDG_CACHE_HOME: root };
    const failure = findServer({ env, folders: [], aptFolder: join(root, 'absent') });
    await expect(failure).rejects.toMatchObject({
      code: 'NATS_SERVER_MISSING',
      message: `No usable nats-server is installed (${old} is 2.9.10, older than 2.10.0). nats-server cannot be fetched (this machine has no Debian package source). ${installHint(process.platform)}`,
    });
  });

  it('has a hint for every platform', () => {
    expect(installHint('darwin')).toContain('brew install nats-server');
    expect(installHint('win32')).toContain('scoop install');
    expect(installHint('freebsd')).toContain('NATS_SERVER_BIN');
  });
});

describe('fetch', () => {
  /** apt-get and dpkg that work without a network: the package is a file, unpacking it makes a fake server. */
  async function debian(update = ':'): Promise<{ env: Record<string, string>; aptFolder: string }> {
    await script(
      'bin/apt-get',
      `cat debian.sources apt.conf > "${root}/seen"\n[ "$3" = update ] && { ${update}; exit; }\n: > nats-server_9.deb`,
    );
    await script(
      'bin/dpkg',
      `mkdir -p "$3/usr/sbin"\nprintf '#!/bin/sh\\necho nats-server: v2.15.1\\n' > "$3/usr/sbin/nats-server"\nchmod +x "$3/usr/sbin/nats-server"`,
    );
    await writeFile(
      join(root, 'sources.list'),
      'deb [signed-by=/k/debian-archive.gpg] http://mirror.example/debian sid main\n',
    );
    const path = [join(root, 'bin'), process.env['PATH']].join(delimiter);
    return { env: { PATH: path, XDG_CACHE_HOME: join(root, 'cache') }, aptFolder: root };
  }

  it('asks apt for one suite of the machine’s own mirror, with its keyring and a private state', async () => {
    const machine = await debian();
    await fetchServer(machine);
    const seen = await readFile(join(root, 'seen'), 'utf8');
    expect(seen.split('\n').slice(0, 6)).toEqual([
      'Types: deb',
      'URIs: http://mirror.example/debian',
      'Suites: forky',
      'Components: main',
      'Targets: Packages',
      'Signed-By: /k/debian-archive.gpg',
    ]);
    expect(seen).toContain(`Dir::State::Lists "${cacheFolder(machine.env)}/fetch-`);
    expect(seen).not.toMatch(/AllowUnauthenticated|AllowInsecure|trusted/i);
  });

  it('may run several times at once and leaves the executable only', async () => {
    const machine = await debian();
    const paths = await Promise.all([fetchServer(machine), fetchServer(machine), fetchServer(machine)]);
    const cached = join(root, 'cache', 'troupe', 'nats-server');
    expect(paths).toEqual([cached, cached, cached]);
    expect(await readdir(join(root, 'cache', 'troupe'))).toEqual(['nats-server']);
    expect(await findServer({ env: { ...machine.env, PATH: '/usr/bin:/bin' }, folders: [] })).toEqual({
      path: cached,
      version: '2.15.1',
      origin: 'cache',
    });
  });

  it('gives apt’s own reason when apt fails, and leaves nothing behind', async () => {
    const machine = await debian("echo 'E: Could not resolve mirror.example' >&2; exit 100");
    await expect(fetchServer(machine)).rejects.toMatchObject({
      code: 'NATS_SERVER_MISSING',
      message: `nats-server cannot be fetched (E: Could not resolve mirror.example). ${installHint(process.platform)}`,
    });
    expect(await readdir(join(root, 'cache', 'troupe'))).toEqual([]);
  });
});

describe('environment', () => {
  it('takes the addresses of NATS_URL apart', () => {
    expect(urlsFromEnv({ NATS_URL: 'nats://a:4222, nats://b:4222' })).toEqual([
      'nats://a:4222',
      'nats://b:4222',
    ]);
    expect(urlsFromEnv({ NATS_URL: ' ' })).toEqual([]);
    expect(urlsFromEnv({})).toEqual([]);
  });

  it('puts the cache where XDG says, unless that is relative', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me/troupe');
    expect(cacheFolder({ XDG_CACHE_HOME: 'here' })).toBe(cacheFolder({}));
  });
});

it('renders a configuration with quoted text, so that no value can become a setting', () => {
  const text = renderConfig({
    host: '::1',
    port: -1,
    name: 'a"\nport: 1',
    jetstream: { store_dir: '/tmp/a b', sync_interval: 'always' },
    cluster: { name: 'C', port: 7001, routes: [7001, 7002] },
    extra: 'max_payload: 1024',
  });
  expect(text).toBe(`host: "::1"
port: -1
server_name: "a\\"\\nport: 1"
jetstream {
  store_dir: "/tmp/a b"
  sync_interval: "always"
}
http: "[::1]:-1"
cluster {
  name: "C"
  host: "::1"
  port: 7001
  no_advertise: true
  routes: [
    "nats-route://[::1]:7001"
    "nats-route://[::1]:7002"
  ]
}
max_payload: 1024
`);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credsAuthenticator, jwtAuthenticator, nkeyAuthenticator } from 'nats';
import type { NatsOptions } from 'troupe/nats';
import { createAuthority } from './certificates.ts';
import { createOperator, keys, type User } from './jwt.ts';

/** What somebody presents to a server, and what of it nobody else may see. */
export interface Attempt {
  readonly options: NatsOptions;
  readonly secrets: readonly string[];
  /** In an address: `nats://<userinfo>@host`. */
  readonly userinfo?: string;
}

/** A server that wants to know who is there. */
export interface Guard {
  /** Lines of the server's configuration. */
  readonly config: string;
  readonly right: Readonly<Record<string, Attempt>>;
  readonly wrong: Readonly<Record<string, Attempt>>;
}

/** With characters that an address must escape, and that a config file must quote. */
const PASSWORD = 's3:cr/t p@ss?#%';
const TOKEN = 't0k/en@%:value';
const NOBODY: Attempt = { options: {}, secrets: [] };

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

export const password: Guard = {
  config: `authorization { user: anna, password: ${JSON.stringify(PASSWORD)} }`,
  right: {
    'in options': { options: { user: 'anna', pass: PASSWORD }, secrets: [PASSWORD] },
    'in the address': {
      options: {},
      userinfo: `anna:${encodeURIComponent(PASSWORD)}`,
      secrets: [PASSWORD],
    },
    'in the address, not escaped': { options: {}, userinfo: `anna:${PASSWORD}`, secrets: [PASSWORD] },
  },
  wrong: {
    'another password': { options: { user: 'anna', pass: 'gue$$ w/rk' }, secrets: ['gue$$ w/rk'] },
    'another password in the address': {
      options: {},
      userinfo: `anna:${encodeURIComponent('gue$$ w/rk')}`,
      secrets: ['gue$$ w/rk'],
    },
    'another password in the address, not escaped': {
      options: {},
      userinfo: 'anna:gue@ss:wo@rk',
      secrets: ['gue@ss', 'wo@rk', 'ss:wo'],
    },
    nothing: NOBODY,
  },
};

export const token: Guard = {
  config: `authorization { token: ${JSON.stringify(TOKEN)} }`,
  right: {
    'in options': { options: { token: TOKEN }, secrets: [TOKEN] },
    'in the address': { options: {}, userinfo: encodeURIComponent(TOKEN), secrets: [TOKEN] },
  },
  wrong: {
    'another token': { options: { token: 'an/other' }, secrets: ['an/other'] },
    'another token in the address': { options: {}, userinfo: 'an%2Fother', secrets: ['an/other'] },
    nothing: NOBODY,
  },
};

const byKey = (seed: Uint8Array): Attempt => ({
  options: { authenticator: nkeyAuthenticator(seed) },
  secrets: [text(seed)],
});

export function nkey(): Guard {
  const key = keys.createUser();
  return {
    config: `authorization { users: [ { nkey: ${key.getPublicKey()} } ] }`,
    right: { 'by seed': byKey(key.getSeed()) },
    wrong: {
      'the seed of somebody else': byKey(keys.createUser().getSeed()),
      'a seed that is none': byKey(Buffer.from('SUAGARBAGEGARBAGE')),
      nothing: NOBODY,
    },
  };
}

const byJwt = ({ jwt, seed }: Pick<User, 'jwt' | 'seed'>): Attempt => ({
  options: { authenticator: jwtAuthenticator(jwt, seed) },
  secrets: [jwt, text(seed)],
});

const byCreds = ({ creds, jwt, seed }: User): Attempt => ({
  options: { authenticator: credsAuthenticator(creds) },
  secrets: [jwt, text(seed), text(creds)],
});

export function jwt(): Guard {
  const operator = createOperator();
  const anna = operator.user('anna');
  return {
    config: operator.config,
    right: { 'token and seed': byJwt(anna), 'a creds file': byCreds(anna) },
    wrong: {
      'a user of another operator': byCreds(createOperator().user('eve')),
      'one that expired': byJwt(operator.user('late', -60)),
      'the seed of somebody else': byJwt({ jwt: anna.jwt, seed: operator.user('eve').seed }),
      'a creds file that is none': {
        options: { authenticator: credsAuthenticator(Buffer.from('not a creds file')) },
        secrets: ['not a creds file'],
      },
      'an authenticator that fails': {
        options: {
          authenticator: () => {
            throw new Error('no lease for s3cr3t');
          },
        },
        secrets: ['s3cr3t'],
      },
      nothing: NOBODY,
    },
  };
}

export interface TlsGuards extends AsyncDisposable {
  readonly server: Guard;
  readonly mutual: Guard;
  /** TLS before the server says anything (nats-server 2.10.4 and later). */
  readonly first: Guard;
}

export async function tls(): Promise<TlsGuards> {
  const [ours, others] = [createAuthority('Troupe test'), createAuthority('Somebody else')];
  const folder = await mkdtemp(join(tmpdir(), 'troupe-tls-'));
  const { cert, key } = ours.issue('server');
  const client = ours.issue('client');
  const stranger = others.issue('client');
  const files = { cert_file: cert, key_file: key, ca_file: ours.cert };
  const paths = Object.keys(files).map((name) => [name, join(folder, `${name}.pem`)] as const);
  await Promise.all(paths.map(([name, path]) => writeFile(path, files[name as keyof typeof files])));
  const config = (more: string): string =>
    `tls { ${paths.map(([name, path]) => `${name}: ${JSON.stringify(path)}`).join(', ')}, ${more} }`;
  const tlsWith = (options: NonNullable<NatsOptions['tls']>, secrets: readonly string[] = []): Attempt => ({
    options: { tls: options },
    secrets,
  });
  const trusting = { ca: ours.cert };
  const unknown = { 'a server of an authority we do not know': tlsWith({ ca: others.cert }) };
  const byFile = { caFile: join(folder, 'ca_file.pem') };
  return {
    server: {
      config: config('verify: false'),
      right: { 'an authority': tlsWith(trusting), 'a file': tlsWith(byFile) },
      wrong: {
        ...unknown,
        'nothing of TLS': NOBODY,
        'a file that is not there': tlsWith({ caFile: join(folder, 'gone.pem') }),
        'a key where the name of a file should be': tlsWith(
          { ...trusting, certFile: byFile.caFile, keyFile: client.key },
          [client.key],
        ),
        'a key that is none': tlsWith({ ...trusting, cert: client.cert, key: 'not a key' }, ['not a key']),
        'TLS before the server is ready for it': tlsWith({ ...trusting, handshakeFirst: true }),
      },
    },
    mutual: {
      config: config('verify: true'),
      right: { 'a certificate': tlsWith({ ...trusting, ...client }, [client.key]) },
      wrong: {
        ...unknown,
        'no certificate': tlsWith(trusting),
        'a certificate of somebody else': tlsWith({ ...trusting, ...stranger }, [stranger.key]),
      },
    },
    first: {
      config: config('verify: true, handshake_first: true'),
      right: { 'a certificate': tlsWith({ ...trusting, ...client, handshakeFirst: true }, [client.key]) },
      wrong: { 'no certificate': tlsWith({ ...trusting, handshakeFirst: true }) },
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

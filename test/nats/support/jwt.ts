import { nkeys } from 'nats';

interface KeyPair {
  getPublicKey(): string;
  getSeed(): Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** The client hands its key pairs on without types. */
export const keys = nkeys as Readonly<
  Record<'createOperator' | 'createAccount' | 'createUser', () => KeyPair>
>;

/** An operator, one account and the users it lets in. (Format: NATS JWT v2, ADR-14.) */
export interface Operator {
  /** Lines of a server configuration that trusts this operator, and knows its account. */
  readonly config: string;
  /** @param seconds until it expires; for ever if not given */
  user(name: string, seconds?: number): User;
}

export interface User {
  readonly jwt: string;
  readonly seed: Uint8Array;
  /** The two together, as in a `.creds` file. */
  readonly creds: Uint8Array;
}

const UNLIMITED = { subs: -1, data: -1, payload: -1 };
const ACCOUNT_LIMITS = {
  ...UNLIMITED,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
};

export function createOperator(): Operator {
  const operator = keys.createOperator();
  const account = keys.createAccount();
  const system = keys.createAccount();
  const accountJwt = sign(operator, account, 'app', { type: 'account', limits: ACCOUNT_LIMITS });
  const systemLimits = { ...ACCOUNT_LIMITS, mem_storage: 0, disk_storage: 0, streams: 0, consumer: 0 };
  const systemJwt = sign(operator, system, 'SYS', { type: 'account', limits: systemLimits });
  const operatorJwt = sign(operator, operator, 'op', {
    type: 'operator',
    system_account: system.getPublicKey(),
  });
  return {
    config: [
      `operator: ${operatorJwt}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: ${accountJwt}, ${system.getPublicKey()}: ${systemJwt} }`,
    ].join('\n'),
    user(name, seconds) {
      const key = keys.createUser();
      const jwt = sign(account, key, name, { type: 'user', pub: {}, sub: {}, ...UNLIMITED }, seconds);
      const seed = key.getSeed();
      return { jwt, seed, creds: Buffer.from(credsOf(jwt, Buffer.from(seed).toString())) };
    },
  };
}

function sign(issuer: KeyPair, subject: KeyPair, name: string, claims: object, seconds?: number): string {
  const now = Math.floor(Date.now() / 1_000);
  const body = {
    jti: `${name}-${now}`,
    iat: now,
    iss: issuer.getPublicKey(),
    name,
    sub: subject.getPublicKey(),
    nats: { ...claims, version: 2 },
    ...(seconds === undefined ? {} : { exp: now + seconds }),
  };
  const text = [{ typ: 'JWT', alg: 'ed25519-nkey' }, body].map(encode).join('.');
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const credsOf = (jwt: string, seed: string): string =>
  `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n` +
  `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;

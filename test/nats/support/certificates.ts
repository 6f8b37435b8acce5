import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What `nats({ tls })` and nats-server take: PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** A certificate for 127.0.0.1 and localhost, for servers and clients alike. */
  issue(commonName: string): Certificate;
}

/** A certificate authority made just now; no tool of the machine is needed. (Format: RFC 5280, DER as in X.690.) */
export function createAuthority(commonName: string): Authority {
  const key = newKey();
  const cert = certificate({ subject: commonName, issuer: commonName, key, signer: key, isAuthority: true });
  return {
    cert,
    key: pem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' })),
    issue(subject) {
      const own = newKey();
      return {
        cert: certificate({ subject, issuer: commonName, key: own, signer: key, isAuthority: false }),
        key: pem('PRIVATE KEY', own.export({ type: 'pkcs8', format: 'der' })),
      };
    },
  };
}

interface Request {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly isAuthority: boolean;
}

const DAY = 86_400_000;

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

function certificate({ subject, issuer, key, signer, isAuthority }: Request): string {
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(2)),
    // Positive, and without a leading zero byte.
    der(0x02, Buffer.concat([Buffer.of(0x41), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(time(now - DAY), time(now + DAY)),
    nameOf(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    tagged(3, extensions(isAuthority)),
  );
  const signed = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, signer)));
  return pem('CERTIFICATE', signed);
}

const extensions = (isAuthority: boolean): Buffer =>
  isAuthority
    ? sequence(extension('551d13', sequence(boolean(true)), true))
    : sequence(
        extension(
          '551d11',
          sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1))),
        ),
        // Server and client authentication.
        extension('551d25', sequence(oid('2b06010505070301'), oid('2b06010505070302'))),
      );

const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [boolean(true)] : []), der(0x04, value));

/** Tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...bytes), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const tagged = (tag: number, content: Buffer): Buffer => der(0xa0 | tag, content);
const integer = (value: number): Buffer => der(0x02, Buffer.of(value));
const boolean = (value: boolean): Buffer => der(0x01, Buffer.of(value ? 0xff : 0));
const bits = (content: Buffer): Buffer => der(0x03, Buffer.concat([Buffer.of(0), content]));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const time = (at: number): Buffer =>
  der(0x18, Buffer.from(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')));
const nameOf = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));

const pem = (label: string, content: Buffer): string =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

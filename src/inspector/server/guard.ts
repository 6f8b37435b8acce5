import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TroupeError } from '../../errors.ts';

/** Names under which a server on the loopback interface is asked for. A foreign name that resolves to it (DNS rebinding) is not among them. */
const hosts = ['127.0.0.1', 'localhost', '[::1]'];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who may ask: this machine, from a page of ours or a program, with the token. */
export class Guard {
  readonly #token: Buffer;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(token: string, port: number) {
    this.#token = digest(token);
    const named = hosts.map((host) => `${host}:${port}`);
    // Browsers leave out the port 80.
    this.#hosts = new Set(port === 80 ? [...named, ...hosts] : named);
    this.#origins = new Set([...this.#hosts].map((host) => `http://${host}`));
  }

  /** @throws TroupeError FOREIGN_HOST, FOREIGN_ORIGIN */
  checkPlace(request: IncomingMessage): void {
    this.checkHost(request);
    const { origin } = request.headers;
    if (origin !== undefined && !this.#origins.has(origin.toLowerCase()))
      throw new TroupeError(
        'FOREIGN_ORIGIN',
        `A page of "${origin.slice(0, 100)}" may not ask this inspector: open the URL that the inspector printed.`,
      );
  }

  /** @throws TroupeError FOREIGN_HOST */
  checkHost({ headers: { host = '' } }: IncomingMessage): void {
    if (!this.#hosts.has(host.toLowerCase()))
      throw new TroupeError(
        'FOREIGN_HOST',
        `This inspector answers on this machine only, not as "${host.slice(0, 100)}".`,
      );
  }

  /** @throws TroupeError UNAUTHORIZED */
  checkToken(token: string | undefined): void {
    if (token !== undefined && timingSafeEqual(digest(token), this.#token)) return;
    const what = token === undefined ? 'There is no token' : 'The token is a wrong one';
    throw new TroupeError(
      'UNAUTHORIZED',
      `${what}: open the whole URL that the inspector printed; each inspector has a token of its own.`,
    );
  }
}

/** The token of `Authorization: Bearer <token>`. */
export const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer ([\w-]{1,200})$/i.exec(headers.authorization ?? '')?.[1];

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkKnown, TroupeError } from '../../errors.ts';
import { systemClock, type Clock } from '../../ports.ts';
import type { About, Interest } from '../protocol.ts';
import type { Source } from '../source/source.ts';
import { bounds } from './bounds.ts';
import { drawing } from './drawing.ts';
import { bearerOf, Guard } from './guard.ts';
import { readPage, type PageFile } from './page-files.ts';
import { Pictures, type Drawing } from './pictures.ts';
import { Refusals, toRefused } from './refusal.ts';
import { interestOf, jsonOf } from './requests.ts';
import { answer, type Desk } from './routes.ts';
import { Stream } from './stream.ts';
import { toWire } from './wire.ts';

export interface InspectorOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** May the page send events, and replay or drop dead letters? Default false. */
  readonly allowSend?: boolean;
  readonly clock?: Clock;
  /** How charts are laid out. */
  readonly drawing?: Drawing;
}

export interface Inspector {
  /** Opens the page; holds the token. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Where an app that speaks Stately's protocol connects: `createWebSocketInspector({ url })`. */
  readonly statelyUrl: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serve the inspector's page over a source, on this machine only. Closing it closes the source.
 * @throws TroupeError INVALID_OPTION, PORT_IN_USE, NO_PAGE
 */
export async function createInspector(source: Source, options: InspectorOptions = {}): Promise<Inspector> {
  const { port = 0, allowSend = false, clock = systemClock, drawing: given = drawing, ...rest } = options;
  checkKnown(rest, ['port', 'allowSend', 'clock', 'drawing'], 'an inspector');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TroupeError('INVALID_OPTION', `port must be a whole number from 0 to 65535, got ${port}.`);
  const token = randomBytes(24).toString('base64url');
  const files = await readPage();
  const server = createServer();
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  const guard = new Guard(token, bound);
  const front = new Front({ source, allowSend, clock, files, guard, pictures: new Pictures(given) });
  server.on('request', (request, response) => void front.serve(request, response));
  server.on('upgrade', (request, socket, head) => void front.upgrade(request, socket, head));
  return {
    url: `http://${HOST}:${bound}/#token=${token}`,
    port: bound,
    token,
    statelyUrl: `ws://${HOST}:${bound}/stately?token=${token}`,
    async close() {
      front.close();
      await source.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.maxConnections = bounds.connections;
  server.requestTimeout = bounds.request;
  server.headersTimeout = bounds.request;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const [code, what] =
        cause.code === 'EADDRINUSE'
          ? ['PORT_IN_USE', `is taken by another program: choose another one, or leave it out for a free one`]
          : ['CANNOT_LISTEN', `cannot be used: ${cause.message}`];
      reject(new TroupeError(code, `Port ${port} ${what}.`, { cause }));
    });
    server.listen(port, HOST, resolve);
  });
}

interface Parts {
  readonly source: Source;
  readonly allowSend: boolean;
  readonly clock: Clock;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly guard: Guard;
  readonly pictures: Pictures;
}

/** One server: who may ask, what is answered, who is being told. */
class Front implements Desk {
  readonly source: Source;
  readonly pictures: Pictures;
  readonly #parts: Parts;
  readonly #refusals = new Refusals();
  readonly #streams = new Map<string, Stream>();
  readonly #guests = new Set<() => void>();
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.source = parts.source;
    this.pictures = parts.pictures;
  }

  about(): About {
    const about = this.source.about();
    return {
      ...about,
      canSend: about.canSend && this.#parts.allowSend,
      refused: this.#refusals.counts(),
    };
  }

  async refocus(watching: string, interest: Interest): Promise<void> {
    await this.#stream(watching).refocus(interest);
  }

  taken(watching: string, events: number): void {
    this.#stream(watching).taken(events);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.on('error', () => undefined);
    try {
      this.#parts.guard.checkPlace(request);
      const url = urlOf(request);
      if (!url.pathname.startsWith('/api/')) return this.#file(request, url, response);
      this.#parts.guard.checkToken(bearerOf(request));
      if (url.pathname === '/api/events') return this.#events(request, url, response);
      const said = await answer(this, request, url);
      if (said === undefined) response.writeHead(204).end();
      else send(response, 200, 'application/json', toWire(said));
    } catch (error) {
      this.#refuse(error, response);
    }
  }

  /** An app that speaks Stately's protocol. Browsers send an origin of their own here, so only the token counts. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    try {
      const url = urlOf(request);
      if (url.pathname !== '/stately' || this.source.guest === undefined)
        throw new TroupeError(
          'NOT_FOUND',
          'Nothing here speaks WebSocket: start "troupe inspect --stately".',
        );
      this.#parts.guard.checkHost(request);
      this.#parts.guard.checkToken(url.searchParams.get('token') ?? undefined);
      const guest = this.source.guest();
      if (guest === undefined)
        throw new TroupeError('TOO_MANY', 'As many apps as there is room for are connected.');
      let end = (): void => void socket.destroy();
      const onEnd = (): void => {
        guest.close();
        this.#guests.delete(end);
      };
      // One that goes away before it has shaken hands, or shakes them wrongly, must not keep its place.
      socket.once('close', onEnd);
      const { accept } = await import('./stately-socket.ts');
      end = accept({ request, socket, head, guest, onEnd });
      if (!socket.destroyed) this.#guests.add(end);
      if (this.#isClosed) end();
    } catch (error) {
      const { status, refusal } = toRefused(error);
      this.#refusals.count(refusal.code);
      socket.end(`HTTP/1.1 ${status} ${refusal.code}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const stream of [...this.#streams.values()]) stream.close();
    for (const end of [...this.#guests]) end();
  }

  #stream(id: string): Stream {
    const stream = this.#streams.get(id);
    if (stream !== undefined) return stream;
    throw new TroupeError('NO_SUCH_WATCHING', 'That stream has ended: begin another one.');
  }

  #events(request: IncomingMessage, url: URL, response: ServerResponse): void {
    if (request.method !== 'GET')
      throw new TroupeError('METHOD_NOT_ALLOWED', 'Events are asked for with GET.');
    if (this.#streams.size >= bounds.streams)
      throw new TroupeError('TOO_MANY', `${bounds.streams} pages are being told already: close one.`);
    const interest = interestOf(jsonOf(url.searchParams.get('interest') ?? '{}', '"interest"'));
    const id = randomBytes(12).toString('base64url');
    const stream = new Stream(response, {
      id,
      interest,
      clock: this.#parts.clock,
      about: () => this.about(),
    });
    this.#streams.set(id, stream);
    response.on('close', () => {
      this.#streams.delete(id);
      stream.close();
    });
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    request.socket.setNoDelay(true);
    stream.begin();
    stream.attach(this.source.watch(stream));
  }

  #file(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const file = this.#parts.files.get(url.pathname);
    if (file === undefined)
      throw new TroupeError('NOT_FOUND', `There is no "${url.pathname.slice(0, 100)}" here.`);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new TroupeError('METHOD_NOT_ALLOWED', 'The page is asked for with GET.');
    send(response, 200, file.type, request.method === 'HEAD' ? '' : file.body);
  }

  #refuse(error: unknown, response: ServerResponse): void {
    const { status, refusal } = toRefused(error);
    this.#refusals.count(refusal.code);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What is left of a body that was refused is not read.
    response.setHeader('connection', 'close');
    send(response, status, 'application/json', toWire(refusal));
  }
}

const send = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

/** @throws TroupeError INVALID_REQUEST */
function urlOf({ url = '/' }: IncomingMessage): URL {
  // A path of "//x" would be read as a host.
  if (URL.canParse(`http://localhost${url}`) && url.startsWith('/')) return new URL(`http://localhost${url}`);
  throw new TroupeError('INVALID_REQUEST', 'That is no path.');
}

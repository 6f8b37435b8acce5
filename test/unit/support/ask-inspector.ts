import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect, vi } from 'vitest';
import type { PageEvent } from '../../../src/inspector/protocol.ts';
import type { Inspector } from '../../../src/inspector/server/server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: unknown;
}

interface Ask {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** By node:http, since fetch does not let one choose Host and Origin. */
export const ask = (inspector: Inspector, path: string, options: Ask = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const token = 'token' in options ? options.token : inspector.token;
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: inspector.port,
        path,
        method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...options.headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const body = Buffer.concat(parts).toString();
          let json: unknown;
          try {
            json = JSON.parse(body);
          } catch {
            json = undefined;
          }
          resolve({ status: response.statusCode!, headers: response.headers, body, json });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });

export const post = (inspector: Inspector, path: string, body: unknown): Promise<Answer> =>
  ask(inspector, path, { body: JSON.stringify(body) });

/** A page: reads its stream, and gives back credit unless told not to. */
export async function watch(inspector: Inspector, options: { readonly credit?: boolean } = {}) {
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${inspector.port}/api/events?interest={"rate":1000}`, {
    headers: { authorization: `Bearer ${inspector.token}` },
    signal: abort.signal,
  });
  const events: PageEvent[] = [];
  let comments = 0;
  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = '';
    // Where the browser's types are known too, they are without what Node's streams can.
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      const texts = (rest + decoder.decode(part, { stream: true })).split('\n\n');
      rest = texts.pop()!;
      for (const text of texts) {
        if (text.startsWith(':')) comments += 1;
        if (!text.startsWith('data: ')) continue;
        const event = JSON.parse(text.slice(6)) as PageEvent;
        events.push(event);
        if (event.type === 'entries' && options.credit !== false) {
          const [begin] = events as [PageEvent & { type: 'begin' }];
          await post(inspector, '/api/taken', { watching: begin.watching, events: 1 });
        }
      }
    }
  })().catch(() => undefined);
  const entries = () => events.flatMap((event) => (event.type === 'entries' ? event.entries : []));
  const begin = () => events[0] as PageEvent & { type: 'begin' };
  await vi.waitFor(() => expect(events).not.toHaveLength(0));
  return {
    response,
    events,
    entries,
    begin,
    comments: () => comments,
    close: async () => {
      abort.abort();
      await reading;
    },
  };
}

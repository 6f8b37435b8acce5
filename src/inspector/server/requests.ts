import type { IncomingMessage } from 'node:http';
import { TroupeError } from '../../errors.ts';
import type { ActorQuery, HistoryQuery, Interest, LetterQuery } from '../protocol.ts';
import { badRequest } from './refusal.ts';
import { bounds } from './bounds.ts';

/** What a request says, checked. All throw TroupeError INVALID_REQUEST. */

type Fields = Readonly<Record<string, unknown>>;

const optional = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value };

export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= bounds.text) return value;
  throw badRequest(`"${name}" must be a text of 1 to ${bounds.text} characters.`);
}

const given = (query: URLSearchParams, name: string): string | undefined => {
  const value = query.get(name);
  return value === null || value === '' ? undefined : textOf(value, name);
};

function whole(query: URLSearchParams, name: string, most: number): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  const number = Number(value);
  if (/^\d{1,16}$/.test(value) && number <= most) return number;
  throw badRequest(`"${name}" must be a whole number from 0 to ${most}.`);
}

const limitOf = (query: URLSearchParams): number => Math.max(1, whole(query, 'limit', bounds.rows) ?? 100);

export const actorQuery = (query: URLSearchParams): ActorQuery => ({
  ...optional('kind', given(query, 'kind')),
  ...optional('state', given(query, 'state')),
  ...optional('id', given(query, 'id')),
  ...optional('node', given(query, 'node')),
  from: whole(query, 'from', Number.MAX_SAFE_INTEGER) ?? 0,
  limit: limitOf(query),
});

export const historyQuery = (query: URLSearchParams): HistoryQuery => ({
  address: textOf(query.get('address'), 'address'),
  ...optional('before', whole(query, 'before', Number.MAX_SAFE_INTEGER)),
  limit: limitOf(query),
});

export const letterQuery = (query: URLSearchParams): LetterQuery => ({
  ...optional('queue', given(query, 'queue')),
  from: whole(query, 'from', Number.MAX_SAFE_INTEGER) ?? 0,
  limit: limitOf(query),
});

export const directionOf = (query: URLSearchParams): 'down' | 'right' => {
  const value = query.get('direction') ?? 'down';
  if (value === 'down' || value === 'right') return value;
  throw badRequest('"direction" must be "down" or "right".');
};

/** A form that is text. */
export const formOf = (value: unknown): 'mermaid' | 'svg' => {
  if (value === 'mermaid' || value === 'svg') return value;
  throw badRequest('"form" must be "mermaid" or "svg".');
};

function namesOf(value: unknown, name: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length <= bounds.interest) return value.map((each) => textOf(each, name));
  throw badRequest(`"${name}" must be a list of at most ${bounds.interest} texts.`);
}

/** States whose content is not to be drawn. */
export const collapsedOf = (query: URLSearchParams): readonly string[] =>
  namesOf(jsonOf(query.get('collapsed') ?? '[]', '"collapsed"'), 'collapsed') ?? [];

export function interestOf(value: unknown): Interest {
  const { actors, correlations, rate } = objectOf(value, 'interest');
  if (rate !== undefined && !(typeof rate === 'number' && rate >= 0 && Number.isFinite(rate)))
    throw badRequest('"rate" must be a number of at least 0.');
  return {
    ...optional('actors', namesOf(actors, 'actors')),
    ...optional('correlations', namesOf(correlations, 'correlations')),
    ...optional('rate', rate),
  };
}

export function objectOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw badRequest(`${name} must be a JSON object.`);
}

export function eventOf(value: unknown): { readonly type: string } {
  const event = objectOf(value, '"event"');
  const { type } = event;
  textOf(type, 'event.type');
  if ((type as string).startsWith('xstate.'))
    throw badRequest(`"${type as string}" is an event of XState's own: it cannot be sent.`);
  return event as { readonly type: string };
}

export function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(`${name} is not JSON.`);
  }
}

const tooLarge = (most: number): TroupeError =>
  new TroupeError('TOO_LARGE', `Such a request may have at most ${most} bytes.`);

/** @throws TroupeError TOO_LARGE, as soon as it is known; INVALID_REQUEST */
export async function bodyOf(request: IncomingMessage, most: number = bounds.body): Promise<Fields> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw tooLarge(most);
    parts.push(part);
  }
  return objectOf(jsonOf(Buffer.concat(parts).toString('utf8'), 'The body'), 'The body');
}

import type { IncomingMessage } from 'node:http';
import { TroupeError } from '../../errors.ts';
import type { About, ChartPicture, Interest } from '../protocol.ts';
import type { Source } from '../source/source.ts';
import type { Pictures } from './pictures.ts';
import { bounds } from './bounds.ts';
import { badRequest, notAllowed } from './refusal.ts';
import {
  actorQuery,
  bodyOf,
  collapsedOf,
  directionOf,
  eventOf,
  formOf,
  historyQuery,
  interestOf,
  letterQuery,
  objectOf,
  textOf,
} from './requests.ts';
import { sequenceOf } from './sequence-request.ts';

/** What the routes need of the server. */
export interface Desk {
  readonly source: Source;
  readonly pictures: Pictures;
  about(): About;
  /** @throws TroupeError NO_SUCH_WATCHING */
  refocus(watching: string, interest: Interest): Promise<void>;
  /** @throws TroupeError NO_SUCH_WATCHING */
  taken(watching: string, events: number): void;
}

type Body = Readonly<Record<string, unknown>>;
type Get = (desk: Desk, query: URLSearchParams) => unknown;
type Post = (desk: Desk, body: Body) => unknown;

const pictureOf = ({ source, pictures }: Desk, query: URLSearchParams): Promise<ChartPicture> =>
  pictures.get(source, textOf(query.get('hash'), 'hash'), directionOf(query), collapsedOf(query));

const gets: Readonly<Record<string, Get>> = {
  about: (desk) => desk.about(),
  overview: ({ source }) => source.overview(),
  actors: ({ source }, query) => source.actors(actorQuery(query)),
  actor: ({ source }, query) => source.actor(textOf(query.get('address'), 'address')),
  history: ({ source }, query) => source.history(historyQuery(query)),
  chart: pictureOf,
  'chart-text': async (desk, query) => ({
    text: await desk.pictures.text(formOf(query.get('form')), pictureOf(desk, query)),
  }),
  letters: ({ source }, query) => source.deadLetters(letterQuery(query)),
};

const allowed = (desk: Desk): Source => {
  if (!desk.about().canSend) throw notAllowed();
  return desk.source;
};

function settleLetter(desk: Desk, { action, id, queue }: Body): Promise<void> {
  const source = allowed(desk);
  if (action !== 'replay' && action !== 'drop') throw badRequest('"action" must be "replay" or "drop".');
  const [letter, name] = [textOf(id, 'id'), textOf(queue, 'queue')];
  return action === 'replay' ? source.replayLetter(letter, name) : source.dropLetter(letter, name);
}

const posts: Readonly<Record<string, Post>> = {
  interest: (desk, { watching, interest }) =>
    desk.refocus(textOf(watching, 'watching'), interestOf(objectOf(interest, '"interest"'))),
  taken: (desk, { watching, events }) => {
    if (!Number.isSafeInteger(events) || (events as number) < 0)
      throw badRequest('"events" must be a whole number.');
    desk.taken(textOf(watching, 'watching'), events as number);
  },
  send: (desk, { address, event }) => allowed(desk).send(textOf(address, 'address'), eventOf(event)),
  'dry-run': ({ source }, { address, event }) => source.dryRun(textOf(address, 'address'), eventOf(event)),
  letters: settleLetter,
  'diagram-text': async (_desk, { form, diagram }) => {
    const { sequenceMermaid, sequenceSvg } = await import('../draw/sequence.ts');
    return { text: (formOf(form) === 'svg' ? sequenceSvg : sequenceMermaid)(sequenceOf(diagram)) };
  },
};

/** Bytes of the body of a request. */
const mostOf = (name: string): number => (name === 'diagram-text' ? bounds.diagram : bounds.body);

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/**
 * The answer to a request of the API; undefined: it was done, and there is nothing to say.
 * @throws TroupeError as protocol.ts says
 */
export async function answer(desk: Desk, request: IncomingMessage, url: URL): Promise<unknown> {
  const name = url.pathname.slice('/api/'.length);
  const [get, post] = [own(gets, name), own(posts, name)];
  if (get === undefined && post === undefined)
    throw new TroupeError('NOT_FOUND', `There is no "${url.pathname.slice(0, 100)}" here.`);
  if (request.method === 'GET' && get !== undefined) return get(desk, url.searchParams);
  if (request.method === 'POST' && post !== undefined) return post(desk, await bodyOf(request, mostOf(name)));
  throw new TroupeError(
    'METHOD_NOT_ALLOWED',
    `"${url.pathname}" cannot be asked for with ${request.method}.`,
  );
}

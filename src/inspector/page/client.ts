import type { Sequence } from '../draw/sequence.ts';
import type {
  About,
  ActorDetail,
  ActorPage,
  ActorQuery,
  ChartPicture,
  DryRun,
  HistoryPage,
  HistoryQuery,
  Interest,
  LetterPage,
  LetterQuery,
  Overview,
  PageEvent,
  Refusal,
} from '../protocol.ts';

/** An event as it is sent: its type and what it carries. */
export interface SentEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Every route of protocol.ts. All reject with a RefusedError. */
export interface Client {
  about(): Promise<About>;
  overview(): Promise<Overview>;
  actors(query: ActorQuery): Promise<ActorPage>;
  actor(address: string): Promise<ActorDetail>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** `collapsed`: ids of states whose content is not drawn. */
  chart(hash: string, direction: 'down' | 'right', collapsed?: readonly string[]): Promise<ChartPicture>;
  chartText(form: 'mermaid' | 'svg', ...chart: Parameters<Client['chart']>): Promise<string>;
  diagramText(form: 'mermaid' | 'svg', diagram: Sequence): Promise<string>;
  letters(query: LetterQuery): Promise<LetterPage>;
  send(address: string, event: SentEvent): Promise<void>;
  dryRun(address: string, event: SentEvent): Promise<DryRun>;
  letter(action: 'replay' | 'drop', id: string, queue: string): Promise<void>;
  interest(watching: string, interest: Interest): Promise<void>;
  taken(watching: string, events: number): Promise<void>;
  /** Settles when the stream ends; `take` is called for each event, in order. */
  events(interest: Interest, take: (event: PageEvent) => void, signal: AbortSignal): Promise<void>;
}

/** The server said no, and why. Status 0: it could not be reached. */
export class RefusedError extends Error implements Refusal {
  readonly code: string;
  readonly status: number;

  constructor(status: number, { code, message }: Refusal) {
    super(message);
    this.name = 'RefusedError';
    this.code = code;
    this.status = status;
  }
}

const unreachable = (): RefusedError =>
  new RefusedError(0, { code: 'UNREACHABLE', message: 'The inspector does not answer.' });

const query = (fields: object): string => {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([k, v]): [string, string] => [k, String(v)])).toString()}`;
};

async function refusalOf(response: Response): Promise<RefusedError> {
  const said = (await response.json().catch(() => ({}))) as Partial<Refusal>;
  return new RefusedError(response.status, {
    code: said.code ?? `HTTP ${response.status}`,
    message: said.message ?? `The inspector answered with status ${response.status}.`,
  });
}

const nothing = async (answer: Promise<Response>): Promise<void> => {
  await answer;
};

export function createClient(token: string | undefined): Client {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = async (path: string, options: RequestInit = {}): Promise<Response> => {
    const response = await fetch(`api/${path}`, { ...options, headers }).catch(() => {
      throw unreachable();
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
  const get = async <T>(path: string): Promise<T> => (await (await request(path)).json()) as T;
  const post = async (path: string, body: object): Promise<Response> =>
    request(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    about: () => get('about'),
    overview: () => get('overview'),
    actors: (asked) => get(`actors${query(asked)}`),
    actor: (address) => get(`actor${query({ address })}`),
    history: (asked) => get(`history${query(asked)}`),
    chart: (hash, direction, collapsed = []) =>
      get(`chart${query({ hash, direction, collapsed: JSON.stringify(collapsed) })}`),
    chartText: async (form, hash, direction, collapsed = []) => {
      const asked = query({ form, hash, direction, collapsed: JSON.stringify(collapsed) });
      return (await get<{ text: string }>(`chart-text${asked}`)).text;
    },
    diagramText: async (form, diagram) =>
      ((await (await post('diagram-text', { form, diagram })).json()) as { text: string }).text,
    letters: (asked) => get(`letters${query(asked)}`),
    send: async (address, event) => nothing(post('send', { address, event })),
    dryRun: async (address, event) => (await (await post('dry-run', { address, event })).json()) as DryRun,
    letter: async (action, id, queue) => nothing(post('letters', { action, id, queue })),
    interest: async (watching, interest) => nothing(post('interest', { watching, interest })),
    taken: async (watching, events) => nothing(post('taken', { watching, events })),
    events: async (interest, take, signal) => {
      const path = `events${query({ interest: JSON.stringify(interest) })}`;
      const response = await request(path, { signal });
      if (response.body !== null) await readEvents(response.body, take);
    },
  };
}

/** Server-sent events, as far as the server uses them: `data:` lines, an empty line after each event, and comments. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  take: (event: PageEvent) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw unreachable();
    });
    if (done) return;
    const events = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5));
      if (data.length > 0) take(JSON.parse(data.join('\n')) as PageEvent);
    }
  }
}

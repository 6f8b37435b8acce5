import type { Msg } from 'nats';
import { API, unexpected } from './errors.ts';
import type { Requests } from './requests.ts';

/** A message of a stream, with its subject. */
export interface Got {
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

export interface GetOptions {
  readonly requests: Requests;
  readonly stream: string;
  /** Is the stream kept by several servers? Then only its leader is believed: a replica may be behind. */
  readonly replicated: boolean;
  readonly deadline: () => number;
}

/** What to get: by its position, or the last one of a subject. */
export type Wish = { readonly seq: number } | { readonly last_by_subj: string };

/** One message of a stream; undefined when it is not there. Errors: STORE_UNAVAILABLE, STORE_DENIED. */
export function createGet({
  requests,
  stream,
  replicated,
  deadline,
}: GetOptions): (wish: Wish) => Promise<Got | undefined> {
  const direct = `$JS.API.DIRECT.GET.${stream}`;
  const leader = `$JS.API.STREAM.MSG.GET.${stream}`;
  return async (wish) => {
    if (!replicated) {
      const [message] = await requests.collect(direct, wish, deadline(), () => true);
      return message && fromDirect(direct, message);
    }
    const { error, message } = await requests.ask(leader, wish, deadline());
    if (error !== undefined && GONE.has(error.err_code)) return undefined;
    if (error !== undefined) throw unexpected(leader, error);
    const { seq, subject, data = '' } = message as { seq: number; subject: string; data?: string };
    return { seq, subject, data: Buffer.from(data, 'base64') };
  };
}

const GONE: ReadonlySet<number> = new Set([API.noMessage, API.messageGone]);
const NOT_FOUND = 404;

function fromDirect(subject: string, { headers, data }: Msg): Got | undefined {
  const seq = Number(headers?.get('Nats-Sequence') ?? 0);
  // A copy: the bytes are a part of what the socket read, all of which would stay in memory with them.
  if (seq > 0) return { seq, subject: headers?.get('Nats-Subject') ?? '', data: data.slice() };
  if (headers?.code === NOT_FOUND) return undefined;
  const { code = 500, description = 'no position' } = headers ?? {};
  throw unexpected(subject, { code, err_code: code, description });
}

import { signal } from '../../signal.ts';
import type { ActorQuery, ActorRow } from '../../../protocol.ts';
import type { Client } from '../../client.ts';
import { messageOf } from '../../parts/words.ts';

const PAGE = 100;
const REFRESH = 1_000;

/** The rows of one query, as far as they were needed: pages are fetched when they come into view, and those in view again each second. */
export class ActorPages {
  readonly version = signal(0);
  total = 0;
  isLoaded = false;
  error: string | undefined;
  readonly #client: Client;
  readonly #query: ActorQuery;
  readonly #pages = new Map<number, readonly ActorRow[]>();
  readonly #asked = new Set<number>();
  #range: readonly [from: number, to: number] = [0, 0];

  constructor(client: Client, query: ActorQuery) {
    this.#client = client;
    this.#query = query;
  }

  /** Keep what is in view fresh until the returned function is called. */
  start(): () => void {
    this.#fetch(0);
    const timer = setInterval(() => {
      if (document.hidden) return;
      for (const page of this.#inView()) this.#fetch(page);
    }, REFRESH);
    return () => clearInterval(timer);
  }

  row = (at: number): ActorRow | undefined => this.#pages.get(Math.floor(at / PAGE))?.[at % PAGE];

  need = (from: number, to: number): void => {
    this.#range = [from, to];
    for (const page of this.#inView()) if (!this.#pages.has(page)) this.#fetch(page);
  };

  #inView(): number[] {
    const [from, to] = this.#range;
    const first = Math.floor(from / PAGE);
    const last = Math.floor(Math.max(from, to - 1) / PAGE);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  }

  #fetch(page: number): void {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    this.#client
      .actors({ ...this.#query, from: page * PAGE, limit: PAGE })
      .then(({ rows, total }) => {
        this.#pages.set(page, rows);
        this.total = total;
        this.isLoaded = true;
        this.error = undefined;
      })
      .catch((error: unknown) => {
        // What was read stays; the banner says that the connection is lost.
        if (!this.isLoaded) this.error = messageOf(error);
      })
      .finally(() => {
        this.#asked.delete(page);
        this.version.value += 1;
      });
  }
}

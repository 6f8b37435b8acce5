import { batch, effect, signal, type ReadonlySignal, type Signal } from './signal.ts';
import type { Entry } from '../../monitoring/entry.ts';
import type { About, Interest, Overview, PageEvent, Reach } from '../protocol.ts';
import { RefusedError, type Client } from './client.ts';
import { WritableJournal, type Journal } from './journal.ts';
import { fromHash, toHash, type Selection } from './selection.ts';
import { messageOf } from './parts/words.ts';

export type Connection =
  | { readonly state: 'connecting' }
  /** `reach`: of a system of several nodes. */
  | { readonly state: 'open'; readonly reach?: Reach }
  /** Of a recording: everything was told. */
  | { readonly state: 'ended' }
  /** Tried again at `retryAt`, ms since the epoch. */
  | { readonly state: 'lost'; readonly why: string; readonly retryAt: number }
  /** Trying again is of no use. */
  | { readonly state: 'refused'; readonly why: string };

/** What all parts of the page share. */
export interface Session {
  readonly about: Signal<About>;
  readonly journal: Journal;
  /** Rises when the journal has changed, at most once a frame. */
  readonly version: Signal<number>;
  /** Rises when charts and actors read before are no longer true: a file was read again, the stream began anew. */
  readonly generation: Signal<number>;
  /** Set it with `select`, so that the URL follows. */
  readonly selection: ReadonlySignal<Selection>;
  readonly overview: Signal<Overview | undefined>;
  readonly connection: Signal<Connection>;
  readonly client: Client;
  /** ms since the epoch, four times a second while the page is visible: for countdowns and ages. */
  readonly now: Signal<number>;
  /** Ask for everything of these actors and conversations, beside those that are selected. Replaces what was asked before. */
  focus(interest: Interest): void;
  /** Change the selection and the URL. A field given as undefined is left out; `options` is merged; a new view drops the old one's options. */
  select(
    change: { readonly [K in keyof Selection]?: Selection[K] | undefined },
    how?: 'push' | 'replace',
  ): void;
}

/** Lines a second beside those of the selection. */
const RATE = 10_000;
/** Entries that are worked off in one frame. */
const PER_FRAME = 4_000;
const REFRESH = 1_000;
const RETRY_FIRST = 250;
const RETRY_MOST = 5_000;
const HIDDEN_FRAME = 500;

const unknown: About = {
  source: 'live',
  name: '',
  canSend: false,
  flaws: [],
  sampling: 1,
  refused: {},
};

const isEndless = ({ source }: About): boolean => source === 'live' || source === 'stately';

export class PageSession implements Session {
  readonly about = signal(unknown);
  readonly journal = new WritableJournal();
  readonly version = signal(0);
  readonly generation = signal(0);
  readonly selection = signal(fromHash(location.hash));
  readonly overview = signal<Overview | undefined>(undefined);
  readonly connection = signal<Connection>({ state: 'connecting' });
  readonly now = signal(Date.now());
  readonly client: Client;
  readonly #focus = signal<Interest>({});
  #pending: Entry[] = [];
  /** Events of the stream whose entries wait. */
  #events = 0;
  #isFrameDue = false;
  #watching: string | undefined;
  #isTelling = false;
  #asked = '';

  constructor(client: Client) {
    this.client = client;
    addEventListener('hashchange', () => (this.selection.value = fromHash(location.hash)));
    setInterval(() => document.hidden || (this.now.value = Date.now()), 250);
    setInterval(() => this.#refreshLive(), REFRESH);
    effect(() => this.#refocus(this.#interest()));
  }

  focus(interest: Interest): void {
    this.#focus.value = interest;
  }

  select(change: Parameters<Session['select']>[0], how: 'push' | 'replace' = 'push'): void {
    const before = this.selection.peek();
    const kept = change.view === undefined || change.view === before.view ? before.options : {};
    const options = withoutGaps({ ...kept, ...change.options });
    const next = withoutGaps({
      ...before,
      ...change,
      options: Object.keys(options).length === 0 ? undefined : options,
    }) as unknown as Selection;
    const hash = toHash(next);
    if (hash === toHash(before)) return;
    if (how === 'push') history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
    this.selection.value = next;
  }

  /** Look for ever; again when the connection is lost. */
  async run(): Promise<void> {
    for (let delay = RETRY_FIRST; ; delay = Math.min(delay * 2, RETRY_MOST)) {
      const began = Date.now();
      const why = await this.#stream().then(
        () => 'The inspector ended the stream.',
        (error: unknown) => error,
      );
      this.#watching = undefined;
      if (this.connection.peek().state === 'ended' && this.about.peek().source === 'recording') return;
      if (why instanceof RefusedError && [401, 403].includes(why.status)) {
        this.connection.value = { state: 'refused', why: why.message };
        return;
      }
      if (Date.now() - began > RETRY_MOST) delay = RETRY_FIRST;
      const text = messageOf(why);
      this.connection.value = { state: 'lost', why: text, retryAt: Date.now() + delay };
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  #interest(): Interest {
    const { address, correlation } = this.selection.value;
    const { actors = [], correlations = [], rate = RATE } = this.#focus.value;
    const unique = (items: readonly string[]): string[] => [...new Set(items)].sort();
    return {
      actors: unique([...actors, ...(address === undefined ? [] : [address])]),
      correlations: unique([...correlations, ...(correlation === undefined ? [] : [correlation])]),
      rate,
    };
  }

  #refocus(interest: Interest): void {
    const asked = JSON.stringify(interest);
    if (this.#watching === undefined || asked === this.#asked) return;
    this.#asked = asked;
    // What is lost here is asked for again when the stream begins anew.
    this.client.interest(this.#watching, interest).catch(() => undefined);
  }

  async #stream(): Promise<void> {
    const interest = this.#interest();
    await this.client.events(interest, (event) => this.#take(event, interest), new AbortController().signal);
  }

  #take(event: PageEvent, interest: Interest): void {
    switch (event.type) {
      case 'begin':
        return this.#begin(event.watching, event.about, interest);
      case 'entries':
        this.#pending.push(...event.entries);
        this.#events += 1;
        return this.#schedule();
      case 'reach':
        this.connection.value = { state: 'open', reach: event.reach };
        return;
      case 'end':
        this.connection.value = { state: 'ended' };
        return this.#schedule();
      case 'changed':
        batch(() => {
          this.about.value = event.about;
          this.generation.value += 1;
        });
        void this.#refresh();
    }
  }

  #begin(watching: string, about: About, interest: Interest): void {
    this.#watching = watching;
    this.#asked = JSON.stringify(interest);
    this.#events = 0;
    this.#pending = [];
    if (!isEndless(about)) this.journal.clear();
    // Who opens the run that breaks a property, and asks for nothing else, wants to see how.
    if (about.property !== undefined && /^#?\/?$/.test(location.hash))
      this.select({ view: 'tests' }, 'replace');
    batch(() => {
      this.about.value = about;
      this.connection.value = { state: 'open' };
      this.generation.value += 1;
      this.version.value += 1;
    });
    this.#refocus(this.#interest());
    void this.#refresh();
  }

  #schedule(): void {
    if (this.#isFrameDue) return;
    this.#isFrameDue = true;
    // A page in the background gets no frames.
    if (document.hidden) setTimeout(() => this.#frame(), HIDDEN_FRAME);
    else requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    this.#isFrameDue = false;
    const entries = this.#pending.splice(0, PER_FRAME);
    this.journal.take(entries);
    if (entries.length > 0 || this.#events > 0) this.version.value += 1;
    if (this.#pending.length > 0) this.#schedule();
    else {
      this.#tell();
      if (this.connection.peek().state === 'ended') void this.#refresh();
    }
  }

  /** Give back the credit for what was worked off: one request at a time. */
  #tell(): void {
    if (this.#isTelling || this.#watching === undefined || this.#events === 0) return;
    const events = this.#events;
    this.#events = 0;
    this.#isTelling = true;
    this.client
      .taken(this.#watching, events)
      .catch(() => undefined)
      .finally(() => {
        this.#isTelling = false;
        if (this.#pending.length === 0) this.#tell();
      });
  }

  #refreshLive(): void {
    if (document.hidden || this.#watching === undefined || !isEndless(this.about.peek())) return;
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    // What cannot be read now is read again in a moment.
    const read = await Promise.all([this.client.overview(), this.client.about()]).catch(() => undefined);
    if (read === undefined) return;
    const [overview, about] = read;
    this.overview.value = overview;
    if (JSON.stringify(about) !== JSON.stringify(this.about.peek())) this.about.value = about;
  }
}

/** Fields that are undefined left out. */
export const withoutGaps = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

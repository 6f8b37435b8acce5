import { counted } from '../../counted.ts';
import { createMachine } from 'xstate';
import { systemClock, type Clock } from '../../ports.ts';
import type { Entry } from '../../monitoring/entry.ts';
import type { Chart } from '../draw/chart.ts';
import { toChart } from '../draw/to-chart.ts';
import type { About, HistoryPage, HistoryQuery, Moment } from '../protocol.ts';
import { ReadOnly } from './absent.ts';
import { hashOf, isChart } from './chart-facts.ts';
import { momentOf, Past } from './past.ts';
import { pageOf } from './rows.ts';
import type { Guest, Source, Watcher } from './source.ts';
import { App, most } from './stately-app.ts';

/**
 * XState apps that speak Stately's inspector protocol (`@statelyai/inspect`), each a node of its own. Their session ids are the same in every app, so an
 * actor is addressed `<session id>@<app>`. What they say is checked and bounded; the machines in it are drawn and never run.
 */
export const statelySource = ({ clock = systemClock }: { readonly clock?: Clock } = {}): Source =>
  new StatelySource(clock);

type Fields = Readonly<Record<string, unknown>>;

class StatelySource extends ReadOnly implements Source {
  readonly #clock: Clock;
  readonly #past = new Past();
  readonly #watchers = new Set<Watcher>();
  readonly #guests = new Set<App>();
  readonly #moments = new Map<string, { readonly moment: Moment; readonly size: number }[]>();
  /** By definition. */
  readonly #hashes = new Map<string, string | undefined>();
  readonly #flaws: string[] = [];
  #apps = 0;
  #steps = 0;
  #dropped = 0;
  /** Of all moments, characters. */
  #size = 0;

  constructor(clock: Clock) {
    super("An app seen through Stately's protocol");
    this.#clock = clock;
  }

  guest(): Guest | undefined {
    if (this.#guests.size >= most.guests) return undefined;
    const app = new App(`app-${(this.#apps += 1)}`, {
      now: () => this.#clock.now(),
      step: () => (this.#steps += 1),
      chart: (definition) => this.#chart(definition),
      say: (entries, size) => this.#say(entries, size),
      flaw: (text) => this.#flaw(text),
    });
    this.#guests.add(app);
    return {
      take: (text) => app.take(text),
      close: () => {
        app.close();
        this.#guests.delete(app);
      },
    };
  }

  about(): About {
    return {
      source: 'stately',
      name: counted(this.#guests.size, 'app'),
      canSend: false,
      flaws: this.#flaws,
      sampling: 1,
      refused: {},
    };
  }

  async overview(): ReturnType<Source['overview']> {
    const overview = this.#past.overview();
    const alive = new Set([...this.#guests].map(({ name }) => name));
    const nodes = overview.nodes.map((row) => ({ ...row, isDown: !alive.has(row.node) }));
    return { ...overview, time: this.#clock.now(), nodes };
  }

  async actors(query: Parameters<Source['actors']>[0]): ReturnType<Source['actors']> {
    return pageOf(this.#past.rows(), query);
  }

  async actor(address: string): ReturnType<Source['actor']> {
    return this.#past.detail(address);
  }

  async history({ address, before = Infinity, limit = 100 }: HistoryQuery): Promise<HistoryPage> {
    const kept = (this.#moments.get(address) ?? []).map(({ moment }) => moment);
    const all = kept.filter(({ number }) => number < before);
    return { moments: all.slice(-limit), more: all.length > limit };
  }

  async chart(hash: string): Promise<Chart | undefined> {
    return this.#past.charts.get(hash);
  }

  watch(watcher: Watcher): ReturnType<Source['watch']> {
    this.#watchers.add(watcher);
    const charts = [...this.#past.charts].map(([hash, chart]): Entry => ({ kind: 'chart', hash, chart }));
    const actors = [...this.#past.actors.values()].flatMap(({ entry, snapshot, ended }) =>
      entry === undefined || ended !== undefined
        ? []
        : [{ ...entry, ...(snapshot === undefined ? {} : { snapshot }) }],
    );
    watcher.emit([...charts, ...actors]);
    return { refocus: () => undefined, close: () => void this.#watchers.delete(watcher) };
  }

  async close(): Promise<void> {
    this.#watchers.clear();
  }

  #say(entries: readonly Entry[], size: number): void {
    for (const entry of entries) {
      this.#past.take(entry);
      if (entry.kind === 'step') this.#remember(entry, size);
    }
    for (const watcher of this.#watchers) {
      const dropped: Entry[] =
        this.#dropped === 0
          ? []
          : [{ kind: 'dropped', node: '', lines: this.#dropped, sampling: 1, time: this.#clock.now() }];
      if (watcher.emit([...dropped, ...entries])) this.#dropped = 0;
      else this.#dropped += entries.length;
    }
  }

  #remember(line: Extract<Entry, { kind: 'step' }>, size: number): void {
    for (const address of Object.keys(line.snapshots)) {
      const moment = momentOf(line, address);
      if (moment === undefined) continue;
      const moments = this.#moments.get(address) ?? [];
      moments.push({ moment, size });
      this.#size += size;
      if (moments.length > most.moments) this.#size -= moments.shift()?.size ?? 0;
      // The one that did something last is forgotten last.
      this.#moments.delete(address);
      this.#moments.set(address, moments);
    }
    for (const [oldest, moments] of this.#moments) {
      if (this.#size <= most.bytes) break;
      this.#size -= moments.reduce((sum, kept) => sum + kept.size, 0);
      this.#moments.delete(oldest);
    }
  }

  #flaw(text: string): void {
    if (this.#flaws.includes(text) || this.#flaws.length >= most.flaws) return;
    this.#flaws.push(text);
    for (const watcher of this.#watchers) watcher.changed?.();
  }

  #chart(definition: string): { readonly hash: string; readonly chart: Chart } | undefined {
    const kept = this.#hashes.get(definition);
    const known = kept === undefined ? undefined : this.#past.charts.get(kept);
    if (kept !== undefined && known !== undefined) return { hash: kept, chart: known };
    if (this.#hashes.size >= most.charts || this.#hashes.has(definition)) return undefined;
    const made = drawn(definition);
    const chart = isChart(made) ? made : undefined;
    const hash = chart === undefined ? undefined : hashOf(chart);
    this.#hashes.set(definition, hash);
    return chart === undefined || hash === undefined ? undefined : { hash, chart };
  }
}

const depthOf = (value: unknown, depth = 0): number =>
  typeof value !== 'object' || value === null || depth > most.depth
    ? depth
    : Math.max(depth, ...Object.values(value).map((item) => depthOf(item, depth + 1)));

/** The chart of a definition, which is a machine's config as JSON; undefined when it is none. Nothing of it is run. */
function drawn(definition: string): Chart | undefined {
  if (definition.length > most.definition) return undefined;
  try {
    const config = JSON.parse(definition) as Fields | null;
    if (config === null || typeof config !== 'object' || typeof config['states'] !== 'object')
      return undefined;
    if (depthOf(config) > most.depth) return undefined;
    return toChart(createMachine(config as Parameters<typeof createMachine>[0]));
  } catch {
    return undefined;
  }
}

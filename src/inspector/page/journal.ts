import type { Chart } from '../draw/chart.ts';
import type {
  ActorEntry,
  CoverageEntry,
  DroppedEntry,
  Entry,
  LetterEntry,
  MetricsEntry,
  PropertyEntry,
} from '../../monitoring/entry.ts';
import { conversationIdOf } from './model/line.ts';
import type { Line, RecordedSnapshot } from '../../monitoring/recording.ts';

/** Entries that are kept; the oldest go first. */
export const KEPT = 50_000;
/** Entries that may come on top before the oldest are removed, so that this is done seldom. */
const SLACK = 5_000;
const ACTORS = 20_000;
const LETTERS = 2_000;
const METRICS = 3_000;

export interface ActorSeen {
  readonly entry?: ActorEntry;
  /** The last that was told. */
  readonly snapshot?: RecordedSnapshot;
  /** Why it ended. */
  readonly ended?: string;
}

/** What was left out, since the page began to look. */
export interface DroppedSeen {
  readonly lines: number;
  /** The least share of correlations that a node tells of now, 0 to 1. */
  readonly sampling: number;
  readonly byNode: ReadonlyMap<string, { readonly lines: number; readonly sampling: number }>;
}

/**
 * What was told since the page began to look, the last 50,000 entries of it, and what follows from them. Values are as in a recording: what JSON
 * has no form for is marked (message/special.ts).
 */
export interface Journal {
  readonly all: readonly Entry[];
  readonly steps: readonly Line[];
  /** Lines of which the actor is the subject: it acted, a message to or from it met a fault, or its snapshot changed. */
  byActor(address: string): readonly Line[];
  byCorrelation(correlation: string): readonly Line[];
  readonly actors: ReadonlyMap<string, ActorSeen>;
  /** By hash. */
  readonly charts: ReadonlyMap<string, Chart>;
  readonly letters: readonly LetterEntry[];
  readonly metrics: readonly MetricsEntry[];
  readonly properties: readonly PropertyEntry[];
  readonly coverage: readonly CoverageEntry[];
  readonly dropped: DroppedSeen;
  /** Entries that were told and are no longer kept. */
  readonly forgotten: number;
}

const none: readonly Line[] = [];
const nothingDropped: DroppedSeen = { lines: 0, sampling: 1, byNode: new Map() };

/** The actors a line is about, each once. */
export function actorsOf({ action, snapshots }: Line): readonly string[] {
  const named = new Set(Object.keys(snapshots));
  if (typeof action.actor === 'string') named.add(action.actor);
  const sent = action.sent as { from?: unknown; to?: unknown } | undefined;
  if (typeof sent?.to === 'string') named.add(sent.to);
  if (action.kind !== 'deliver' && typeof sent?.from === 'string') named.add(sent.from);
  return [...named];
}

/** Lines under names, oldest first; those that leave the journal are the first under each of their names. */
class Index {
  readonly #lines = new Map<string, Line[]>();

  get(name: string): readonly Line[] {
    return this.#lines.get(name) ?? none;
  }

  add(name: string, line: Line): void {
    const lines = this.#lines.get(name);
    if (lines === undefined) this.#lines.set(name, [line]);
    else lines.push(line);
  }

  remove(counts: ReadonlyMap<string, number>): void {
    for (const [name, count] of counts) {
      const rest = this.#lines.get(name)?.slice(count) ?? [];
      if (rest.length === 0) this.#lines.delete(name);
      else this.#lines.set(name, rest);
    }
  }

  clear(): void {
    this.#lines.clear();
  }
}

const count = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

/** The journal and the way to write into it. No DOM: it runs in tests and tools as well. */
export class WritableJournal implements Journal {
  all: Entry[] = [];
  steps: Line[] = [];
  readonly actors = new Map<string, ActorSeen>();
  readonly charts = new Map<string, Chart>();
  letters: LetterEntry[] = [];
  metrics: MetricsEntry[] = [];
  properties: PropertyEntry[] = [];
  coverage: CoverageEntry[] = [];
  dropped = nothingDropped;
  forgotten = 0;
  readonly #byActor = new Index();
  readonly #byCorrelation = new Index();

  byActor(address: string): readonly Line[] {
    return this.#byActor.get(address);
  }

  byCorrelation(correlation: string): readonly Line[] {
    return this.#byCorrelation.get(correlation);
  }

  take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.all.push(entry);
      this.#take(entry);
    }
    if (this.all.length > KEPT + SLACK) this.#forget();
  }

  /** Begin anew: the same stream will be told from its beginning. */
  clear(): void {
    this.all = [];
    this.steps = [];
    this.letters = [];
    this.metrics = [];
    this.properties = [];
    this.coverage = [];
    this.actors.clear();
    this.charts.clear();
    this.#byActor.clear();
    this.#byCorrelation.clear();
    this.dropped = nothingDropped;
    this.forgotten = 0;
  }

  #take(entry: Entry): void {
    switch (entry.kind) {
      case 'step':
        return this.#step(entry);
      case 'actor':
        return this.#actor(entry.address, {
          entry,
          ...(entry.snapshot === undefined ? {} : { snapshot: entry.snapshot }),
        });
      case 'ended':
        return this.#actor(entry.address, { ...this.actors.get(entry.address), ended: entry.reason });
      case 'chart':
        this.charts.set(entry.hash, entry.chart as Chart);
        return;
      case 'letter':
        this.letters.push(entry);
        return;
      case 'metrics':
        this.metrics.push(entry);
        return;
      case 'property':
        this.properties.push(entry);
        return;
      case 'coverage':
        this.coverage.push(entry);
        return;
      case 'dropped':
        this.#dropped(entry);
    }
  }

  #step(line: Line): void {
    this.steps.push(line);
    for (const address of actorsOf(line)) this.#byActor.add(address, line);
    const correlation = conversationIdOf(line);
    if (correlation !== undefined) this.#byCorrelation.add(correlation, line);
    for (const [address, snapshot] of Object.entries(line.snapshots)) {
      const seen = this.actors.get(address);
      this.#actor(address, { ...(seen?.entry ? { entry: seen.entry } : {}), snapshot });
    }
  }

  #actor(address: string, seen: ActorSeen): void {
    this.actors.set(address, seen);
    if (this.actors.size <= ACTORS) return;
    for (const [oldest] of this.actors) {
      this.actors.delete(oldest);
      break;
    }
  }

  #dropped({ node, lines, sampling }: DroppedEntry): void {
    const byNode = new Map(this.dropped.byNode);
    byNode.set(node, { lines: (byNode.get(node)?.lines ?? 0) + lines, sampling });
    const least = Math.min(...[...byNode.values()].map((each) => each.sampling));
    this.dropped = { lines: this.dropped.lines + lines, sampling: least, byNode };
  }

  #forget(): void {
    const gone = this.all.slice(0, this.all.length - KEPT);
    this.all = this.all.slice(-KEPT);
    this.forgotten += gone.length;
    const actors = new Map<string, number>();
    const correlations = new Map<string, number>();
    let steps = 0;
    for (const line of gone) {
      if (line.kind !== 'step') continue;
      steps += 1;
      for (const address of actorsOf(line)) count(actors, address);
      const correlation = conversationIdOf(line);
      if (correlation !== undefined) count(correlations, correlation);
    }
    this.steps = this.steps.slice(steps);
    this.#byActor.remove(actors);
    this.#byCorrelation.remove(correlations);
    this.letters = this.letters.slice(-LETTERS);
    this.metrics = this.metrics.slice(-METRICS);
  }
}

import { TroupeError } from '../../errors.ts';
import type { ActorEntry, Entry, LetterEntry, MetricsEntry, PropertyEntry } from '../../monitoring/entry.ts';
import type { Line, RecordedSnapshot } from '../../monitoring/recording.ts';
import type { Chart } from '../draw/chart.ts';
import type {
  ActorDetail,
  ActorRow,
  Alert,
  KindRow,
  LetterPage,
  LetterQuery,
  Moment,
  NodeRow,
  Overview,
} from '../protocol.ts';
import { eventsOf, isChart, tagsOf } from './chart-facts.ts';
import { stateText } from './rows.ts';

/** Actors that are remembered, count; of more, those that were heard of first are forgotten. */
const ACTORS = 100_000;
const CHARTS = 1_000;
const LETTERS = 1_000;
const PROPERTIES = 1_000;
const NODES = 1_024;

interface Seen {
  entry?: ActorEntry;
  snapshot?: RecordedSnapshot;
  ended?: string;
  node: string;
}

/** What follows from entries: which actors there are, of which kind, and in which state. Bounded, however many entries come. */
export class Past {
  readonly actors = new Map<string, Seen>();
  readonly charts = new Map<string, Chart>();
  readonly properties: PropertyEntry[] = [];
  readonly letters: LetterEntry[] = [];
  readonly #nodes = new Map<string, { time: number; metrics?: MetricsEntry }>();
  time = 0;
  forgotten = 0;

  take(entry: Entry): void {
    const { node, time } = entry as { node?: unknown; time?: unknown };
    if (typeof time === 'number') this.time = Math.max(this.time, time);
    if (typeof node === 'string' && node !== '' && (this.#nodes.has(node) || this.#nodes.size < NODES))
      this.#nodes.set(node, { ...this.#nodes.get(node), time: this.time });
    switch (entry.kind) {
      case 'step':
        return this.#step(entry);
      case 'actor':
        return this.#see(entry.address, { entry, ...snapshotOf(entry.snapshot), node: entry.node });
      case 'ended':
        return this.#see(entry.address, { ended: entry.reason });
      case 'chart':
        if (this.charts.size < CHARTS && isChart(entry.chart)) this.charts.set(entry.hash, entry.chart);
        return;
      case 'letter':
        this.letters.push(entry);
        if (this.letters.length > LETTERS) this.letters.shift();
        return;
      case 'property':
        if (this.properties.length < PROPERTIES) this.properties.push(entry);
        return;
      case 'metrics':
        this.#nodes.set(entry.node, { time: entry.time, metrics: entry });
        return;
      default:
    }
  }

  rows(): ActorRow[] {
    return [...this.actors].map(([address, seen]) => rowOf(address, seen));
  }

  overview(): Overview {
    const rows = this.rows();
    return {
      time: this.time,
      nodes: [...this.#nodes].map(([node, { time, metrics }]) =>
        nodeRow(node, time, metrics, rows.filter((row) => row.node === node).length),
      ),
      kinds: kindsOf(rows, (address) => this.actors.get(address)?.entry?.chart),
      alerts: [...this.properties.flatMap(failing), ...rows.flatMap((row) => broken(row, this.time))],
      queues: [],
    };
  }

  /** @throws TroupeError NO_SUCH_ACTOR */
  detail(address: string): ActorDetail {
    const seen = this.actors.get(address);
    if (seen === undefined)
      throw new TroupeError('NO_SUCH_ACTOR', `There is no actor "${address}" in what was recorded.`);
    const { entry, snapshot = { status: 'unknown' } } = seen;
    const chart = entry?.chart === undefined ? undefined : this.charts.get(entry.chart);
    const isAlive = seen.ended === undefined && snapshot.status === 'active';
    return {
      ...rowOf(address, seen),
      snapshot,
      tags: chart === undefined ? [] : tagsOf(chart, snapshot.value),
      ...(entry?.chart === undefined ? {} : { chart: entry.chart }),
      ...(entry?.parent === undefined ? {} : { parent: entry.parent }),
      children: this.#childrenOf(address),
      timers: [],
      events:
        chart === undefined
          ? []
          : eventsOf(chart, snapshot.value).map(({ type, enabled }) => ({
              type,
              enabled: enabled && isAlive,
            })),
      waiting: 0,
    };
  }

  deadLetters({ queue, from = 0, limit = 100 }: LetterQuery): LetterPage {
    const letters = queue === undefined ? this.letters.toReversed() : [];
    const rows = letters.slice(from, from + limit).map((letter, at) => ({
      id: letter.message.id ?? `${from + at}`,
      time: letter.time,
      reason: letter.reason,
      to: letter.message.to,
      from: letter.message.from,
      event: letter.message.event,
      ...(letter.detail === undefined ? {} : { error: letter.detail }),
    }));
    return { rows, total: letters.length };
  }

  #step({ snapshots, node = '' }: Line): void {
    for (const [address, snapshot] of Object.entries(snapshots)) this.#see(address, { snapshot, node });
  }

  #see(address: string, news: Partial<Seen>): void {
    const before = this.actors.get(address);
    const node = [news.node, before?.node].find((name) => name !== undefined && name !== '') ?? '';
    this.actors.set(address, { ...before, ...news, node });
    for (const oldest of this.actors.keys()) {
      if (this.actors.size <= ACTORS) break;
      this.actors.delete(oldest);
      this.forgotten += 1;
    }
  }

  #childrenOf(address: string): ActorDetail['children'] {
    return [...this.actors].flatMap(([child, seen]) => {
      if (seen.entry?.parent !== address) return [];
      const { kind, status, state } = rowOf(child, seen);
      return [{ path: [child], kind, status, state, address: child }];
    });
  }
}

const snapshotOf = (snapshot: RecordedSnapshot | undefined): Partial<Seen> =>
  snapshot === undefined ? {} : { snapshot };

/** Without an entry, the kind is what stands before a key or number: `payment` of `payment/2@node`. */
const kindOf = (address: string): string => /^[^/@]*/.exec(address)?.[0] ?? address;

const rowOf = (address: string, { entry, snapshot, ended, node }: Seen): ActorRow => ({
  address,
  node,
  kind: entry?.machine ?? kindOf(address),
  status: ended === undefined ? (snapshot?.status ?? 'unknown') : ended,
  state: stateText(snapshot?.value),
  ...(entry?.durable === true ? { durable: true } : {}),
});

const nodeRow = (
  node: string,
  lastSeen: number,
  metrics: MetricsEntry | undefined,
  actors: number,
): NodeRow => ({
  node,
  actors:
    metrics === undefined ? actors : Object.values(metrics.kinds).reduce((sum, kind) => sum + kind.actors, 0),
  services: {},
  hosts: [],
  lastSeen,
  availability: 1,
  isDown: false,
});

function kindsOf(rows: readonly ActorRow[], chartOf: (address: string) => string | undefined): KindRow[] {
  const kinds = new Map<string, { chart?: string; actors: number; states: Map<string, number> }>();
  for (const { kind, state, status, address } of rows) {
    const known = kinds.get(kind) ?? { actors: 0, states: new Map<string, number>() };
    const name = state === '' ? status : state;
    known.actors += 1;
    known.states.set(name, (known.states.get(name) ?? 0) + 1);
    const chart = known.chart ?? chartOf(address);
    kinds.set(kind, chart === undefined ? known : { ...known, chart });
  }
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, { states, ...rest }]) => ({ kind, ...rest, states: Object.fromEntries(states) }));
}

const failing = ({ name, verdict }: PropertyEntry): Alert[] =>
  verdict === 'fails' ? [{ severity: 'error', text: `property "${name}" fails`, since: 0 }] : [];

const broken = ({ address, status }: ActorRow, since: number): Alert[] =>
  status === 'error' || status === 'failed'
    ? [{ severity: 'error', text: `${address} has failed`, address, since }]
    : [];

/** What a line says of an actor that it changed; undefined when it did not. */
export function momentOf(line: Line, address: string): Moment | undefined {
  const snapshot = line.snapshots[address];
  if (snapshot === undefined) return undefined;
  return {
    number: line.commit ?? line.step,
    time: line.time ?? 0,
    node: line.node ?? '',
    causes: [causeOf(line)],
    snapshot,
    sent: line.sent.map(({ to, event }) => ({ to, event })),
    timers: [],
    ...(line.taken === undefined ? {} : { taken: line.taken }),
  };
}

/** What set the step going, in words. */
function causeOf({ action }: Line): string {
  const { kind, sent, timer, event } = action as {
    kind: string;
    sent?: { event?: { type?: unknown } };
    timer?: unknown;
    event?: { type?: unknown };
  };
  const detail = sent?.event?.type ?? event?.type ?? timer;
  return typeof detail === 'string' ? (kind === 'deliver' ? detail : `${kind} ${detail}`) : kind;
}

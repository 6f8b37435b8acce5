import { TroupeError } from '../../errors.ts';
import { isCommandNode } from '../../monitoring/command-node.ts';
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

/** Actors that are remembered, count. */
const ACTORS = 100_000;
/** Of more, those that were heard of first are forgotten, so many at once: finding the first takes longer the more are gone. Share of those remembered. */
const LOT = 0.1;
const CHARTS = 1_000;
const LETTERS = 1_000;
const PROPERTIES = 1_000;
const NODES = 1_024;
/** Of all last snapshots, of all letters, and of all charts and properties, in a recording, about, characters: of what is more, the least is kept. */
const SNAPSHOTS = 64 * 1024 * 1024;
const LETTERS_SIZE = 16 * 1024 * 1024;
const LASTING = 64 * 1024 * 1024;
/** A node that told how it is and then nothing for so long, until the end, is gone, ms. */
const SILENT = 5_000;
/** Of a state value that is kept in any case, characters. */
const VALUE = 4_096;

interface Seen {
  /** Without its snapshot. */
  entry?: Omit<ActorEntry, 'snapshot'>;
  snapshot?: RecordedSnapshot;
  ended?: string;
  node: string;
  /** Of its snapshot, about, characters. */
  size: number;
  /** Had its snapshot no room, but for its state? */
  isBrief?: boolean;
}

interface SeenNode {
  /** Of the last that it told, ms since the epoch. */
  readonly time: number;
  /** Absent: it never told how it is. */
  readonly actors?: number;
}

/** What follows from entries: which actors there are, of which kind, and in which state. Bounded, however many entries come. */
export class Past {
  readonly actors = new Map<string, Seen>();
  readonly charts = new Map<string, Chart>();
  readonly properties: PropertyEntry[] = [];
  readonly letters: LetterEntry[] = [];
  readonly #letterSizes: number[] = [];
  readonly #nodes = new Map<string, SeenNode>();
  #snapshotsSize = 0;
  #lettersSize = 0;
  #lastingSize = 0;
  readonly #most: { readonly actors: number; readonly snapshots: number };
  time = 0;
  forgotten = 0;

  /** `actors`: that are remembered, count. `snapshots`: of all last ones, about, characters. */
  constructor({ actors = ACTORS, snapshots = SNAPSHOTS } = {}) {
    this.#most = { actors, snapshots };
  }

  /** @param size of its text, characters: what is told without one is bounded by who tells it */
  take(entry: Entry, size = 0): void {
    const { node, time } = entry as { node?: unknown; time?: unknown };
    if (typeof time === 'number') this.time = Math.max(this.time, time);
    if (typeof node === 'string' && node !== '' && (this.#nodes.has(node) || this.#nodes.size < NODES))
      this.#nodes.set(node, { ...this.#nodes.get(node), time: this.time });
    switch (entry.kind) {
      case 'step':
        return this.#step(entry, size);
      case 'actor':
        return this.#actor(entry, size);
      case 'ended':
        return this.#see(entry.address, { ended: entry.reason });
      case 'chart':
        if (this.charts.size < CHARTS && isChart(entry.chart) && this.#hasRoom(size))
          this.charts.set(entry.hash, entry.chart);
        return;
      case 'letter':
        return this.#letter(entry, size);
      case 'property':
        if (this.properties.length < PROPERTIES && this.#hasRoom(size)) this.properties.push(entry);
        return;
      case 'metrics':
        if (this.#nodes.has(entry.node))
          this.#nodes.set(entry.node, { time: entry.time, actors: actorsOf(entry) });
        return;
      default:
    }
  }

  rows(): ActorRow[] {
    return [...this.actors].map(([address, seen]) => rowOf(address, seen));
  }

  overview(): Overview {
    const rows = this.rows();
    // With a command's node somebody looked.
    const nodes = [...this.#nodes].filter(([node, { actors }]) => !isCommandNode(node) || (actors ?? 0) > 0);
    const onNode = new Map<string, number>();
    for (const { node } of rows) onNode.set(node, (onNode.get(node) ?? 0) + 1);
    return {
      time: this.time,
      nodes: nodes.map(([node, seen]) =>
        nodeRow(node, seen, seen.actors ?? onNode.get(node) ?? 0, this.time),
      ),
      kinds: kindsOf(rows, (address) => this.actors.get(address)?.entry?.chart),
      alerts: [
        ...nodes.flatMap(([node, seen]) => lost(node, seen, this.time)),
        ...this.properties.flatMap(failing),
        ...rows.flatMap((row) => broken(row, this.time)),
      ],
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

  /** Is its snapshot not all that was told? Then it has to be read again. */
  isBrief(address: string): boolean {
    return this.actors.get(address)?.isBrief === true;
  }

  #hasRoom(size: number): boolean {
    if (this.#lastingSize + size > LASTING) return false;
    this.#lastingSize += size;
    return true;
  }

  #letter(entry: LetterEntry, size: number): void {
    this.letters.push(entry);
    this.#letterSizes.push(size);
    this.#lettersSize += size;
    while (this.letters.length > LETTERS || this.#lettersSize > LETTERS_SIZE) {
      this.letters.shift();
      this.#lettersSize -= this.#letterSizes.shift() ?? 0;
    }
  }

  #actor({ snapshot, ...entry }: ActorEntry, size: number): void {
    const { address, node } = entry;
    this.#see(address, {
      entry,
      node,
      ...(snapshot === undefined ? {} : this.#kept(address, snapshot, size)),
    });
  }

  #step({ snapshots, node = '' }: Line, size: number): void {
    for (const [address, snapshot] of Object.entries(snapshots))
      this.#see(address, { node, ...this.#kept(address, snapshot, size) });
  }

  /** A snapshot that takes the place of the one before, or its state where there is no room for more. */
  #kept(
    address: string,
    snapshot: RecordedSnapshot,
    size: number,
  ): Pick<Seen, 'snapshot' | 'size' | 'isBrief'> {
    this.#snapshotsSize -= this.actors.get(address)?.size ?? 0;
    const isBrief = this.#snapshotsSize + size > this.#most.snapshots;
    if (!isBrief) this.#snapshotsSize += size;
    return isBrief ? { snapshot: briefly(snapshot), size: 0, isBrief } : { snapshot, size, isBrief };
  }

  #see(address: string, news: Partial<Seen>): void {
    const before = this.actors.get(address);
    const node = [news.node, before?.node].find((name) => name !== undefined && name !== '') ?? '';
    this.actors.set(address, { size: 0, ...before, ...news, node });
    const most = this.#most.actors;
    if (this.actors.size <= most * (1 + LOT)) return;
    for (const [oldest, { size }] of this.actors) {
      if (this.actors.size <= most) break;
      this.#snapshotsSize -= size;
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

function briefly({ status, value }: RecordedSnapshot): RecordedSnapshot {
  const text = stateText(value);
  return { status, value: text.length > VALUE ? `${text.slice(0, VALUE)}…` : value };
}

const actorsOf = ({ kinds }: MetricsEntry): number =>
  Object.values(kinds).reduce((sum, kind) => sum + kind.actors, 0);

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

/** A node tells how it is once a second until it is gone. */
const isLost = ({ time, actors }: SeenNode, end: number): boolean =>
  actors !== undefined && end - time > SILENT;

const lost = (node: string, seen: SeenNode, end: number): Alert[] =>
  isLost(seen, end) ? [{ severity: 'error', text: `node ${node} is down`, since: seen.time }] : [];

const nodeRow = (node: string, seen: SeenNode, actors: number, end: number): NodeRow => ({
  node,
  actors,
  services: {},
  hosts: [],
  lastSeen: seen.time,
  availability: 1,
  isDown: isLost(seen, end),
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
  const snapshot = Object.hasOwn(line.snapshots, address) ? line.snapshots[address] : undefined;
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

/** How the actor was before its first moment, where that was told. */
export function momentBefore({ number }: Moment, told: ActorEntry | undefined): readonly Moment[] {
  if (told?.snapshot === undefined || number < 1) return [];
  const { time, node, snapshot } = told;
  return [{ number: number - 1, time, node, causes: ['as it was found'], snapshot, sent: [], timers: [] }];
}

/** What set the step going, in words. */
function causeOf({ action }: Line): string {
  const { kind, sent, timer, event, path, outcome } = action as {
    kind: string;
    sent?: { event?: { type?: unknown } };
    timer?: unknown;
    event?: { type?: unknown };
    path?: unknown;
    outcome?: object;
  };
  if (kind === 'settle') {
    const work = Array.isArray(path) && path.length > 0 ? path.join('/') : 'work';
    return `${work} ${'error' in (outcome ?? {}) ? 'failed' : 'done'}`;
  }
  const detail = sent?.event?.type ?? event?.type ?? timer;
  return typeof detail === 'string' ? (PLAIN.includes(kind) ? detail : `${kind} ${detail}`) : kind;
}

/** What came says it all. */
const PLAIN = ['deliver', 'choose', 'timeout'];

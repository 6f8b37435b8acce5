import type { Entry } from '../../monitoring/entry.ts';
import type { RecordedSnapshot } from '../../monitoring/recording.ts';
import type { Chart } from '../draw/chart.ts';
import { takenBetween } from './taken-between.ts';

/** What an app that is not ours, and may be anything, can cost. */
export const most = {
  /** Apps at a time. */
  guests: 8,
  /** Actors of one app. */
  actors: 10_000,
  /** A definition, characters. */
  definition: 256 * 1024,
  /** Nesting of a definition, levels. */
  depth: 64,
  /** Different charts. */
  charts: 500,
  /** Moments that are kept of one actor, count. */
  moments: 200,
  /** What is kept of the last snapshots of an app, and of the moments of all, characters. */
  bytes: 32 * 1024 * 1024,
  /** A name or id, characters. */
  text: 256,
  /** Flaws that are named. */
  flaws: 20,
};

type Fields = Readonly<Record<string, unknown>>;

/** What an app needs of the source. */
export interface Desk {
  now(): number;
  step(): number;
  chart(definition: string): { readonly hash: string; readonly chart: Chart } | undefined;
  /** @param size of what was said, characters */
  say(entries: readonly Entry[], size: number): void;
  flaw(text: string): void;
}

interface Known {
  status: string;
  /** Of its last snapshot. */
  value: unknown;
  readonly chart: Chart | undefined;
  /** Of its last snapshot, characters. */
  size: number;
  /** What came to it and is not yet part of a snapshot. */
  readonly waiting: { readonly from: string; readonly event: { readonly type: string } }[];
}

/** One app: what it says, turned into entries. */
export class App {
  readonly name: string;
  readonly #desk: Desk;
  readonly #actors = new Map<string, Known>();
  /** Of all last snapshots. */
  #size = 0;

  constructor(name: string, desk: Desk) {
    this.name = name;
    this.#desk = desk;
  }

  take(text: string): void {
    const said = parsed(text);
    const { type, sessionId } = said;
    if (typeof type !== 'string' || !isName(sessionId)) return this.#strange();
    switch (type) {
      case '@xstate.actor':
        return this.#actor(sessionId, said, text.length);
      case '@xstate.event':
        return this.#event(sessionId, said);
      case '@xstate.snapshot':
        return this.#snapshot(sessionId, said, text.length);
      default:
        this.#strange();
    }
  }

  close(): void {
    const time = this.#desk.now();
    const alive = [...this.#actors].filter(([, { status }]) => status === 'active');
    this.#desk.say(
      alive.map(([id]) => ({
        kind: 'ended',
        address: this.#address(id),
        node: this.name,
        reason: 'disconnected',
        time,
      })),
      0,
    );
    this.#actors.clear();
  }

  #strange(): void {
    this.#desk.flaw(`${this.name} says what is not Stately's protocol; that is left out.`);
  }

  #address(id: string): string {
    return `${id}@${this.name}`;
  }

  /** A snapshot, without its context where the app has said more than is kept. */
  #kept(known: Known, value: unknown, size: number): RecordedSnapshot {
    this.#size += size - known.size;
    known.size = size;
    const snapshot = snapshotOf(value);
    if (this.#size <= most.bytes) return snapshot;
    this.#size -= size;
    known.size = 0;
    this.#desk.flaw(`${this.name} has more in its contexts than is kept; some are left out.`);
    return { status: snapshot.status, value: snapshot.value };
  }

  #actor(id: string, { name, definition, parentId, snapshot }: Fields, size: number): void {
    if (!this.#actors.has(id) && this.#actors.size >= most.actors)
      return this.#desk.flaw(`${this.name} has more than ${most.actors} actors; the others are left out.`);
    const drawing = typeof definition === 'string' ? this.#desk.chart(definition) : undefined;
    const known: Known = {
      ...{ status: 'active', value: undefined, chart: drawing?.chart },
      ...{ size: this.#actors.get(id)?.size ?? 0, waiting: [] },
    };
    const now = this.#kept(known, snapshot, size - (typeof definition === 'string' ? definition.length : 0));
    Object.assign(known, { status: now.status, value: now.value });
    this.#actors.set(id, known);
    const entries: Entry[] = [
      ...(drawing === undefined ? [] : [{ kind: 'chart' as const, ...drawing }]),
      {
        kind: 'actor',
        address: this.#address(id),
        node: this.name,
        machine: drawing?.chart.id ?? (isName(name) ? name : id),
        ...(drawing === undefined ? {} : { chart: drawing.hash }),
        ...(isName(parentId) ? { parent: this.#address(parentId) } : {}),
        snapshot: now,
        time: this.#desk.now(),
      },
    ];
    this.#desk.say(entries, size);
  }

  #event(id: string, { event, sourceId }: Fields): void {
    const known = this.#actors.get(id);
    if (!isEvent(event)) return this.#strange();
    if (known === undefined) return;
    known.waiting.push({ from: isName(sourceId) ? this.#address(sourceId) : '', event });
    // What is never followed by a snapshot did nothing.
    if (known.waiting.length > 16) known.waiting.shift();
  }

  #snapshot(id: string, { event, snapshot }: Fields, size: number): void {
    if (!isEvent(event)) return this.#strange();
    const known = this.#actors.get(id);
    if (known === undefined) return;
    const now = this.#kept(known, snapshot, size);
    const at = known.waiting.findIndex((waiting) => waiting.event.type === event.type);
    const from = known.waiting[at]?.from ?? '';
    known.waiting.splice(0, at + 1);
    const address = this.#address(id);
    const ended: Entry[] =
      known.status === 'active' && now.status !== 'active'
        ? [{ kind: 'ended', address, node: this.name, reason: now.status, time: this.#desk.now() }]
        : [];
    const taken =
      known.chart === undefined ? [] : takenBetween(known.chart, event.type, known.value, now.value);
    Object.assign(known, { status: now.status, value: now.value });
    const isStart = event.type === 'xstate.init';
    const entries: Entry[] = [
      {
        kind: 'step',
        step: this.#desk.step(),
        action: isStart
          ? { kind: 'start', actor: address }
          : { kind: 'deliver', sent: { from, to: address, event } },
        sent: [],
        emitted: [],
        snapshots: { [address]: now },
        time: this.#desk.now(),
        node: this.name,
        ...(taken.length === 0 ? {} : { taken }),
      },
      ...ended,
    ];
    this.#desk.say(entries, size);
  }
}

const parsed = (text: string): Fields => {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
};

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most.text;

const isEvent = (value: unknown): value is { readonly type: string } => {
  const type = (value as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' && type.length <= most.text;
};

/** What a snapshot says, without the rest that XState's own carries. */
function snapshotOf(value: unknown): RecordedSnapshot {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  const { status, value: state, context, output, error } = fields;
  return {
    status: typeof status === 'string' ? status.slice(0, most.text) : 'active',
    ...(isStateValue(state, 0) ? { value: state } : {}),
    ...(context === undefined ? {} : { context }),
    ...(output === undefined || output === null ? {} : { output }),
    ...(error === undefined || error === null ? {} : { error }),
  };
}

const isStateValue = (value: unknown, depth: number): boolean =>
  typeof value === 'string' ||
  (typeof value === 'object' &&
    value !== null &&
    depth < most.depth &&
    Object.values(value).every((inner) => isStateValue(inner, depth + 1)));

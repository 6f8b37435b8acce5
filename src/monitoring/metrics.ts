import type { Resident } from '../actor/resident.ts';
import type { Tally } from '../actor/witness.ts';
import type { KindMetrics, MetricsEntry } from './entry.ts';
import { quantiles } from './histogram.ts';
import { kindOf, type NodeMeter } from './meter.ts';
import type { KindTally } from './monitor-protocol.ts';
import type { DeadReason } from '../actor/dead-letters.ts';
import type { Charts } from './charts.ts';

/** What a node counts besides its actors. */
export interface Counts {
  readonly sent: number;
  readonly deadLetters: Readonly<Partial<Record<DeadReason, number>>>;
  readonly rejected: Readonly<Record<string, number>>;
}

/** States of one kind that are told apart, count. */
const STATES = 100;
/** Pairs of kinds that are told of, count. */
const FLOWS = 1_000;
/** Actors that are looked at in one second, count: of more, states are counted less often. */
const LOOKED_AT = 20_000;

/** The text of a state value. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** As cluster/census.ts, characters. */
const LONGEST = 256;

/** How many actors of which kind are in which state. */
export function census(residents: Iterable<Resident>, charts: Charts): readonly KindTally[] {
  const kinds = new Map<string, { chart?: string; actors: number; states: Map<string, number> }>();
  for (const { logic, snapshot } of residents) {
    const kind = kindOf(logic);
    let tally = kinds.get(kind);
    if (tally === undefined) {
      const chart = charts.of(logic)?.hash;
      const states = new Map<string, number>();
      kinds.set(kind, (tally = { ...(chart === undefined ? {} : { chart }), actors: 0, states }));
    }
    tally.actors += 1;
    const { status, value } = (snapshot ?? {}) as { status?: string; value?: unknown };
    const text = value === undefined ? (status ?? 'restarting') : textOf(value);
    const state = tally.states.has(text) || tally.states.size < STATES ? text : '…';
    tally.states.set(state, (tally.states.get(state) ?? 0) + 1);
  }
  return [...kinds].map(([kind, { states, ...rest }]) => ({
    kind,
    ...rest,
    states: Object.fromEntries(states),
  }));
}

/** Counts of one period, as the difference of what was counted at its ends. */
export class Metrics {
  readonly #meter: NodeMeter;
  readonly #before = new Map<Tally, { handled: number; failed: number; times: Uint32Array }>();
  readonly #flow = new Map<Tally, Map<string, number>>();
  #flows = 0;
  #sent = 0;
  #handled = 0;
  #kinds: readonly KindTally[] = [];
  #skip = 0;

  constructor(meter: NodeMeter) {
    this.#meter = meter;
  }

  /** A message from an actor of one kind to one of another. */
  flowed(from: string, to: Tally): void {
    let senders = this.#flow.get(to);
    if (senders === undefined) this.#flow.set(to, (senders = new Map<string, number>()));
    const known = senders.get(from);
    if (known === undefined && this.#flows >= FLOWS) return;
    if (known === undefined) this.#flows += 1;
    senders.set(from, (known ?? 0) + 1);
  }

  /** Count from now on. */
  begin(sent: number): void {
    this.#sent = sent;
    this.#handled = this.#meter.handledSoFar;
    this.#before.clear();
    this.#flow.clear();
    this.#flows = 0;
    for (const tally of this.#meter.tallies()) this.#remember(tally);
  }

  /** What happened since `begin`, or since this was last called. */
  take(
    about: Pick<MetricsEntry, 'node' | 'time' | 'period' | 'heap' | 'lag'>,
    counts: Counts,
    residents: () => Iterable<Resident>,
    size: number,
    charts: Charts,
  ): MetricsEntry {
    this.#skip -= 1;
    if (this.#skip <= 0) {
      this.#kinds = census(residents(), charts);
      this.#skip = Math.ceil(size / LOOKED_AT);
    }
    const handled = this.#meter.handledSoFar - this.#handled;
    const entry: MetricsEntry = {
      kind: 'metrics',
      ...about,
      sent: Math.max(0, counts.sent - this.#sent),
      handled,
      deadLetters: counts.deadLetters,
      rejected: counts.rejected,
      kinds: this.#byKind(),
      flow: [...this.#flow].flatMap(([to, senders]) =>
        [...senders].map(([from, messages]) => [from, to.kind, messages] as const),
      ),
    };
    this.begin(counts.sent);
    return entry;
  }

  #byKind(): Readonly<Record<string, KindMetrics>> {
    const kinds = new Map<string, KindMetrics>();
    for (const { kind, actors, states } of this.#kinds)
      kinds.set(kind, { actors, states, handled: 0, failed: 0 });
    for (const tally of this.#meter.tallies()) {
      const { kind, handled, failed, times } = tally;
      const before = this.#before.get(tally) ?? {
        handled: 0,
        failed: 0,
        times: new Uint32Array(times.length),
      };
      const [p50, p99] = quantiles(times, before.times, [0.5, 0.99]) ?? [];
      kinds.set(kind, {
        ...(kinds.get(kind) ?? { actors: 0, states: {} }),
        handled: handled - before.handled,
        failed: failed - before.failed,
        ...(p50 === undefined || p99 === undefined ? {} : { p50, p99 }),
      });
    }
    return Object.fromEntries(kinds);
  }

  #remember(tally: Tally): void {
    const { handled, failed, times } = tally;
    this.#before.set(tally, { handled, failed, times: times.slice() });
  }
}

import type { Entry, MetricsEntry } from '../../monitoring/entry.ts';
import type { Alert, KindRow } from '../../inspector/protocol.ts';
import type { Source } from '../../inspector/source/source.ts';

/** What a system does, at one moment. */
export interface Census {
  /** ms since the epoch */
  readonly at: number;
  readonly nodes: readonly NodeCensus[];
  readonly kinds: readonly KindCensus[];
  readonly breakers: readonly Breaker[];
  /** Messages a second, of all nodes together. */
  readonly sent: number;
  readonly handled: number;
  /** Since the nodes began, by reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly alerts: readonly Alert[];
}

export interface NodeCensus {
  readonly node: string;
  readonly actors: number;
  readonly isDown: boolean;
  /** Messages a second; absent until it was told. */
  readonly handled?: number;
  /** Bytes of heap, and the worst delay of the event loop in ms. */
  readonly heap?: number;
  readonly lag?: number;
}

export interface KindCensus extends KindRow {
  /** A second. */
  readonly handled: number;
  readonly failed: number;
  /** ms, the worst node's. */
  readonly p50?: number;
  readonly p99?: number;
}

export interface Breaker {
  readonly address: string;
  readonly state: string;
  /** When it lets a call through again, ms since the epoch. */
  readonly due?: number;
}

/** A node that says nothing for so long has no rates, ms. */
const FRESH = 5_000;
const BREAKERS = 20;
/** Machines of machines/circuit-breaker.ts. */
const BREAKER = 'circuit-breaker';

/** Counts what a source tells, and asks it for the rest. */
export class Counter {
  readonly #source: Source;
  readonly #metrics = new Map<string, MetricsEntry>();

  constructor(source: Source) {
    this.#source = source;
    source.watch({ interest: { rate: 0 }, emit: (entries) => this.#take(entries) });
  }

  async count(): Promise<Census> {
    const [overview, breakers] = await Promise.all([this.#source.overview(), this.#breakers()]);
    const at = overview.time;
    const fresh = [...this.#metrics.values()].filter(({ time }) => at - time < FRESH);
    const byNode = new Map(fresh.map((metrics) => [metrics.node, metrics]));
    return {
      at,
      nodes: overview.nodes.map(({ node, actors, isDown }) => {
        const metrics = byNode.get(node);
        if (metrics === undefined || isDown) return { node, actors, isDown };
        const { heap, lag } = metrics;
        return { node, actors, isDown, handled: perSecond(metrics, metrics.handled), heap, lag };
      }),
      kinds: overview.kinds.map((kind) => ({ ...kind, ...ratesOf(kind.kind, fresh) })),
      breakers,
      sent: sum(fresh.map((metrics) => perSecond(metrics, metrics.sent))),
      handled: sum(fresh.map((metrics) => perSecond(metrics, metrics.handled))),
      deadLetters: added(fresh.map(({ deadLetters }) => deadLetters)),
      alerts: overview.alerts,
    };
  }

  #take(entries: readonly Entry[]): boolean {
    for (const entry of entries) if (entry.kind === 'metrics') this.#metrics.set(entry.node, entry);
    return true;
  }

  async #breakers(): Promise<readonly Breaker[]> {
    const { rows } = await this.#source.actors({ kind: BREAKER, limit: BREAKERS });
    return Promise.all(
      rows.map(async ({ address, state }) => {
        if (state === 'closed') return { address, state };
        const detail = await this.#source.actor(address).catch(() => undefined);
        const due = detail?.timers.map((timer) => timer.due).sort((a, b) => a - b)[0];
        return { address, state, ...(due === undefined ? {} : { due }) };
      }),
    );
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const perSecond = ({ period }: MetricsEntry, count: number): number => (count * 1_000) / Math.max(1, period);

function ratesOf(kind: string, fresh: readonly MetricsEntry[]): Omit<KindCensus, keyof KindRow> {
  const own = fresh.flatMap((metrics) => {
    const each = metrics.kinds[kind];
    return each === undefined ? [] : [{ metrics, each }];
  });
  const worst = (times: readonly (number | undefined)[]): number | undefined => {
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  const [p50, p99] = [worst(own.map(({ each }) => each.p50)), worst(own.map(({ each }) => each.p99))];
  return {
    handled: sum(own.map(({ metrics, each }) => perSecond(metrics, each.handled))),
    failed: sum(own.map(({ metrics, each }) => perSecond(metrics, each.failed))),
    ...(p50 === undefined ? {} : { p50 }),
    ...(p99 === undefined ? {} : { p99 }),
  };
}

function added(counts: readonly Readonly<Record<string, number | undefined>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of counts)
    for (const [reason, count = 0] of Object.entries(each))
      if (count > 0) total[reason] = (total[reason] ?? 0) + count;
  return total;
}

import { DeadLetterBox } from '../../coordination/queue/dead-letter-box.ts';
import type { Queues } from '../../durable/queue-store.ts';
import type { Member } from '../../cluster/membership.ts';
import { TroupeError } from '../../errors.ts';
import type { Entry } from '../../monitoring/entry.ts';
import { inspectableOf } from '../../monitoring/inspectable.ts';
import type { Answer, Request, RowQuery } from '../../monitoring/monitor-protocol.ts';
import { parseAddress } from '../../message/address.ts';
import { kindOf } from '../../message/shard.ts';
import type { Chart } from '../draw/chart.ts';
import type {
  About,
  ActorDetail,
  ActorPage,
  ActorQuery,
  ActorRow,
  DryRun,
  HistoryPage,
  HistoryQuery,
  LetterPage,
  LetterQuery,
  LetterRow,
  Overview,
} from '../protocol.ts';
import { isChart } from './chart-facts.ts';
import { Alerts } from './live-alerts.ts';
import { Nodes } from './live-nodes.ts';
import { Seen } from './live-seen.ts';
import { Steps } from './live-steps.ts';
import { LiveWatching } from './live-watching.ts';
import type { Source, Watcher, Watching } from './source.ts';

/** A system, as far as an inspector needs it: a node of it, here. */
export interface LiveSystem {
  readonly name: string;
  readonly node: string;
  members(): readonly Member[];
}

export interface LiveSourceOptions {
  /** May events be sent, and dead letters replayed or dropped? Default false. */
  readonly canSend?: boolean;
  /** Replays or drops a dead letter of a work queue with the rights of who looks. Default: with those of the node here, if it has a store. */
  readonly settle?: Settle;
  /** Time a node gets to answer, ms. */
  readonly timeout?: number;
}

export type Settle = (deed: 'replay' | 'drop', queue: string, id: number) => Promise<void>;

const TIMEOUT = 3_000;
const PAGE = 100;
const MOST = 1_000;

/**
 * A live system, through a node of it: in the process that is looked at, or attached to it over its transport. All nodes are asked through their
 * monitors (monitoring/monitor.ts).
 * @throws TroupeError INVALID_OPTION when it is no system
 */
export function liveSource(system: LiveSystem, options: LiveSourceOptions = {}): Source {
  return new LiveSource(system, options);
}

type ListRequest = Extract<Request, { type: 'list' }>;
type ListAnswer = Extract<Answer, { type: 'rows' }>;
type Hello = Extract<Answer, { type: 'hello' }>;

class LiveSource implements Source {
  readonly #system: LiveSystem;
  readonly #canSend: boolean;
  readonly #settle: Settle;
  readonly #here: NonNullable<ReturnType<typeof inspectableOf>>;
  readonly #nodes: Nodes;
  readonly #alerts: Alerts;
  readonly #seen = new Seen();
  readonly #steps = new Steps();
  readonly #watching = new Set<LiveWatching>();
  #hellos: ReadonlyMap<string, Hello> = new Map();
  #watchers = 0;

  constructor(system: LiveSystem, { canSend = false, settle, timeout = TIMEOUT }: LiveSourceOptions) {
    const here = inspectableOf(system);
    if (here === undefined)
      throw new TroupeError('INVALID_OPTION', 'liveSource takes a system that createSystem gave.');
    this.#system = system;
    this.#canSend = canSend;
    this.#settle = settle ?? settleIn(() => here.queues());
    this.#here = here;
    this.#nodes = new Nodes(here, () => system.members(), timeout);
    this.#alerts = new Alerts(here.clock);
    this.#nodes.changed = () => {
      for (const watching of this.#watching) watching.renewNow();
    };
  }

  about(): About {
    return {
      source: 'live',
      name: this.#system.name,
      canSend: this.#canSend,
      flaws: [],
      sampling: this.#seen.sampling,
      refused: {},
    };
  }

  async overview(): Promise<Overview> {
    const hellos = await this.#greet();
    const time = this.#here.clock.now();
    const nodes = this.#nodes.all().filter(({ node }) => this.#isShown(node));
    const troubled = await this.#troubled([...hellos.values()]);
    return {
      time,
      nodes: nodes.map((known) => {
        const { node, since, lastSeen, services, hosts, missed, downSince } = known;
        const hello = hellos.get(node);
        return {
          node,
          actors: hello?.actors ?? 0,
          services: hello?.services ?? services,
          hosts: hello?.hosts ?? hosts,
          lastSeen,
          availability: time <= since ? 1 : Math.max(0, 1 - missed / (time - since)),
          isDown: downSince !== undefined,
          ...(this.#nodes.isSilent(known) ? { isSilent: true } : {}),
        };
      }),
      kinds: mergedKinds([...hellos.values()]),
      alerts: this.#alerts.raise({ nodes, hellos, troubled, seen: this.#seen }),
      queues: mergedQueues([...hellos.values()]),
    };
  }

  async actors({ kind, state, id, node, from = 0, limit = PAGE }: ActorQuery): Promise<ActorPage> {
    const query: RowQuery = { kind, state, id };
    const most = Math.min(limit, MOST);
    const chosen = this.#nodes.alive().filter((each) => node === undefined || each === node);
    const counts = await this.#nodes.askAll<'list'>(
      clean({ type: 'list', query: clean(query), from: 0, limit: 0 }),
      chosen,
    );
    const rows: ActorRow[] = [];
    let total = 0;
    for (const [each, { total: here }] of counts.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const first = Math.max(0, from - total);
      total += here;
      if (rows.length < most && first < here)
        rows.push(...(await this.#rowsOf(each, query, first, most - rows.length)));
    }
    return { rows, total };
  }

  async actor(address: string): Promise<ActorDetail> {
    const ask = async (stored?: boolean): Promise<ActorDetail> => {
      const request = clean({ type: 'detail', address, stored } as const);
      return parsed(await this.#first(address, async (node) => this.#nodes.ask<'detail'>(node, request)));
    };
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== 'NO_SUCH_ACTOR') throw error;
      return await ask(true);
    }
  }

  async history({ address, before, limit = PAGE }: HistoryQuery): Promise<HistoryPage> {
    const request = clean({ type: 'history', address, before, limit: Math.min(limit, MOST) } as const);
    const told = parsed<HistoryPage>(
      await this.#first(address, async (node) => this.#nodes.ask<'history'>(node, request)),
    );
    // What is remembered of a live actor has no snapshots: what was told of it has.
    const isStored = told.moments.some(({ snapshot }) => snapshot.status !== '');
    return isStored ? told : (this.#seen.history(address, before, limit) ?? told);
  }

  async chart(hash: string): Promise<Chart | undefined> {
    const known = this.#seen.charts.get(hash);
    if (known !== undefined) return known;
    for (const node of this.#nodes.alive()) {
      const answer = await this.#nodes.ask<'chart'>(node, { type: 'chart', hash }).catch(() => undefined);
      if (answer === undefined) continue;
      const chart = parsed<unknown>(answer);
      // Of another version.
      if (!isChart(chart)) continue;
      this.#seen.charts.set(hash, chart);
      return chart;
    }
    return undefined;
  }

  watch(watcher: Watcher): Watching {
    const watching: LiveWatching = new LiveWatching({
      here: this.#here,
      nodes: this.#nodes,
      // Unique in the cluster: a lease is known by it.
      id: `${this.#here.node}-${this.#here.clock.now()}-${++this.#watchers}`,
      watcher,
      steps: this.#steps,
      seen: (entries: readonly Entry[]) => this.#seen.take(entries),
      closed: () => this.#watching.delete(watching),
    });
    this.#watching.add(watching);
    return watching;
  }

  async send(address: string, event: { readonly type: string }): Promise<void> {
    this.#assertMaySend();
    parseAddress(address);
    if (address.startsWith('$') || address.startsWith('?'))
      throw new TroupeError('INVALID_ADDRESS', `"${address}" is the runtime's own: send to an actor.`);
    await this.#assertReceived(address);
    this.#here.tell(address, event);
  }

  async dryRun(address: string, event: { readonly type: string }): Promise<DryRun> {
    const request = { type: 'dryRun', address, event } as const;
    return parsed<DryRun>(
      await this.#first(address, async (node) => this.#nodes.ask<'dryRun'>(node, request)),
    );
  }

  async deadLetters({ queue, from = 0, limit = PAGE }: LetterQuery): Promise<LetterPage> {
    const most = Math.min(limit, MOST);
    if (queue !== undefined) {
      const request = { type: 'letters', queue, from, limit: most } as const;
      return parsed<LetterPage>(await this.#any(async (node) => this.#nodes.ask<'letters'>(node, request)));
    }
    const pages = await this.#nodes.askAll<'letters'>({ type: 'letters', from: 0, limit: from + most });
    const all = pages.map(([, answer]) => parsed<LetterPage>(answer));
    const rows: LetterRow[] = all.flatMap((page) => page.rows).toSorted((a, b) => b.time - a.time);
    return { rows: rows.slice(from, from + most), total: all.reduce((sum, { total }) => sum + total, 0) };
  }

  async replayLetter(id: string, queue: string): Promise<void> {
    await this.#settleLetter('replay', id, queue);
  }

  async dropLetter(id: string, queue: string): Promise<void> {
    await this.#settleLetter('drop', id, queue);
  }

  async close(): Promise<void> {
    for (const watching of [...this.#watching]) watching.close();
    this.#nodes.close();
    return Promise.resolve();
  }

  async #settleLetter(type: 'replay' | 'drop', id: string, queue: string): Promise<void> {
    this.#assertMaySend();
    const request = { type, id: Number(id), queue };
    try {
      await this.#settle(type, queue, request.id);
    } catch (own) {
      if (own instanceof TroupeError && own.code === 'CORRUPTED') throw own;
      // Others may have rights that are missing here, or a store of their own.
      const ask = async (node: string) => this.#nodes.ask<'replay' | 'drop'>(node, request);
      const others = this.#nodes.alive().filter((node) => node !== this.#here.node);
      await this.#any(ask, async () => own, others);
    }
  }

  /** Nobody has the address: then the message would only become a dead letter. Where a node does not say what it has, it may. */
  async #assertReceived(address: string): Promise<void> {
    const missing = await this.actor(address).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(missing instanceof TroupeError) || missing.code !== 'NO_SUCH_ACTOR') return;
    const { id } = parseAddress(address);
    const hellos = await this.#nodes.askAll<'hello'>({ type: 'hello' });
    const isAnswered = hellos.some(
      ([, { services, hosts }]) => Object.hasOwn(services, id) || hosts.includes(kindOf(id)),
    );
    if (!isAnswered && hellos.length === this.#nodes.alive().length) throw missing;
  }

  #assertMaySend(): void {
    if (this.#canSend) return;
    throw new TroupeError(
      'NOT_ALLOWED',
      'This inspector only looks: start it with --allow-send to change anything.',
    );
  }

  async #rowsOf(node: string, query: RowQuery, from: number, limit: number): Promise<readonly ActorRow[]> {
    const rows: ActorRow[] = [];
    for (let at: number | undefined = from; at !== undefined && rows.length < limit;) {
      const request: ListRequest = {
        type: 'list',
        query: clean(query),
        from: at,
        limit: limit - rows.length,
      };
      const answer: ListAnswer | undefined = await this.#nodes
        .ask<'list'>(node, request)
        .catch(() => undefined);
      if (answer === undefined) return rows;
      rows.push(...answer.rows.map((row) => ({ ...row, node })));
      at = answer.next !== undefined && answer.next > at ? answer.next : undefined;
    }
    return rows;
  }

  /** The node that has the actor says it; where that is not known, all are asked. */
  async #first<T>(address: string, ask: (node: string) => Promise<T>): Promise<T> {
    const { node } = parseAddress(address);
    if (node !== undefined && this.#nodes.alive().includes(node)) return ask(node);
    return this.#any(ask, async () => new TroupeError('NO_SUCH_ACTOR', `There is no actor "${address}".`));
  }

  async #any<T>(
    ask: (node: string) => Promise<T>,
    otherwise?: () => Promise<unknown>,
    nodes = this.#nodes.alive(),
  ): Promise<T> {
    const failures: unknown[] = [];
    const asked = nodes.map(async (node) =>
      ask(node).catch((error: unknown) => {
        failures.push(error);
        throw error;
      }),
    );
    try {
      return await Promise.any(asked);
    } catch {
      const telling = failures.find((error) => !isAbsent(error));
      throw telling ?? (await otherwise?.()) ?? failures[0];
    }
  }

  /** What all nodes say of themselves; while they cannot be reached, what they said last. */
  async #greet(): Promise<ReadonlyMap<string, Hello>> {
    const answers = await this.#nodes.askAll<'hello'>({ type: 'hello' });
    const isCut = this.#nodes.cutSince !== undefined;
    this.#hellos = new Map([...(isCut ? this.#hellos : []), ...answers]);
    for (const [node, { actors }] of answers) if (actors > 0) this.#nodes.used(node);
    return this.#hellos;
  }

  /** The one that looks, and those that commands join with, are not, as long as there is nothing in them; unless they are all there is. */
  #isShown(node: string): boolean {
    if (node === this.#here.node) return !this.#here.onlyLooks() || this.#system.members().length === 0;
    return !this.#nodes.isIdleCommand(node);
  }

  /** Actors that somebody should look at: only asked for where the counts say that there are any. */
  async #troubled(hellos: readonly Hello[]): Promise<readonly ActorRow[]> {
    const wanted = Alerts.troubles.filter(({ kind, state }) =>
      hellos.some(({ kinds }) => kinds.some((each) => each.kind === kind && (each.states[state] ?? 0) > 0)),
    );
    const pages = await Promise.all(
      wanted.map(async ({ kind, state }) => this.actors({ kind, state, limit: 20 })),
    );
    return pages.flatMap(({ rows }) => rows);
  }
}

const isAbsent = (error: unknown): boolean => error instanceof TroupeError && ABSENT.includes(error.code);

const ABSENT = ['NO_SUCH_ACTOR', 'NOT_AVAILABLE', 'NO_STORE', 'NO_SUCH_LETTER', 'NO_SUCH_QUEUE'];

const settleIn =
  (queues: () => Queues | undefined): Settle =>
  async (deed, queue, id) => {
    const found = queues();
    if (found === undefined)
      throw new TroupeError('NOT_AVAILABLE', 'There is no store with work queues here.');
    await new DeadLetterBox(found, queue)[deed](id);
  };

const parsed = <T>({ json }: { readonly json: string }): T => JSON.parse(json) as T;

/** Without fields that are undefined: they would travel. */
const clean = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

function mergedKinds(hellos: readonly Hello[]): Overview['kinds'] {
  const kinds = new Map<string, Overview['kinds'][number]>();
  for (const { kind, chart, actors, states } of hellos.flatMap((hello) => hello.kinds)) {
    const known = kinds.get(kind) ?? { kind, actors: 0, states: {} };
    // A state may be called as something that every object has.
    const sum = new Map(Object.entries(known.states));
    for (const [state, count] of Object.entries(states)) sum.set(state, (sum.get(state) ?? 0) + count);
    kinds.set(kind, {
      ...known,
      ...(chart === undefined ? {} : { chart }),
      actors: known.actors + actors,
      states: Object.fromEntries(sum),
    });
  }
  return [...kinds.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** Nodes that opened the same queue tell the same of it. */
function mergedQueues(hellos: readonly Hello[]): Overview['queues'] {
  const queues = new Map(hellos.flatMap((hello) => hello.queues).map((queue) => [queue.queue, queue]));
  return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
}

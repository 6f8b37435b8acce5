import type { Placement } from '../cluster/placement.ts';
import type { Services } from '../cluster/services.ts';
import type { DeadLetters } from '../actor/dead-letters.ts';
import type { Logic } from '../actor/logic.ts';
import type { Registry } from '../actor/registry.ts';
import type { Resident } from '../actor/resident.ts';
import { DeadLetterBox } from '../coordination/queue/dead-letter-box.ts';
import type { Records } from '../durable/history/history.ts';
import type { Queues } from '../durable/queue-store.ts';
import { isTroupeError, TroupeError } from '../errors.ts';
import { parseAddress, type Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import { kindOf } from '../message/shard.ts';
import type { Charts } from './charts.ts';
import { Fresh } from './fresh.ts';
import { detailOf, dryRun, passes, rowOf } from './detail.ts';
import { census } from './metrics.ts';
import type { NodeMeter } from './meter.ts';
import {
  isRequest,
  sealed,
  type Sealed,
  type ActorDetail,
  type Answer,
  type Request,
  type Row,
} from './monitor-protocol.ts';
import { lettersBetween, lettersOf, tallyOf } from './letters.ts';
import { rememberedPast, storedPast } from './past.ts';
import { storedDetail } from './stored.ts';
import type { Values } from './values.ts';
import type { Watching } from './watching.ts';

export interface MonitorOptions {
  readonly node: string;
  /** ms since the epoch */
  readonly now: () => number;
  readonly registry: Registry;
  readonly services: Services;
  readonly placement: Placement;
  readonly charts: Charts;
  readonly values: Values;
  readonly meter: NodeMeter;
  readonly watching: Watching;
  /** undefined: this node has no store. */
  readonly records: () => Records | undefined;
  readonly queues: () => Queues | undefined;
  /** Of a kind of virtual actors that this node hosts. */
  readonly logicOf: (kind: string) => Logic | undefined;
  readonly queueNames: ReadonlySet<string>;
  readonly letters: DeadLetters;
  /** Of one answer, bytes. */
  readonly page: number;
  readonly payloads: boolean;
  /** Are dead letters of queues put back and dropped for whoever asks? */
  readonly replay: boolean;
  readonly answer: (to: Address, answer: Answer | Sealed) => void;
  readonly fail: (to: Address, error: unknown) => void;
}

/** Letters of one answer, count: each may be as large as a value may. */
const LETTERS = 100;
/** Rows of one answer, count. */
const ROWS = 1_000;

/**
 * Job: the answers of one node about itself (monitor-protocol.ts); an ordinary actor, so that they reach whoever asks over any transport. Not its
 * job: what is told without being asked (watching.ts).
 */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #greetings: Fresh<Promise<Answer>>;
  readonly #lists: Fresh<Answer>;

  constructor(options: MonitorOptions) {
    const { now, registry } = options;
    this.#options = options;
    this.#greetings = new Fresh(now, () => registry.size);
    this.#lists = new Fresh(now, () => registry.size);
  }

  /** Something was said to it. */
  async take(event: Message & { readonly replyTo?: Address }): Promise<void> {
    const { answer, fail } = this.#options;
    const { replyTo } = event;
    try {
      if (!isRequest(event)) throw unknown(event);
      const said = await this.#answerTo(event);
      if (said !== undefined && replyTo !== undefined) answer(replyTo, sealed(said));
    } catch (error) {
      if (replyTo !== undefined) fail(replyTo, this.#isTold(error) ? error : unsaid());
    }
  }

  /** What somebody else threw may quote what is hidden. */
  #isTold(error: unknown): boolean {
    return isTroupeError(error) || !this.#options.values.hidesErrors;
  }

  async #answerTo(request: Request): Promise<Answer | undefined> {
    const { charts, watching, values } = this.#options;
    await charts.load();
    switch (request.type) {
      case 'hello':
        return this.#greetings.answer('', async () => this.#hello());
      case 'list':
        return this.#lists.answer(questionOf(request), () => this.#list(request));
      case 'detail':
        return this.#json('detail', await this.#detail(request));
      case 'chart':
        return this.#chart(request.hash);
      case 'letters':
        return this.#letters(request);
      case 'replay':
      case 'drop':
        await this.#settle(request);
        return { type: 'done' };
      case 'history':
        return this.#history(request);
      case 'dryRun':
        return this.#json('dryRun', dryRun(this.#at(request.address), request.event, values));
      case 'lease':
        return { type: 'leased', ...(await watching.lease(request)) };
      case 'credit':
        watching.credit(request.id, request.frames);
        return undefined;
      case 'release':
        watching.release(request.id);
        return undefined;
    }
  }

  async #hello(): Promise<Answer> {
    const { node, registry, services, placement, charts, records, payloads, letters } = this.#options;
    const { queues, queueNames, meter } = this.#options;
    return {
      type: 'hello',
      node,
      actors: registry.size,
      kinds: census(registry.all(), charts),
      services: services.counts(),
      hosts: [...placement.hosts],
      deadLetters: Object.values(letters.counts()).reduce((sum, each) => sum + each, 0),
      queues: await tallyOf(queues(), queueNames),
      hasStore: records() !== undefined,
      payloads,
      givenUp: meter.givenUp,
    };
  }

  #list({ query, from, limit }: ListRequest): Answer {
    const { registry, page } = this.#options;
    const isChosen = passes(query);
    const rows: Row[] = [];
    let total = 0;
    let left = page;
    for (const resident of registry.all()) {
      const row = rowOf(resident);
      if (!isChosen(row)) continue;
      total += 1;
      if (total <= from || rows.length >= Math.min(limit, ROWS) || left < 0) continue;
      left -= Buffer.byteLength(JSON.stringify(row)) + 1;
      if (left >= 0) rows.push(row);
    }
    const next = from + rows.length;
    const isCut = rows.length < Math.min(limit, Math.max(0, total - from));
    return { type: 'rows', rows, total, ...(isCut ? { next } : {}) };
  }

  async #letters({ queue, from, limit }: Extract<Request, { type: 'letters' }>): Promise<Answer> {
    const { letters, values } = this.#options;
    const most = Math.min(limit, LETTERS);
    if (queue === undefined) return this.#json('letters', lettersBetween(letters.list(), from, most, values));
    return this.#json('letters', await lettersOf(this.#queues(), queue, from, most, values));
  }

  /**
   * Who asks is not known, only that he may write to this node: that must not be enough to change what is stored.
   * @throws TroupeError NOT_AVAILABLE, NOT_ALLOWED, and what DeadLetterBox throws
   */
  async #settle({ type, queue, id }: Extract<Request, { type: 'replay' | 'drop' }>): Promise<void> {
    const { node, replay } = this.#options;
    const box = new DeadLetterBox(this.#queues(), queue);
    if (replay) return box[type](id);
    throw new TroupeError(
      'NOT_ALLOWED',
      `The node "${node}" replays and drops no dead letters for others: that takes createSystem({ inspect: { replay: true } }), or rights of your own on its queues.`,
    );
  }

  /** @throws TroupeError NOT_AVAILABLE */
  #queues(): Queues {
    const queues = this.#options.queues();
    if (queues !== undefined) return queues;
    throw new TroupeError('NOT_AVAILABLE', `The node "${this.#options.node}" has no store with work queues.`);
  }

  async #detail({ address, stored = false }: Extract<Request, { type: 'detail' }>): Promise<ActorDetail> {
    const records = stored && this.#find(address) === undefined ? this.#options.records() : undefined;
    if (records === undefined) return detailOf(this.#at(address), this.#options);
    const { logicOf } = this.#options;
    return { ...(await storedDetail(records, address, { ...this.#options, logicOf })), passivated: true };
  }

  #chart(hash: string): Answer {
    const { charts, registry } = this.#options;
    if (charts.get(hash) === undefined) for (const { logic } of registry.all()) charts.of(logic);
    const chart = charts.get(hash);
    if (chart === undefined)
      throw new TroupeError('NO_SUCH_CHART', `No actor of this node has a chart with the hash "${hash}".`);
    return { type: 'chart', json: chart.json };
  }

  async #history({ address, before, limit }: Extract<Request, { type: 'history' }>): Promise<Answer> {
    const { registry, records, values, meter, node, page } = this.#options;
    const resident = registry.at(address);
    const isLive = resident !== undefined && !('look' in resident);
    const stored = isLive ? undefined : records();
    if (stored === undefined) {
      if (resident === undefined) throw noSuchActor(address);
      return this.#json('history', rememberedPast(meter.ring, node, address, limit));
    }
    const logic = resident?.logic ?? this.#options.logicOf(kindOf(parseAddress(address).id));
    const options = { before, limit: Math.max(1, Math.min(limit, ROWS)), bytes: page / 2, values, logic };
    return this.#json('history', await storedPast(stored, address, options));
  }

  /** @throws TroupeError NO_SUCH_ACTOR */
  #at(address: Address): Resident {
    const resident = this.#find(address);
    if (resident === undefined) throw noSuchActor(address);
    return resident;
  }

  #find(address: Address): Resident | undefined {
    const { registry } = this.#options;
    const { id } = parseAddress(address);
    return id.startsWith('$') ? undefined : (registry.at(address) ?? registry.get(id));
  }

  #json(type: 'detail' | 'history' | 'dryRun' | 'letters', value: unknown): Answer {
    const json = JSON.stringify(value);
    const { page } = this.#options;
    if (json.length <= page) return { type, json };
    throw new TroupeError(
      'PAYLOAD_TOO_LARGE',
      `What there is to tell has ${json.length} bytes, and a message ${page}: raise limits.payload, or lower limits.recorded.`,
    );
  }
}

type ListRequest = Extract<Request, { type: 'list' }>;

/** The same, whoever asks. */
const questionOf = ({ query: { kind, state, id }, from, limit }: ListRequest): string =>
  JSON.stringify([kind, state, id, from, limit]);

const unsaid = (): TroupeError =>
  new TroupeError('REMOTE', 'The node could not answer; why is hidden, since this node hides values.');

const unknown = ({ type }: Message): TroupeError =>
  new TroupeError(
    'MALFORMED_MESSAGE',
    `"${type}" is nothing that a monitor is asked, or something is missing in it.`,
  );

const noSuchActor = (address: Address): TroupeError =>
  new TroupeError('NO_SUCH_ACTOR', `There is no actor "${address}" in the memory of this node.`);

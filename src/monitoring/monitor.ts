import type { Placement } from '../cluster/placement.ts';
import type { Services } from '../cluster/services.ts';
import type { DeadLetters } from '../actor/dead-letters.ts';
import type { Registry } from '../actor/registry.ts';
import type { Resident } from '../actor/resident.ts';
import { DeadLetterBox } from '../coordination/queue/dead-letter-box.ts';
import type { Records } from '../durable/history/history.ts';
import type { Queues } from '../durable/queue-store.ts';
import { TroupeError } from '../errors.ts';
import { parseAddress, type Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import type { Charts } from './charts.ts';
import { detailOf, dryRun, passes, rowOf } from './detail.ts';
import { census } from './metrics.ts';
import type { NodeMeter } from './meter.ts';
import { isRequest, type Answer, type Request, type Row } from './monitor-protocol.ts';
import { lettersBetween, lettersOf, tallyOf } from './letters.ts';
import { rememberedPast, storedPast } from './past.ts';
import type { Values } from './values.ts';
import type { Watching } from './watching.ts';

export interface MonitorOptions {
  readonly node: string;
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
  readonly queueNames: ReadonlySet<string>;
  readonly letters: DeadLetters;
  /** Of one answer, bytes. */
  readonly page: number;
  readonly payloads: boolean;
  readonly answer: (to: Address, answer: Answer) => void;
  readonly fail: (to: Address, error: unknown) => void;
}

/** Letters of one answer, count: each may be as large as a value may. */
const LETTERS = 100;
/** Rows of one answer, count. */
const ROWS = 1_000;
/** A row or a moment as msgpack takes at most so much more than its texts, bytes. */
const ROW = 96;

/**
 * Job: the answers of one node about itself (monitor-protocol.ts); an ordinary actor, so that they reach whoever asks over any transport. Not its
 * job: what is told without being asked (watching.ts).
 */
export class Monitor {
  readonly #options: MonitorOptions;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /** Something was said to it. */
  async take(event: Message & { readonly replyTo?: Address }): Promise<void> {
    const { answer, fail } = this.#options;
    const { replyTo } = event;
    try {
      if (!isRequest(event)) throw unknown(event);
      const said = await this.#answerTo(event);
      if (said !== undefined && replyTo !== undefined) answer(replyTo, said);
    } catch (error) {
      if (replyTo !== undefined) fail(replyTo, error);
    }
  }

  async #answerTo(request: Request): Promise<Answer | undefined> {
    const { charts, watching, values } = this.#options;
    await charts.load();
    switch (request.type) {
      case 'hello':
        return this.#hello();
      case 'list':
        return this.#list(request);
      case 'detail':
        return this.#json('detail', detailOf(this.#at(request.address), this.#options));
      case 'chart':
        return this.#chart(request.hash);
      case 'letters':
        return this.#letters(request);
      case 'replay':
        await new DeadLetterBox(this.#queues(), request.queue).replay(request.id);
        return { type: 'done' };
      case 'drop':
        await new DeadLetterBox(this.#queues(), request.queue).drop(request.id);
        return { type: 'done' };
      case 'history':
        return this.#history(request);
      case 'dryRun':
        return this.#json('dryRun', dryRun(this.#at(request.address), request.event, values));
      case 'lease':
        return { type: 'leased', sampling: watching.lease(request) };
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

  #list({ query, from, limit }: Extract<Request, { type: 'list' }>): Answer {
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
      left -= ROW + 3 * (row.address.length + row.kind.length + row.state.length);
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

  /** @throws TroupeError NOT_AVAILABLE */
  #queues(): Queues {
    const queues = this.#options.queues();
    if (queues !== undefined) return queues;
    throw new TroupeError('NOT_AVAILABLE', `The node "${this.#options.node}" has no store with work queues.`);
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
    const options = { before, limit: Math.max(1, Math.min(limit, ROWS)), bytes: page / 2, values };
    return this.#json('history', await storedPast(stored, address, options));
  }

  /** @throws TroupeError NO_SUCH_ACTOR */
  #at(address: Address): Resident {
    const { registry } = this.#options;
    const { id } = parseAddress(address);
    const resident = id.startsWith('$') ? undefined : (registry.at(address) ?? registry.get(id));
    if (resident === undefined) throw noSuchActor(address);
    return resident;
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

const unknown = ({ type }: Message): TroupeError =>
  new TroupeError(
    'MALFORMED_MESSAGE',
    `"${type}" is nothing that a monitor is asked, or something is missing in it.`,
  );

const noSuchActor = (address: Address): TroupeError =>
  new TroupeError('NO_SUCH_ACTOR', `There is no actor "${address}" in the memory of this node.`);

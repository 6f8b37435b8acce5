import { createHash } from 'node:crypto';
import { initialTransition, transition, type AnyStateMachine, type SnapshotFrom } from 'xstate';
import { circuitBreaker } from '../../../machines/circuit-breaker.ts';
import { TroupeError } from '../../../src/errors.ts';
import { statesOf, type Chart } from '../../../src/inspector/draw/chart.ts';
import { toChart } from '../../../src/inspector/draw/to-chart.ts';
import type {
  About,
  ActorDetail,
  ActorPage,
  ActorQuery,
  ActorRow,
  DryRun,
  HistoryPage,
  HistoryQuery,
  Interest,
  Overview,
} from '../../../src/inspector/protocol.ts';
import type { Source, Watcher, Watching } from '../../../src/inspector/source/source.ts';
import type { Entry, TakenTransition } from '../../../src/monitoring/entry.ts';
import type { Line, RecordedSnapshot } from '../../../src/monitoring/recording.ts';
import { orderMachine } from './order-machine.ts';

const hashOf = (chart: Chart): string =>
  createHash('sha256').update(JSON.stringify(chart)).digest('hex').slice(0, 16);
const orderChart = toChart(orderMachine);
const breakerChart = toChart(circuitBreaker as AnyStateMachine);
export const orderHash = hashOf(orderChart);
export const breakerHash = hashOf(breakerChart);

type OrderSnapshot = SnapshotFrom<typeof orderMachine>;

interface Step {
  readonly cause: string;
  readonly snapshot: OrderSnapshot;
  readonly time: number;
  readonly taken: readonly TakenTransition[];
}

interface FakeActor extends Omit<ActorRow, 'state' | 'status'> {
  steps: Step[];
}

const kept = (snapshot: OrderSnapshot): RecordedSnapshot => ({
  status: snapshot.status,
  value: snapshot.value,
  context: snapshot.context,
});

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as object)
        .map(([key, inner]) => `${key}.${textOf(inner)}`)
        .join(' ');

/** The events that bring an order so far. */
const lives: readonly (readonly string[])[] = [
  [],
  ['PAY'],
  ['PAY', 'PAID'],
  ['PAY', 'DECLINED'],
  ['PAY', 'PAID', 'RESERVED'],
  ['PAY', 'PAID', 'RESERVED', 'LABELLED'],
  ['CANCEL'],
];

const eventOf = (type: string): { type: string } =>
  type === 'PAID' ? ({ type, paymentId: 'pay-81' } as { type: string }) : { type };

/** Which of the state's transitions the event takes; good enough for this one machine. */
function takenBy(before: OrderSnapshot, type: string): readonly TakenTransition[] {
  const active = statesOf(orderChart.root)
    .filter(({ id }) => before._nodes.some((node) => node.id === id))
    .reverse();
  const state = active.find(({ transitions }) => transitions.some(({ event }) => event === type));
  return state === undefined ? [] : [{ state: state.id, event: type, index: 0 }];
}

export interface FakeOptions {
  readonly actors?: number;
  readonly canSend?: boolean;
  readonly about?: Partial<About>;
  /** Put into ids, contexts and events: what a page must not take for its own. */
  readonly markup?: string;
}

/** An invented shop: real charts, real transitions, no system behind them. */
export class FakeSource implements Source {
  readonly sent: { address: string; event: { type: string } }[] = [];
  readonly interests: Interest[] = [];
  readonly watchers = new Set<Watcher>();
  readonly charts = new Map<string, Chart>([
    [orderHash, orderChart],
    [breakerHash, breakerChart],
  ]);
  aboutNow: About;
  readonly #actors: FakeActor[];
  readonly #byAddress: Map<string, FakeActor>;
  readonly #began = Date.now() - 60_000;
  #step = 0;

  constructor({ actors = 40, canSend = true, about = {}, markup = '' }: FakeOptions = {}) {
    this.aboutNow = { source: 'live', name: 'shop', canSend, flaws: [], sampling: 1, refused: {}, ...about };
    this.#actors = Array.from({ length: actors }, (_, at) => this.#create(at, markup));
    this.#byAddress = new Map(this.#actors.map((actor) => [actor.address, actor]));
  }

  #create(at: number, markup: string): FakeActor {
    const address = `order/o-${String(at + 1).padStart(4, '0')}${at === 0 ? markup : ''}`;
    const [first] = initialTransition(orderMachine, {
      orderId: address,
      ...(markup === '' ? {} : { note: markup }),
    });
    const steps: Step[] = [{ cause: 'start', snapshot: first, time: this.#began, taken: [] }];
    for (const type of lives[at % lives.length] ?? []) {
      const before = steps.at(-1)!.snapshot;
      steps.push({
        cause: type,
        snapshot: transition(orderMachine, before, eventOf(type) as never)[0],
        time: this.#began + steps.length * 1_500,
        taken: takenBy(before, type),
      });
    }
    return { address, node: `shop-${(at % 3) + 1}`, kind: 'order', durable: at % 2 === 0, steps };
  }

  about(): About {
    return this.aboutNow;
  }

  #row({ address, node, kind, durable, steps }: FakeActor): ActorRow {
    const { status, value } = steps.at(-1)!.snapshot;
    return { address, node, kind, status, state: textOf(value), ...(durable ? { durable } : {}) };
  }

  async overview(): Promise<Overview> {
    const time = Date.now();
    const states: Record<string, number> = {};
    for (const actor of this.#actors) {
      const { state } = this.#row(actor);
      states[state] = (states[state] ?? 0) + 1;
    }
    return {
      time,
      nodes: [1, 2, 3].map((at) => ({
        node: `shop-${at}`,
        actors: this.#actors.filter(({ node }) => node === `shop-${at}`).length,
        services: { payment: 1, ...(at === 1 ? { inventory: 2 } : {}) },
        hosts: ['order'],
        lastSeen: time - (at === 3 ? 12_000 : 400),
        availability: at === 3 ? 0.93 : 1,
        isDown: at === 3,
      })),
      kinds: [
        { kind: 'order', chart: orderHash, actors: this.#actors.length, states },
        { kind: 'breaker', chart: breakerHash, actors: 2, states: { closed: 1, open: 1 } },
        { kind: 'payment', actors: 3, states: { ready: 3 } },
      ],
      alerts: [
        { severity: 'error', text: 'node shop-3 is down', since: time - 12_000 },
        {
          severity: 'warning',
          text: 'circuit breaker payment is open',
          address: 'breaker/payment',
          since: time - 4_000,
        },
      ],
      queues: [{ queue: 'mail', depth: 12, deadLetters: 2 }],
    };
  }

  async actors({ kind, state, id, node, from = 0, limit = 100 }: ActorQuery): Promise<ActorPage> {
    const rows = this.#actors
      .map((actor) => this.#row(actor))
      .filter(
        (row) =>
          (kind === undefined || row.kind === kind) &&
          (node === undefined || row.node === node) &&
          (state === undefined || row.state === state || row.state.split(/[. ]/)[0] === state) &&
          (id === undefined || row.address.includes(id.replaceAll('*', ''))),
      );
    return { rows: rows.slice(from, from + limit), total: rows.length };
  }

  #find(address: string): FakeActor {
    const actor = this.#byAddress.get(address);
    if (actor === undefined) throw new TroupeError('NO_SUCH_ACTOR', `There is no actor ${address}.`);
    return actor;
  }

  async actor(address: string): Promise<ActorDetail> {
    const actor = this.#find(address);
    const { snapshot } = actor.steps.at(-1)!;
    const types = ['PAY', 'PAID', 'DECLINED', 'RESERVED', 'LABELLED', 'CANCEL', 'REFUNDED'];
    return {
      ...this.#row(actor),
      snapshot: kept(snapshot),
      tags: [...snapshot.tags],
      chart: orderHash,
      parent: 'payment/1',
      children: [
        { path: ['receipt'], kind: 'mailer', status: 'active', state: 'sending' },
        { path: ['audit'], kind: 'audit', status: 'active', state: 'open', address: 'order/o-0002' },
      ],
      timers: snapshot.matches({ paying: 'waiting' })
        ? [
            {
              id: 'xstate.after.paymentTimeout.order.paying.waiting',
              event: 'xstate.after.paymentTimeout.order.paying.waiting',
              due: Date.now() + 21_000,
            },
          ]
        : [],
      events: types.map((type) => ({ type, enabled: snapshot.can(eventOf(type) as never) })),
      waiting: 2,
      commit: actor.steps.length - 1,
    };
  }

  async history({ address, before = Infinity, limit = 100 }: HistoryQuery): Promise<HistoryPage> {
    const { steps, node } = this.#find(address);
    const moments = steps
      .map(({ cause, snapshot, time, taken }, number) => ({
        taken,
        number,
        time,
        node,
        causes: [cause],
        snapshot: kept(snapshot),
        sent: cause === 'PAY' ? [{ to: 'payment/1', event: { type: 'CHARGE', amount: 64.5 } }] : [],
        timers: [],
      }))
      .filter(({ number }) => number < before);
    return { moments: moments.slice(-limit), more: moments.length > limit };
  }

  async chart(hash: string): Promise<Chart | undefined> {
    return this.charts.get(hash);
  }

  watch(watcher: Watcher): Watching {
    this.watchers.add(watcher);
    this.interests.push(watcher.interest);
    watcher.emit([...this.charts].map(([hash, chart]): Entry => ({ kind: 'chart', hash, chart })));
    watcher.emit(this.metrics(0));
    return {
      refocus: (interest) => void this.interests.push(interest),
      close: () => void this.watchers.delete(watcher),
    };
  }

  emit(entries: readonly Entry[]): void {
    for (const watcher of this.watchers) watcher.emit(entries);
  }

  metrics(load: number): Entry[] {
    const states: Record<string, number> = { placed: 10 };
    return [1, 2].map((at) => ({
      kind: 'metrics',
      node: `shop-${at}`,
      time: Date.now(),
      period: 1_000,
      sent: 900 + load,
      handled: 880 + load,
      deadLetters: { 'no-such-actor': 3 },
      rejected: {},
      heap: 48_000_000,
      lag: 4,
      kinds: {
        order: { actors: 20, states, handled: 400 + load, failed: 2, p50: 0.21, p99: 3.4 },
        payment: { actors: 3, states: { ready: 3 }, handled: 300, failed: 12, p50: 1.2, p99: 48 },
      },
      flow: [
        ['', 'order', 120],
        ['order', 'payment', 300],
        ['payment', 'order', 280],
        ['order', 'breaker', 90],
      ],
    }));
  }

  /** One line of an order, without changing it: for load. */
  line(at: number): Line {
    const actor = this.#actors[at % this.#actors.length]!;
    const step = actor.steps.at(-1)!;
    return this.#lineOf(actor, step, `c-${at % 500}`);
  }

  #lineOf({ address, node }: FakeActor, { cause, snapshot, taken, time }: Step, correlation: string): Line {
    this.#step += 1;
    return {
      kind: 'step',
      step: this.#step,
      node,
      time,
      action: { kind: 'deliver', sent: { from: 'payment/1', to: address, event: eventOf(cause) } },
      sent: [],
      emitted: [],
      snapshots: { [address]: kept(snapshot) },
      message: { id: `m-${this.#step}`, correlation, kind: 'tell' },
      taken,
      took: 0.2,
    };
  }

  async send(address: string, event: { type: string }): Promise<void> {
    if (!this.aboutNow.canSend)
      throw new TroupeError('NOT_ALLOWED', 'Start with --allow-send to send events.');
    const actor = this.#find(address);
    this.sent.push({ address, event });
    const before = actor.steps.at(-1)!.snapshot;
    const step: Step = {
      cause: event.type,
      snapshot: transition(orderMachine, before, event as never)[0],
      time: Date.now(),
      taken: takenBy(before, event.type),
    };
    actor.steps.push(step);
    this.emit([this.#lineOf(actor, step, 'c-sent')]);
  }

  async dryRun(address: string, event: { type: string }): Promise<DryRun> {
    const before = this.#find(address).steps.at(-1)!.snapshot;
    const [snapshot, actions] = transition(orderMachine, before, event as never);
    return {
      handled: snapshot !== before,
      snapshot: kept(snapshot),
      taken: takenBy(before, event.type),
      effects: actions.map(({ type }) => `runs ${type}`),
    };
  }

  async deadLetters() {
    return {
      rows: [
        {
          id: 'l-1',
          time: Date.now() - 9_000,
          reason: 'failed',
          to: 'mail',
          queue: 'mail',
          event: { type: 'MAIL' },
          error: 'mailbox full',
          attempts: 5,
        },
      ],
      total: 1,
    };
  }

  async replayLetter(): Promise<void> {
    await Promise.resolve();
  }

  async dropLetter(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    this.watchers.clear();
  }
}

import type { BreakerEmitted, SagaEmitted, ServiceEmitted, WorkflowEmitted } from 'troupe/machines';
import type { System } from 'troupe';
import type { ShopEvent, ShopEventType } from './events.ts';

/** How far an order has come, as one can see from the events of the bus. */
export const stages = ['waiting', 'charging', 'reserving', 'undoing', 'confirmed', 'rejected'] as const;
export type Stage = (typeof stages)[number];

export type Outcome =
  { readonly status: 'confirmed' } | { readonly status: 'rejected'; readonly reason: string };

const stageOfEvent: Partial<Record<ShopEventType, Stage>> = {
  'payment.requested': 'charging',
  'payment.completed': 'reserving',
  'inventory.rejected': 'undoing',
};

/** Of the saga and of the workflow: a step that is completed says that the next one is under way. */
const stageAfterStep: Readonly<Record<string, Stage>> = {
  create: 'charging',
  charge: 'reserving',
  create_order: 'charging',
  process_payment: 'reserving',
};

/** What is known of a run while it runs, from nothing but the bus. */
export class Tally {
  readonly run: string;
  readonly stages = new Map<string, Stage>();
  readonly outcomes = new Map<string, Outcome>();
  breaker = 'closed';
  openings = 0;
  /** How often each service has said that it is ready. */
  readonly #readies = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();
  readonly #subscriptions: readonly { unsubscribe(): void }[];

  constructor(system: System, run: string, orders: readonly string[]) {
    this.run = run;
    for (const id of orders) this.stages.set(id, 'waiting');
    const hear = (pattern: string) => system.subscribe<ShopEvent>(pattern, (event) => this.#onShop(event));
    this.#subscriptions = [
      hear('order.*'),
      hear('payment.*'),
      hear('inventory.*'),
      system.subscribe<SagaEmitted>('saga.>', ({ type, saga, step }) => this.#onStep(type, saga, step)),
      system.subscribe<WorkflowEmitted>('workflow.>', ({ type, workflow, step }) =>
        this.#onStep(type, workflow, step),
      ),
      system.subscribe<BreakerEmitted>('breaker.*', ({ type }) => this.#onBreaker(type)),
      system.subscribe<ServiceEmitted>('service.ready', ({ service }) =>
        this.#readies.set(service, this.readies(service) + 1),
      ),
    ];
  }

  readies(service: string): number {
    return this.#readies.get(service) ?? 0;
  }

  get ended(): number {
    return this.outcomes.size;
  }

  /** Resolves when the order has ended. */
  async end(id: string): Promise<void> {
    if (this.outcomes.has(id)) return;
    await new Promise<void>((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    for (const each of this.#subscriptions) each.unsubscribe();
  }

  #onShop({ type, ticket: { run, order }, reason = 'unknown' }: ShopEvent): void {
    if (run !== this.run) return;
    if (type === 'order.confirmed') this.#onEnd(order.id, { status: 'confirmed' });
    else if (type === 'order.rejected') this.#onEnd(order.id, { status: 'rejected', reason });
    else this.#move(order.id, stageOfEvent[type]);
  }

  #onStep(type: SagaEmitted['type'] | WorkflowEmitted['type'], key: string, step = ''): void {
    const [run, id = ''] = key.split('/');
    if (run !== this.run) return;
    if (type.endsWith('.step.completed')) this.#move(id, stageAfterStep[step]);
    if (type === 'saga.compensating' || type === 'workflow.failed') this.#move(id, 'undoing');
  }

  #onBreaker(type: BreakerEmitted['type']): void {
    const names = { opened: 'open', halfOpened: 'half-open', closed: 'closed' } as const;
    const change = type.slice('breaker.'.length) as keyof typeof names;
    this.breaker = names[change];
    if (change === 'opened') this.openings += 1;
  }

  #move(id: string, stage: Stage | undefined): void {
    if (stage !== undefined && !this.outcomes.has(id)) this.stages.set(id, stage);
  }

  #onEnd(id: string, outcome: Outcome): void {
    if (this.outcomes.has(id)) return;
    this.outcomes.set(id, outcome);
    this.stages.set(id, outcome.status);
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}

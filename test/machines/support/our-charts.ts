import type { AnyStateMachine, EventObject } from 'xstate';
import { inventory } from '../../../examples/order-processing/machines/inventory.ts';
import { ledger } from '../../../examples/order-processing/machines/ledger.ts';
import { orderBook } from '../../../examples/order-processing/machines/order-book.ts';
import { order } from '../../../examples/order-processing/machines/order.ts';
import { payment } from '../../../examples/order-processing/machines/payment.ts';
import { stock } from '../../../examples/order-processing/machines/stock.ts';
import { circuitBreaker, saga, service, workflow } from '../../../machines/index.ts';
import { work } from './build-chart.ts';
import type { Draw } from './draw.ts';
import type { Stimulus } from './observed.ts';
import { stimuli, type Stepped } from './stepped.ts';

const ticket = { run: 'r', order: { id: 'o1', customer: 'ann', card: 'ok', items: [], amount: 5 } };
const step = { maxAttempts: 2, compensationMaxAttempts: 2 };

/** The charts of machines/ and of the examples that work on their own, with an input. */
export const charts: Readonly<Record<string, readonly [chart: unknown, input?: unknown]>> = {
  'circuit breaker': [circuitBreaker, { slidingWindowSize: 2, minimumNumberOfCalls: 2 }],
  'circuit breaker that waits no longer than it has to': [
    circuitBreaker,
    { slidingWindowSize: 2, minimumNumberOfCalls: 1, maxWaitDurationInHalfOpenState: 500 },
  ],
  saga: [
    saga,
    { id: 's', steps: ['a', 'b', 'c'].map((name) => ({ name, ...step })), backoff: { initialInterval: 100 } },
  ],
  service: [service, { concurrency: 2, queue: 1 }],
  workflow: [
    workflow,
    {
      definition: {
        id: 'w',
        variables: {},
        steps: [
          { id: 'a', service: 'x', action: 'do', next: ['b', 'c'] },
          { id: 'b', service: 'x', action: 'do', retry: { maxAttempts: 2 } },
          { id: 'c', service: 'y', action: 'do', when: { var: 'total', op: 'ge', value: 100 } },
        ],
      },
    },
  ],
  ledger: [ledger, { balances: { ann: 10 } }],
  stock: [stock, { onHand: { apple: 2 } }],
  'order book': [orderBook],
  order: [order, ticket],
  payment: [payment],
  inventory: [inventory],
};

/** An event the chart has a transition for, with everything any of them may look for. */
function eventOf(draw: Draw, chart: AnyStateMachine): EventObject {
  const types = (chart.events as string[]).filter(
    (type) => !type.startsWith('xstate.') && !type.endsWith('*'),
  );
  return {
    type: draw.of(types),
    ...(draw.chance(0.6) ? { replyTo: 'asker' } : {}),
    ticket: draw.chance(0.9) ? ticket : { ...ticket, run: 'other' },
    epoch: draw.below(4),
    duration: draw.of([10, 70_000]),
    id: String(draw.below(3)),
    order: draw.of(['o1', 'o2', 'toString']),
    customer: draw.of(['ann', 'bob']),
    amount: draw.below(8),
    lines: { apple: 1 + draw.below(2) },
    method: 'm',
    input: {},
    step: draw.of(['a', 'b', 'c']),
    attempt: 1 + draw.below(2),
  } as EventObject;
}

const busy = Object.assign(new Error('busy'), { retryable: true });

/** What may happen next: an event, a timer, or the end of some work. */
export function stimulus(draw: Draw, chart: AnyStateMachine, { state }: Pick<Stepped, 'state'>): Stimulus {
  const others = stimuli(state);
  if (others.length === 0 || draw.chance(0.5)) return { kind: 'send', path: [], event: eventOf(draw, chart) };
  const other = draw.of(others);
  if (other.kind !== 'settle') return other;
  const outcome = draw.of([
    { output: { type: 'payment.completed', total: 100, ticket } },
    { error: busy },
    { error: new Error('refused') },
  ]);
  return { ...other, outcome };
}

/** The chart with work that ends when it is told to. */
export const withWork = (chart: AnyStateMachine, heard: Parameters<typeof work>[0]): AnyStateMachine =>
  chart.provide({
    actors: Object.fromEntries(Object.keys(chart.implementations.actors).map((src) => [src, work(heard)])),
  });

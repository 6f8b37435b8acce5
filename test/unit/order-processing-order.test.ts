import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  createActor,
  fromPromise,
  initialTransition,
  SimulatedClock,
  transition,
  waitFor,
  type EventFromLogic,
} from 'xstate';
import type { AskLogic } from 'troupe';
import { toMermaid } from 'troupe/inspector';
import type { ShopEvent } from '../../examples/order-processing/events.ts';
import { order } from '../../examples/order-processing/machines/order.ts';
import { participant } from '../../examples/order-processing/machines/participant.ts';
import type { Ticket } from '../../examples/order-processing/order.ts';

const ticketOf = (run: string, id: string): Ticket => ({
  run,
  order: { id, customer: 'ann', card: 'ok', items: [{ sku: 'tea', quantity: 1, price: 5 }], amount: 5 },
});
const mine = ticketOf('run', 'o1');

type Heard = EventFromLogic<typeof order>;

/** The order book has answered to the order in this state. */
const recorded = (state: string): Heard =>
  ({ type: `xstate.done.actor.0.order.${state}`, output: undefined }) as unknown as Heard;

/** Every state that the chart can come to by these events, timers aside, with what it then knows. */
function reachable(events: readonly Heard[]): string[] {
  const [initial] = initialTransition(order, mine);
  const seen = new Set<string>();
  const ahead = [initial];
  for (let now = ahead.pop(); now !== undefined; now = ahead.pop()) {
    const name = `${now.value} ${now.context.reason}`.trim();
    if (seen.has(name)) continue;
    seen.add(name);
    for (const event of events) ahead.push(transition(order, now, event)[0]);
  }
  return [...seen];
}

describe('the chart of an order in the choreography', () => {
  const start = () => {
    const clock = new SimulatedClock();
    const said: string[] = [];
    const book: AskLogic = fromPromise(async () => ({ type: 'ORDER_STATUS' }));
    const actor = createActor(order.provide({ actors: { ask: book } }), { input: mine, clock });
    actor.on('*', ({ type }) => said.push(type));
    actor.start();
    return { actor, clock, said };
  };

  it('repeats its wish for as long as nobody answers', async () => {
    const { actor, clock, said } = start();
    await waitFor(actor, (snapshot) => snapshot.matches('paying'));
    clock.increment(599);
    expect(said).toEqual(['payment.requested']);
    clock.increment(1);
    clock.increment(600);
    expect(said).toEqual(['payment.requested', 'payment.requested', 'payment.requested']);
    actor.send({ type: 'payment.completed', ticket: mine });
    clock.increment(600);
    expect(said.slice(3)).toEqual(['inventory.reserve', 'inventory.reserve']);
  });

  it('repeats the refused wish until it hears that the money was given back', async () => {
    const { actor, clock, said } = start();
    await waitFor(actor, (snapshot) => snapshot.matches('paying'));
    actor.send({ type: 'payment.completed', ticket: mine });
    actor.send({ type: 'inventory.rejected', ticket: mine, reason: 'OUT_OF_STOCK' });
    clock.increment(600);
    expect(said).toEqual(['payment.requested', 'inventory.reserve', 'inventory.reserve']);
    actor.send({ type: 'payment.refunded', ticket: mine });
    const { context } = await waitFor(actor, (snapshot) => snapshot.matches('rejected'));
    expect(context.reason).toBe('OUT_OF_STOCK');
    expect(said.at(-1)).toBe('order.rejected');
  });

  it('does not listen to what happens to other orders, or to its own in another run', async () => {
    const { actor } = start();
    await waitFor(actor, (snapshot) => snapshot.matches('paying'));
    actor.send({ type: 'payment.completed', ticket: ticketOf('run', 'o2') });
    actor.send({ type: 'payment.failed', ticket: ticketOf('another', 'o1'), reason: 'CARD_DECLINED' });
    expect(actor.getSnapshot().value).toBe('paying');
  });

  it('has 10 states, and comes to an end in three of them', () => {
    const heard = (type: Heard['type'], reason = ''): Heard => ({ type, ticket: mine, reason });
    const states = reachable([
      heard('payment.completed'),
      heard('payment.failed', 'CARD_DECLINED'),
      heard('payment.refunded'),
      heard('inventory.reserved'),
      heard('inventory.rejected', 'OUT_OF_STOCK'),
      ...['opening', 'confirming', 'rejecting'].map(recorded),
    ]);
    expect(states).toHaveLength(10);
    const ends = states.filter((state) => /^(confirmed|rejected)/.test(state));
    expect(ends.sort()).toEqual(['confirmed', 'rejected CARD_DECLINED', 'rejected OUT_OF_STOCK']);
  });
});

describe('the chart of a participant', () => {
  const start = () => {
    const jobs: { event: ShopEvent; done(next: ShopEvent): void; fail(error: Error): void }[] = [];
    const desk = participant('desk', ['payment.requested']).provide({
      actors: {
        react: fromPromise<ShopEvent, ShopEvent>(
          async ({ input }) =>
            new Promise((done, fail) => {
              jobs.push({ event: input, done, fail });
            }),
        ),
      },
    });
    const said: string[] = [];
    const actor = createActor(desk);
    actor.on('*', (event) =>
      said.push('ticket' in event ? `${event.type} ${event.ticket.order.id}` : event.type),
    );
    actor.start();
    const underWay = (count: number) =>
      waitFor(actor, ({ context }) => Object.keys(context.jobs).length === count);
    return { actor, jobs, said, underWay };
  };

  it('says that it is ready, does each job once at a time, and emits what became of it', async () => {
    const { actor, jobs, said, underWay } = start();
    actor.send({ type: 'payment.requested', ticket: mine });
    actor.send({ type: 'payment.requested', ticket: mine });
    actor.send({ type: 'payment.requested', ticket: ticketOf('run', 'o2') });
    expect(jobs.map(({ event }) => event.ticket.order.id)).toEqual(['o1', 'o2']);
    jobs[1]?.done({ type: 'payment.completed', ticket: ticketOf('run', 'o2') });
    await underWay(1);
    jobs[0]?.done({ type: 'payment.completed', ticket: mine });
    await underWay(0);
    expect(said).toEqual(['service.ready', 'payment.completed o2', 'payment.completed o1']);
  });

  it('says nothing of a job that failed, and does it again when it is wanted again', async () => {
    const { actor, jobs, said, underWay } = start();
    actor.send({ type: 'payment.requested', ticket: mine });
    jobs[0]?.fail(new Error('the bank does not answer'));
    await underWay(0);
    actor.send({ type: 'payment.requested', ticket: mine });
    jobs[1]?.done({ type: 'payment.completed', ticket: mine });
    await underWay(0);
    expect(said).toEqual(['service.ready', 'payment.completed o1']);
  });
});

describe('the README of the example', () => {
  it('draws the chart of an order as it is', async () => {
    const readme = await readFile(
      new URL('../../examples/order-processing/README.md', import.meta.url),
      'utf8',
    );
    expect(readme).toContain(`\`\`\`mermaid\n${toMermaid(order).trimEnd()}\n\`\`\``);
  });
});

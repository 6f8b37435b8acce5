import { describe, expectTypeOf, it } from 'vitest';
import { fromPromise, setup } from 'xstate';
import type { EventOf, Ref, ReplyTo, System, View } from 'troupe';
import { createClient, idempotencyKey, reply, tell } from 'troupe';

type Event =
  | { type: 'ADD'; by: number }
  | { type: 'GET'; replyTo?: ReplyTo<{ type: 'COUNT'; n: number }> }
  | { type: 'PAY'; amount: number; replyTo: ReplyTo<{ type: 'PAID'; receipt: string }> };

const counter = setup({
  types: { context: {} as { n: number }, events: {} as Event },
}).createMachine({ context: { n: 0 }, initial: 'open', states: { open: {}, closed: {} } });

const greedy = setup({ types: { input: {} as { limit: number } } }).createMachine({});

declare const system: System;
declare const ref: Ref<typeof counter>;

describe('send', () => {
  it('takes the events of the machine', () => {
    expectTypeOf<EventOf<typeof counter>['type']>().toEqualTypeOf<'ADD' | 'GET' | 'PAY'>();
    ref.send({ type: 'ADD', by: 1 });
  });

  it('does not compile with a wrong event or a wrong payload', () => {
    // @ts-expect-error -- no such event
    ref.send({ type: 'SUBTRACT', by: 1 });
    // @ts-expect-error -- wrong payload
    ref.send({ type: 'ADD', by: '1' });
    // @ts-expect-error -- no payload
    ref.send({ type: 'ADD' });
  });

  it('takes anything where the actor is not known', () => {
    const unknown = system.ref('somebody');
    unknown.send({ type: 'WHATEVER', with: ['anything'] });
    // @ts-expect-error -- even then an event has a type
    unknown.send({ with: 'no type' });
  });
});

describe('ask', () => {
  it('is typed by the replyTo of the event', () => {
    expectTypeOf(ref.ask({ type: 'GET' })).resolves.toEqualTypeOf<{ type: 'COUNT'; n: number }>();
    expectTypeOf(ref.ask({ type: 'PAY', amount: 1 })).resolves.toEqualTypeOf<{
      type: 'PAID';
      receipt: string;
    }>();
  });

  it('does not compile with a wrong event, a wrong payload or a wrong use of the reply', async () => {
    // @ts-expect-error -- this event declares no replyTo: nobody would answer
    await ref.ask({ type: 'ADD', by: 1 });
    // @ts-expect-error -- wrong payload
    await ref.ask({ type: 'PAY', amount: 'much' });
    // @ts-expect-error -- no payload
    await ref.ask({ type: 'PAY' });
    // @ts-expect-error -- a count is no receipt
    expectTypeOf((await ref.ask({ type: 'GET' })).receipt);
    // @ts-expect-error -- options are named
    await ref.ask({ type: 'GET' }, 500);
  });

  it('answers with what the reply of the event promises, and nothing else', () => {
    setup({ types: { events: {} as Event } }).createMachine({
      on: { GET: { actions: reply({ type: 'COUNT' as const, n: 1 }) } },
    });
    setup({ types: { events: {} as Event } }).createMachine({
      // @ts-expect-error -- a wrong reply
      on: { GET: { actions: reply({ type: 'COUNT' as const, n: 'one' }) } },
    });
  });
});

describe('spawn', () => {
  it('wants input where the machine does, and only then', async () => {
    await system.spawn(counter);
    await system.spawn(counter, { id: 'c' });
    await system.spawn(greedy, { input: { limit: 1 } });
    // @ts-expect-error -- input is missing
    await system.spawn(greedy);
    // @ts-expect-error -- input is missing among the options
    await system.spawn(greedy, { id: 'g' });
    // @ts-expect-error -- wrong input
    await system.spawn(greedy, { input: { limit: 'low' } });
    await system.serve('many', greedy, { input: { limit: 1 }, instances: 2 });
    // @ts-expect-error -- input is missing
    await system.serve('many', greedy);
  });

  it('gives a ref of the machine', () => {
    expectTypeOf(system.spawn(counter)).resolves.toEqualTypeOf<Ref<typeof counter>>();
  });

  it('knows supervision’s words', async () => {
    await system.spawn(counter, { supervision: { directive: (error) => (error ? 'resume' : 'stop') } });
    // @ts-expect-error -- no such directive
    await system.spawn(counter, { supervision: { directive: 'ignore' } });
  });
});

describe('snapshots', () => {
  it('have the machine’s context, state values and output', async () => {
    await ref.waitFor((view) => {
      expectTypeOf(view.context).toEqualTypeOf<{ n: number }>();
      expectTypeOf(view.matches('open')).toEqualTypeOf<boolean>();
      // @ts-expect-error -- no such state
      return view.matches('ajar');
    });
    // @ts-expect-error -- no such field of the context
    await ref.waitFor((view) => view.context.m === 1);
    ref.subscribe((view) => expectTypeOf(view).toEqualTypeOf<View<typeof counter>>());
    const promise = fromPromise(async () => Promise.resolve(42));
    expectTypeOf((await (await system.spawn(promise)).snapshot()).output).toEqualTypeOf<number | undefined>();
  });
});

describe('rpc', () => {
  interface Payments {
    charge(input: { amount: number }): { receipt: string };
    refund(input: { receipt: string }): Promise<boolean>;
  }

  it('a client has the methods of its contract', async () => {
    const client = createClient<Payments>(system.ref('payments'));
    expectTypeOf(client.charge({ amount: 1 })).resolves.toEqualTypeOf<{ receipt: string }>();
    expectTypeOf(client.refund({ receipt: 'r' })).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(client).not.toHaveProperty('steal');
    // @ts-expect-error -- wrong input
    await client.charge({ amount: 'all' });
  });
});

describe('the words of a machine', () => {
  it('tell wants an address and an event', () => {
    setup({ types: { context: {} as { who: string | undefined } } }).createMachine({
      context: { who: undefined },
      entry: tell(({ context }) => context.who, { type: 'HELLO' }),
    });
    setup({}).createMachine({
      // @ts-expect-error -- an event has a type
      entry: tell('somebody', { text: 'hello' }),
    });
  });
});

describe('durable actors', () => {
  it('durable is a flag or a version and a migration', async () => {
    await system.spawn(counter, { id: 'a', durable: true });
    await system.spawn(counter, {
      id: 'a',
      durable: { version: '2', migrate: ({ actor }) => ({ ...actor, value: 'open' }) },
    });
    // @ts-expect-error -- no such option
    await system.spawn(counter, { id: 'a', durable: { versoin: '2' } });
    // @ts-expect-error -- a migration gives an actor
    await system.spawn(counter, { id: 'a', durable: { migrate: () => 5 } });
  });

  it('a hosted kind makes the input of a key, where its machine wants one', async () => {
    const kind = await system.host('greedy', greedy, { input: (key) => ({ limit: key.length }) });
    expectTypeOf(kind.ref('a')).toEqualTypeOf<Ref<typeof greedy>>();
    await system.host('counter', counter, { idle: 1_000 });
    // @ts-expect-error -- input is missing
    await system.host('greedy', greedy);
    // @ts-expect-error -- input is a function of the key
    await system.host('greedy', greedy, { input: { limit: 1 } });
  });

  it('deliver takes the events of the machine and a key', async () => {
    await ref.deliver({ type: 'ADD', by: 1 }, { once: 'key', timeout: 100 });
    // @ts-expect-error -- no such event
    await ref.deliver({ type: 'SUBTRACT', by: 1 });
    // @ts-expect-error -- a key is text
    await ref.deliver({ type: 'ADD', by: 1 }, { once: 1 });
  });

  it('work has an idempotency key', () => {
    fromPromise(async ({ system: own }) => Promise.resolve(idempotencyKey({ system: own })));
    expectTypeOf(idempotencyKey).returns.toEqualTypeOf<string>();
  });
});

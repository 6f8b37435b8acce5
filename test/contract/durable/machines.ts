import { expect, it } from 'vitest';
import { circuitBreaker } from '../../../machines/circuit-breaker.ts';
import { defineSaga } from '../../../src/index.ts';
import { collect } from '../../support/collect.ts';
import { deferred } from '../../support/deferred.ts';
import { later, type World } from './world.ts';

const HOUR = 3_600_000;

/** The library's own charts, and XState's as they are, become durable without a change. */
export function machineBehaviour(world: World): void {
  it('a circuit breaker remembers that it is open, and when it may be tried again', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const input = { minimumNumberOfCalls: 2, slidingWindowSize: 2, waitDurationInOpenState: HOUR };
    const options = { id: 'breaker', durable: true, input };
    const ref = await first.system.spawn(circuitBreaker, options);
    for (let times = 0; times < 2; times++) {
      const answer = await ref.ask({ type: 'ACQUIRE' });
      expect(answer.type).toBe('PERMITTED');
      await ref.deliver({ type: 'FAILURE', epoch: (answer as unknown as { epoch: number }).epoch });
    }
    expect(await ref.ask({ type: 'ACQUIRE' })).toMatchObject({ type: 'REJECTED', state: 'open' });
    await first.crash();

    const second = await stage.open();
    const again = await second.system.spawn(circuitBreaker, options);
    expect(await again.ask({ type: 'ACQUIRE' })).toMatchObject({ type: 'REJECTED', state: 'open' });
    await second.crash();

    const third = await stage.open({ clock: later(HOUR + 1_000) });
    const late = await third.system.spawn(circuitBreaker, options);
    await late.waitFor((view) => view.matches('halfOpen'));
    expect(await late.ask({ type: 'ACQUIRE' })).toMatchObject({ type: 'PERMITTED' });
  });

  it('a virtual circuit breaker speaks too', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const breakers = await system.host('breaker', circuitBreaker, { input: (name) => ({ name }) });
    expect(await breakers.ref('pay').ask({ type: 'ACQUIRE' })).toMatchObject({ type: 'PERMITTED' });
  });

  it('a saga goes on with the step it was at, with the same key, and undoes what it did before the crash', async () => {
    await using stage = world.stage();
    const done = collect<string>();
    let gate = deferred<string>();
    const order = defineSaga<{ sum: number }>({
      steps: [
        {
          name: 'reserve',
          perform: ({ key, data }) => (done.add(`reserve ${key} ${data.sum}`), 'reserved'),
          compensate: ({ key, output }) => done.add(`release ${key} ${String(output)}`),
        },
        {
          name: 'pay',
          perform: async ({ key }) => (done.add(`pay ${key}`), gate.promise),
          maxAttempts: 1,
        },
      ],
    });
    const options = { id: 'order', durable: true, input: order.input('o1', { sum: 5 }) };
    const first = await stage.open();
    await first.system.spawn(order.logic, options);
    await done.atLeast(2);
    await first.crash();
    expect(done.items).toEqual(['reserve o1/reserve 5', 'pay o1/pay']);

    gate = deferred<string>();
    const second = await stage.open();
    const again = await second.system.spawn(order.logic, options);
    await done.atLeast(3);
    gate.reject(new Error('no money'));
    const view = await again.waitFor(({ status }) => status === 'done');
    expect(done.items).toEqual([
      'reserve o1/reserve 5',
      'pay o1/pay',
      'pay o1/pay',
      'release o1/reserve reserved',
    ]);
    expect(view.output).toMatchObject({ status: 'compensated' });
  });
}

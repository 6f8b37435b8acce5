import fc from 'fast-check';
import { assign, emit, fromPromise, setup } from 'xstate';
import { circuitBreaker, saga } from 'troupe/machines';
import {
  always,
  assertProperties,
  checkProperties,
  eventually,
  quiescent,
  sometimes,
  type ActorView,
  type MachineState,
} from 'troupe/testing';
import { describe, expect, it } from 'vitest';

const account = (limit: (balance: number, amount: number) => boolean) =>
  setup({
    types: {
      context: {} as { balance: number },
      events: {} as { type: 'DEPOSIT' | 'WITHDRAW'; amount: number } | { type: 'CLOSE' },
      emitted: {} as { type: 'paid'; amount: number },
    },
    guards: {
      covered: ({ context, event }) => 'amount' in event && limit(context.balance, event.amount),
      empty: ({ context }) => context.balance === 0,
    },
  }).createMachine({
    id: 'account',
    context: { balance: 0 },
    initial: 'open',
    states: {
      open: {
        on: {
          DEPOSIT: { actions: assign({ balance: ({ context, event }) => context.balance + event.amount }) },
          WITHDRAW: {
            guard: 'covered',
            actions: [
              emit(({ event }) => ({ type: 'paid' as const, amount: event.amount })),
              assign({ balance: ({ context, event }) => context.balance - event.amount }),
            ],
          },
          CLOSE: { guard: 'empty', target: 'closed' },
        },
      },
      closed: { type: 'final' },
    },
  });

const right = account((balance, amount) => amount <= balance);
const wrong = account((balance, amount) => amount <= balance + 100);

const amount = fc.record({ amount: fc.integer({ min: 1, max: 1_000 }) });
const arbitraries = { DEPOSIT: amount, WITHDRAW: amount };
const neverRed = always(
  'never in the red',
  ({ actor }: { actor: { context: { balance: number } } }) => actor.context.balance >= 0,
);

describe('properties of a machine', () => {
  it('hold over runs chosen from what is possible', () => {
    const report = checkProperties(right, {
      arbitraries,
      properties: [
        neverRed,
        always('pays what it had', ({ emitted, actor }) =>
          emitted.every(() => (actor.context as { balance: number }).balance >= 0),
        ),
        sometimes('pays', ({ emitted }) => emitted.some(({ type }) => type === 'paid')),
        sometimes('is closed', ({ actor }) => actor.status === 'done'),
      ],
      runs: 200,
      seed: 1,
    });
    expect(report.text).toBe('account: 200 runs (seed 1): all properties hold');
  });

  it('that fail are shrunk to the fewest and simplest events', () => {
    const report = checkProperties(wrong, { arbitraries, properties: [neverRed], seed: 2 });
    expect(report.moves).toEqual([{ kind: 'event', event: { type: 'WITHDRAW', amount: 1 } }]);
    expect(report.text).toContain('1  WITHDRAW {"amount":1}');
    expect(report.text).toContain('balance: 0 → -1');
  });

  it('are repeated by one token, and by the seed', () => {
    const first = checkProperties(wrong, { arbitraries, properties: [neverRed], seed: 3 });
    const again = checkProperties(wrong, { arbitraries, properties: [neverRed], replay: first.token! });
    expect([again.failed, again.moves, again.runs]).toEqual([first.failed, first.moves, 1]);
    expect(checkProperties(wrong, { arbitraries, properties: [neverRed], seed: 3 }).text).toBe(first.text);
    expect(checkProperties(right, { arbitraries, properties: [neverRed], replay: first.token! }).ok).toBe(
      true,
    );
  });

  it('throw what a person wants to read', () => {
    expect(() => assertProperties(wrong, { arbitraries, properties: [neverRed], seed: 4 })).toThrow(
      /^account: "never in the red" fails after 1 moves \(run \d+, seed 4\)[\s\S]*To see this run again: \{ replay: '[\w-]+' \}$/,
    );
  });

  it('that nothing was shown of are not said to hold', () => {
    const report = checkProperties(right, {
      arbitraries,
      properties: [sometimes('is rich', ({ actor }) => (actor.context as { balance: number }).balance > 1e9)],
      seed: 1,
    });
    expect([report.ok, report.unwitnessed]).toEqual([false, ['is rich']]);
    expect(report.text).toContain('"is rich" was never reached');
  });
});

describe('time and work', () => {
  const job = setup({
    types: { context: {} as { tries: number }, events: {} as { type: 'START' } },
    actors: { work: fromPromise(async () => 1) },
    delays: { backoff: ({ context }) => 100 * 2 ** context.tries },
  }).createMachine({
    id: 'job',
    context: { tries: 0 },
    initial: 'idle',
    states: {
      idle: { on: { START: 'working' } },
      working: {
        invoke: {
          src: 'work',
          onDone: 'done',
          onError: [
            {
              guard: ({ context }) => context.tries < 3,
              target: 'waiting',
              actions: assign({ tries: ({ context }) => context.tries + 1 }),
            },
            { target: 'failed' },
          ],
        },
      },
      waiting: { after: { backoff: 'working', 10_000: 'failed' } },
      done: { type: 'final' },
      failed: {},
    },
  });

  it('run in virtual time: the timer that is due first, at its time', () => {
    const times = new Set<number>();
    const report = checkProperties(job, {
      properties: [
        always(
          'never waits in vain',
          ({ actor, event }) =>
            !(event?.type === 'xstate.after.10000.job.waiting' && actor.matches('failed')),
        ),
        always('times', ({ time }) => times.add(time).size > 0),
        eventually(
          'ends',
          ({ actor }) => actor.matches('done') || actor.matches('failed') || actor.matches('idle'),
        ),
        sometimes('gives up', ({ actor }) => actor.matches('failed')),
      ],
      seed: 5,
    });
    expect(report).toMatchObject({ ok: true, inconclusive: 0 });
    expect([...times].sort((a, b) => a - b)).toEqual([0, 200, 600, 1400]);
  });

  it('eventually fails where a run comes to rest without it', () => {
    const report = checkProperties(job, {
      properties: [eventually('is done', ({ actor }) => actor.matches('done'))],
      outcomes: { work: [{ error: new Error('no') }] },
      seed: 6,
    });
    expect([report.failed, report.moves]).toEqual(['is done', []]);
  });

  it('what holds at rest is judged at rest', () => {
    const report = checkProperties(job, {
      properties: [
        quiescent('rests at an end', ({ actor }) => !actor.matches('waiting') && !actor.matches('working')),
      ],
      seed: 7,
    });
    expect(report.ok).toBe(true);
  });
});

describe('machines that cannot be trusted', () => {
  it('decide differently the second time', () => {
    let calls = 0;
    const fickle = setup({ types: { context: {} as { n: number } } }).createMachine({
      id: 'fickle',
      context: { n: 0 },
      on: { GO: { actions: assign({ n: () => (calls += 1) }) } },
    });
    expect(checkProperties(fickle, { properties: [], seed: 1 }).failed).toBe('the machine is deterministic');
  });

  it('change their context in place', () => {
    const sly = setup({ types: { context: {} as { list: number[] } } }).createMachine({
      id: 'sly',
      context: { list: [] },
      on: { GO: { actions: assign(({ context }) => (context.list.push(1), {})) } },
    });
    expect(checkProperties(sly, { properties: [], seed: 1 }).failed).toBe('the machine is deterministic');
  });

  it('fail', () => {
    const failing = setup({}).createMachine({
      id: 'failing',
      initial: 'a',
      states: {
        a: { on: { GO: 'b' } },
        b: {
          on: {
            GO: {
              actions: assign(() => {
                throw new Error('boom');
              }),
            },
          },
        },
      },
    });
    const report = checkProperties(failing, { properties: [], cases: { GO: [{}] }, seed: 1 });
    expect([report.failed, report.moves?.length]).toEqual(['the machine does not fail', 2]);
    expect(report.text).toContain('failed: boom');
  });

  it('need payloads nobody gave', () => {
    const needy = setup({ types: { events: {} as { type: 'PAY'; amount: number } } }).createMachine({
      id: 'needy',
      initial: 'a',
      states: {
        a: { on: { PAY: { guard: ({ event }) => event.amount.toFixed() === '1', target: 'b' } } },
        b: {},
      },
    });
    const run = () => checkProperties(needy, { properties: [], seed: 1 });
    expect(run).toThrow(/^"PAY" without a payload fails in state "a": .* Give it cases or an arbitrary\.$/);
  });
});

describe('options', () => {
  it.each([
    [{}, 'needs { properties'],
    [{ properties: [], runs: 0 }, 'runs must be a positive integer, got 0'],
    [{ properties: [], seed: 'x' }, 'seed must be a whole number'],
    [{ properties: [], run: 1 }, 'has no option "run"'],
  ])('that are none are refused: %j', (options, message) => {
    expect(() => checkProperties(right, options as never)).toThrow(message);
  });

  it('a property that throws is a mistake of its own, and named', () => {
    const broken = always<MachineState>('broken', () => {
      throw new Error('oops');
    });
    expect(() => checkProperties(right, { arbitraries, properties: [broken], seed: 1 })).toThrow(
      'The property "broken" threw: oops',
    );
  });
});

describe('tokens', () => {
  it.each([
    ['nonsense!', 'it has other characters'],
    ['AAAA', 'cut off or changed'],
  ])('that are none are refused: %s', (replay, why) => {
    const run = () => checkProperties(right, { properties: [], replay });
    expect(run).toThrow('The replay token cannot be used');
    try {
      run();
    } catch (error) {
      expect(`${(error as Error).message} ${String((error as Error).cause)}`).toContain(why);
    }
  });

  it('of another machine are refused', () => {
    const { token } = checkProperties(wrong, { arbitraries, properties: [neverRed], seed: 3 });
    expect(() => checkProperties(circuitBreaker, { properties: [], replay: token! })).toThrow(
      'it is of the machine "account"',
    );
  });
});

const epochOf = ({ context }: ActorView): number => (context as { epoch: number }).epoch;

describe('charts of the library', () => {
  it('the breaker lets no more than the permitted calls through while half open', () => {
    const report = checkProperties(circuitBreaker, {
      input: { permittedNumberOfCallsInHalfOpenState: 2, minimumNumberOfCalls: 2, slidingWindowSize: 2 },
      cases: {
        SUCCESS: (actor) => [{ epoch: epochOf(actor), duration: 1 }],
        FAILURE: (actor) => [{ epoch: epochOf(actor), duration: 1 }],
        IGNORED: (actor) => [{ epoch: epochOf(actor) }],
      },
      properties: [
        always('permits', ({ actor }) => (actor.context as { permits: number }).permits <= 2),
        sometimes('half open', ({ actor }) => actor.matches('halfOpen')),
      ],
      runs: 200,
      seed: 1,
    });
    expect(report.text).toBe('circuit-breaker: 200 runs (seed 1): all properties hold');
  });

  it('a saga always ends, and undoes what it did', () => {
    const report = checkProperties(saga, {
      input: { id: 's', steps: [{ name: 'a' }, { name: 'b' }] },
      outcomes: {
        perform: [{ output: 1 }, { error: { code: 'NO', retryable: false } }],
        compensate: [{ output: 1 }],
      },
      properties: [
        eventually('ends', ({ actor }) => actor.status === 'done'),
        sometimes('is undone', ({ actor }) => actor.matches('compensated')),
      ],
      seed: 1,
    });
    expect(report.text).toBe('saga: 100 runs (seed 1): all properties hold');
  });
});

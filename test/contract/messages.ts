import { expect, it } from 'vitest';
import { parseAddress, type DeadLetter } from '../../src/index.ts';
import { counter, ledger } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { codeOf } from '../support/code-of.ts';
import type { World } from './world.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/** What is sent and asked arrives, in order, whole, wherever the receiver is; what cannot arrive says so. */
export function messageBehaviour(world: World): void {
  it('T1 keeps the order of 5000 sends of each of two senders, here and there', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(ledger, { id: 'ledger' });
    for (const n of numbers(5_000)) {
      pair.near.ref<typeof ledger>('ledger').send({ type: 'NOTE', by: 'near', n });
      pair.far.ref<typeof ledger>('ledger').send({ type: 'NOTE', by: 'far', n });
    }
    const { notes } = await pair.near.ref<typeof ledger>('ledger').ask({ type: 'REPORT' });
    expect(notes).toEqual({ near: numbers(5_000), far: numbers(5_000) });
    expect(pair.near.stats().deadLetters).toEqual({});
  });

  it('T1 a message to an address that is not known yet is not overtaken by those that follow', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(ledger, { id: 'ledger' });
    const ref = pair.near.ref<typeof ledger>('ledger');
    ref.send({ type: 'NOTE', by: 'near', n: 0 });
    for (const n of numbers(50)) {
      ref.send({ type: 'NOTE', by: 'near', n: n + 1 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await ref.ask({ type: 'REPORT' })).notes).toEqual({ near: numbers(51) });
  });

  it('T3 answers 500 asks at a time, each with its own answer', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'counter' });
    const ref = pair.near.ref<typeof counter>('counter');
    const asked = numbers(500).map(async (n) => (await ref.ask({ type: 'ECHO', value: n })).value);
    expect(await Promise.all(asked)).toEqual(numbers(500));
  });

  it('T3 an ask that nobody answers times out, and one that is aborted says so', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'counter' });
    const ref = pair.near.ref<typeof counter>('counter');
    expect(await codeOf(ref.ask({ type: 'SILENCE' }, { timeout: 30 }))).toBe('TIMEOUT');
    const controller = new AbortController();
    const asked = ref.ask({ type: 'SILENCE' }, { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    await expect(asked).rejects.toThrow('changed my mind');
    const late = new AbortController();
    late.abort(new Error('too late'));
    await expect(ref.ask({ type: 'GET' }, { signal: late.signal })).rejects.toThrow('too late');
  });

  it('T3 refuses a timeout that is none', async () => {
    await using pair = await world.pair();
    const ref = pair.near.ref<typeof counter>('counter');
    for (const timeout of [Infinity, NaN, -1, 2 ** 31]) {
      expect(await codeOf(ref.ask({ type: 'GET' }, { timeout })), `${timeout}`).toBe('INVALID_OPTION');
      expect(await codeOf(ref.waitFor(() => true, { timeout })), `${timeout}`).toBe('INVALID_OPTION');
    }
  });

  it('T2 T3 an unknown address: the ask is refused within 50 ms, the send becomes a dead letter', async () => {
    await using pair = await world.pair();
    const letters = collect<DeadLetter>();
    pair.near.onDeadLetter((letter) => letters.add(letter));
    await codeOf(pair.near.ref('warm-up').ask({ type: 'X' }));
    const times: number[] = [];
    for (const id of ['nobody', 'no/body', `nobody@${pair.far.node}`, `nobody@${pair.near.node}`]) {
      const began = performance.now();
      expect(await codeOf(pair.near.ref(id).ask({ type: 'X' }))).toBe('NO_SUCH_ACTOR');
      times.push(performance.now() - began);
    }
    // The median: a garbage collection of the test's process is not the runtime's delay.
    expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(50);
    const before = letters.items.length;
    pair.near.ref('nobody').send({ type: 'LOST', n: 1 });
    await letters.atLeast(before + 1);
    expect(letters.items.at(-1)).toMatchObject({
      reason: 'no-such-actor',
      to: 'nobody',
      event: { type: 'LOST', n: 1 },
    });
    expect(pair.near.stats().deadLetters).toEqual({ 'no-such-actor': letters.items.length });
  });

  it('T2 a send to an actor that has ended is a dead letter at the node that finds out', async () => {
    await using pair = await world.pair();
    const ref = await pair.far.spawn(counter);
    expect(parseAddress(ref.address).node).toBe(pair.far.node);
    await ref.stop();
    const letters = collect<DeadLetter>();
    pair.far.onDeadLetter((letter) => letters.add(letter));
    pair.near.ref(ref.address).send({ type: 'GET' });
    expect(await letters.atLeast(1)).toMatchObject([{ reason: 'no-such-actor', to: ref.address }]);
  });

  it('E2 Date, Map, Set, bigint, Uint8Array, -0, NaN and undefined arrive as they were', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'counter' });
    const value = {
      date: new Date('2020-02-29T12:00:00.123Z'),
      map: new Map<unknown, unknown>([
        ['key', new Set([1n, -(2n ** 70n)])],
        [new Date(0), { nested: [undefined, null] }],
      ]),
      bytes: Uint8Array.from([0, 255, 128]),
      minusZero: -0,
      numbers: [NaN, Infinity, -Infinity, 2 ** 53, 0.1],
      absent: undefined,
      text: 'ż 😀 \0',
      '\0d': 'a key like our own mark',
    };
    const answer = await pair.near.ref<typeof counter>('counter').ask({ type: 'ECHO', value });
    expect(answer.value).toStrictEqual(value);
  });

  it('T4 refuses at the sender what cannot travel, naming the place and the rule', async () => {
    await using pair = await world.pair({ payload: 10_000 });
    await pair.far.spawn(counter, { id: 'counter' });
    class Money {
      readonly amount = 1;
    }
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const refused: readonly [unknown, string][] = [
      [() => 1, '"value" of the message is the function'],
      [{ deep: [new Money()] }, '"value.deep[0]" of the message is an instance of Money'],
      [Symbol('s'), 'Symbol(s)'],
      [cycle, 'nesting that is too deep'],
      [new Date(NaN), 'an invalid Date'],
      ['\ud800', 'a lone surrogate'],
      [{ '\udc00': 1 }, 'a lone surrogate in a field name'],
      [Object.fromEntries([['__proto__', 1]]), '__proto__'],
    ];
    for (const system of [pair.near, pair.far]) {
      const ref = system.ref<typeof counter>('counter');
      for (const [value, message] of refused) {
        await expect(ref.ask({ type: 'ECHO', value })).rejects.toMatchObject({
          code: 'UNSERIALIZABLE',
          message: expect.stringContaining(message) as string,
        });
        expect(() => ref.send({ type: 'ECHO', value })).toThrow(message);
      }
    }
    const ref = pair.near.ref<typeof counter>('counter');
    await ref.ask({ type: 'GET' });
    expect(await codeOf(ref.ask({ type: 'ECHO', value: 'x'.repeat(10_000) }))).toBe('PAYLOAD_TOO_LARGE');
    expect((await ref.ask({ type: 'ECHO', value: 'x'.repeat(4_000) })).value).toHaveLength(4_000);
  });

  it('refuses options nobody knows and logic that is none, naming them', async () => {
    await using pair = await world.pair();
    const refused: readonly (readonly [unknown, unknown, string])[] = [
      [counter, { supervison: {} }, 'no option "supervison"'],
      [counter, { supervision: { directive: 'retry' } }, 'supervision.directive cannot be retry'],
      [counter, { supervision: { backoff: { initail: 1 } } }, 'no option "initail"'],
      [{}, {}, 'An actor is made of XState logic'],
      [undefined, {}, 'got undefined'],
    ];
    for (const [logic, options, message] of refused) {
      await expect(pair.near.spawn(logic as never, options as never)).rejects.toThrow(message);
    }
    await expect(world.join('x', { nmae: 'y' } as never)).rejects.toThrow('no option "nmae"');
    await expect(world.join('x', { transport: 'nats://x' } as never)).rejects.toThrow(
      'transport must come from',
    );
  });

  it('T3 tells the asker when the answer is too large to travel', async () => {
    await using pair = await world.pair({ payload: 5_000 });
    await pair.far.spawn(ledger, { id: 'ledger' });
    const ref = pair.near.ref<typeof ledger>('ledger');
    for (let n = 0; n < 4_000; n++) ref.send({ type: 'NOTE', by: 'near', n });
    expect(await codeOf(ref.ask({ type: 'REPORT' }))).toBe('PAYLOAD_TOO_LARGE');
    await expect(ref.ask({ type: 'PING' })).resolves.toEqual({ type: 'PONG' });
  });

  it('T4 refuses an event that is none, or that belongs to XState', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'counter' });
    const events: readonly unknown[] = [
      null,
      undefined,
      'GET',
      {},
      { type: 1 },
      { type: '' },
      { type: '*' },
      { type: 'xstate.stop' },
    ];
    for (const event of events) {
      for (const system of [pair.near, pair.far]) {
        const ref = system.ref('counter');
        expect(await codeOf(() => ref.send(event as never))).toBe('INVALID_EVENT');
        expect(await codeOf(ref.ask(event as never))).toBe('INVALID_EVENT');
        expect(await codeOf(() => system.publish(event as never))).toBe('INVALID_EVENT');
      }
    }
  });

  it('T4 refuses an address that is none, naming it and the rule', async () => {
    await using pair = await world.pair();
    for (const address of [
      '',
      'a b',
      'a//b',
      '/a',
      'a@',
      'a@b.c',
      'a*',
      'a>',
      'a\n',
      'x'.repeat(513),
      '\ud800',
    ]) {
      expect(await codeOf(() => pair.near.ref(address)), JSON.stringify(address)).toBe('INVALID_ADDRESS');
      expect(await codeOf(pair.near.spawn(counter, { id: address }))).toBe('INVALID_ADDRESS');
    }
    for (const id of ['?1', '!x', '~1', '$node', 'a@b']) {
      expect(await codeOf(pair.near.spawn(counter, { id })), id).toBe('INVALID_ADDRESS');
    }
    expect(() => pair.near.ref('a b')).toThrow('"a b" is not an address');
  });

  it('asks for more addresses in a tick than one message holds', async () => {
    await using pair = await world.pair({ payload: 5_000 });
    const letters = collect<DeadLetter>();
    pair.near.onDeadLetter((letter) => letters.add(letter));
    await pair.far.spawn(ledger, { id: 'unknown/777' });
    for (const n of numbers(1_000)) pair.near.ref(`unknown/${n}`).send({ type: 'NOTE', by: 'near', n });
    await letters.atLeast(999);
    const report = await pair.near.ref<typeof ledger>('unknown/777').ask({ type: 'REPORT' });
    expect(report.notes).toEqual({ near: [777] });
    expect(letters.items).toHaveLength(999);
  });
}

import { describe, expect, it } from 'vitest';
import { Asks } from '../../src/actor/asks.ts';
import { TroupeError } from '../../src/errors.ts';
import type { Envelope, Kind } from '../../src/message/envelope.ts';
import { codeOf } from '../support/code-of.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const answer = (kind: Kind, event: Envelope['event']): Envelope => ({
  kind,
  node: 'n',
  seq: 9,
  to: '?1@n',
  clock: 0,
  event,
});

function setUp(limit = 10) {
  const clock = virtualClock();
  let number = 0;
  const asks = new Asks(limit, clock, () => ++number);
  const ask = async (timeout = 100, signal?: AbortSignal) =>
    asks.ask({ to: 'a', type: 'Q', timeout, signal }, () => undefined);
  return { asks, ask, clock };
}

describe('asks', () => {
  it('T3 settles with the answer, once', async () => {
    const { asks, ask, clock } = setUp();
    const asked = ask();
    expect(asks.settle(1, answer('response', { type: 'A' }))).toBe(true);
    expect(asks.settle(1, answer('response', { type: 'B' }))).toBe(false);
    await expect(asked).resolves.toEqual({ type: 'A' });
    expect(clock.pending).toBe(0);
  });

  it('T3 rejects with the code of a failure', async () => {
    const { asks, ask } = setUp();
    const asked = ask();
    asks.settle(
      1,
      answer('failure', {
        type: 'failure',
        error: { code: 'POOR', message: 'no money', retryable: false },
      } as never),
    );
    expect(await codeOf(asked)).toBe('POOR');
  });

  it('T3 rejects when the time is over, at most ten milliseconds late, with one timer for all of a time', async () => {
    const { ask, clock } = setUp();
    const all = Promise.all([ask(500), ask(500), ask(495)].map(async (asked) => codeOf(asked)));
    expect(clock.pending).toBe(1);
    clock.advance(500);
    expect(await all).toEqual(['TIMEOUT', 'TIMEOUT', 'TIMEOUT']);
  });

  it('keeps a short time to the millisecond', async () => {
    const { ask, clock } = setUp();
    const asked = codeOf(ask(7));
    clock.advance(6);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    expect(clock.pending).toBe(0);
    expect(await asked).toBe('TIMEOUT');
  });

  it('rejects those that were sent to a node that died, and no others', async () => {
    const { asks, ask } = setUp();
    const [lost, kept] = [codeOf(ask()), ask()];
    asks.sentTo('dead', 1);
    asks.sentTo('alive', 2);
    asks.nodeDown('dead');
    expect(await lost).toBe('NODE_DOWN');
    asks.settle(2, answer('response', { type: 'A' }));
    await expect(kept).resolves.toEqual({ type: 'A' });
  });

  it('rejects with the reason of an abort, before and after it was sent', async () => {
    const { ask, clock } = setUp();
    const controller = new AbortController();
    const asked = ask(100, controller.signal);
    controller.abort(new TroupeError('CHANGED_MIND', 'enough'));
    expect(await codeOf(asked)).toBe('CHANGED_MIND');
    expect(await codeOf(ask(100, controller.signal))).toBe('CHANGED_MIND');
    expect(clock.pending).toBe(0);
  });

  it('refuses more than its limit, and a timeout that is none', async () => {
    const { asks, ask } = setUp(1);
    expect(await codeOf(ask(Number.NaN))).toBe('INVALID_OPTION');
    const waiting = ask();
    expect(await codeOf(ask())).toBe('OVERLOADED');
    asks.settle(1, answer('response', { type: 'A' }));
    await expect(waiting).resolves.toEqual({ type: 'A' });
  });
});

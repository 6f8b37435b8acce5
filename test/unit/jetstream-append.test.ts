import type { Msg } from 'nats';
import { describe, expect, it } from 'vitest';
import { createAppend } from '../../src/durable/jetstream/append.ts';
import type { ApiError } from '../../src/durable/jetstream/errors.ts';
import type { Call, Failure, Line } from '../../src/durable/jetstream/line.ts';
import type { Entry } from '../../src/durable/store.ts';
import { TroupeError } from '../../src/errors.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const EXPECTED = 7;
const mine = new Uint8Array([1, 2, 3]);
const other = new Uint8Array([1, 2, 4]);

/** What the server does with an attempt. */
type Reply = { readonly stored: number } | { readonly refused: ApiError } | 'unheard' | Failure;

const refused = (err_code: number, description: string, code = 400): Reply => ({
  refused: { code, err_code, description },
});
const stale = (last: number): Reply => refused(10071, `wrong last sequence: ${last}`);

const message = (text: string, code = 0): Msg =>
  ({ data: Buffer.from(text), headers: { code } }) as unknown as Msg;

function act(call: Call, reply: Reply): void {
  if (typeof reply === 'string' || reply instanceof TroupeError) {
    if (reply === 'unheard') call.answered(message('', 503));
    else call.failed(reply);
  } else if ('stored' in reply) call.answered(message(`{"stream":"S", "seq":${reply.stored}}`));
  else call.answered(message(JSON.stringify({ error: reply.refused, stream: 'S', seq: 0 })));
}

interface Script {
  /** One for each attempt; the last one for all that follow. */
  readonly replies: readonly Reply[];
  /** What is found after the expected position, one for each look. */
  readonly found?: readonly (Entry | TroupeError | undefined)[];
}

/** Play a script: how the append ends, how many attempts and looks it takes. */
async function play({ replies, found = [undefined] }: Script) {
  const clock = virtualClock();
  const counts = { attempts: 0, looks: 0 };
  const send = (call: Call): void => {
    const reply = replies[Math.min(counts.attempts++, replies.length - 1)]!;
    void Promise.resolve().then(() => act(call, reply));
  };
  const append = createAppend({
    line: { send } as unknown as Line,
    clock,
    timeout: 1_000,
    stream: 'S',
    limit: () => 100,
    hold: async (work) => work,
    subject: (id) => `s.a.${id}`,
    next: async () => {
      const entry = found[Math.min(counts.looks++, found.length - 1)];
      if (entry instanceof TroupeError) throw entry;
      return entry;
    },
  });
  const state = { end: undefined as unknown };
  void append('x', mine, EXPECTED).then(
    (position) => (state.end = position),
    (error: unknown) => (state.end = (error as TroupeError).code),
  );
  for (let i = 0; i < 500 && state.end === undefined; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10);
  }
  return [state.end, counts.attempts, counts.looks];
}

const at = (position: number, record: Uint8Array): Entry => ({ position, record });
const closed = new TroupeError('STORE_UNAVAILABLE', 'closed', { retryable: true });
const denied = new TroupeError('STORE_DENIED', 'denied');

describe('an append whose answer is', () => {
  const cases: Readonly<Record<string, [Script, end: readonly [unknown, number, number]]>> = {
    stored: [{ replies: [{ stored: 9 }] }, [9, 1, 0]],
    'refused for its position at the first attempt: certain': [
      { replies: [stale(8)], found: [at(8, mine)] },
      ['FENCED', 1, 0],
    ],
    'silence, and it is stored': [{ replies: ['silent'], found: [at(8, mine)] }, [8, 1, 1]],
    'a lost connection, and it is stored': [{ replies: ['disconnected'], found: [at(8, mine)] }, [8, 1, 1]],
    'silence, and another is stored': [{ replies: ['silent'], found: [at(8, other)] }, ['FENCED', 1, 1]],
    'silence, and nothing is stored: again': [{ replies: ['silent', { stored: 9 }] }, [9, 2, 1]],
    'silence, then a refusal: our own is in the way': [
      { replies: ['silent', stale(8)], found: [undefined, at(8, mine)] },
      [8, 2, 2],
    ],
    'silence, then a refusal: another is in the way': [
      { replies: ['silent', stale(8)], found: [undefined, at(8, other)] },
      ['FENCED', 2, 2],
    ],
    'silence, then a refusal that a leader who is behind does not explain: looked up again': [
      { replies: ['silent', stale(8)], found: [undefined, undefined, undefined, at(8, mine)] },
      [8, 4, 4],
    ],
    'silence, then a refusal because the actor was purged': [
      { replies: ['silent', stale(0)] },
      ['FENCED', 2, 2],
    ],
    'an append that is being agreed upon, which comes to nothing': [
      { replies: [refused(10164, 'wrong last sequence'), { stored: 9 }] },
      [9, 2, 1],
    ],
    'an append that is being agreed upon, of another': [
      { replies: [refused(10164, 'wrong last sequence')], found: [at(8, other)] },
      ['FENCED', 1, 1],
    ],
    'nobody there, then somebody': [{ replies: ['unheard', 'unheard', { stored: 9 }] }, [9, 3, 0]],
    'nobody there, then a refusal: certain, for nothing was taken before': [
      { replies: ['unheard', stale(8)], found: [at(8, mine)] },
      ['FENCED', 2, 0],
    ],
    'a cluster without a leader, then stored': [
      { replies: [refused(10008, 'JetStream system temporarily unavailable', 503), { stored: 9 }] },
      [9, 2, 0],
    ],
    'a full stream': [{ replies: [refused(10077, 'maximum bytes exceeded', 503)] }, ['STORE_FULL', 1, 0]],
    'silence, then a full stream, and it is stored': [
      { replies: ['silent', refused(10077, 'maximum bytes exceeded', 503)], found: [undefined, at(8, mine)] },
      [8, 2, 2],
    ],
    'an error nobody knows': [{ replies: [refused(10109, 'stream is sealed')] }, ['STORE_UNAVAILABLE', 1, 0]],
    'never sent': [{ replies: ['unsent'] }, ['STORE_UNAVAILABLE', 1, 0]],
    'no permission': [{ replies: [denied] }, ['STORE_DENIED', 1, 0]],
    'silence, and the look is denied': [{ replies: ['silent'], found: [denied] }, ['STORE_DENIED', 1, 1]],
    'silence, and the look is not answered': [
      { replies: ['silent'], found: [closed] },
      ['STORE_UNAVAILABLE', 1, 1],
    ],
  };
  it.each(Object.entries(cases))('%s', async (_what, [script, end]) => {
    expect(await play(script)).toEqual(end);
  });

  it('silence, again and again, and nothing is stored: unknown, when the time is over', async () => {
    const [end, attempts, looks] = await play({ replies: ['silent'] });
    expect([end, attempts === looks, Number(attempts) > 3]).toEqual(['STORE_UNAVAILABLE', true, true]);
  });
});

describe('an append that is not sent', () => {
  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])(
    'expects %s, which no record is at: FENCED',
    async (expected) => {
      const append = createAppend({
        line: { send: () => expect.unreachable() } as unknown as Line,
        clock: virtualClock(),
        timeout: 1_000,
        stream: 'S',
        limit: () => 100,
        hold: async (work) => work,
        subject: (id) => id,
        next: async () => undefined,
      });
      await expect(append('x', mine, expected)).rejects.toMatchObject({ code: 'FENCED' });
    },
  );
});

import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { service, type ServiceContext, type ServiceInput } from '../../machines/index.ts';
import type { Controlled } from './support/controlled.ts';
import { provided, run } from './support/live.ts';

const chart = provided(service);

const serving = (input: ServiceInput = {}) => {
  const live = run(chart, input);
  const context = () => live.snapshot().context as unknown as ServiceContext;
  const started = () =>
    live.send({ type: 'xstate.done.actor.start', actorId: 'start', output: undefined } as never);
  const call = (id: string, more: object = {}) =>
    live.send({ type: 'CALL', id, method: 'pay', input: { id }, replyTo: 'caller', ...more } as never);
  const done = (slot: number, output: unknown) =>
    live.send({ type: 'done', actorId: `handle.${slot}`, output } as never).told.map(({ event }) => event);
  const failed = (slot: number, error: unknown) =>
    live.send({ type: 'error', actorId: `handle.${slot}`, error } as never).told.map(({ event }) => event);
  return { ...live, context, started, call, done, failed };
};

describe('service', () => {
  it('gives a handler the call, with its deadline, and nothing else the event carried', () => {
    const { started, call, snapshot } = serving();
    started();
    call('1', { deadline: 1234, secret: 'x' });
    const { input } = snapshot().children['handle.0']?.getSnapshot() as Controlled;
    expect(input).toEqual({ id: '1', method: 'pay', input: { id: '1' }, deadline: 1234 });
  });

  it('answers with the output or the error, as data', () => {
    const { started, call, done, failed } = serving();
    started();
    call('1');
    call('2');
    expect(failed(1, Object.assign(new Error('no funds'), { code: 'NO_FUNDS' }))).toEqual([
      {
        type: 'FAILED',
        id: '2',
        error: { name: 'Error', code: 'NO_FUNDS', message: 'no funds', retryable: false },
      },
    ]);
    expect(done(0, 'receipt')).toEqual([{ type: 'DONE', id: '1', output: 'receipt' }]);
  });

  it('keeps 300 calls in flight, answers each with its own result, and lets no child or call behind', () => {
    const { started, call, done, snapshot, context } = serving({ concurrency: 300, queue: 200 });
    started();
    for (let id = 0; id < 500; id += 1) call(String(id));
    expect(Object.keys(snapshot().children)).toHaveLength(300);
    expect(context().waiting).toHaveLength(200);
    expect(call('500').told).toEqual([
      { to: 'caller', event: { type: 'REFUSED', id: '500', code: 'OVERLOADED', retryable: true } },
    ]);
    const answers = new Map<string, unknown>();
    const idOf = (slot: number) => context().inFlight[`handle.${slot}`]?.id;
    for (let round = 0; round < 2; round += 1) {
      for (let slot = 299; slot >= 0; slot -= 1) {
        const id = idOf(slot);
        if (id === undefined) continue;
        for (const answer of done(slot, `result of ${id}`)) {
          const { id: answered, output } = answer as unknown as { id: string; output: unknown };
          answers.set(answered, output);
        }
      }
    }
    expect(answers.size).toBe(500);
    expect([...answers].every(([id, output]) => output === `result of ${id}`)).toBe(true);
    expect(snapshot().children).toEqual({});
    expect(context()).toMatchObject({ inFlight: {}, waiting: [], done: 500, failed: 0, refused: 1 });
  });

  it('two calls with the same id are both answered', () => {
    const { started, call, done } = serving();
    started();
    call('same');
    call('same');
    expect([...done(0, 'a'), ...done(1, 'b')]).toEqual([
      { type: 'DONE', id: 'same', output: 'a' },
      { type: 'DONE', id: 'same', output: 'b' },
    ]);
  });

  it('drains: refuses new calls, finishes those in flight and those that wait, then stops', () => {
    const { started, call, done, send, snapshot } = serving({ concurrency: 1 });
    started();
    call('1');
    call('2');
    send({ type: 'DRAIN' });
    expect(call('3').told).toMatchObject([{ event: { type: 'REFUSED', code: 'DRAINING' } }]);
    expect(done(0, 'a')).toEqual([{ type: 'DONE', id: '1', output: 'a' }]);
    expect(snapshot().value).toBe('draining');
    expect(done(0, 'b')).toEqual([{ type: 'DONE', id: '2', output: 'b' }]);
    expect(snapshot()).toMatchObject({ status: 'done', output: { done: 2, failed: 0, refused: 1 } });
  });

  it('drained before it started, refuses what waits', () => {
    const { call, send, snapshot } = serving();
    call('1');
    expect(send({ type: 'DRAIN' }).told).toMatchObject([
      { to: 'caller', event: { id: '1', code: 'DRAINING' } },
    ]);
    expect(snapshot().status).toBe('done');
  });

  it('fails when its start fails, so that its supervisor decides', () => {
    const { send, snapshot } = serving();
    const error = new Error('no database');
    send({ type: 'error', actorId: 'start', error } as never);
    expect(snapshot()).toMatchObject({ status: 'error', error });
  });

  it.each<ServiceInput>([{ concurrency: 0 }, { queue: -1 }, { concurrency: 1.5 }])('refuses %o', (input) => {
    expect(createActor(service, { input }).getSnapshot().error).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('as it stands, without handler, fails each call and says what is missing', async () => {
    const answer = new Promise((resolve) => {
      const actor = createActor(
        service.provide({
          actions: { tell: (_args, { event }) => event.type === 'FAILED' && resolve(event) },
        }),
        { input: {} },
      ).start();
      actor.send({ type: 'CALL', id: '1', method: 'pay', input: {}, replyTo: 'caller' });
    });
    expect(await answer).toMatchObject({ error: { code: 'NOT_PROVIDED' } });
  });
});

import { assign, setup } from 'xstate';
import { createRecorder, createSystem, defineSaga, silentLogger, type Ending, type System } from 'troupe';
import { circuitBreaker } from 'troupe/machines';
import { nats } from 'troupe/nats';
import { conform, decodeRecording, explainDivergence, type ActorSpec, type Recording } from 'troupe/testing';
import { describe, expect, it } from 'vitest';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';

/** A node whose actors are recorded, and what has been recorded so far, read back from its text. */
async function recorded(url: string, node: string): Promise<{ system: System; recording: () => Recording }> {
  let text = '';
  const record = createRecorder({ system: 'shop', write: (line) => (text += line) });
  const transport = nats({ servers: url });
  const system = await createSystem({ name: 'shop', node, transport, log: silentLogger, record });
  return { system, recording: () => decodeRecording(text) };
}

const echo = (value: unknown) => ({ type: 'ECHO', value });
const add = (by: number) => ({ type: 'ADD', by });

const trip = defineSaga<{ room: string }>({
  steps: [
    {
      name: 'book',
      perform: (step) => step.ask('counter', echo(step.data.room)),
      compensate: (step) => step.ask('counter', add(-1), { timeout: 20 }).catch(() => undefined),
    },
    { name: 'pay', perform: () => Promise.reject(new Error('no money')) },
  ],
});

/** Three actors on two nodes: a counter, a breaker, and a saga that asks the counter over NATS. */
async function run(url: string): Promise<readonly Recording[]> {
  const front = await recorded(url, 'front');
  const back = await recorded(url, 'back');
  await back.system.spawn(counter, { id: 'counter' });
  await back.system.spawn(circuitBreaker, {
    id: 'breaker',
    input: { minimumNumberOfCalls: 1, slidingWindowSize: 1, waitDurationInOpenState: 10 },
  });
  const far = front.system.ref<typeof counter>('counter');
  far.send({ type: 'ADD', by: 3 });
  far.send({ type: 'FORWARD', to: 'counter', count: 5 });
  await far.waitFor(({ context }) => context.n === 8);
  const breaker = front.system.ref<typeof circuitBreaker>('breaker');
  const permit = await breaker.ask({ type: 'ACQUIRE' });
  breaker.send({ type: 'FAILURE', epoch: permit['epoch'] as number, duration: 1 });
  await breaker.waitFor(({ value }) => value === 'halfOpen');
  const saga = await front.system.spawn(trip.logic, {
    id: 'trip',
    input: trip.input('trip', { room: 'blue' }),
  });
  expect(await new Promise<Ending>((resolve) => saga.watch(resolve))).toMatchObject({ reason: 'done' });
  await front.system.stop();
  await back.system.stop();
  return [front.recording(), back.recording()];
}

const cast: Readonly<Record<string, ActorSpec>> = {
  counter: { logic: counter },
  breaker: { logic: circuitBreaker },
  trip: { logic: trip.logic },
};

describe('a trace of real actors over a real nats-server', () => {
  it('follows from their charts', async () => {
    await using server = await natsServer({ jetstream: false });
    const verdict = conform(await run(server.url), cast);
    expect(explainDivergence(verdict)).toMatch(/^All \d+ steps follow/);
    expect(verdict.skipped).toEqual([]);
    expect(verdict.steps).toBeGreaterThan(15);
  });

  it('does not follow from a chart that decides otherwise: the first difference is told', async () => {
    await using server = await natsServer({ jetstream: false });
    const wrong = setup({
      types: { context: {} as { n: number }, events: {} as { type: 'ADD'; by: number } },
    }).createMachine({
      context: { n: 0 },
      initial: 'open',
      states: {
        open: { on: { ADD: { actions: assign({ n: ({ context, event }) => context.n - event.by }) } } },
      },
    });
    const verdict = conform(await run(server.url), { ...cast, counter: { logic: wrong } });
    expect(verdict.divergence).toMatchObject({
      actor: 'counter',
      what: 'its context is another',
      expected: '{"n":-3}',
      found: '{"n":3}',
    });
    expect(explainDivergence(verdict)).toContain('deliver {"type":"ADD","by":3}');
  });

  it('T1 T2 does not follow when a message comes twice, too early, or from nowhere', async () => {
    await using server = await natsServer({ jetstream: false });
    const [front, back] = (await run(server.url)) as [Recording, Recording];
    const own = back.lines.filter(
      ({ action }) => action.kind === 'deliver' && (action['sent'] as { from: string }).from === 'counter',
    );
    expect(own).toHaveLength(5);
    const twice = { ...back, lines: [...back.lines, own[0]!] };
    expect(conform([front, twice], cast).divergence?.what).toBe('a message came twice, or out of order');
    const forged = structuredClone(back);
    const delivery = forged.lines.find(({ step }) => step === own[2]!.step)!;
    (delivery.action['sent'] as { event: { by: number } }).event.by = 1_000;
    expect(conform([front, forged], cast).divergence?.what).toBe('a message came that was never sent');
  });
});

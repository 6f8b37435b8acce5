import { describe, expect, it } from 'vitest';
import { counter, ledger } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { natsServer } from '../support/server.ts';
import { expectAccounted } from './support/accounting.ts';
import { flows, join, notesOf } from './support/join.ts';
import { startPeer } from './support/peer.ts';
import { traffic } from './support/traffic.ts';

describe('the server is killed and started again', () => {
  it('T1 T2 T3: sends and asks that go on meanwhile are all accounted for, in both directions', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await here.spawn(ledger, { id: 'near-ledger' });
    await peer.spawn('ledger', 'far-ledger');
    const ours = traffic(here, 'far-ledger', 'near');
    await peer.begin('near-ledger', 'far');
    for (let round = 0; round < 3; round++) {
      await flows(here, 'far-ledger', 'near', 500);
      await server.kill();
      await expect.poll(() => here.stats().pending, { timeout: 5_000 }).toBeGreaterThan(1_000);
      await server.restart();
    }
    const [mine, theirs] = await Promise.all([ours.halt(), peer.halt()]);
    const far = await notesOf(here, 'far-ledger', 'near');
    const near = await notesOf(here, 'near-ledger', 'far');
    expect(expectAccounted(far, mine)).toEqual([]);
    expect(expectAccounted(near, theirs)).toEqual([]);
    // An outage alone, however sudden, costs no message: it waits, and is repeated.
    expect([mine.dead, theirs.dead]).toEqual([{}, {}]);
    expect([far.length, near.length]).toEqual([mine.sent, theirs.sent]);
    expect(Object.keys({ TIMEOUT: 0, ...mine.rejected, ...theirs.rejected })).toEqual(['TIMEOUT']);
  });

  it('T2: what waits during an outage is bounded; the rest is refused at once as a dead letter', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near', { outbox: 200, window: 1 });
    await far.spawn(ledger, { id: 'ledger' });
    const ref = near.ref<typeof ledger>('ledger');
    await ref.ask({ type: 'PING' });
    const dead = collect<number>();
    near.onDeadLetter(({ reason, event }) => {
      expect(reason).toBe('outbox-full');
      dead.add((event as unknown as { n: number }).n);
    });
    await server.kill();
    // The client notices the loss when it next reads; from then on nothing is sent.
    await expect
      .poll(() => (ref.send({ type: 'NOTE', by: 'probe', n: 0 }), near.stats().pending))
      .toBeGreaterThan(3);
    const probes = near.stats().pending;
    for (let n = 0; n < 500; n++) ref.send({ type: 'NOTE', by: 'near', n });
    expect(dead.items.length).toBeGreaterThanOrEqual(300);
    expect(dead.items.length).toBeLessThanOrEqual(300 + probes);
    await server.restart();
    await expect.poll(() => near.stats().pending, { timeout: 10_000 }).toBe(0);
    const notes = await notesOf(far, 'ledger', 'near');
    expect([...notes, ...dead.items]).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  it('the bus, watches and subscriptions go on afterwards', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near');
    const actor = await far.spawn(counter, { id: 'counter' });
    const ref = near.ref<typeof counter>('counter');
    const heard = collect<string>();
    const endings = collect<string>();
    near.subscribe('news.*', ({ type }) => heard.add(type));
    ref.watch(({ reason }) => endings.add(reason));
    const reached = ref.waitFor(({ context }) => context.n === 7);
    await ref.ask({ type: 'GET' });
    await server.kill();
    await server.restart();
    await expect
      .poll(
        async () =>
          ref.ask({ type: 'GET' }, { timeout: 500 }).then(
            ({ type }) => type,
            () => 'not yet',
          ),
        {
          timeout: 10_000,
        },
      )
      .toBe('COUNT');
    far.publish({ type: 'news.back' });
    expect(await heard.atLeast(1)).toEqual(['news.back']);
    actor.send({ type: 'ADD', by: 7 });
    expect((await reached).context).toEqual({ n: 7 });
    actor.send({ type: 'END' });
    expect(await endings.atLeast(1)).toEqual(['done']);
  });

  it('stop() ends in bounded time without a server, and says what was lost', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far', { drain: 100 });
    const near = await join(server.url, 'near', { drain: 100 });
    await far.spawn(ledger, { id: 'ledger' });
    const ref = near.ref<typeof ledger>('ledger');
    await ref.ask({ type: 'PING' });
    const reasons = collect<string>();
    near.onDeadLetter(({ reason }) => reasons.add(reason));
    await server.kill();
    ref.send({ type: 'NOTE', by: 'near', n: 1 });
    const asked = ref.ask({ type: 'PING' });
    const outcome = asked.then(
      () => 'answered',
      (error: unknown) => (error as { code: string }).code,
    );
    await near.stop();
    expect(['NODE_DOWN', 'SYSTEM_STOPPED']).toContain(await outcome);
    expect(reasons.items).toEqual(['system-stopped', 'system-stopped']);
  });
});

import type { Ending } from 'troupe';
import { describe, expect, it } from 'vitest';
import { counter, ledger, teller } from '../support/actors.ts';
import { codeOf } from '../support/code-of.ts';
import { collect } from '../support/collect.ts';
import { natsServer } from '../support/server.ts';
import { expectAccounted } from './support/accounting.ts';
import { flows, join, notesOf } from './support/join.ts';
import { startPeer } from './support/peer.ts';
import { proxyTo } from './support/proxy.ts';
import { traffic } from './support/traffic.ts';

describe('a peer is killed with SIGKILL', () => {
  it('A3: its watchers are told within two seconds, and every kind of call to it settles', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await peer.spawn('counter', 'counter');
    const ref = here.ref<typeof counter>('counter');
    const { node } = here.members()[0]!;
    const endings = collect<Ending>();
    const reported = collect<string>();
    ref.watch((ending) => endings.add(ending));
    ref.subscribe({ error: ({ code }) => reported.add(code) });
    expect((await ref.snapshot()).context).toEqual({ n: 0 });
    const waited = codeOf(ref.waitFor(({ context }) => context.n === 1));
    const asked = codeOf(ref.ask({ type: 'SILENCE' }, { timeout: 2_000 }));
    await ref.ask({ type: 'GET' });
    await peer.signal('SIGKILL');
    const killed = performance.now();
    // These are on their way when nobody knows yet.
    const late = Array.from({ length: 20 }, async () =>
      codeOf(ref.ask({ type: 'GET' }, { timeout: 10_000 })),
    );
    expect(await endings.atLeast(1)).toEqual([{ reason: 'node-down' }]);
    expect(performance.now() - killed).toBeLessThan(2_000);
    expect(await reported.atLeast(1)).toEqual(['NODE_DOWN']);
    expect(await waited).toBe('NODE_DOWN');
    expect(new Set(await Promise.all(late))).toEqual(new Set(['NODE_DOWN']));
    // This one had arrived before the kill: whether it took effect is unknown.
    expect(['NODE_DOWN', 'TIMEOUT']).toContain(await asked);
    expect(here.members()).toEqual([]);
    // Whoever comes later is told at once.
    const after = collect<string>();
    here.watch(`counter@${node}`, ({ reason }) => after.add(reason));
    ref.watch(({ reason }) => after.add(reason));
    expect((await after.atLeast(2)).toSorted()).toEqual(['no-such-actor', 'node-down']);
    expect(await codeOf(ref.ask({ type: 'GET' }))).toBe('NO_SUCH_ACTOR');
  });

  it('T2: what it had not taken becomes dead letters at the sender', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await peer.spawn('ledger', 'ledger');
    const dead = collect<number>();
    here.onDeadLetter(({ event }) => dead.add((event as unknown as { n: number }).n));
    const ref = here.ref<typeof ledger>('ledger');
    await ref.ask({ type: 'PING' });
    await peer.signal('SIGKILL');
    for (let n = 0; n < 1_000; n++) ref.send({ type: 'NOTE', by: 'near', n });
    expect(await dead.atLeast(1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
    ref.send({ type: 'NOTE', by: 'near', n: 1_000 });
    expect((await dead.atLeast(1_001)).at(-1)).toBe(1_000);
    expect(here.stats().pending).toBe(0);
  });

  it('service traffic goes to the instances that are left', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await here.serve('tellers', teller, { instances: 1 });
    await peer.serve('teller', 'tellers', 1);
    const who = async (): Promise<string> =>
      here
        .ref<typeof teller>('tellers')
        .ask({ type: 'WHO' }, { timeout: 5_000 })
        .then(
          ({ pid }) => (pid === process.pid ? 'near' : 'far'),
          (error: unknown) => (error as { code: string }).code,
        );
    const ask = async (count: number): Promise<readonly string[]> =>
      (await Promise.all(Array.from({ length: count }, who))).toSorted();
    await expect.poll(async () => ask(4)).toEqual(['far', 'far', 'near', 'near']);
    await peer.signal('SIGKILL');
    const during = await ask(10);
    expect(during.filter((each) => each === 'near').length).toBeGreaterThanOrEqual(5);
    expect(during.every((each) => each === 'near' || each === 'NODE_DOWN')).toBe(true);
    expect(await ask(10)).toEqual(Array.from({ length: 10 }, () => 'near'));
  });

  it('its id can be taken again by another node, and refs find the new actor', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await using third = await join(server.url, 'third');
    await peer.spawn('counter', 'counter');
    const ref = third.ref<typeof counter>('counter');
    expect(await ref.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 0 });
    await expect(here.spawn(counter, { id: 'counter' })).rejects.toMatchObject({ code: 'DUPLICATE_ID' });
    await peer.signal('SIGKILL');
    await expect
      .poll(
        async () =>
          here.spawn(counter, { id: 'counter' }).then(
            ({ address }) => address,
            () => 'taken',
          ),
        {
          timeout: 5_000,
        },
      )
      .toBe('counter');
    await expect.poll(async () => codeOf(ref.ask({ type: 'GET' }, { timeout: 500 }))).toBe('fine');
  });
});

describe('false suspicion', () => {
  it('T1 T2: a peer that is stopped and goes on (SIGSTOP, SIGCONT) gets nothing twice, and all is accounted for', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far', { downAfter: 1_000 });
    await using here = await join(server.url, 'near', { downAfter: 1_000 });
    await peer.spawn('ledger', 'ledger');
    await here.spawn(ledger, { id: 'near-ledger' });
    const ours = traffic(here, 'ledger', 'near', 5);
    await peer.begin('near-ledger', 'far');
    await flows(here, 'ledger', 'near');
    await peer.signal('SIGSTOP');
    await expect.poll(() => here.members(), { timeout: 5_000 }).toEqual([]);
    await peer.signal('SIGCONT');
    await expect.poll(() => here.members().length, { timeout: 5_000 }).toBe(1);
    await flows(here, 'ledger', 'near');
    const [mine, theirs] = await Promise.all([ours.halt(), peer.halt()]);
    expectAccounted(await notesOf(here, 'ledger', 'near'), mine);
    expectAccounted(await notesOf(here, 'near-ledger', 'far'), theirs);
    // It was alive: whatever we said while we took it for dead was refused here, and not thrown away there.
    expect(Object.keys(mine.dead).every((reason) => ['node-down', 'no-such-actor'].includes(reason))).toBe(
      true,
    );
  });

  it('T1 T2: a connection that falls silent is noticed and replaced; all is accounted for', async () => {
    await using server = await natsServer({ jetstream: false });
    await using proxy = await proxyTo(server.port);
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(proxy.url, 'near');
    await peer.spawn('ledger', 'ledger');
    const ours = traffic(here, 'ledger', 'near', 5);
    await flows(here, 'ledger', 'near');
    proxy.blackhole();
    // The other side gives us up first: heartbeats are missing.
    await expect.poll(async () => peer.members(), { timeout: 8_000 }).toBe(0);
    proxy.heal();
    await expect.poll(async () => peer.members(), { timeout: 8_000 }).toBe(1);
    await expect.poll(() => here.members().length, { timeout: 8_000 }).toBe(1);
    await flows(here, 'ledger', 'near');
    const mine = await ours.halt();
    expectAccounted(await notesOf(here, 'ledger', 'near'), mine);
  });
});

import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import { counter, ledger } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { natsServer } from '../support/server.ts';
import { join, notesOf } from './support/join.ts';
import { startPeer } from './support/peer.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/** Subjects the clients of a server listen to, by client name, as its monitor tells. */
async function subscriptions(monitor: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const answer = await fetch(`${monitor}/connz?subs=1`);
  const { connections } = (await answer.json()) as {
    connections: readonly { name?: string; subscriptions_list?: readonly string[] }[];
  };
  return Object.fromEntries(
    connections.map(({ name = '', subscriptions_list = [] }) => [name, subscriptions_list]),
  );
}

describe('two processes', () => {
  it('T3 1000 asks at a time are answered, each with its own answer', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await peer.spawn('counter', 'counter');
    const ref = here.ref<typeof counter>('counter');
    const asked = numbers(1_000).map(async (value) => (await ref.ask({ type: 'ECHO', value })).value);
    expect(await Promise.all(asked)).toEqual(numbers(1_000));
    expect(here.stats().deadLetters).toEqual({});
  });

  it('T1 keeps the order of 50 000 sends of each of two senders', async () => {
    await using server = await natsServer({ jetstream: false });
    await using one = await startPeer(server.url, 'one');
    await using two = await startPeer(server.url, 'two');
    await using here = await join(server.url, 'here');
    const actor = await here.spawn(ledger, { id: 'ledger' });
    await Promise.all([one.send('ledger', 'one', 50_000), two.send('ledger', 'two', 50_000)]);
    const all = actor.waitFor(
      ({ context: { notes } }) => notes['one']?.length === 50_000 && notes['two']?.length === 50_000,
    );
    const { notes } = (await all).context;
    expect(notes['one']).toEqual(numbers(50_000));
    expect(notes['two']).toEqual(numbers(50_000));
    expect([(await one.stats()).deadLetters, (await two.stats()).deadLetters]).toEqual([{}, {}]);
  });
});

describe('economy', () => {
  it('all envelopes for one node within a tick travel in one message of the server', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near');
    await far.spawn(ledger, { id: 'ledger' });
    const ref = near.ref<typeof ledger>('ledger');
    await ref.ask({ type: 'PING' });
    const tap = await connect({ servers: server.url });
    const frames = collect<number>();
    tap.subscribe(`troupe.n.${far.node}`, { callback: (_error, { data }) => frames.add(data.length) });
    await tap.flush();
    for (const n of numbers(1_000)) ref.send({ type: 'NOTE', by: 'near', n });
    await expect.poll(async () => (await notesOf(far, 'ledger', 'near')).length).toBe(1_000);
    await tap.drain();
    // Acknowledgements and heartbeats are small; the notes came together.
    expect(frames.items.filter((size) => size > 10_000)).toHaveLength(1);
  });

  it('a node has the same four subscriptions whether it has one actor or five hundred', async () => {
    await using server = await natsServer({ jetstream: false, config: 'http: "127.0.0.1:-1"' });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near');
    const own = async (): Promise<readonly string[]> =>
      ((await subscriptions(server.monitor!))[`troupe ${near.node}`] ?? []).toSorted();
    await near.spawn(counter);
    const before = await own();
    await Promise.all(numbers(500).map(async () => near.spawn(counter)));
    await far.actors();
    expect(await own()).toEqual(before);
    expect(before.map((subject) => subject.replace(/^_INBOX\..*/, '_INBOX'))).toEqual([
      '_INBOX',
      'troupe.c',
      `troupe.n.${near.node}`,
    ]);
    for (let i = 0; i < 50; i++) near.subscribe('news.*', () => undefined);
    await near.actors();
    await expect.poll(own).toEqual([...before, 'troupe.e.news.*'].toSorted());
  });
});

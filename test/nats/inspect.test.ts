import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSystem, silentLogger } from 'troupe';
import { liveSource } from 'troupe/inspector';
import { jetstream, nats } from 'troupe/nats';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/monitoring/entry.ts';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';
import { walled } from './support/acl.ts';
import { join } from './support/join.ts';
import { startPeer } from './support/peer.ts';
import { logBook } from './support/secrets.ts';

const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 15_000 });

const inspector = fileURLToPath(new URL('./support/inspector.ts', import.meta.url));

const stepsOf = (entries: readonly Entry[], address: string): number =>
  entries.filter((entry) => entry.kind === 'step' && address in entry.snapshots).length;

describe('a system that is looked at over NATS', () => {
  it('is still seen when one of its nodes is killed, and so is a node that comes', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await peer.spawn('counter', 'there');
    const ref = await here.spawn(counter, { id: 'here' });
    const source = liveSource(here);
    const entries: Entry[] = [];
    source.watch({ interest: { rate: 1_000 }, emit: (more) => entries.push(...more) > 0 });
    await soon(() => entries.some((entry) => entry.kind === 'actor' && entry.address === 'there')).toBe(true);
    const far = here.members()[0]!.node;
    await peer.signal('SIGKILL');
    await soon(async () => (await source.overview()).nodes.find(({ node }) => node === far)?.isDown).toBe(
      true,
    );
    const { alerts, nodes } = await source.overview();
    expect(alerts).toMatchObject([{ severity: 'error', text: `node ${far} is down` }]);
    expect(nodes.find(({ node }) => node === far)?.availability).toBeLessThan(1);
    ref.send({ type: 'ADD', by: 1 });
    await soon(() => stepsOf(entries, 'here')).toBe(1);
    expect((await source.actors({})).rows.map(({ address }) => address)).toEqual(['here']);
    await expect(source.actor('there')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    await using second = await startPeer(server.url, 'second');
    await second.spawn('counter', 'late');
    await soon(() => entries.some((entry) => entry.kind === 'actor' && entry.address === 'late')).toBe(true);
    await source.close();
  });

  it('tells nobody any more when its inspector is killed', async () => {
    await using server = await natsServer({ jetstream: false });
    await using here = await join(server.url, 'near');
    const ref = await here.spawn(counter, { id: 'here' });
    let sent = 0;
    const timer = setInterval(() => {
      ref.send({ type: 'ADD', by: 1 });
      sent += 1;
    }, 5);
    const child = fork(inspector, [server.url], {
      execArgv: ['--conditions=troupe-source', '--import', 'tsx'],
    });
    try {
      await once(child, 'message');
      /** What the node says of itself in half a second: a rate, and silence, are seen only by listening for a while. */
      const said = async (): Promise<number> => {
        const before = here.stats().sent - sent;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return here.stats().sent - sent - before;
      };
      expect(await said()).toBeGreaterThan(6);
      child.kill('SIGKILL');
      await soon(said).toBeLessThan(4);
      // What it was told in vain is no loss of the system's.
      expect(here.deadLetters()).toEqual([]);
      expect(here.stats().pending).toBe(0);
    } finally {
      clearInterval(timer);
      child.kill('SIGKILL');
    }
  });

  it('is seen again when the server was away', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near');
    const ref = await far.spawn(counter, { id: 'counter' });
    const source = liveSource(near);
    const entries: Entry[] = [];
    source.watch({ interest: { rate: 1_000 }, emit: (more) => entries.push(...more) > 0 });
    await soon(() => entries.some(({ kind }) => kind === 'actor')).toBe(true);
    await server.kill();
    // What is said meanwhile waits.
    ref.send({ type: 'ADD', by: 1 });
    await soon(() => near.stats().pending).toBeGreaterThan(0);
    await server.restart();
    await soon(async () => {
      ref.send({ type: 'ADD', by: 1 });
      return stepsOf(entries, 'counter');
    }).toBeGreaterThan(3);
    expect((await source.overview()).nodes.map(({ isDown }) => isDown)).toEqual([false]);
    await source.close();
  });

  it('shows virtual actors that live in JetStream, also when they are not in memory', async () => {
    await using server = await natsServer();
    const options = { name: 'kept', log: silentLogger };
    await using far = await createSystem({
      ...options,
      transport: nats({ servers: server.url }),
      store: jetstream({ servers: server.url }),
    });
    // The one that looks has no store.
    await using near = await createSystem({ ...options, transport: nats({ servers: server.url }) });
    const accounts = await far.host('account', counter, { idle: 1_000 });
    const source = liveSource(near);
    const entries: Entry[] = [];
    source.watch({ interest: { rate: 1_000 }, emit: (more) => entries.push(...more) > 0 });
    await soon(() => entries.some(({ kind }) => kind === 'metrics')).toBe(true);
    for (let by = 1; by <= 3; by += 1) await accounts.ref('1').deliver({ type: 'ADD', by });
    await soon(() => stepsOf(entries, 'account/1')).toBe(4);
    const last = entries.findLast((entry) => entry.kind === 'step');
    expect(last).toMatchObject({
      commit: 3,
      taken: [{ event: 'ADD' }],
      snapshots: { 'account/1': { context: { n: 6 } } },
    });
    await soon(() => entries.some((entry) => entry.kind === 'ended' && entry.address === 'account/1')).toBe(
      true,
    );
    expect(far.stats().actors).toBe(0);
    const { moments, more } = await source.history({ address: 'account/1' });
    expect(more).toBe(false);
    expect(moments.map(({ number, snapshot }) => [number, snapshot.context])).toEqual([
      // Before the event that the first commit decided over, it had begun.
      [0, { n: 0 }],
      [1, { n: 1 }],
      [2, { n: 3 }],
      [3, { n: 6 }],
    ]);
    await source.close();
  });

  it('is looked at with no more than the permissions of the role inspect', async () => {
    await using wall = await walled('shop');
    const book = logBook();
    await using far = await wall.join('node', 'shop', book);
    const ref = await far.spawn(counter, { id: 'counter' });
    await using near = await wall.join('inspect', 'shop', book);
    const source = liveSource(near);
    const entries: Entry[] = [];
    source.watch({ interest: { rate: 1_000 }, emit: (more) => entries.push(...more) > 0 });
    await soon(() => entries.some(({ kind }) => kind === 'actor')).toBe(true);
    ref.send({ type: 'ADD', by: 1 });
    await soon(() => stepsOf(entries, 'counter')).toBe(1);
    expect(await source.actor('counter')).toMatchObject({ state: 'open', snapshot: { context: { n: 1 } } });
    await expect(source.send('counter', { type: 'ADD' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await source.close();
    expect(book.lines).toEqual([]);
  });
});

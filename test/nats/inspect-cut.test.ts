import type { System } from 'troupe';
import { liveSource } from 'troupe/inspector';
import { describe, expect, it } from 'vitest';
import type { Reach } from '../../src/inspector/protocol.ts';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';
import { join } from './support/join.ts';

const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 15_000 });

const met = async (nodes: readonly System[]): Promise<void> =>
  soon(() => nodes.map((node) => node.members().length)).toEqual(nodes.map(() => nodes.length - 1));

describe('an inspector over NATS', () => {
  it('says that it has no connection, shows what it knew, and goes on when it is back', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near');
    await met([far, near]);
    await far.spawn(counter, { id: 'there' });
    const source = liveSource(near);
    let reach: Reach | undefined;
    source.watch({ interest: { rate: 0 }, emit: () => true, reached: (told) => (reach = told) });
    await soon(() => reach).toEqual({ nodes: 1, told: 1, missing: [] });
    await source.overview();
    await server.kill();
    await soon(() => reach).toMatchObject({
      ...{ cutSince: expect.any(Number) as number, told: 0 },
      missing: [{ node: far.node, why: 'DISCONNECTED' }],
    });
    const isSilent = async () => (await source.overview()).nodes[0]?.isSilent;
    await soon(isSilent).toBe(true);
    // What was said last is all there is: it is not taken for nothing.
    expect(await source.overview()).toMatchObject({
      nodes: [{ node: far.node, actors: 1 }],
      kinds: [{ actors: 1 }],
    });
    await expect(source.actor(`there@${far.node}`)).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await server.restart();
    await soon(() => reach).toEqual({ nodes: 1, told: 1, missing: [] });
    await soon(isSilent).toBeUndefined();
    await source.close();
  });

  it('takes no node of a command for a loss, and none of its own questions for a dead letter', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far');
    await using near = await join(server.url, 'near');
    await far.spawn(counter, { id: 'there' });
    const command = await join(server.url, 'cli');
    await met([far, near, command]);
    const source = liveSource(near);
    const told: Reach[] = [];
    source.watch({ interest: { rate: 0 }, emit: () => true, reached: (reach) => told.push(reach) });
    const shown = async () => (await source.overview()).nodes.map(({ node }) => node);
    expect(await shown()).toEqual([far.node]);
    await command.stop();
    await met([far, near]);
    const { nodes, alerts } = await source.overview();
    expect([nodes.map(({ isDown }) => isDown), alerts]).toEqual([[false], []]);
    expect(told.every((reach) => reach.nodes === 1)).toBe(true);
    // One with something in it is a node as any other.
    const worker = await join(server.url, 'cli');
    await worker.spawn(counter, { id: 'work' });
    await soon(shown).toEqual([far.node, worker.node]);
    await worker.stop();
    await soon(async () => (await source.overview()).alerts).toMatchObject([
      { text: `node ${worker.node} is down` },
    ]);

    const hasty = liveSource(near, { timeout: 1 });
    let late = 0;
    for (let i = 0; i < 50 || late === 0; i += 1)
      await hasty.history({ address: 'there' }).catch(() => (late += 1));
    // Those that were late have come before this one.
    await source.history({ address: 'there' });
    expect(near.deadLetters()).toEqual([]);
    await hasty.close();
    await source.close();
  });
});

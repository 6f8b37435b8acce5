import { describe, expect, it } from 'vitest';
import type { Ending } from '../../src/actor/host.ts';
import type { Node } from '../../src/node.ts';
import { createRef } from '../../src/actor/ref.ts';
import { seeded } from '../../src/testing/random.ts';
import { VirtualCluster } from './support/virtual-cluster.ts';

const IDS = Array.from({ length: 40 }, (_, i) => `order/${i}`);

/** Two hosts and a node that only sends; every actor has been told something. */
async function settled(limits = {}) {
  const world = new VirtualCluster(seeded(7), { limits });
  const a = await world.join('a', true);
  const b = await world.join('b', true);
  const s = await world.join('s', false);
  for (const id of IDS) world.send(s, id);
  await world.until(() => world.isQuiet);
  return { world, a, b, s };
}

const ownedBy = (node: Node, by: Node = node): string =>
  IDS.find((id) => by.placement.owner(id) === node.name)!;
const placesOf = (world: VirtualCluster, name: string): readonly string[] =>
  world.recorder.handled.filter(({ at }) => at === name).map(({ id }) => id);

describe('handover of virtual actors', () => {
  it('C3 hosts share the actors; a node that hosts nothing reaches all of them', async () => {
    const { world } = await settled();
    expect(world.missing()).toEqual([]);
    expect(placesOf(world, 'a').length + placesOf(world, 'b').length).toBe(IDS.length);
    expect(placesOf(world, 'a').length).toBeGreaterThan(5);
    expect(placesOf(world, 'b').length).toBeGreaterThan(5);
  });

  it('T2 a node that leaves gives everything away: what was sent to it just then is handled elsewhere', async () => {
    const { world, a, b, s } = await settled();
    for (const id of IDS) world.send(s, id);
    const leaving = world.leave(b);
    for (const id of IDS) world.send(s, id);
    await world.pass(3);
    for (const id of IDS) world.send(s, id);
    await world.until(() => world.isQuiet);
    await leaving;
    expect(world.missing()).toEqual([]);
    expect(world.keepers.get('b')!.isIdle).toBe(true);
    for (const id of IDS) expect(a.placement.owner(id)).toBe('a');
    expect(b.letters.list()).toEqual([]);
  });

  it('T2 the last host that leaves handles what arrived, and says no-such-actor to what comes later', async () => {
    const world = new VirtualCluster(seeded(3));
    const a = await world.join('a', true);
    const s = await world.join('s', false);
    for (const id of IDS) world.send(s, id);
    await world.pass(20);
    await Promise.all([world.leave(a), world.until(() => world.isQuiet)]);
    expect(world.missing()).toEqual([]);
    const question = s.ask('order/1', world.note(s, 'order/1'), { timeout: 2_000 });
    const outcome = expect(question).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    await world.pass(3_000);
    await outcome;
  });

  it('C2 the shards of a dead node are acquired as soon as it is known to be dead, nobody being asked', async () => {
    const { world, a, b, s } = await settled();
    const before = world.keepers.get('a')!.acquisitions.length;
    world.kill(b);
    await world.until(() => a.membership.size === 1);
    expect(new Set(world.keepers.get('a')!.acquisitions).size).toBe(world.limits.shards);
    expect(world.keepers.get('a')!.acquisitions.length).toBeGreaterThan(before);
    await world.until(() => s.membership.size === 1);
    const mark = world.recorder.handled.length;
    for (const id of IDS) world.send(s, id);
    await world.until(() => world.isQuiet);
    expect(world.recorder.handled.slice(mark).map(({ at }) => at)).toEqual(IDS.map(() => 'a'));
  });

  it('C1 a former owner that does not answer is waited for until `handover`, no longer', async () => {
    const { world, a, b, s } = await settled({ handover: 700 });
    world.keepers.get('b')!.release = async () => new Promise(() => undefined);
    world.keepers.get('a')!.release = async () => new Promise(() => undefined);
    const c = await world.join('c', true);
    const begun = world.clock.now();
    const id = ownedBy(c);
    await world.until(() => [a, b, s].every((node) => node.placement.owner(id) === 'c'));
    for (const node of [a, b, s]) world.send(node, id);
    const taken = (): number => world.recorder.handled.filter(({ at }) => at === 'c').length;
    await world.until(() => taken() > 0);
    expect(world.clock.now() - begun).toBeGreaterThanOrEqual(700);
    await world.until(() => taken() === 3);
    expect(world.clock.now() - begun).toBeLessThan(900);
  });

  it('T2 what waits for a shard is bounded: beyond `unresolved` it is a dead letter', async () => {
    const { world, a, b, s } = await settled({ unresolved: 5 });
    for (const keeper of world.keepers.values()) keeper.release = async () => new Promise(() => undefined);
    const c = await world.join('c', true);
    const id = ownedBy(c);
    await world.until(() => [a, b, s].every((node) => node.placement.owner(id) === 'c'));
    for (let i = 0; i < 20; i++) for (const node of [a, b, s]) world.send(node, id);
    await world.pass(100);
    const nodes = [a, b, c, s];
    const waiting = nodes.map(({ placement }) => placement.pending);
    const lost = nodes.map(({ letters }) => letters.counts()['mailbox-full'] ?? 0);
    expect(Math.max(...waiting)).toBeLessThanOrEqual(5);
    expect([...waiting, ...lost].reduce((sum, each) => sum + each)).toBe(60);
  });

  it('T3 a question that was under way when its actor moved is answered by the new owner, also when the old one is gone', async () => {
    const { world, b, s } = await settled();
    const id = ownedBy(b);
    const answers: Promise<unknown>[] = [];
    void world.leave(b);
    for (let i = 0; i < 5; i++) {
      answers.push(s.ask(id, world.note(s, id), { timeout: 60_000 }));
      await world.pass(2);
    }
    await world.until(() => world.isQuiet);
    expect(await Promise.all(answers)).toMatchObject([2, 3, 4, 5, 6].map((n) => ({ type: 'NOTED', n })));
    expect(world.missing()).toEqual([]);
  });

  it('T3 a question is rejected when the node that it was forwarded to dies', async () => {
    const { world, a, b, s } = await settled();
    const id = ownedBy(b);
    world.keepers.get('a')!.receiver(id).handle = () => true;
    void world.leave(b);
    const question = s.ask(id, world.note(s, id), { timeout: 60_000 });
    const outcome = expect(question).rejects.toMatchObject({ code: 'NODE_DOWN' });
    await world.until(() => !s.membership.has('b'));
    world.kill(a);
    await world.pass(5_000);
    await outcome;
  });

  it('A3 an observer follows its actor when it moves and when its node dies', async () => {
    const { world, a, b, s } = await settled();
    const id = ownedBy(b);
    for (const watcher of [s, a]) {
      const seen: number[] = [];
      const ends: Ending[] = [];
      const stop = watcher.observe(id, {
        next: ({ context }) => seen.push((context as { n: number }).n),
        end: (ending) => ends.push(ending),
      });
      await world.pass(100);
      expect(seen.length).toBe(1);
      const owner = world.nodes.get(s.placement.owner(id)!)!;
      if (watcher === s) await Promise.all([world.leave(owner), world.until(() => world.isQuiet)]);
      await world.pass(200);
      world.send(s, id);
      await world.pass(200);
      expect(seen.at(-1)).toBe(watcher === s ? 1 : 2);
      expect(ends).toEqual([]);
      stop();
    }
    const c = await world.join('c', true);
    await world.until(() => s.placement.owner(ownedBy(c, c)) === 'c');
    const ends: Ending[] = [];
    const seen: unknown[] = [];
    s.observe(ownedBy(c), { next: (view) => seen.push(view), end: (ending) => ends.push(ending) });
    await world.pass(100);
    const before = seen.length;
    world.kill(c);
    await world.until(() => s.placement.owner(ownedBy(a)) === 'a' && seen.length > before);
    expect(ends).toEqual([]);
  });

  it('A3 stop, snapshot and waitFor reach a virtual actor wherever it is', async () => {
    const { world, a, b, s } = await settled();
    const id = ownedBy(b);
    const ref = createRef(s, id);
    const snapshot = ref.snapshot();
    await world.pass(50);
    expect(await snapshot).toMatchObject({ value: 'noting', context: { n: 1 } });
    const later = ref.waitFor(({ context }) => (context as { n: number }).n === 3);
    world.send(a, id);
    world.send(a, id);
    await world.pass(100);
    expect(await later).toMatchObject({ context: { n: 3 } });
    const endings: string[] = [];
    ref.watch(({ reason }) => endings.push(reason));
    await world.pass(50);
    const stopped = createRef(a, id).stop();
    await world.pass(100);
    await stopped;
    expect(endings).toEqual(['stopped']);
    expect(world.keepers.get('b')!.has(id)).toBe(false);
  });

  it('an actor that was spawned here under such an id is found before; pinned ids and other kinds are not virtual', async () => {
    const { world, a, s } = await settled();
    const keeper = world.keepers.get('a')!;
    keeper.receiver('order/own');
    const has = keeper.has.bind(keeper);
    keeper.has = (id) => id !== 'order/own' && has(id);
    expect(['order/own', 'order/own/part'].map((id) => a.placement.covers(id))).toEqual([false, false]);
    expect(['order/0', 'order/0/part'].map((id) => a.placement.covers(id))).toEqual([true, true]);
    expect(a.placement.owner('order/0/part')).toBe(a.placement.owner('order/0'));
    expect(['order/0@a', 'order', 'cart/1'].map((id) => s.placement.covers(id))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('T4 forged words about shards harm nobody', async () => {
    const { world, a, b, s } = await settled();
    const say = (event: object): void => s.say(event as never, 'a');
    for (const shard of [-1, 1.5, NaN, 2 ** 40, '0'])
      say({ type: '$flush', kind: 'order', shard, origin: 's', number: 1 });
    for (const kind of ['', 'a/b', 'a@b', 7]) say({ type: '$release', kind, shards: [0], number: 1 });
    say({ type: '$flush', kind: 'never', shard: 65_000, origin: 'nobody', number: 1 });
    say({ type: '$released', kind: 'order', shards: [0, 1, 2], number: 99, heir: 'nobody' });
    say({ type: '$flushed', kind: 'order', shard: 3, number: 12_345 });
    say({ type: '$forwarded', number: 77, to: 'nobody' });
    await world.pass(100);
    expect(a.letters.rejections()).toEqual({ MALFORMED_MESSAGE: 9 });
    for (const id of IDS) world.send(b, id);
    await world.until(() => world.isQuiet);
    expect(world.missing()).toEqual([]);
  });
});

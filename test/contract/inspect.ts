import { describe, expect, it } from 'vitest';
import { liveSource } from '../../src/inspector/source/live.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import type { Interest } from '../../src/inspector/protocol.ts';
import { memory, type System } from '../../src/index.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { order, SECRET } from './inspected.ts';
import { freshName, worldOn, type Make, type World } from './world.ts';

/** Metrics come once a second, and the machine may be busy. */
const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 10_000 });

interface Told {
  readonly entries: Entry[];
  readonly lines: () => Line[];
  readonly close: () => void;
}

function watch(source: Source, interest: Interest, emits: () => boolean = () => true): Told {
  const entries: Entry[] = [];
  const watching = source.watch({
    interest,
    emit(more) {
      if (!emits()) return false;
      entries.push(...more);
      return true;
    },
  });
  return {
    entries,
    lines: () => entries.filter((entry) => entry.kind === 'step'),
    close: () => watching.close(),
  };
}

const steps = ({ lines }: Told, address: string): Line[] =>
  lines().filter(({ snapshots }) => address in snapshots);

export function inspectContract(name: string, make: Make): void {
  describe(`a system that is looked at, over ${name}`, () => {
    const world = worldOn(make);

    /** A system of two nodes, `near` with actors, and one that looks. */
    async function looked(options: Parameters<World['join']>[1] = {}): Promise<{
      near: System;
      far: System;
      source: Source;
      [Symbol.asyncDispose](): Promise<void>;
    }> {
      const system = freshName();
      const near = await world.join(system, { node: 'near', ...options });
      const far = await world.join(system, { node: 'far' });
      await soon(() => [near, far].map((node) => node.members().length)).toEqual([1, 1]);
      const source = liveSource(far, { canSend: true });
      return {
        near,
        far,
        source,
        async [Symbol.asyncDispose]() {
          await source.close();
          await Promise.all([near.stop(), far.stop()]);
        },
      };
    }

    const metricsOf = ({ entries }: Told) => entries.filter((entry) => entry.kind === 'metrics');

    it('says what there is', async () => {
      await using world = await looked();
      const { near, source } = world;
      await near.spawn(order, { id: 'order-1' });
      await near.serve('stock', order, { instances: 2 });
      const { nodes, kinds } = await source.overview();
      // The one that only looks is not shown.
      expect(nodes.map(({ node, actors }) => [node, actors])).toEqual([[near.node, 3]]);
      expect(nodes[0]?.services).toEqual({ stock: 2 });
      expect(kinds).toMatchObject([{ kind: 'order', actors: 3, states: { open: 3 } }]);
      const { rows, total } = await source.actors({ id: 'order' });
      expect({ rows, total }).toMatchObject({
        rows: [{ address: 'order-1', node: near.node, state: 'open' }],
        total: 1,
      });
      const page = await source.actors({ from: 1, limit: 1 });
      expect([page.rows.length, page.total]).toEqual([1, 3]);
      const chart = await source.chart(kinds[0]?.chart ?? '');
      expect(chart?.id).toBe('order');
      expect(await source.chart('nothing')).toBeUndefined();
    });

    it('is not changed by it: no actor more, no message counted', async () => {
      await using world = await looked();
      const { near, far, source } = world;
      const watching = watch(source, { rate: 1_000 });
      await near.spawn(order, { id: 'order-1' });
      const metrics = () => metricsOf(watching).filter(({ node }) => node === near.node);
      await soon(metrics).not.toEqual([]);
      expect(await far.actors()).toHaveLength(1);
      expect(near.stats().actors).toBe(1);
      expect(metrics().at(-1)).toMatchObject({
        sent: 0,
        handled: 0,
        kinds: { order: { actors: 1, states: { open: 1 } } },
      });
      expect(watching.lines().every(({ snapshots }) => 'order-1' in snapshots)).toBe(true);
    });

    it('shows one actor', async () => {
      await using world = await looked();
      const { near, source } = world;
      const ref = await near.spawn(order, { id: 'order-1' });
      ref.send({ type: 'LIGHT' });
      await soon(async () => (await source.actor('order-1')).children[0]?.state).toBe('on');
      const detail = await source.actor('order-1');
      expect(detail).toMatchObject({
        node: near.node,
        kind: 'order',
        state: 'open',
        children: [{ path: ['lamp'], kind: 'child', state: 'on' }],
        timers: [{ event: 'xstate.after.60000.order.open' }],
        waiting: 0,
      });
      expect(detail.timers[0]?.due).toBeGreaterThan(Date.now() + 30_000);
      expect(detail.events.find(({ type }) => type === 'PAY')).toEqual({ type: 'PAY', enabled: true });
      await expect(source.actor('nobody')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
      await expect(source.actor('$monitor')).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    });

    it('says what an event would do, and does nothing', async () => {
      await using world = await looked();
      const { near, source } = world;
      const ref = await near.spawn(order, { id: 'order-1' });
      const run = await source.dryRun('order-1', { type: 'PAY' });
      expect(run).toMatchObject({
        handled: true,
        snapshot: { status: 'active', value: 'paid' },
        taken: [{ state: 'order.open', event: 'PAY', index: 1 }],
      });
      expect(run.effects).toContain('tell stock ADD');
      expect(await source.dryRun('order-1', { type: 'NOTHING' })).toMatchObject({ handled: false });
      expect((await source.dryRun('order-1', { type: 'LIGHT' })).taken).toContainEqual(
        expect.objectContaining({ path: ['lamp'], state: 'child.off' }),
      );
      expect((await source.dryRun('order-1', { type: 'FAIL' })).snapshot.status).toBe('active');
      expect(await ref.snapshot()).toMatchObject({ value: 'open' });
      expect((await source.actor('order-1')).children[0]?.state).toBe('off');
    });

    it('tells what happens, with the transition taken and what caused it', async () => {
      await using world = await looked();
      const { near, source } = world;
      await near.spawn(order, { id: 'order-1' });
      await near.spawn(order, { id: 'stock' });
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.filter(({ kind }) => kind === 'actor')).toHaveLength(2);
      await source.send('order-1', { type: 'PAY' });
      await soon(() => steps(watching, 'stock')).toHaveLength(1);
      const [paid] = steps(watching, 'order-1');
      const [added] = steps(watching, 'stock');
      expect(paid).toMatchObject({
        action: { kind: 'deliver', sent: { to: 'order-1', event: { type: 'PAY' } } },
        taken: [{ state: 'order.open', event: 'PAY', index: 1 }],
        snapshots: { 'order-1': { value: 'paid' } },
        sent: [{ from: 'order-1', to: 'stock', id: added?.message?.id }],
        node: near.node,
      });
      expect(added?.message).toMatchObject({
        cause: paid?.message?.id,
        correlation: paid?.message?.correlation,
      });
      // A chart comes before the first actor that has it.
      const first = (kind: string): number => watching.entries.findIndex((entry) => entry.kind === kind);
      expect(first('chart')).toBeLessThan(first('actor'));
      expect(first('chart')).toBeGreaterThanOrEqual(0);
    });

    it('tells of actors that begin, work and end', async () => {
      await using world = await looked();
      const { near, source } = world;
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.some(({ kind }) => kind === 'metrics')).toBe(true);
      const ref = await near.spawn(order, { id: 'order-1' });
      ref.send({ type: 'WORK' });
      await soon(() => steps(watching, 'order-1').map(({ action }) => action.kind)).toEqual([
        'start',
        'deliver',
        'settle',
      ]);
      await ref.stop();
      await soon(() => watching.entries.find(({ kind }) => kind === 'ended')).toMatchObject({
        address: 'order-1',
        reason: 'stopped',
      });
    });

    it('shows the step over which an actor fails, without what is then not said', async () => {
      await using world = await looked();
      const { near, source } = world;
      const ref = await near.spawn(order, { id: 'order-1' });
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.some(({ kind }) => kind === 'actor')).toBe(true);
      ref.send({ type: 'FAIL' });
      ref.send({ type: 'ADD' });
      await soon(() => steps(watching, 'order-1')).toHaveLength(3);
      expect(steps(watching, 'order-1')).toMatchObject([
        { sent: [], snapshots: { 'order-1': { status: 'error', error: { message: 'it fails' } } } },
        { action: { kind: 'start' }, snapshots: { 'order-1': { status: 'active' } } },
        { action: { kind: 'deliver' }, snapshots: { 'order-1': { context: { n: 1 } } } },
      ]);
      await soon(() => metricsOf(watching).some(({ kinds }) => kinds['order']?.failed === 1)).toBe(true);
      const other = await near.spawn(order, { id: 'order-2', supervision: { directive: 'resume' } });
      await soon(() => steps(watching, 'order-2')).toHaveLength(1);
      other.send({ type: 'FAIL' });
      await soon(() => steps(watching, 'order-2')).toHaveLength(2);
      expect(steps(watching, 'order-2')[1]).toMatchObject({
        sent: [],
        snapshots: { 'order-2': { value: 'open' } },
      });
    });

    it('fits what it tells into the messages it may send', async () => {
      await using world = await looked({ limits: { payload: 8_192, frame: 8_192 } });
      const { near, source } = world;
      const ids = Array.from({ length: 300 }, (_, i) => `an-order-with-a-rather-long-name-${i}`);
      for (const id of ids) await near.spawn(order, { id });
      const watching = watch(source, { rate: 100_000 });
      await soon(() => watching.entries.filter(({ kind }) => kind === 'actor').length).toBeGreaterThan(200);
      const { rows, total } = await source.actors({ limit: 1_000 });
      expect([rows.length, total]).toEqual([300, 300]);
      near.ref(ids[0]!).send({ type: 'ADD', password: 'x'.repeat(7_000) });
      await soon(() => steps(watching, ids[0]!).length).toBe(1);
      expect(near.stats().deadLetters).toEqual({});
    });

    it('tells of dead letters, and of their rising', async () => {
      await using world = await looked();
      const { near, source } = world;
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.some(({ kind }) => kind === 'metrics')).toBe(true);
      await source.overview();
      near.ref('nobody').send({ type: 'LOST' });
      await soon(() => watching.entries.find(({ kind }) => kind === 'letter')).toMatchObject({
        reason: 'no-such-actor',
        message: { to: 'nobody', event: { type: 'LOST' } },
      });
      const { rows } = await source.deadLetters({});
      expect(rows[0]).toMatchObject({ reason: 'no-such-actor', to: 'nobody' });
      const { alerts } = await source.overview();
      expect(alerts.map(({ text }) => text).join()).toContain('dead letters');
    });

    it('tells only of what is selected', async () => {
      await using world = await looked();
      const { near, source } = world;
      const one = await near.spawn(order, { id: 'one' });
      const two = await near.spawn(order, { id: 'two' });
      const watching = watch(source, { actors: ['one'] });
      await soon(() => watching.entries.some(({ kind }) => kind === 'actor')).toBe(true);
      for (let i = 0; i < 10; i += 1) {
        one.send({ type: 'ADD' });
        two.send({ type: 'ADD' });
      }
      await soon(() => steps(watching, 'one')).toHaveLength(10);
      expect(steps(watching, 'two')).toHaveLength(0);
    });

    it('ends with its watcher, and costs nothing then', async () => {
      await using world = await looked();
      const { near, source } = world;
      const ref = await near.spawn(order, { id: 'one' });
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.some(({ kind }) => kind === 'actor')).toBe(true);
      watching.close();
      // That it falls silent is seen only by listening for a while: no more is said than what nodes say of themselves.
      await soon(async () => {
        const before = near.stats().sent;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return near.stats().sent - before;
      }).toBeLessThan(3);
      await ref.ask({ type: 'ADD' });
      // Of two steps the next watcher is told the one that it was there for, and by then the first would have been told the other.
      const next = watch(source, { rate: 1_000 });
      await soon(() => next.entries.some(({ kind }) => kind === 'actor')).toBe(true);
      await ref.ask({ type: 'ADD' });
      await soon(() => steps(next, 'one')).toHaveLength(1);
      expect(steps(watching, 'one')).toEqual([]);
    });

    it('does not wait for a watcher that takes nothing, and says afterwards how much it left out', async () => {
      await using world = await looked();
      const { near, source } = world;
      const ref = await near.spawn(order, { id: 'one' });
      let takes = true;
      const watching = watch(source, { actors: ['one'] }, () => takes);
      await soon(() => watching.entries.some(({ kind }) => kind === 'actor')).toBe(true);
      takes = false;
      // Longer than what it may be told without taking any lasts; that it refuses is seen nowhere.
      const end = Date.now() + 1_500;
      let sent = 0;
      while (Date.now() < end) {
        for (let i = 0; i < 100; i += 1) ref.send({ type: 'ADD' });
        sent += 100;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await ref.ask({ type: 'ADD' });
      takes = true;
      const dropped = (): number =>
        watching.entries.reduce((sum, entry) => sum + (entry.kind === 'dropped' ? entry.lines : 0), 0);
      await soon(() => dropped() + steps(watching, 'one').length).toBe(sent + 1);
      expect(dropped()).toBeGreaterThan(0);
      // Its state is told all the same: as it is now.
      const last = (): unknown => {
        const entry = watching.entries.findLast(
          (each) => each.kind === 'actor' && each.snapshot !== undefined,
        );
        return entry?.kind === 'actor' ? entry.snapshot?.context : undefined;
      };
      await soon(last).toMatchObject({ n: sent + 1 });
    });

    it('never tells what is hidden, in no answer and no line', async () => {
      await using world = await looked({
        inspect: { redact: { order: ['context.card', 'event.password'] } },
        store: memory(),
      });
      const { near, source } = world;
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.some(({ kind }) => kind === 'metrics')).toBe(true);
      const live = await near.spawn(order, { id: 'live' });
      const durable = await near.spawn(order, { id: 'durable', durable: true });
      for (const ref of [live, durable]) await ref.ask({ type: 'ADD', password: SECRET });
      near.ref('nobody').send({ type: 'LOST', password: SECRET });
      await soon(() =>
        [steps(watching, 'live'), steps(watching, 'durable')].map(({ length }) => length),
      ).toEqual([2, 2]);
      await soon(() => watching.entries.some(({ kind }) => kind === 'letter')).toBe(true);
      const answers = await Promise.all([
        source.actor('live'),
        source.actor('durable'),
        source.history({ address: 'durable' }),
        source.history({ address: 'live' }),
        source.dryRun('live', { type: 'ADD', password: SECRET } as never),
        source.deadLetters({}),
        source.overview(),
      ]);
      expect(JSON.stringify([answers, watching.entries])).not.toContain(SECRET);
      expect(JSON.stringify(watching.entries)).toContain('(redacted)');
    });

    it('sees durable actors, step by step, and their past in the store', async () => {
      await using world = await looked({ store: memory() });
      const { near, source } = world;
      const watching = watch(source, { rate: 1_000 });
      await soon(() => watching.entries.some(({ kind }) => kind === 'metrics')).toBe(true);
      const ref = await near.spawn(order, { id: 'kept', durable: true });
      await ref.ask({ type: 'ADD' });
      ref.send({ type: 'PAY' });
      await soon(() => steps(watching, 'kept')).toHaveLength(3);
      expect(steps(watching, 'kept')).toMatchObject([
        { action: { kind: 'start', actor: 'kept' }, commit: 1 },
        {
          action: { kind: 'deliver' },
          commit: 2,
          taken: [{ event: 'ADD', index: 0 }],
          message: { kind: 'request' },
        },
        {
          commit: 3,
          taken: [{ event: 'PAY', index: 1 }],
          sent: [{ to: 'stock' }],
          snapshots: { kept: { value: 'paid' } },
        },
      ]);
      const entry = watching.entries.find((each) => each.kind === 'actor' && each.address === 'kept');
      expect(entry).toMatchObject({ durable: true, machine: 'order' });
      const { moments } = await source.history({ address: 'kept' });
      expect(moments.slice(0, 3)).toMatchObject([
        { number: 1, causes: ['start'] },
        { number: 2, causes: ['ADD'], snapshot: { context: { n: 1 } } },
        { number: 3, causes: ['PAY'], snapshot: { value: 'paid' } },
      ]);
      const page = await source.history({ address: 'kept', before: 3, limit: 1 });
      expect([page.moments.map(({ number }) => number), page.more]).toEqual([[2], true]);
      expect(await source.actor('kept')).toMatchObject({ durable: true, state: 'paid' });
      expect((await source.dryRun('kept', { type: 'LIGHT' })).handled).toBe(true);
    });

    it('is left alone when its option says so', async () => {
      await using world = await looked({ inspect: false });
      const { near, source } = world;
      await near.spawn(order, { id: 'order-1' });
      const { nodes } = await source.overview();
      expect(nodes.map(({ node, actors }) => [node, actors])).toContainEqual([near.node, 0]);
      await expect(source.actor('order-1')).rejects.toThrow();
    });
  });
}

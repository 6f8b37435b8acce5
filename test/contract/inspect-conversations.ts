import { describe, expect, it } from 'vitest';
import { assign, fromPromise, raise, setup } from 'xstate';
import { liveSource } from '../../src/inspector/source/live.ts';
import type { Source, Watching } from '../../src/inspector/source/source.ts';
import type { Interest } from '../../src/inspector/protocol.ts';
import { ask, memory, reply, tell, type ReplyTo, type System } from '../../src/index.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import { shareOf } from '../../src/monitoring/sampling.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { freshName, worldOn, type Make } from './world.ts';

const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 10_000 });

const stock = setup({
  types: { events: {} as { type: 'TAKE'; replyTo: ReplyTo<{ type: 'TAKEN' }> } },
}).createMachine({ id: 'stock', on: { TAKE: { actions: reply({ type: 'TAKEN' as const }) } } });

/** Asks, waits, asks again and is done; with `isTold` it waits for a message first. */
const errand = setup({
  types: { context: {} as { n: number }, input: {} as { isTold: boolean }, events: {} as { type: 'GO' } },
  actors: { ask, work: fromPromise(async () => Promise.resolve(1)) },
  guards: { isEnough: ({ context }) => context.n === 3 },
}).createMachine({
  id: 'errand',
  context: { n: 0 },
  initial: 'begun',
  states: {
    begun: { on: { GO: 'asking' }, always: { target: 'asking', guard: ({ event }) => isAlone(event) } },
    asking: {
      entry: assign({ n: ({ context }) => context.n + 1 }),
      invoke: { src: 'ask', input: { to: 'stock', event: { type: 'TAKE' } }, onDone: 'waiting' },
    },
    waiting: { always: { target: 'working', guard: 'isEnough' }, after: { 5: 'asking' } },
    working: { invoke: { src: 'work', onDone: 'done' } },
    done: { entry: tell('books', { type: 'DONE' }) },
  },
});

const isAlone = (event: unknown): boolean => {
  const { type, input } = event as { type: string; input?: { isTold: boolean } };
  return type === 'xstate.init' && input?.isTold === false;
};

/** Does jobs beside each other, and says after a while that one is done. */
const desk = setup({ types: { events: {} as { type: 'JOB' } | { type: 'LATE' } } }).createMachine({
  id: 'desk',
  on: {
    JOB: { actions: raise({ type: 'LATE' }, { delay: 20 }) },
    LATE: { actions: tell('books', { type: 'DONE' }) },
  },
});

const books = setup({}).createMachine({ id: 'books', on: { DONE: {} } });

const clock = setup({}).createMachine({
  id: 'clock',
  initial: 'tick',
  states: {
    tick: { entry: tell('books', { type: 'DONE' }), after: { 1: { target: 'tick', reenter: true } } },
  },
});

export function conversationsContract(name: string, make: Make): void {
  describe(`conversations, over ${name}`, () => {
    const world = worldOn(make);

    /** A system of two nodes, looked at from a third. */
    async function looked(interest: Interest): Promise<{
      one: System;
      two: System;
      source: Source;
      watching: Watching;
      entries: Entry[];
      of: (address: string) => Line[];
      [Symbol.asyncDispose](): Promise<void>;
    }> {
      const system = freshName();
      const one = await world.join(system, { node: 'one', store: memory() });
      const two = await world.join(system, { node: 'two' });
      const eye = await world.join(system, { node: 'eye' });
      const nodes = [one, two, eye];
      await soon(() => nodes.map((node) => node.members().length)).toEqual([2, 2, 2]);
      await two.spawn(stock, { id: 'stock' });
      await two.spawn(books, { id: 'books' });
      const source = liveSource(eye);
      const entries: Entry[] = [];
      const watching = source.watch({
        interest,
        emit(more) {
          entries.push(...more);
          return true;
        },
      });
      await watching.inForce?.();
      const of = (address: string): Line[] =>
        entries.filter((entry) => entry.kind === 'step' && address in entry.snapshots) as Line[];
      const close = async (): Promise<void> => {
        await source.close();
        await Promise.all(nodes.map(async (node) => node.stop()));
      };
      return { one, two, source, watching, entries, of, [Symbol.asyncDispose]: close };
    }

    const correlations = (lines: readonly Line[]) => [
      ...new Set(lines.map(({ message }) => message?.correlation)),
    ];

    it('go on over work and timers, under the address of the actor that began by itself', async () => {
      await using world = await looked({ rate: 1_000 });
      const { one, of } = world;
      await one.spawn(errand, { id: 'alone', input: { isTold: false } });
      await soon(() => of('books')).toHaveLength(1);
      expect(correlations([...of('stock'), ...of('books')])).toEqual(['alone']);
      expect(of('stock').map(({ message }) => message?.cause)).toEqual([undefined, undefined, undefined]);
      // Also what no message set going.
      await soon(() => of('alone')).toHaveLength(7);
      expect(of('alone').map(({ correlation }) => correlation)).toEqual(Array(7).fill('alone'));
    });

    it.each([false, true])('go on from the message that was handled last; durable: %s', async (durable) => {
      await using world = await looked({ rate: 1_000 });
      const { one, of } = world;
      const ref = await one.spawn(errand, { id: 'told', input: { isTold: true }, durable });
      ref.send({ type: 'GO' });
      await soon(() => of('books')).toHaveLength(1);
      // Each node tells in its own time.
      await soon(() => of('told').some(({ message }) => message !== undefined)).toBe(true);
      await soon(() => of('stock')).toHaveLength(3);
      const go = of('told').find(({ message }) => message !== undefined)?.message;
      expect(go?.correlation).toBe(go?.id);
      const own = of('told').filter(({ action }) => ['settle', 'timeout'].includes(action.kind));
      expect(new Set(own.map((line) => line.message?.correlation ?? line.correlation))).toEqual(
        new Set([go?.id]),
      );
      const said = [...of('stock'), ...of('books')];
      expect(said).toHaveLength(4);
      expect(correlations(said)).toEqual([go?.id]);
      // An answer is a message to a durable actor: what is said over it is caused by it.
      if (!durable) expect(said.map(({ message }) => message?.cause)).toEqual(said.map(() => go?.id));
    });

    it('are never mixed: one that works for several says what it says late in none of theirs', async () => {
      await using world = await looked({ rate: 1_000 });
      const { one, of } = world;
      const ref = await one.spawn(desk, { id: 'desk' });
      ref.send({ type: 'JOB' });
      ref.send({ type: 'JOB' });
      await soon(() => of('books')).toHaveLength(2);
      const jobs = correlations(of('desk').filter(({ message }) => message !== undefined));
      expect(jobs).toHaveLength(2);
      const timeouts = of('desk').filter(({ message }) => message === undefined);
      expect(timeouts.map(({ correlation }) => correlation)).toEqual(['desk', undefined, undefined]);
      const late = correlations(of('books'));
      expect(late).toHaveLength(2);
      expect(late.filter((each) => jobs.includes(each))).toEqual([]);
    });

    it('are not one for ever: who ticks begins a new one each time, after a while', async () => {
      await using world = await looked({ rate: 10_000 });
      const { one, of } = world;
      await one.spawn(clock, { id: 'clock' });
      await soon(() => of('books').length).toBeGreaterThan(110);
      const [first, ...others] = correlations(of('books'));
      expect(first).toBe('clock');
      expect(of('books').filter(({ message }) => message?.correlation === 'clock')).toHaveLength(100);
      expect(others.length).toBeGreaterThan(9);
    });

    it('are told whole, when what begins them is selected before it begins', async () => {
      await using world = await looked({ rate: 0 });
      const { one, two, watching, of, entries } = world;
      const ids = Array.from({ length: 100 }, (_, i) => `errand-${i}`);
      for (const [i, id] of ids.entries()) {
        // By address, pinned or not, or as the name of a conversation.
        const where = i % 2 === 0 ? one : two;
        const actors = [[id], [`${id}@${where.node}`], []][i % 3] ?? [];
        watching.refocus({ actors, correlations: [id], rate: 0 });
        await watching.inForce?.();
        const ref = await where.spawn(errand, { id, input: { isTold: false } });
        await soon(async () => ((await ref.snapshot()) as { value: unknown }).value).toBe('done');
      }
      const kinds = ['start', 'settle', 'timeout', 'settle', 'timeout', 'settle', 'settle'];
      await soon(() => ids.filter((id) => of(id).length < kinds.length)).toEqual([]);
      for (const id of ids) expect(of(id).map(({ action }) => action.kind)).toEqual(kinds);
      expect(of('stock').map(({ message }) => message?.correlation)).toEqual(
        ids.flatMap((id) => [id, id, id]),
      );
      expect(entries.filter(({ kind }) => kind === 'dropped')).toEqual([]);
    }, 30_000);

    it('are told whole, when they are sampled', async () => {
      await using world = await looked({ rate: 1_500 });
      const { one, of, entries } = world;
      const ids = Array.from({ length: 400 }, (_, i) => `many-${i}`);
      for (const id of ids) {
        await one.spawn(errand, { id, input: { isTold: false } });
        // Work that goes on while it is told of: a burst would be over before the first share is known.
        if (Number(id.slice(5)) % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await soon(() => entries.filter(({ kind }) => kind === 'metrics').length).toBeGreaterThan(3);
      const shares = entries.flatMap((entry) => (entry.kind === 'dropped' ? entry.sampling : []));
      expect(Math.min(...shares)).toBeLessThan(1);
      // All of them choose the same ones first.
      const first = ids.toSorted((a, b) => shareOf(a) - shareOf(b)).slice(0, 4);
      for (const id of first) {
        await soon(() => of(id)).toHaveLength(7);
        await soon(() => of('stock').filter(({ message }) => message?.correlation === id)).toHaveLength(3);
      }
    }, 30_000);

    it('are told whole, when one of their nodes has far more to tell than the other', async () => {
      await using world = await looked({ rate: 1_000 });
      const { one, two, of, entries } = world;
      const flood = two.ref<typeof books>('books');
      const over = new AbortController();
      const flooding = (async () => {
        while (!over.signal.aborted) {
          for (let i = 0; i < 100; i += 1) flood.send({ type: 'DONE' });
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      })().catch(() => undefined);
      const sharesOf = ({ node }: System): number[] =>
        entries.flatMap((entry) => (entry.kind === 'dropped' && entry.node === node ? entry.sampling : []));
      // The one that has little to tell keeps to what the other can.
      await soon(() => sharesOf(one).at(-1) ?? 1).toBeLessThan(1 / 4);
      const before = sharesOf(two).length;
      const names = Array.from({ length: 200_000 }, (_, i) => `far-${i}`);
      // Some that are told however little is told, few enough that the share need not fall for them, and some as they come.
      const ids = [...names.filter((id) => shareOf(id) < 1 / 5_000).slice(0, 10), ...names.slice(0, 100)];
      for (const id of new Set(ids)) await one.spawn(errand, { id, input: { isTold: false } });
      await soon(() => sharesOf(two).length).toBeGreaterThan(before);
      over.abort();
      await flooding;
      const least = Math.min(...sharesOf(one), ...sharesOf(two));
      expect(names.slice(0, 100).filter((id) => of(id).length > 0).length).toBeLessThan(50);
      // Between two reports a share may fall for a moment; a conversation under way is cut off then.
      const whole = ids.filter((id) => shareOf(id) < least / 16);
      expect(whole.length).toBeGreaterThan(0);
      for (const id of whole) {
        await soon(() => of(id)).toHaveLength(7);
        await soon(() => of('stock').filter(({ message }) => message?.correlation === id)).toHaveLength(3);
      }
    }, 30_000);
  });
}

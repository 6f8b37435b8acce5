import { expect, it } from 'vitest';
import { assign, fromTransition, raise, sendTo, setup, spawnChild, stopChild } from 'xstate';
import { counter } from '../../support/actors.ts';
import { storedOf, type Stored } from './stored.ts';
import type { World } from './world.ts';

const player = setup({
  types: { context: {} as { tracks: readonly string[] }, events: {} as { type: string; track: string } },
}).createMachine({
  id: 'player',
  type: 'parallel',
  context: { tracks: [] },
  states: {
    sound: {
      initial: 'on',
      states: {
        on: {
          initial: 'low',
          states: {
            low: { on: { LOUDER: 'high' } },
            high: { initial: 'clear', states: { clear: { on: { DISTORT: 'harsh' } }, harsh: {} } },
            shallow: { type: 'history' },
            deep: { type: 'history', history: 'deep' },
          },
          on: { MUTE: 'muted' },
        },
        muted: { on: { UNMUTE: 'on.deep', UNMUTE_SHALLOW: 'on.shallow' } },
      },
    },
    disc: {
      initial: 'empty',
      states: {
        empty: {
          on: {
            INSERT: {
              target: 'playing',
              actions: [
                assign({ tracks: ({ context, event }) => [...context.tracks, event.track] }),
                raise({ type: 'LOUDER', track: '' }),
              ],
            },
          },
        },
        playing: { on: { EJECT: 'empty' } },
      },
    },
  },
});

const leaf = setup({
  types: { context: {} as { heard: number }, events: {} as { type: 'HEAR' } },
}).createMachine({
  id: 'leaf',
  context: { heard: 0 },
  on: { HEAR: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
});

const branch = setup({ actors: { leaf } }).createMachine({
  id: 'branch',
  invoke: { src: 'leaf', id: 'leaf' },
  on: { HEAR: { actions: sendTo('leaf', { type: 'HEAR' }) } },
});

const tree = setup({
  types: {
    context: {} as { count: number },
    events: {} as { type: 'GROW' } | { type: 'PRUNE'; id: string } | { type: 'HEAR'; id: string },
  },
  actors: { branch },
}).createMachine({
  id: 'tree',
  context: { count: 0 },
  invoke: { src: 'branch', id: 'trunk' },
  on: {
    GROW: {
      actions: [
        assign({ count: ({ context }) => context.count + 1 }),
        spawnChild('branch', { id: ({ context }) => `branch-${context.count}` }),
      ],
    },
    PRUNE: { actions: stopChild(({ event }) => event.id) },
    HEAR: { actions: sendTo(({ event }) => event.id, { type: 'HEAR' }) },
  },
});

/** What the leaf of each branch has heard. */
const leavesOf = ({ state }: Stored): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(state.actor.children).map(([id, { children }]) => [
      id,
      (children['leaf']?.context as { heard: number }).heard,
    ]),
  );

/** A durable actor comes back as it was: its state value, context, history, and all of its children. */
export function stateBehaviour(world: World): void {
  it('state value, context and history come back, after a stop and after a crash', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(player, { id: 'player', durable: true });
    await ref.deliver({ type: 'INSERT', track: 'one' });
    await ref.deliver({ type: 'DISTORT', track: '' });
    await ref.deliver({ type: 'MUTE', track: '' });
    await first.system.stop();

    const second = await stage.open();
    const again = await second.system.spawn(player, { id: 'player', durable: true });
    const view = await again.snapshot();
    expect(view.value).toEqual({ sound: 'muted', disc: 'playing' });
    expect(view.context).toEqual({ tracks: ['one'] });
    await again.deliver({ type: 'UNMUTE', track: '' });
    await second.crash();

    const third = await stage.open();
    const last = await third.system.spawn(player, { id: 'player', durable: true });
    expect((await last.snapshot()).value).toEqual({ sound: { on: { high: 'harsh' } }, disc: 'playing' });
    await last.deliver({ type: 'MUTE', track: '' });
    await last.deliver({ type: 'UNMUTE_SHALLOW', track: '' });
    expect((await last.snapshot()).value).toEqual({ sound: { on: { high: 'clear' } }, disc: 'playing' });
  });

  it('children come back: invoked, spawned on the way, and theirs, each at its address', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(tree, { id: 'tree', durable: true });
    for (let times = 0; times < 3; times++) await ref.deliver({ type: 'GROW' });
    await ref.deliver({ type: 'HEAR', id: 'branch-2' });
    await ref.deliver({ type: 'HEAR', id: 'branch-2' });
    await first.system.ref('tree/trunk/leaf').deliver({ type: 'HEAR' });
    await ref.deliver({ type: 'PRUNE', id: 'branch-1' });
    await first.crash();

    const second = await stage.open();
    const again = await second.system.spawn(tree, { id: 'tree', durable: true });
    await second.system.ref('tree/branch-2/leaf').deliver({ type: 'HEAR' });
    await again.deliver({ type: 'GROW' });
    expect(leavesOf(await storedOf(second.tap, 'tree'))).toEqual({
      trunk: 1,
      'branch-2': 3,
      'branch-3': 0,
      'branch-4': 0,
    });
  });

  it('a machine that is done stays done, and its output can still be read', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(counter, { id: 'counter', durable: true });
    await ref.deliver({ type: 'ADD', by: 4 });
    const done = ref.waitFor(({ status }) => status === 'done');
    await ref.deliver({ type: 'END' });
    expect((await done).output).toEqual({ total: 4 });
    await first.system.stop();

    const second = await stage.open();
    const again = await second.system.spawn(counter, { id: 'counter', durable: true });
    const view = await again.snapshot().catch((error: unknown) => error);
    expect(view).toMatchObject({ status: 'done', output: { total: 4 } });
  });

  it('transition logic is a durable actor too', async () => {
    const sum = fromTransition(
      (state: { n: number }, event: { type: 'ADD'; by: number }) => ({ n: state.n + event.by }),
      { n: 0 },
    );
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(sum, { id: 'sum', durable: true });
    await ref.deliver({ type: 'ADD', by: 4 });
    await first.crash();
    const second = await stage.open();
    const again = await second.system.spawn(sum, { id: 'sum', durable: true });
    await again.deliver({ type: 'ADD', by: 5 });
    expect((await again.snapshot()).context).toEqual({ n: 9 });
  });
}

import { expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { tell, type ReplyTo } from '../../src/index.ts';
import { counter, ledger } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { codeOf } from '../support/code-of.ts';
import { freshName, type World } from './world.ts';

/** A2: what becomes of an actor that fails, as its asker, its watchers and its neighbours see it. */
export function supervisionBehaviour(world: World): void {
  it('A2 restart: the asker is told, state begins anew, address and what waits stay', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one' });
    const ref = pair.near.ref<typeof counter>('one');
    ref.send({ type: 'ADD', by: 5 });
    const failed = ref.ask({ type: 'FAIL' });
    ref.send({ type: 'ADD', by: 1 });
    const after = ref.ask({ type: 'GET' });
    await expect(failed).rejects.toMatchObject({
      code: 'ACTOR_FAILED',
      message: '"one" failed over "FAIL": told to fail',
    });
    expect(await after).toEqual({ type: 'COUNT', n: 1 });
  });

  it('A2 resume: the event is forgotten, the state is kept', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one', supervision: { directive: 'resume' } });
    const ref = pair.near.ref<typeof counter>('one');
    ref.send({ type: 'ADD', by: 5 });
    expect(await codeOf(ref.ask({ type: 'FAIL' }))).toBe('ACTOR_FAILED');
    expect(await ref.ask({ type: 'GET' })).toMatchObject({ n: 5 });
  });

  it('A2 stop: it ends, and what waits for it becomes dead letters', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one', supervision: { directive: 'stop' } });
    const ref = pair.near.ref<typeof counter>('one');
    const told = collect<string>();
    ref.watch(({ reason }) => told.add(reason));
    await ref.snapshot();
    expect(await codeOf(ref.ask({ type: 'FAIL' }))).toBe('ACTOR_FAILED');
    expect(await told.atLeast(1)).toEqual(['failed']);
    expect(await codeOf(ref.ask({ type: 'GET' }))).toBe('NO_SUCH_ACTOR');
  });

  it('A2 the directive may depend on the error', async () => {
    await using pair = await world.pair();
    const fragile = setup({
      types: { context: {} as { n: number }, events: {} as { type: 'BREAK'; how: string } | { type: 'ADD' } },
    }).createMachine({
      context: { n: 0 },
      on: {
        ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        BREAK: {
          actions: ({ event }) => {
            throw new Error(event.how);
          },
        },
      },
    });
    const directive = (error: unknown) => ((error as Error).message === 'badly' ? 'stop' : 'resume');
    await pair.far.spawn(fragile, { id: 'one', supervision: { directive } });
    const ref = pair.near.ref<typeof fragile>('one');
    ref.send({ type: 'ADD' });
    ref.send({ type: 'BREAK', how: 'a little' });
    expect((await ref.waitFor(({ context }) => context.n === 1)).context).toEqual({ n: 1 });
    const told = collect<string>();
    ref.watch(({ reason }) => told.add(reason));
    await ref.snapshot();
    ref.send({ type: 'BREAK', how: 'badly' });
    expect(await told.atLeast(1)).toEqual(['failed']);
  });

  it('A2 the budget: so many restarts within its window, then it is stopped', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one', supervision: { maxRestarts: 3, within: 60_000 } });
    const ref = pair.near.ref<typeof counter>('one');
    const told = collect<string>();
    ref.watch(({ reason }) => told.add(reason));
    await ref.snapshot();
    for (let i = 0; i < 4; i++) expect(await codeOf(ref.ask({ type: 'FAIL' })), `${i}`).toBe('ACTOR_FAILED');
    expect(await told.atLeast(1)).toEqual(['failed']);
    expect(await codeOf(ref.ask({ type: 'GET' }))).toBe('NO_SUCH_ACTOR');
  });

  it('A2 backoff: while it waits for its restart, messages are held and then taken in order', async () => {
    await using pair = await world.pair();
    const supervision = { backoff: { initial: 100, jitter: 0 } };
    await pair.far.spawn(counter, { id: 'one', supervision });
    const ref = pair.near.ref<typeof counter>('one');
    const began = performance.now();
    expect(await codeOf(ref.ask({ type: 'FAIL' }))).toBe('ACTOR_FAILED');
    ref.send({ type: 'ADD', by: 1 });
    expect(await ref.ask({ type: 'GET' })).toMatchObject({ n: 1 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(99);
  });

  it('A2 a message held during a restart that fails the actor again is answered, and loses no other', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one', supervision: { backoff: { initial: 20, jitter: 0 } } });
    const ref = pair.near.ref<typeof counter>('one');
    const first = codeOf(ref.ask({ type: 'FAIL' }));
    ref.send({ type: 'ADD', by: 1 });
    const second = codeOf(ref.ask({ type: 'FAIL' }));
    ref.send({ type: 'ADD', by: 7 });
    expect([await first, await second]).toEqual(['ACTOR_FAILED', 'ACTOR_FAILED']);
    expect(await ref.ask({ type: 'GET' })).toMatchObject({ n: 7 });
  });

  it('A2 escalate: the parent fails with its child; without a parent the system is told', async () => {
    const escalated = collect<string>();
    const name = freshName();
    await using near = await world.join(name);
    await using far = await world.join(name, {
      onEscalated: (address) => {
        escalated.add(address);
        throw new Error('and fails over it');
      },
    });
    const parent = await far.spawn(counter, { id: 'parent' });
    await far.spawn(counter, { id: 'child', parent, supervision: { directive: 'escalate' } });
    parent.send({ type: 'ADD', by: 9 });
    const child = near.ref<typeof counter>('parent/child');
    expect(await codeOf(child.ask({ type: 'FAIL' }))).toBe('ACTOR_FAILED');
    await expect.poll(async () => codeOf(child.ask({ type: 'GET' }))).toBe('NO_SUCH_ACTOR');
    expect(await near.ref<typeof counter>('parent').ask({ type: 'GET' })).toMatchObject({ n: 0 });
    await far.spawn(counter, { id: 'orphan', supervision: { directive: 'escalate' } });
    expect(await codeOf(near.ref<typeof counter>('orphan').ask({ type: 'FAIL' }))).toBe('ACTOR_FAILED');
    expect(await escalated.atLeast(1)).toEqual(['orphan']);
  });

  it('what an actor says in a turn that fails is never said, also for messages held over a restart', async () => {
    await using pair = await world.pair();
    const liar = setup({
      types: {
        events: {} as
          { type: 'SAY_AND_FAIL'; n: number } | { type: 'SAY'; n: number; replyTo?: ReplyTo<{ type: 'X' }> },
      },
      actions: {
        note: tell('ledger', ({ event }) => ({
          type: 'NOTE',
          by: event.type,
          n: (event as { n: number }).n,
        })),
        fail: () => {
          throw new Error('after speaking');
        },
      },
    }).createMachine({
      on: { SAY: { actions: 'note' }, SAY_AND_FAIL: { actions: ['note', 'fail'] } },
    });
    await pair.far.spawn(ledger, { id: 'ledger' });
    await pair.far.spawn(liar, { id: 'liar' });
    const ref = pair.near.ref<typeof liar>('liar');
    for (let n = 0; n < 3; n++) {
      ref.send({ type: 'SAY_AND_FAIL', n });
      ref.send({ type: 'SAY', n });
    }
    const report = async () => (await pair.near.ref<typeof ledger>('ledger').ask({ type: 'REPORT' })).notes;
    await expect.poll(report).toEqual({ SAY: [0, 1, 2] });
  });

  it('A2 others never notice: subscribers survive a restart and can leave after it', async () => {
    await using pair = await world.pair();
    await pair.far.spawn(counter, { id: 'one' });
    for (const system of [pair.far, pair.near]) {
      const ref = system.ref<typeof counter>('one');
      const seen = collect<number>();
      const subscription = ref.subscribe(({ context }) => seen.add(context.n));
      await seen.atLeast(1);
      await codeOf(ref.ask({ type: 'FAIL' }));
      ref.send({ type: 'ADD', by: 3 });
      await seen.first((n) => n === 3);
      subscription.unsubscribe();
      ref.send({ type: 'ADD', by: 4 });
      await ref.waitFor(({ context }) => context.n === 7);
      expect(seen.items).not.toContain(7);
      await codeOf(ref.ask({ type: 'FAIL' }));
    }
  });

  it('A1 an actor that is sent more than its mailbox holds refuses the rest, here and as a service', async () => {
    await using alone = await world.join(freshName(), { limits: { mailbox: 10 } });
    await alone.spawn(counter, { id: 'one' });
    await alone.serve('many', counter);
    const sender = await alone.spawn(counter);
    sender.send({ type: 'FORWARD', to: 'one', count: 25 });
    expect(alone.stats().deadLetters).toEqual({ 'mailbox-full': 15 });
    sender.send({ type: 'FORWARD', to: 'many', count: 25 });
    expect(alone.stats().deadLetters).toEqual({ 'mailbox-full': 30 });
    expect(await alone.ref<typeof counter>('one').ask({ type: 'GET' })).toMatchObject({ n: 10 });
    expect(await alone.ref<typeof counter>('many').ask({ type: 'GET' })).toMatchObject({ n: 10 });
  });
}

import { expect, it } from 'vitest';
import { assign, cancel, raise, sendTo, setup } from 'xstate';
import { ask } from '../../../src/index.ts';
import { storedOf } from './stored.ts';
import { until } from './until.ts';
import { later, type World } from './world.ts';

const HOUR = 3_600_000;

const alarmClock = setup({
  types: {
    context: {} as { rung: number; snoozed: number },
    events: {} as
      { type: 'SET' } | { type: 'SNOOZE' } | { type: 'OFF' } | { type: 'RING_AGAIN' } | { type: 'NAP' },
  },
  delays: { hour: HOUR, blink: 250 },
}).createMachine({
  id: 'alarm',
  context: { rung: 0, snoozed: 0 },
  initial: 'idle',
  states: {
    idle: { on: { SET: 'set', NAP: 'napping' } },
    set: {
      after: { hour: { target: 'idle', actions: assign({ rung: ({ context }) => context.rung + 1 }) } },
    },
    napping: {
      after: { blink: { target: 'idle', actions: assign({ rung: ({ context }) => context.rung + 1 }) } },
    },
  },
  on: {
    SNOOZE: { actions: raise({ type: 'RING_AGAIN' }, { id: 'snooze', delay: HOUR }) },
    OFF: { actions: cancel('snooze') },
    RING_AGAIN: { actions: assign({ snoozed: ({ context }) => context.snoozed + 1 }) },
  },
});

const sleeper = setup({
  types: { context: {} as { woken: number } },
}).createMachine({
  id: 'sleeper',
  context: { woken: 0 },
  on: { WAKE: { actions: assign({ woken: ({ context }) => context.woken + 1 }) } },
});

const nanny = setup({
  types: { events: {} as { type: 'BED' } },
  actors: { sleeper },
}).createMachine({
  id: 'nanny',
  invoke: { src: 'sleeper', id: 'child' },
  on: { BED: { actions: sendTo('child', { type: 'WAKE' }, { delay: HOUR }) } },
});

const asker = setup({
  types: { context: {} as { why: string } },
  actors: { ask },
}).createMachine({
  id: 'asker',
  context: { why: '' },
  initial: 'idle',
  states: {
    idle: { on: { ASK: 'asking' } },
    asking: {
      invoke: {
        src: 'ask',
        input: { to: 'silent', event: { type: 'ANYONE' }, timeout: HOUR },
        onDone: 'idle',
        onError: {
          target: 'gaveUp',
          actions: assign({ why: ({ event }) => (event.error as { code: string }).code }),
        },
      },
    },
    gaveUp: {},
  },
});

/** Timers are deadlines in what is stored: they run out once, at their time, whatever happened meanwhile (D3). */
export function timeBehaviour(world: World): void {
  it('a timer goes on from its deadline, not from its full delay, and runs out once', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(alarmClock, { id: 'alarm', durable: true });
    await ref.deliver({ type: 'SET' });
    const due = (await storedOf(first.tap, 'alarm')).state.actor.timers[0]?.due;
    await first.crash();

    const second = await stage.open({ clock: later(HOUR / 2) });
    const again = await second.system.spawn(alarmClock, { id: 'alarm', durable: true });
    expect((await again.snapshot()).value).toBe('set');
    await again.deliver({ type: 'OFF' });
    expect((await storedOf(second.tap, 'alarm')).state.actor.timers[0]?.due).toBe(due);
    await second.crash();

    const third = await stage.open({ clock: later(HOUR + 1_000) });
    const last = await third.system.spawn(alarmClock, { id: 'alarm', durable: true });
    expect((await last.waitFor((view) => view.matches('idle'))).context.rung).toBe(1);
    await third.crash();

    const fourth = await stage.open({ clock: later(3 * HOUR) });
    const late = await fourth.system.spawn(alarmClock, { id: 'alarm', durable: true });
    await late.deliver({ type: 'OFF' });
    expect((await late.snapshot()).context.rung).toBe(1);
  });

  it('a delayed event to itself or a child comes after a crash, and one that was cancelled never', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const kept = await first.system.spawn(alarmClock, { id: 'kept', durable: true });
    const off = await first.system.spawn(alarmClock, { id: 'off', durable: true });
    const nurse = await first.system.spawn(nanny, { id: 'nanny', durable: true });
    await kept.deliver({ type: 'SNOOZE' });
    await off.deliver({ type: 'SNOOZE' });
    await off.deliver({ type: 'OFF' });
    await nurse.deliver({ type: 'BED' });
    await first.crash();

    const second = await stage.open({ clock: later(HOUR + 1_000) });
    await second.system.spawn(nanny, { id: 'nanny', durable: true });
    const stopped = await second.system.spawn(alarmClock, { id: 'off', durable: true });
    const again = await second.system.spawn(alarmClock, { id: 'kept', durable: true });
    await again.waitFor(({ context }) => context.snoozed === 1);
    await stopped.deliver({ type: 'NAP' });
    expect((await stopped.waitFor((view) => view.matches('idle'))).context).toEqual({ rung: 1, snoozed: 0 });
    await second.system.ref('nanny/child').deliver({ type: 'NOTHING' });
    const { actor } = (await storedOf(second.tap, 'nanny')).state;
    expect(actor.children['child']?.context).toEqual({ woken: 1 });
    expect(actor.timers).toEqual([]);
  });

  it('a question is given up at its deadline, also when nobody was there then', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    await first.system.spawn(sleeper, { id: 'silent' });
    const ref = await first.system.spawn(asker, { id: 'asker', durable: true });
    await ref.deliver({ type: 'ASK' });
    await first.crash();
    const second = await stage.open({ clock: later(HOUR + 1_000) });
    await second.system.spawn(sleeper, { id: 'silent' });
    const again = await second.system.spawn(asker, { id: 'asker', durable: true });
    const view = await again.waitFor(({ value }) => value === 'gaveUp');
    expect(view.context.why).toBe('TIMEOUT');
  });

  it('a virtual actor that left memory comes back when its timer is due, and so does one whose node died', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    await first.system.host('alarm', alarmClock, { idle: 20 });
    const ref = first.system.ref<typeof alarmClock>('alarm/a');
    await ref.deliver({ type: 'NAP' });
    await until(() => first.system.stats().actors === 0);
    expect(first.tap.appended).toEqual(['alarm/a']);
    await first.tap.appendedAtLeast('alarm/a', 2);
    await first.system.ref<typeof alarmClock>('alarm/b').deliver({ type: 'SET' });
    await first.crash();

    const second = await stage.open({ clock: later(HOUR + 1_000) });
    await second.system.host('alarm', alarmClock, { idle: 20 });
    await second.tap.appendedAtLeast('alarm/b', 1);
    const again = second.system.ref<typeof alarmClock>('alarm/b');
    expect((await again.waitFor((view) => view.matches('idle'))).context.rung).toBe(1);
  });
}

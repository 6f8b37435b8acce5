import {
  assign,
  createMachine,
  emit,
  fromPromise,
  fromTransition,
  raise,
  sendParent,
  sendTo,
  setup,
  type ActorRefFrom,
  type AnyActorRef,
} from 'xstate';
import { describe, expect, it, vi } from 'vitest';
import { typed } from '../../machines/vocabulary.ts';
import { tell } from '../../src/actor/words.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import { stateKey } from '../../src/kernel/key.ts';
import type { ActorState } from '../../src/kernel/state.ts';
import { fire, settle, start, step } from '../../src/kernel/step.ts';
import { maxSteps } from '../../src/kernel/tree.ts';

const kinds = (effects: readonly Effect[]): string[] =>
  effects.map(({ from, deed }) => [...from, deed.kind].join('/'));

/** Frozen to the ground: a decision that changed what it was given would throw. */
function frozen<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  // Machines and the actors XState makes keep caches of their own.
  if ('idMap' in value || 'machine' in value || 'logic' in value) return value;
  for (const part of Object.values(value)) frozen(part, seen);
  return Object.freeze(value);
}

const light = createMachine({
  id: 'light',
  initial: 'red',
  context: { changes: 0 },
  states: {
    red: {
      on: { GO: { target: 'green', actions: assign({ changes: ({ context }) => context.changes + 1 }) } },
    },
    green: { after: { 100: 'red' }, on: { STOP: 'red', AGAIN: { target: 'green', reenter: true } } },
  },
});

const value = ({ snapshot }: ActorState): unknown => snapshot.value;

describe('step', () => {
  it('is pure: frozen arguments, the same decision twice, old states stay as they were', () => {
    const [red] = start(light);
    const key = stateKey(red);
    const event = frozen({ type: 'GO', with: { nested: [1] } });
    const [green, effects, taken] = step(frozen(red), event);
    const again = step(red, event);
    expect(again.slice(1)).toEqual([effects, taken]);
    expect(stateKey(again[0])).toBe(stateKey(green));
    expect([stateKey(red), value(red), value(green)]).toEqual([key, 'red', 'green']);
  });

  it('gives the very same state for an event that is not handled, and says which transitions were taken', () => {
    const [red] = start(light);
    const [same, effects, taken] = step(red, { type: 'STOP' });
    expect(same).toBe(red);
    expect([effects, taken]).toEqual([[], []]);
    const [, , went] = step(red, { type: 'GO' });
    expect(went.map(({ from, transition }) => [from, transition.source.id, transition.eventType])).toEqual([
      [[], 'light.red', 'GO'],
    ]);
    expect(step(red, { type: 'GO' }, ['nobody'])[0]).toBe(red);
  });

  it('takes nothing when the actor has ended', () => {
    const [done] = start(createMachine({ initial: 'a', states: { a: { type: 'final' } }, on: { GO: {} } }));
    expect(done.snapshot.status).toBe('done');
    expect(step(done, { type: 'GO' })[0]).toBe(done);
  });

  it('leads to status error when a guard or an assign throws, and says nothing (A2)', () => {
    const chart = createMachine({
      on: {
        SAY: {
          actions: [tell('peer', { type: 'hello' }), 'note', assign(() => fail()), emit({ type: 'never' })],
        },
        ASK: { guard: () => fail(), actions: 'note' },
      },
    });
    const [state] = start(chart);
    const [failed, effects] = step(state, { type: 'SAY' });
    expect(failed.snapshot).toMatchObject({ status: 'error', error: { message: 'no' } });
    // What the user's own action did has been done (E6).
    expect(kinds(effects)).toEqual(['action']);
    expect(step(state, { type: 'ASK' })[0].snapshot.status).toBe('error');
    expect(start(createMachine({ context: () => fail() }))[0].snapshot.status).toBe('error');
  });

  it('ends a chart that goes round for ever, in itself or with its child', () => {
    const always = createMachine({ initial: 'a', states: { a: { always: 'b' }, b: { always: 'a' } } });
    const child = createMachine({ on: { PING: { actions: sendParent({ type: 'PONG' }) } } });
    const pair = createMachine(
      { invoke: { src: 'child', id: 'c' }, on: { PONG: { actions: sendTo('c', { type: 'PING' }) } } },
      { actors: { child } },
    );
    expect(start(always)[0].snapshot).toMatchObject({ status: 'error', error: { code: 'UNBOUNDED' } });
    const [state] = step(start(pair)[0], { type: 'PONG' });
    expect(state.snapshot).toMatchObject({ status: 'error', error: { code: 'UNBOUNDED' } });
    expect(maxSteps).toBe(10_000);
  });

  it('fails a chart whose actor nobody provided', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const [state] = start(createMachine({ invoke: { src: 'missing', id: 'm' } }));
    expect(state.snapshot).toMatchObject({ status: 'error', error: { code: 'NOT_PROVIDED' } });
  });

  it('refuses to send to an actor of another system', () => {
    const chart = createMachine({
      on: { GO: { actions: sendTo((() => ({ id: 'x' })) as never, { type: 'HI' } as never) } },
    });
    const [state] = step(start(chart)[0], { type: 'GO' });
    expect(state.snapshot).toMatchObject({ status: 'error', error: { code: 'INVALID_ADDRESS' } });
  });
});

const fail = (): never => {
  throw new Error('no');
};

describe('fire', () => {
  it('takes the timer that runs out, once, and nothing for one that does not run', () => {
    const [green, effects] = step(start(light)[0], { type: 'GO' });
    const id = 'xstate.after.100.light.green';
    expect(effects.map(({ deed }) => deed)).toEqual([
      { kind: 'schedule', id, event: { type: id }, delay: 100, to: [] },
    ]);
    const [red] = fire(green, [], id);
    expect([value(red), red.timers]).toEqual(['red', []]);
    expect(fire(red, [], id)[0]).toBe(red);
    expect(fire(green, ['nobody'], id)[0]).toBe(green);
  });

  it('has timers cancelled on exit and by the end, and replaced where the id is the same', () => {
    const [green] = step(start(light)[0], { type: 'GO' });
    const [left, effects] = step(green, { type: 'STOP' });
    expect([left.timers, kinds(effects)]).toEqual([[], ['cancel']]);
    const [again, twice] = step(green, { type: 'AGAIN' });
    expect([again.timers.length, kinds(twice)]).toEqual([1, ['cancel', 'schedule']]);
    const timed = createMachine({
      on: {
        SET: { actions: raise({ type: 'RING' }, { id: 'alarm', delay: 5 }) },
        MORE: { actions: raise({ type: 'RING' }, { delay: 5 }) },
        END: '.over',
      },
      initial: 'on',
      states: { on: {}, over: { type: 'final' } },
    });
    let [state] = start(timed);
    for (const type of ['SET', 'SET', 'MORE', 'MORE']) [state] = step(state, { type });
    expect(state.timers.map(({ id }) => id)).toEqual(['alarm', 'RING#0', 'RING#1']);
    expect(step(state, { type: 'END' })[0].timers).toEqual([]);
  });
});

const grandchild = createMachine({
  id: 'g',
  initial: 'idle',
  states: {
    idle: { on: { POKE: { target: 'poked', actions: sendParent({ type: 'OUCH' }) } } },
    poked: { type: 'final' },
  },
});
type ChildContext = { ouches: number };

const child = setup({ types: typed<{ context: ChildContext }>(), actors: { grandchild } }).createMachine({
  id: 'c',
  context: { ouches: 0 },
  invoke: { src: 'grandchild', id: 'g', systemId: 'deep' },
  on: {
    OUCH: {
      actions: [assign({ ouches: ({ context }) => context.ouches + 1 }), sendParent({ type: 'HEARD' })],
    },
  },
});

const family = setup({
  types: typed<{ context: { kid: ActorRefFrom<typeof child>; heard: number } }>(),
  actors: { child, work: fromPromise(() => Promise.resolve(1)) },
}).createMachine({
  id: 'f',
  context: ({ spawn }) => ({ kid: spawn('child', { id: 'kid' }), heard: 0 }),
  on: {
    POKE: { actions: sendTo(({ system }) => system.get('deep') as AnyActorRef, { type: 'POKE' }) },
    HEARD: { actions: assign({ heard: ({ context }) => context.heard + 1 }) },
    LOOK: { guard: ({ context }) => ouchesOf(context) === 1, actions: emit({ type: 'seen' }) },
    WORK: '.working',
  },
  initial: 'resting',
  states: {
    resting: {},
    working: { invoke: { src: 'work', id: 'w', input: { n: 1 }, onDone: 'done', onError: 'resting' } },
    done: {},
  },
});

function ouchesOf({ kid }: { kid: { getSnapshot: () => { context: ChildContext } } }): number {
  return kid.getSnapshot().context.ouches;
}

const contextOf = ({ snapshot }: ActorState): Record<string, unknown> =>
  snapshot.context as Record<string, unknown>;

describe('children', () => {
  it('live in the state, two levels deep, and are reached by ref, path and system id', () => {
    const [state, effects] = start(family as never);
    expect(kinds(effects)).toEqual(['spawn', 'kid/spawn']);
    const [poked] = step(state, { type: 'POKE' });
    expect([contextOf(poked)['heard'], contextOf(poked.children['kid']!)['ouches']]).toEqual([1, 1]);
    expect(poked.children['kid']?.children['g']?.snapshot.status).toBe('done');
    const [direct, , taken] = step(state, { type: 'POKE' }, ['kid', 'g']);
    expect(stateKey(direct)).toBe(stateKey(poked));
    expect(taken.map(({ from }) => from)).toEqual([['kid', 'g'], ['kid'], []]);
    expect(contextOf(state)['heard']).toBe(0);
  });

  it('show their present state to a guard, in each state the state it had then', () => {
    const [state] = start(family as never);
    const [poked] = step(state, { type: 'POKE' });
    expect(kinds(step(poked, { type: 'LOOK' })[1])).toEqual(['emit']);
    expect(step(state, { type: 'LOOK' })[0]).toBe(state);
    expect(kinds(step(poked, { type: 'LOOK' })[1])).toEqual(['emit']);
  });

  it('cannot be read outside of a decision, where nobody could say which state is meant', () => {
    const [state] = start(family as never);
    expect(() => ouchesOf(contextOf(state) as never)).toThrow(/exists only while its tree decides/);
  });

  it('get an event that is sent before they start when they have started', () => {
    const listener = createMachine({ initial: 'a', states: { a: { on: { HI: 'b' } }, b: {} } });
    const [state] = start(
      createMachine(
        { entry: sendTo('l', { type: 'HI' }), invoke: { src: 'listener', id: 'l' } },
        { actors: { listener } },
      ),
    );
    expect(state.children['l']?.snapshot.value).toBe('b');
  });

  it('may be transition logic, whose state is their context', () => {
    const counter = fromTransition((count: number, { type }) => (type === 'UP' ? count + 1 : count), 0);
    let [state] = start(counter);
    [state] = step(state, { type: 'UP' });
    expect(state.snapshot.context).toBe(1);
  });
});

describe('settle', () => {
  const [working, effects] = step(start(family as never)[0], { type: 'WORK' });

  it('ends the work that an invoke effect began, well or badly', () => {
    expect(effects.map(({ deed }) => deed)).toEqual([
      { kind: 'invoke', id: 'w', src: 'work', input: { n: 1 } },
    ]);
    expect(value(settle(working, ['w'], { output: 5 })[0])).toBe('done');
    expect(value(settle(working, ['w'], { error: new Error('no') })[0])).toBe('resting');
  });

  it('does nothing to work that is over, and to charts', () => {
    const [done] = settle(working, ['w'], { output: 5 });
    expect(settle(done, ['w'], { output: 6 })[0]).toBe(done);
    expect(settle(working, ['kid'], { output: 6 })[0]).toBe(working);
    expect(settle(working, ['nobody'], { output: 6 })[0]).toBe(working);
  });
});

/** A wallet that is used in every order by fast-check: a payment that forgets what is on hold is found, and shrunk to four events. */
import fc from 'fast-check';
import { always, checkProperties, eventually, sometimes, type MachineProperty } from 'troupe/testing';
import { assign, setup } from 'xstate';

/** Where money can be set aside for ten minutes, as a hotel does. */
const wallet = (careful: boolean) =>
  setup({
    types: {
      context: {} as { balance: number; held: number },
      events: {} as { type: 'DEPOSIT' | 'PAY' | 'HOLD'; cents: number } | { type: 'CAPTURE' },
    },
    guards: {
      isThere: ({ context: { balance, held }, event }) =>
        'cents' in event && event.cents <= (careful ? balance - held : balance),
    },
    actions: {
      deposit: assign(({ context, event }) =>
        event.type === 'DEPOSIT' ? { balance: context.balance + event.cents } : {},
      ),
      pay: assign(({ context, event }) =>
        event.type === 'PAY' ? { balance: context.balance - event.cents } : {},
      ),
      hold: assign(({ event }) => (event.type === 'HOLD' ? { held: event.cents } : {})),
      capture: assign({ balance: ({ context }) => context.balance - context.held }),
      release: assign({ held: 0 }),
    },
  }).createMachine({
    id: 'wallet',
    context: { balance: 0, held: 0 },
    on: { DEPOSIT: { actions: 'deposit' }, PAY: { guard: 'isThere', actions: 'pay' } },
    initial: 'free',
    states: {
      free: { entry: 'release', on: { HOLD: { guard: 'isThere', target: 'holding', actions: 'hold' } } },
      holding: { on: { CAPTURE: { target: 'free', actions: 'capture' } }, after: { 600_000: 'free' } },
    },
  });

const properties: MachineProperty[] = [
  always('no debts', ({ actor }) => (actor.context as { balance: number }).balance >= 0),
  sometimes('money is held', ({ actor }) => actor.matches('holding')),
  eventually('nothing is held', ({ actor }) => (actor.context as { held: number }).held === 0),
];
const money = fc.record({ cents: fc.integer({ min: 1, max: 10_000 }) });
const arbitraries = { DEPOSIT: money, PAY: money, HOLD: money };

const good = checkProperties(wallet(true), { properties, arbitraries, runs: 200, seed: 1 });
console.log(good.text);

const bad = checkProperties(wallet(false), { properties, arbitraries, runs: 200, seed: 1 });
console.log(bad.text);

// The token alone repeats the run, also in another process: in a test, give it as `replay` until the chart is right.
const again = checkProperties(wallet(false), { properties, arbitraries, replay: bad.token ?? '' });
console.log(`again: "${again.failed ?? ''}" fails after ${again.moves?.length ?? 0} moves`);

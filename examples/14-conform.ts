/** What live actors did is recorded and replayed through their charts; where a service does what its chart does not say, it is named. */
import { createRecorder, createSystem, tell } from 'troupe';
import { conform, decodeRecording, explainDivergence, type Cast } from 'troupe/testing';
import { assign, setup } from 'xstate';

/** @param most cups a guest gets; what is drawn says two */
const kitchen = (most: number) =>
  setup({
    types: { context: {} as { cups: number }, events: {} as { type: 'TEA' } },
    guards: { isLeft: ({ context }) => context.cups < most },
    actions: {
      count: assign({ cups: ({ context }) => context.cups + 1 }),
      serve: tell('guest', { type: 'CUP' }),
      refuse: tell('guest', { type: 'NO_MORE' }),
    },
  }).createMachine({
    id: 'kitchen',
    context: { cups: 0 },
    on: { TEA: [{ guard: 'isLeft', actions: ['count', 'serve'] }, { actions: 'refuse' }] },
  });

const guest = setup({
  types: { events: {} as { type: 'CUP' } | { type: 'NO_MORE' } },
  actions: { order: tell('kitchen', { type: 'TEA' }) },
}).createMachine({
  id: 'guest',
  initial: 'thirsty',
  states: {
    thirsty: { entry: 'order', on: { CUP: { target: 'thirsty', reenter: true }, NO_MORE: 'sent away' } },
    'sent away': { type: 'final' },
  },
});

/** Run the two for real, with a kitchen that gives so many cups, and keep what happened. */
async function record(most: number) {
  let ndjson = '';
  const recorder = createRecorder({ system: 'tea', write: (line) => void (ndjson += line) });
  // Over NATS it is the same: one recorder per process, and their recordings are given to `conform` together.
  const system = await createSystem({ record: recorder });
  await system.spawn(kitchen(most), { id: 'kitchen' });
  const ref = await system.spawn(guest, { id: 'guest' });
  await new Promise<void>((over) => void ref.watch(() => over()));
  await system.stop();
  return decodeRecording(ndjson);
}

const charts: Cast = { kitchen: kitchen(2), guest };

console.log(explainDivergence(conform(await record(2), charts)));
console.log(explainDivergence(conform(await record(3), charts)));

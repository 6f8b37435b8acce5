/** What live actors did is recorded and replayed through their charts; where a service does what its chart does not say, it is named. */
import { createRecorder, createSystem, local, localNetwork, tell } from 'troupe';
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

/** Run the two for real, each on its own node, with a kitchen that gives so many cups; keep what happened. */
async function record(most: number) {
  let ndjson = '';
  // One recorder for both nodes of this process. Of several processes each has its own, and `conform` takes all their recordings.
  const record = createRecorder({ system: 'tea', write: (line) => void (ndjson += line) });
  const network = localNetwork();
  const house = await createSystem({ node: 'house', transport: local(network), record });
  const salon = await createSystem({ node: 'salon', transport: local(network), record });
  await house.spawn(kitchen(most), { id: 'kitchen' });
  const ref = await salon.spawn(guest, { id: 'guest' });
  await new Promise<void>((over) => void ref.watch(() => over()));
  await salon.stop();
  await house.stop();
  return decodeRecording(ndjson);
}

const charts: Cast = { kitchen: kitchen(2), guest };

console.log(explainDivergence(conform(await record(2), charts)));
console.log(explainDivergence(conform(await record(3), charts)));

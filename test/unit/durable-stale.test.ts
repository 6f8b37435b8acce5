import { describe, expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import {
  ask,
  createSystem,
  local,
  localNetwork,
  memory,
  silentLogger,
  tell,
  type AskLogic,
  type LocalNetwork,
  type Store,
  type System,
} from '../../src/index.ts';

/** Two nodes that do not hear of each other but have one store: each is sure to own all actors. */
const open = async (store: Store, network: LocalNetwork): Promise<System> =>
  createSystem({ name: 'split', store, transport: local(network), log: silentLogger });

const asker = setup({
  types: { context: {} as { noted: number }, events: {} as { type: 'NOTE' | 'GO' | 'SLEEP' } },
  actors: { ask: ask as AskLogic<{ type: 'ANSWER' }> },
  delays: { nap: 300 },
}).createMachine({
  id: 'asker',
  context: { noted: 0 },
  initial: 'idle',
  on: { NOTE: { actions: assign({ noted: ({ context }) => context.noted + 1 }) } },
  states: {
    idle: { on: { GO: 'asking', SLEEP: 'asleep' } },
    asking: {
      invoke: {
        src: 'ask',
        input: { to: 'answerer/1', event: { type: 'QUESTION' }, timeout: 60_000 },
        onDone: 'answered',
      },
    },
    answered: {},
    asleep: { after: { nap: 'awake' } },
    awake: {},
  },
});

const answerer = setup({
  types: {
    context: {} as { asked: string },
    events: {} as { type: 'QUESTION'; replyTo?: string } | { type: 'ANSWER_NOW' },
  },
}).createMachine({
  id: 'answerer',
  context: { asked: '' },
  on: {
    QUESTION: { actions: assign({ asked: ({ event }) => event.replyTo ?? '' }) },
    ANSWER_NOW: {
      actions: tell(
        ({ context }) => context.asked,
        () => ({ type: 'ANSWER' }),
      ),
    },
  },
});

const host = async (system: System): Promise<void> => {
  await system.host('asker', asker);
  await system.host('answerer', answerer);
};

describe('a node that has an actor in memory as it was before another node had it', () => {
  it('S3: an answer to a question that it does not know of is not lost: it reads the actor again', async () => {
    const store = memory();
    const stale = await open(store, localNetwork());
    await host(stale);
    await stale.ref<typeof asker>('asker/1').deliver({ type: 'NOTE' });
    const other = await open(store, localNetwork());
    await host(other);
    await other.ref<typeof asker>('asker/1').deliver({ type: 'GO' });
    await other.ref<typeof answerer>('answerer/1').waitFor(({ context }) => context.asked !== '');
    await other.stop();
    await stale.ref<typeof answerer>('answerer/1').deliver({ type: 'ANSWER_NOW' });
    const answered = await stale
      .ref<typeof asker>('asker/1')
      .waitFor((view) => view.matches('answered'), { timeout: 5_000 });
    expect(answered.context.noted).toBe(1);
    await stale.stop();
  });

  it('D3 D5: what the other left to be done is done, when it is found', async () => {
    const store = memory();
    const network = localNetwork();
    const stale = await open(store, network);
    await host(stale);
    await stale.ref<typeof asker>('asker/1').deliver({ type: 'NOTE' });
    const other = await open(store, localNetwork());
    await host(other);
    await other.ref<typeof asker>('asker/1').deliver({ type: 'SLEEP' });
    await other.stop();
    // Nodes that come and go make the others look for what was left.
    const third = await open(store, network);
    await expect.poll(() => stale.members().length).toBe(1);
    await third.stop();
    await stale.ref<typeof asker>('asker/1').waitFor((view) => view.matches('awake'), { timeout: 5_000 });
    await stale.stop();
  });
});

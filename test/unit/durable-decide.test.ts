import { describe, expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { typed } from '../../machines/vocabulary.ts';
import { createSystem, memory, silentLogger } from '../../src/index.ts';
import { codeOf } from '../support/code-of.ts';

const strict = setup({
  types: typed<{ context: { n: number }; events: { type: 'ADD'; by: number } }>(),
}).createMachine({
  id: 'strict',
  context: { n: 0 },
  on: {
    ADD: {
      actions: assign({
        n: ({ context, event }) => {
          if (event.by < 0) throw new Error('negative');
          return context.n + event.by;
        },
      }),
    },
  },
});

describe('a delivery with an idempotency key', () => {
  it('that failed the actor may be tried again under the same key', async () => {
    await using system = await createSystem({ store: memory(), log: silentLogger });
    const actor = await system.spawn(strict, { id: 'strict', durable: true });
    expect(await codeOf(actor.deliver({ type: 'ADD', by: -1 }, { once: 'k' }))).toBe('ACTOR_FAILED');
    expect(await codeOf(actor.deliver({ type: 'ADD', by: -1 }, { once: 'k' }))).toBe('ACTOR_FAILED');
    await actor.deliver({ type: 'ADD', by: 2 }, { once: 'k' });
    await actor.deliver({ type: 'ADD', by: 2 }, { once: 'k' });
    expect((await actor.snapshot()).context).toEqual({ n: 2 });
  });
});

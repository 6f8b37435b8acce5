import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { setup, spawnChild, type EventObject } from 'xstate';
import { typed } from '../../machines/vocabulary.ts';
import { rootPlace } from '../../src/kernel/scope.ts';
import { start, step } from '../../src/kernel/step.ts';

const child = setup({}).createMachine({
  initial: 'a',
  states: { a: { on: { END: 'done' } }, done: { type: 'final' } },
});

const parent = setup({
  types: typed<{ events: { type: 'SPAWN'; id: string } }>(),
  actors: { child },
}).createMachine({
  on: { SPAWN: { actions: spawnChild('child', { id: ({ event }) => event.id }) } },
});

it('actors of ever new names leave nothing behind', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('() => void gc()') as () => void;
  const [born] = step(start(parent)[0], { type: 'SPAWN', id: 'kept' } as EventObject);
  for (let number = 0; number < 2_000; number += 1) {
    const [state] = step(start(parent)[0], { type: 'SPAWN', id: `child-${number}` } as EventObject);
    step(state, { type: 'END' }, [`child-${number}`]);
  }
  expect(rootPlace.size).toBeGreaterThan(1);
  // What is collected is reported some turns of the event loop later.
  for (let turn = 0; turn < 1_000 && rootPlace.size > 10; turn += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(rootPlace.size).toBeLessThanOrEqual(10);
  // Who is still in a state is still known there.
  const [over] = step(born, { type: 'END' }, ['kept']);
  expect(born.children['kept']?.snapshot.status).toBe('active');
  expect(over.children['kept']?.snapshot.status).toBe('done');
});

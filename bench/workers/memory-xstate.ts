import { createActor } from 'xstate';
import { answer } from './answer.ts';
import { counter } from './counter.ts';
import { weigh, type Herd } from './memory.ts';

answer<Herd>({
  spawn: async (count) =>
    weigh(
      count,
      async () => Array.from({ length: count }, () => createActor(counter).start()),
      async (actors) => {
        for (const actor of actors) actor.send({ type: 'INC' });
        return actors.filter((actor) => actor.getSnapshot().context.count === 1).length;
      },
    ),
});

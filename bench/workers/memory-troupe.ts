import { createSystem, type Ref } from 'troupe';
import { answer } from './answer.ts';
import { counter } from './counter.ts';
import { weigh, type HerdRound } from './memory.ts';

const system = await createSystem();

/** Both ways to spawn: by a name of the user's, or without. */
export interface TroupeHerds {
  named(count: number): Promise<HerdRound>;
  anonymous(count: number): Promise<HerdRound>;
}

type Counter = Ref<typeof counter>;

async function answerAll(refs: readonly Counter[]): Promise<number> {
  let answered = 0;
  for (const ref of refs) {
    ref.send({ type: 'INC' });
    if ((await ref.ask({ type: 'COUNT' })).count === 1) answered++;
  }
  return answered;
}

async function spawnAll(count: number, spawn: (number: number) => Promise<Counter>): Promise<Counter[]> {
  const refs: Counter[] = [];
  for (let number = 0; number < count; number++) refs.push(await spawn(number));
  return refs;
}

answer<TroupeHerds>({
  named: async (count) =>
    weigh(
      count,
      async () => spawnAll(count, async (number) => system.spawn(counter, { id: `counter-${number}` })),
      answerAll,
    ),
  anonymous: async (count) =>
    weigh(count, async () => spawnAll(count, async () => system.spawn(counter)), answerAll),
});

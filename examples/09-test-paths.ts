/**
 * The chart as a test: a class that somebody wrote by hand, and a live actor, are taken along every transition of a turnstile.
 * In vitest it is two lines: `test('every path', () => testModel(turnstile, actorSut(turnstile)))`.
 */
import { assign, setup } from 'xstate';
import { actorSut, classSut, coverageTable, testModel, transitionPaths } from 'troupe/testing';

const turnstile = setup({
  types: {
    context: {} as { coins: number },
    events: {} as { type: 'COIN'; value: number } | { type: 'PUSH' },
  },
  guards: { isEnough: ({ event }) => event.type === 'COIN' && event.value >= 2 },
  actions: { count: assign({ coins: ({ context }) => context.coins + 1 }) },
}).createMachine({
  id: 'turnstile',
  context: { coins: 0 },
  initial: 'locked',
  states: {
    locked: { on: { COIN: { guard: 'isEnough', target: 'open', actions: 'count' } } },
    // Who does not walk through has half a minute, then it locks again.
    open: { on: { PUSH: 'locked' }, after: { 30_000: 'locked' } },
  },
});

// What the events carry, and where the count may end: coins are counted without end.
const options = {
  cases: { COIN: [{ value: 2 }, { value: 1 }] },
  filter: ({ context }: { context: { coins: number } }) => context.coins < 2,
};

const paths = transitionPaths(turnstile, options);
for (const path of paths) console.log(path.name);

class Gate {
  locked = true;
  coins = 0;
  insert(value: number): void {
    if (!this.locked || value < 2) return;
    this.locked = false;
    this.coins++;
  }
  push(): void {
    this.locked = true;
  }
}

/** Forgets to look at the coin. */
class CheapGate extends Gate {
  override insert(): void {
    super.insert(2);
  }
}

const gate = (create: () => Gate) =>
  classSut<Gate>({
    create,
    events: {
      COIN: (it, event: { value: number }) => it.insert(event.value),
      PUSH: (it) => it.push(),
    },
    timer: (it) => it.push(),
    state: ({ locked, coins }) => ({ value: locked ? 'locked' : 'open', context: { coins } }),
  });

const { coverage } = await testModel(
  paths,
  gate(() => new Gate()),
);
console.log(coverageTable(coverage));

const live = await testModel(paths, actorSut(turnstile));
console.log(`the live actor ignored ${live.ignored} events, as the chart says`);

try {
  await testModel(
    paths,
    gate(() => new CheapGate()),
  );
} catch (error) {
  console.log((error as Error).message);
}

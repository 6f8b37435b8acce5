/**
 * What any commit protocol has to achieve, without a protocol (Gray & Lamport, "Consensus on Transaction Commit", 2006, specification
 * TCommit): one chart with a parallel region per resource manager, whose guards look at the other regions.
 *
 *     npx troupe check examples/model-checking/transaction-commit.ts --param participants=3
 */
import { and, not, or, setup, stateIn } from 'xstate';
import { always, defineSystem, sometimes } from 'troupe/testing';

type Event = { readonly type: 'PREPARE' | 'COMMIT' | 'ABORT'; readonly participant: string };

const transaction = (names: readonly string[]) => {
  const { createMachine, createStateConfig } = setup({
    types: { events: {} as Event },
    guards: {
      is: ({ event }, { name }: { name: string }) => event.participant === name,
      canCommit: and(
        names.map((name) => or([stateIn({ [name]: 'prepared' }), stateIn({ [name]: 'committed' })])),
      ),
      noneCommitted: not(or(names.map((name) => stateIn({ [name]: 'committed' })))),
    },
  });
  const region = (name: string) => {
    const is = { type: 'is', params: { name } } as const;
    const abort = { guard: and([is, 'noneCommitted']), target: 'aborted' } as const;
    return createStateConfig({
      initial: 'working',
      states: {
        working: { on: { PREPARE: { guard: is, target: 'prepared' }, ABORT: abort } },
        prepared: { on: { COMMIT: { guard: and([is, 'canCommit']), target: 'committed' }, ABORT: abort } },
        committed: {},
        aborted: {},
      },
    });
  };
  return createMachine({
    id: 'transaction',
    type: 'parallel',
    states: Object.fromEntries(names.map((name) => [name, region(name)])),
  });
};

export interface Params {
  readonly participants?: number;
}

export const system = ({ participants = 3 }: Params = {}) => {
  const names = Array.from({ length: participants }, (_, n) => `p${n + 1}`);
  const states = (value: unknown): readonly string[] => Object.values(value as Record<string, string>);
  return defineSystem({
    name: 'transaction-commit',
    actors: {
      transaction: {
        logic: transaction(names),
        choices: names.flatMap((participant) =>
          ['PREPARE', 'COMMIT', 'ABORT'].map((type) => ({ type, participant })),
        ),
      },
    },
    properties: [
      always('none aborts where another commits', ({ actors }) => {
        const all = states(actors['transaction']!.value);
        return !(all.includes('committed') && all.includes('aborted'));
      }),
      sometimes('all commit', ({ actors }) =>
        states(actors['transaction']!.value).every((state) => state === 'committed'),
      ),
    ],
  });
};

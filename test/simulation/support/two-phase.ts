import { assign, setup } from 'xstate';
import { tell } from '../../../src/actor/words.ts';
import {
  always,
  defineSystem,
  eventually,
  sometimes,
  type Faults,
  type System,
} from '../../../src/testing/model/spec.ts';

interface Planted {
  /** A participant that has voted yes aborts when it hears nothing. */
  readonly impatient?: boolean;
  /** The coordinator commits when more than half have voted yes. */
  readonly majority?: boolean;
  /** The coordinator writes nothing down: after a crash it decides anew. */
  readonly forgetful?: boolean;
}

interface Tally {
  members: readonly string[];
  yes: readonly string[];
  decision: string | undefined;
}
type Vote = { type: 'YES'; from: string } | { type: 'NO'; from: string };

const toAll = (type: string) =>
  [0, 1, 2].map((at) =>
    tell<Tally, Vote, Vote, { type: string }>(({ context }) => context.members[at], { type }),
  );

const coordinator = ({ majority = false }: Planted) =>
  setup({
    types: {
      context: {} as Tally,
      events: {} as Vote,
      input: {} as { members: readonly string[]; decision?: string },
    },
    actions: {
      vote: assign({
        yes: ({ context, event }) =>
          context.yes.includes(event.from) ? context.yes : [...context.yes, event.from],
      }),
    },
    guards: {
      last: ({ context: { yes, members }, event }) => {
        const votes = new Set([...yes, event.from]).size;
        return majority ? votes * 2 > members.length : votes === members.length;
      },
      committed: ({ context }) => context.decision === 'commit',
      aborted: ({ context }) => context.decision === 'abort',
    },
    delays: { voting: 100, repeat: 200 },
  }).createMachine({
    id: 'coordinator',
    context: ({ input }) => ({ members: input.members, yes: [], decision: input.decision }),
    initial: 'begin',
    states: {
      begin: {
        always: [
          { guard: 'committed', target: 'committed' },
          { guard: 'aborted', target: 'aborted' },
          { target: 'voting' },
        ],
      },
      voting: {
        entry: toAll('PREPARE'),
        on: {
          YES: [{ guard: 'last', target: 'committed' }, { actions: 'vote' }],
          NO: 'aborted',
        },
        after: { voting: 'aborted' },
      },
      committed: {
        entry: [assign({ decision: 'commit' }), ...toAll('COMMIT')],
        on: { YES: { target: 'committed', reenter: true } },
      },
      aborted: {
        entry: [assign({ decision: 'abort' }), ...toAll('ABORT')],
        on: { YES: { target: 'aborted', reenter: true } },
      },
    },
  });

const participant = ({ impatient = false }: Planted) =>
  setup({
    types: {
      context: {} as { name: string },
      events: {} as { type: 'PREPARE' } | { type: 'COMMIT' } | { type: 'ABORT' } | { type: 'REFUSE' },
      input: {} as { name: string },
    },
  }).createMachine({
    id: 'participant',
    context: ({ input }) => ({ name: input.name }),
    initial: 'working',
    states: {
      // Until it has voted yes it may abort by itself.
      working: {
        after: { 400: 'aborted' },
        on: { PREPARE: 'prepared', REFUSE: 'aborted', ABORT: 'aborted' },
      },
      prepared: {
        entry: tell('coordinator', ({ context }) => ({ type: 'YES', from: context.name })),
        // It asks again, for a decision may be lost.
        after: impatient ? { 150: 'aborted' } : { 300: { target: 'prepared', reenter: true } },
        on: { COMMIT: 'committed', ABORT: 'aborted' },
      },
      committed: {},
      aborted: {
        on: {
          PREPARE: { actions: tell('coordinator', ({ context }) => ({ type: 'NO', from: context.name })) },
        },
      },
    },
  });

/** Two-phase commit of three participants (Gray 1978), with a bug planted in it or without. */
export function twoPhase(planted: Planted = {}, faults: Faults = {}): System {
  const members = ['p0', 'p1', 'p2'];
  const durable = planted.forgetful
    ? {}
    : {
        durable: {
          save: ({ context }: { context: { decision?: string } }) => context.decision,
          load: (input: object, decision: unknown) => ({ ...input, decision }),
        },
      };
  const logic = participant(planted);
  return defineSystem({
    name: 'two-phase commit',
    faults,
    mortal: ['coordinator'],
    actors: {
      coordinator: { logic: coordinator(planted), input: { members }, ...durable },
      ...Object.fromEntries(
        members.map((name) => [name, { logic, input: { name }, choices: [{ type: 'REFUSE' }] }]),
      ),
    },
    properties: [
      always('no two decide differently', ({ actors }) => {
        const ends = members.map((name) => String(actors[name]?.value));
        return !(ends.includes('committed') && ends.includes('aborted'));
      }),
      sometimes('all commit', ({ actors }) => members.every((name) => actors[name]?.matches('committed'))),
      eventually('all decide', ({ actors }) =>
        members.every((name) => ['committed', 'aborted'].includes(String(actors[name]?.value))),
      ),
    ],
  });
}

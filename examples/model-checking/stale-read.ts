/**
 * A register on Raft: is what clients read ever older than what they could know? Not with the chart of Troupe, whose reads are entries of
 * the log; at once with a leader that answers from its own state (the mutant), when another has taken over and it has not heard of that.
 *
 *   npx troupe check examples/model-checking/stale-read.ts --param mutant=reads-locally
 */
import { assign, setup, type EventObject } from 'xstate';
import {
  defineSystem,
  linearizability,
  register,
  sometimes,
  type NetworkKind,
  type SystemState,
} from 'troupe/testing';
import type { RaftAnswer, RaftContext, RaftMessage, RaftRequest } from 'troupe/machines';
import { tell } from 'troupe';
import { isSet } from './raft-bounds.ts';
import { pick } from './pick.ts';
import { durableOf, mutants, type Mutant } from './raft-mutants.ts';

type Operation =
  Pick<Extract<RaftRequest, { type: 'PROPOSE' }>, 'type' | 'command'> | { readonly type: 'READ' };

interface ClientInput {
  readonly name: string;
  readonly operation: Operation;
}

interface ClientContext extends ClientInput {
  readonly result: unknown;
}

/** The environment picks the server that is asked; ASK. A server that is no leader has taken nothing: another may be asked. */
type ClientEvent = { readonly type: 'ASK'; readonly server: string } | RaftAnswer;

const client = setup({
  types: { context: {} as ClientContext, events: {} as ClientEvent, input: {} as ClientInput },
}).createMachine({
  id: 'client',
  context: ({ input }) => ({ ...input, result: undefined }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        ASK: {
          target: 'waiting',
          actions: tell(
            ({ event }) => event.server,
            ({ context: { name, operation } }) => ({ ...operation, id: name, replyTo: name }),
          ),
        },
      },
    },
    waiting: {
      on: {
        ANSWER: { target: 'answered', actions: assign({ result: ({ event }) => event.result }) },
        NOT_LEADER: 'idle',
        UNDECIDED: 'unknown',
      },
    },
    answered: { type: 'final' },
    unknown: { type: 'final' },
  },
});

const { ledger, property } = linearizability({
  object: register(null),
  asked: ({ event }) => {
    const said = event as RaftRequest | RaftMessage;
    if (said.type === 'READ') return { input: { op: 'read' } as const, id: said.id };
    if (said.type !== 'PROPOSE') return undefined;
    return { input: { op: 'write', value: said.command } as const, id: said.id };
  },
  answered: ({ event }) => {
    const said = event as RaftAnswer;
    return said.type === 'ANSWER' ? { output: said.result, id: said.id } : undefined;
  },
});

const servers = ['s1', 's2', 's3'];

const clientOf = (name: string, operation: Operation, asked: readonly string[]) => ({
  logic: client,
  input: { name, operation },
  choices: asked.map((server): EventObject => ({ type: 'ASK', server }) as EventObject),
});

interface Bounds {
  readonly entries: number;
  readonly messages: number;
}

/** Who stands for election in which term. The third server only votes, and clients ask leaders: all that matters happens so. */
const candidates: Readonly<Record<string, number>> = { s1: 1, s2: 2 };

const within =
  ({ entries, messages }: Bounds) =>
  ({ actors, network }: SystemState): boolean =>
    network.length <= messages &&
    isSet(network) &&
    network.every(({ event }) => event.type !== 'NOT_LEADER') &&
    servers.every((name) => {
      const { currentTerm, log } = actors[name]?.context as RaftContext;
      const mayStand = actors[name]?.value !== 'candidate' || candidates[name] === currentTerm;
      return mayStand && currentTerm <= 2 && log.length <= entries;
    });

const isRead = ({ actors }: SystemState, value: unknown): boolean =>
  (actors['reader']?.matches('answered') ?? false) &&
  (actors['reader']?.context as ClientContext).result === value;

export interface Params {
  /** Of a log. */
  readonly entries?: number;
  /** Under way at once. */
  readonly messages?: number;
  /** Splits between the first server with the reader and the rest. */
  readonly partition?: number;
  /** `ordered` is Troupe's. */
  readonly network?: NetworkKind;
  /** `quiet`: while messages arrive nobody loses patience, so only a split makes a second leader; `any`: that too. */
  readonly timers?: 'quiet' | 'any';
  /** `reads-locally`, or another of raft-mutants.ts. */
  readonly mutant?: Mutant;
}

export const system = ({
  entries = 2,
  messages = 6,
  partition = 1,
  network = 'ordered',
  timers = 'quiet',
  mutant = 'none',
}: Params = {}) =>
  defineSystem({
    name: 'stale-read',
    actors: {
      ...Object.fromEntries(
        servers.map((name) => [
          name,
          {
            logic: pick(mutants, mutant),
            input: { name, servers, electionTimeout: { min: 100, max: 100 }, noop: false },
            durable: durableOf(mutant),
          },
        ]),
      ),
      writer: clientOf('writer', { type: 'PROPOSE', command: 'A' }, ['s1', 's2']),
      reader: clientOf('reader', { type: 'READ' }, ['s1', 's2']),
    },
    network,
    faults: { partition },
    timers,
    cuts: [['s1', 'reader']],
    boundary: within({ entries, messages }),
    history: ledger,
    properties: [
      property,
      sometimes('the write is read', (state) => isRead(state, 'A')),
      sometimes('nothing is read', (state) => isRead(state, null)),
    ],
  });

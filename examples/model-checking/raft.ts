/**
 * Raft, the chart of Troupe: elections and replication while messages are reordered, lost and repeated and servers crash.
 *
 *   npx troupe check examples/model-checking/raft.ts --param terms=2
 *   npx troupe check examples/model-checking/raft.ts --param mutant=forgets-vote --param crash=1
 *   npx troupe check examples/model-checking/raft.ts --param start=figure-8 --param mutant=counts-old-terms
 */
import { defineSystem, type ActorView, type SystemState } from 'troupe/testing';
import type { RaftContext, RaftStored } from 'troupe/machines';
import { isSet } from './raft-bounds.ts';
import { pick } from './pick.ts';
import { durableOf, mutants, type Mutant } from './raft-mutants.ts';
import { history, properties } from './raft-properties.ts';

const entry = (term: number) => ({ term, kind: 'command', command: 'x' }) as const;

/**
 * What three servers have stored when the story begins. `figure-8`: the first led term 1 and the third term 2; each got an entry that
 * it could not pass on. Without a prepared start the search would need 10 more steps to come here.
 */
const starts = {
  empty: [],
  'figure-8': [
    { currentTerm: 2, votedFor: null, log: [entry(1)] },
    { currentTerm: 2, votedFor: 's3', log: [] },
    { currentTerm: 2, votedFor: 's3', log: [entry(2)] },
  ],
};

const storedAt = (start: keyof typeof starts): readonly RaftStored[] => {
  if (Object.hasOwn(starts, start)) return starts[start];
  throw new RangeError(`There is no start "${start}". Known: ${Object.keys(starts).join(', ')}.`);
};

interface Bounds {
  readonly terms: number;
  readonly entries: number;
  readonly messages: number;
  readonly candidates: readonly string[];
  readonly repeats: boolean;
}

const within =
  ({ terms, entries, messages, candidates, repeats }: Bounds) =>
  ({ actors, network }: SystemState): boolean =>
    network.length <= messages &&
    (repeats || isSet(network)) &&
    Object.values(actors).every(({ name, status, value, context }) => {
      if (status !== 'active') return true;
      const { currentTerm, log } = context as RaftContext;
      const mayStand = value !== 'candidate' || candidates.includes(name);
      return currentTerm <= terms && log.length <= entries && mayStand;
    });

const proposals = (server: ActorView) =>
  server.matches('leader') ? [{ type: 'PROPOSE', id: 'p', command: 'x' }] : [];

export interface Params {
  /** 3 or more. */
  readonly servers?: number;
  /** How many of them may stand for election. */
  readonly candidates?: number;
  /** The last term that is looked at. */
  readonly terms?: number;
  /** Of a log. */
  readonly entries?: number;
  /** Under way at once. */
  readonly messages?: number;
  readonly lose?: number;
  readonly duplicate?: number;
  /** A server that crashed comes back with what it has stored. */
  readonly crash?: number;
  readonly start?: keyof typeof starts;
  readonly mutant?: Mutant;
}

export const system = ({
  servers = 3,
  candidates = 2,
  terms = 2,
  entries = 1,
  messages = 4,
  lose = 0,
  duplicate = 0,
  crash = 0,
  start = 'empty',
  mutant = 'none',
}: Params = {}) => {
  const names = Array.from({ length: servers }, (_, at) => `s${at + 1}`);
  const stored = storedAt(start);
  const standing = [...names.slice(0, candidates - 1), ...names.slice(-1)];
  return defineSystem({
    name: 'raft',
    actors: Object.fromEntries(
      names.map((name, at) => [
        name,
        {
          logic: pick(mutants, mutant),
          input: {
            name,
            servers: names,
            electionTimeout: { min: 100, max: 100 },
            noop: false,
            ...stored[at],
          },
          choices: proposals,
          durable: durableOf(mutant),
        },
      ]),
    ),
    network: 'unordered',
    faults: { lose, duplicate, crash },
    boundary: within({ terms, entries, messages, candidates: standing, repeats: duplicate > 0 }),
    history,
    properties,
  });
};

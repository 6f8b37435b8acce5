/**
 * Single-decree Paxos behind a register, as in Stateright's `examples/paxos.rs`: servers agree on one value, clients write and read.
 *
 *     npx troupe check examples/model-checking/paxos.ts
 *     npx troupe check examples/model-checking/paxos.ts --param mutant=no-adoption
 *     npx troupe check examples/model-checking/paxos.ts --param clients=1 --param rounds=2 --param crash=1
 */
import { defineSystem, type NetworkKind, type SystemState } from 'troupe/testing';
import { paxos, paxosMemory, type PaxosContext, type PaxosInput, type PaxosMemory } from 'troupe/machines';
import { pick } from './pick.ts';
import { clientsOf, named } from './register-clients.ts';
import { registerHistory, valueChosen } from './register-history.ts';

/** What can be got wrong. */
const mutants = {
  none: paxos,
  /** A leader proposes its own value whatever the promises say. */
  'no-adoption': paxos.provide({ actions: { adopt: () => undefined } }),
  /** An acceptor votes in ballots below its promise. */
  'no-promise': paxos.provide({ guards: { isNotLower: () => true } }),
  /** A leader proposes when it has its own promise. */
  'small-quorum': paxos.provide({ guards: { isPromised: () => true } }),
  /** An acceptor that starts again has forgotten what it promised and accepted. Shows with `crash=1`. */
  amnesia: paxos,
} as const;

/** What a server writes down before it says anything. */
const durable = {
  save: ({ context }: { context: PaxosContext }) => paxosMemory(context),
  load: (input: PaxosInput, memory: PaxosMemory) => ({ ...input, memory }),
};

export interface Params {
  readonly servers?: number;
  readonly clients?: number;
  readonly network?: NetworkKind;
  readonly mutant?: keyof typeof mutants;
  /** Servers lose patience at any time, and ballots beyond this round are not followed. 0: they never do, as in Stateright's model. */
  readonly rounds?: number;
  /** How often servers die and come back with their memory. */
  readonly crash?: number;
  readonly lose?: number;
}

export const system = ({
  servers = 3,
  clients = 2,
  network = 'unordered',
  mutant = 'none',
  rounds = 0,
  crash = 0,
  lose = 0,
}: Params = {}) => {
  const names = named('server', servers);
  const contexts = ({ actors }: SystemState): PaxosContext[] =>
    names.flatMap((name) =>
      actors[name]?.status === 'active' ? [actors[name].context as PaxosContext] : [],
    );
  const { ledger, property } = registerHistory();
  return defineSystem({
    name: 'paxos',
    network,
    faults: { crash, lose },
    mortal: names,
    timers: rounds > 0 ? 'any' : 'never',
    boundary: (state) => rounds === 0 || contexts(state).every(({ ballot }) => ballot.round <= rounds),
    actors: {
      ...Object.fromEntries(
        names.map((name) => {
          const input: PaxosInput = { name, peers: names.filter((each) => each !== name), room: 0 };
          return [
            name,
            { logic: pick(mutants, mutant), input, durable: mutant === 'amnesia' ? false : durable },
          ];
        }),
      ),
      ...clientsOf(names, clients),
    },
    history: ledger,
    properties: [property, valueChosen],
  });
};

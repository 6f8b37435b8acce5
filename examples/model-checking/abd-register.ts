/**
 * A register shared by replicas of which any minority may die (Attiya, Bar-Noy, Dolev 1995), as in Stateright's
 * `examples/linearizable-register.rs`.
 *
 *     npx troupe check examples/model-checking/abd-register.ts
 *     npx troupe check examples/model-checking/abd-register.ts --param servers=3 --param clients=1 --param readers=1 --param mutant=no-write-back
 */
import { defineSystem, type NetworkKind } from 'troupe/testing';
import { abdMemory, abdRegister, type AbdContext, type AbdInput, type Versioned } from 'troupe/machines';
import { pick } from './pick.ts';
import { clientsOf, named, readersOf } from './register-clients.ts';
import { registerHistory, valueChosen } from './register-history.ts';

/** What can be got wrong. */
const mutants = {
  none: abdRegister,
  /** A read returns the newest value it found and does not make sure that later reads find it. */
  'no-write-back': abdRegister.provide({
    guards: {
      isSettled: ({ context: { call, values, peers } }) =>
        call?.type === 'GET' && Object.keys(values).length * 2 > peers.length + 1,
    },
  }),
  /** A replica that starts again has forgotten what it recorded. Shows with `crash=1`. */
  amnesia: abdRegister,
} as const;

export interface Params {
  readonly servers?: number;
  readonly clients?: number;
  /** Clients besides, that read twice, and from the next server the second time. */
  readonly readers?: number;
  readonly network?: NetworkKind;
  readonly mutant?: keyof typeof mutants;
  /** `agreed`: a read whose majority agrees ends after its first phase. */
  readonly fastRead?: 'never' | 'agreed';
  /** Calls a busy replica keeps. 0: they stay in the network, as in Stateright's model. */
  readonly room?: number;
  /** How often replicas die and come back with their memory. */
  readonly crash?: number;
  readonly restart?: number;
  /** How many messages are lost. Replicas that wait for them ask again when nothing else can happen. */
  readonly lose?: number;
}

export const system = ({
  servers = 2,
  clients = 2,
  readers = 0,
  network = 'unordered',
  mutant = 'none',
  fastRead = 'never',
  room = 0,
  crash = 0,
  restart = crash,
  lose = 0,
}: Params = {}) => {
  const names = named('server', servers);
  const { ledger, property } = registerHistory();
  const input = (name: string): AbdInput => ({
    name,
    peers: names.filter((each) => each !== name),
    room,
    fastRead,
  });
  const durable = {
    save: ({ context }: { context: AbdContext }) => abdMemory(context),
    load: (input: AbdInput, memory: Versioned) => ({ ...input, memory }),
  };
  return defineSystem({
    name: `ABD register of ${servers} servers, ${clients} clients`,
    network,
    faults: { crash, restart, lose },
    timers: lose > 0 ? 'quiet' : 'never',
    mortal: names,
    actors: {
      ...Object.fromEntries(
        names.map((name) => [
          name,
          {
            logic: pick(mutants, mutant),
            input: input(name),
            durable: mutant === 'amnesia' ? false : durable,
          },
        ]),
      ),
      ...clientsOf(names, clients),
      ...readersOf(names, readers, clients),
    },
    history: ledger,
    properties: [property, valueChosen],
  });
};

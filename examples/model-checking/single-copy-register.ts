/**
 * Clients that write and read a register kept in one place (Stateright's `single-copy-register`). One server is linearizable. Several
 * are not: a client reads from the next server what it wrote to another.
 *
 *     npx troupe check examples/model-checking/single-copy-register.ts
 *     npx troupe check examples/model-checking/single-copy-register.ts --param servers=2
 */
import { registerClient, singleCopyRegister } from 'troupe/machines';
import { defineSystem, type NetworkKind } from 'troupe/testing';
import { registerHistory, valueChosen } from './register-history.ts';

export interface Params {
  readonly servers?: number;
  readonly clients?: number;
  readonly network?: NetworkKind;
}

/** The value client 0 writes is A, that of client 1 is B. */
const valueOf = (client: number): string => String.fromCharCode('A'.charCodeAt(0) + client);

export const system = ({ servers = 1, clients = 2, network = 'unordered' }: Params = {}) => {
  const names = Array.from({ length: servers }, (_, at) => `server${at}`);
  const people = Array.from({ length: clients }, (_, at) => `client${at}`);
  const { ledger, property } = registerHistory();
  return defineSystem({
    name: `single-copy register of ${servers} servers, ${clients} clients`,
    actors: {
      ...Object.fromEntries(names.map((name) => [name, { logic: singleCopyRegister }])),
      ...Object.fromEntries(
        people.map((name, at) => [
          name,
          { logic: registerClient, input: { name, servers: names, first: at, values: [valueOf(at)] } },
        ]),
      ),
    },
    network,
    history: ledger,
    properties: [property, valueChosen],
  });
};

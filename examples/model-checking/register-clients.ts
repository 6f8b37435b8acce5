import { registerClient, type RegisterClientInput } from 'troupe/machines';
import type { ActorSpec } from 'troupe/testing';
import { registerReader, type ReaderInput } from './register-reader.ts';

/** `count` names, numbered from 0 as in Stateright's models. */
export const named = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${what}${n}`);

/** What client `n` writes: A, B and so on. */
const valueOf = (n: number): string => String.fromCharCode('A'.charCodeAt(0) + n);

type Actors = Readonly<Record<string, ActorSpec>>;

/** Clients as in Stateright's register models: each writes a value and then reads, beginning with the server of its own number. */
export const clientsOf = (servers: readonly string[], count: number): Actors =>
  Object.fromEntries(
    named('client', count).map((name, first) => {
      const input: RegisterClientInput = { name, servers, first, values: [valueOf(first)] };
      return [name, { logic: registerClient, input }];
    }),
  );

/** Clients that read twice; their numbers go on where those of `clientsOf` end. */
export const readersOf = (servers: readonly string[], count: number, clients: number): Actors =>
  Object.fromEntries(
    named('reader', count).map((name, n) => {
      const input: ReaderInput = { name, servers, first: clients + n };
      return [name, { logic: registerReader, input }];
    }),
  );

import type { ActorSpec } from 'troupe/testing';
import { registerClient, type RegisterClientInput } from 'troupe/machines';

/** `count` names, numbered from 0 as in Stateright's models. */
export const named = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${what}${n}`);

/** What client `n` writes: A, B and so on. */
const valueOf = (n: number): string => String.fromCharCode('A'.charCodeAt(0) + n);

/** Clients as in Stateright's register models. The first `writers` write one value each, every one reads. */
export const clientsOf = (
  servers: readonly string[],
  count: number,
  writers = count,
): Readonly<Record<string, ActorSpec>> =>
  Object.fromEntries(
    named('client', count).map((name, first) => {
      const values = first < writers ? [valueOf(first)] : [];
      const input: RegisterClientInput = { name, servers, first, values };
      return [name, { logic: registerClient, input }];
    }),
  );

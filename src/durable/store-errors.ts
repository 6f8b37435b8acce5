import { TroupeError } from '../errors.ts';
import type { Position, StoreOptions } from './store.ts';

/** @param last where the actor's last record is; undefined when that is not known */
export const fenced = (id: string, expected: Position, last?: Position): TroupeError =>
  new TroupeError(
    'FENCED',
    `Nothing was stored for "${id}": its last record is ${last === undefined ? 'not' : `at ${last}, not`} at ${expected} any more, so another owner has written. Load the actor again.`,
    { data: last === undefined ? { id, expected } : { id, expected, last } },
  );

export const tooLarge = (id: string, size: number, limit: number): TroupeError =>
  new TroupeError(
    'PAYLOAD_TOO_LARGE',
    `A record of "${id}" has ${size} bytes, the store takes ${limit}: keep less in the actor's context.`,
    { data: { id, size, limit } },
  );

export const storeClosed = (store: string): TroupeError =>
  new TroupeError('STORE_UNAVAILABLE', `The store ${store} is closed.`);

/** A delta without the snapshot it builds on, or a chain with a hole. */
export const brokenChain = (id: string, what: string): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `The records of "${id}" do not make up a state: ${what}. Restore the store from a backup, or purge the actor.`,
    { data: { id } },
  );

/** A store belongs to one system with one number of shards, for ever: another number would place actors elsewhere. */
export const otherShards = (store: string, there: number, { system, shards }: StoreOptions): TroupeError =>
  new TroupeError(
    'STORE_MISMATCH',
    `The store ${store} was made for ${there} shards of the system "${system}", limits.shards is ${shards}: set it to ${there}, or use a new store.`,
    { data: { setting: 'shards', there, wanted: shards } },
  );

import { memory } from '../../../../src/durable/memory/store.ts';
import { decodeRecord, encodeRecord } from '../../../../src/durable/record.ts';
import type { Commit } from '../../../../src/durable/commit.ts';
import type { Journal, Store } from '../../../../src/durable/store.ts';

/** A store with something wrong. */
const planted = (plant: (journal: Journal) => Partial<Journal>): Store => {
  const store = memory();
  return {
    name: 'planted',
    open: async (options) => {
      const journal = await store.open(options);
      return { ...journal, ...plant(journal) };
    },
  };
};

/** Whoever appends comes after the last record, whatever they expected: a stalled owner writes over what was decided since. */
export const unfenced = (): Store =>
  planted((journal) => ({
    append: async (id, record) => {
      const last = (await journal.load(id)).at(-1);
      return journal.append(id, record, last?.position ?? 0);
    },
  }));

/** Now and then a record is acknowledged and not stored. */
export const forgetful = (): Store => {
  let count = 0;
  return planted((journal) => ({
    append: async (id, record, expected) => {
      if (++count % 10 !== 0) return journal.append(id, record, expected);
      return expected + 0.5;
    },
  }));
};

/** Nobody is ever found again by their unfinished work. */
export const sleepy = (): Store => planted(() => ({ wake: async () => 1 }));

/** What is read does not say which messages were taken: a receiver without memory. */
export const gullible = (): Store =>
  planted((journal) => ({
    load: async (id) =>
      (await journal.load(id)).map(({ position, record }) => {
        const commit = decodeRecord(record) as Commit;
        if (commit.state === undefined) return { position, record };
        const state = { ...commit.state, taken: {}, keys: [] };
        return { position, record: encodeRecord({ ...commit, state }, false) };
      }),
  }));

/** Timers begin again, with all of their delay, when they are read. */
export const restarting = (now: () => number): Store =>
  planted((journal) => ({
    load: async (id) =>
      (await journal.load(id)).map(({ position, record }) => {
        const commit = decodeRecord(record) as Commit;
        if (commit.state === undefined) return { position, record };
        const { actor } = commit.state;
        const timers = actor.timers.map((timer) => ({ ...timer, due: now() + timer.delay }));
        const state = { ...commit.state, actor: { ...actor, timers } };
        return { position, record: encodeRecord({ ...commit, state }, false) };
      }),
  }));

import type { Journal, Store } from 'troupe';

export interface Opened {
  readonly store: Store;
  /** What it opened, once a system has been made with it. */
  readonly journal: () => Journal;
}

/** A store whose journal the test reads besides: through the connection of its own node. */
export function noting(store: Store): Opened {
  const opened: { journal?: Journal } = {};
  return {
    store: {
      name: store.name,
      open: async (options) => (opened.journal = await store.open(options)),
    },
    journal: () => opened.journal!,
  };
}

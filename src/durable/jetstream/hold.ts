/** Counts work that goes on, so that closing can wait for it. */
export interface Hold {
  readonly hold: <T>(work: Promise<T>) => Promise<T>;
  /** Resolves when there is none, however it ended. */
  readonly idle: () => Promise<void>;
}

export function createHold(): Hold {
  const going = new Set<Promise<unknown>>();
  return {
    hold: async (work) => {
      going.add(work);
      try {
        return await work;
      } finally {
        going.delete(work);
      }
    },
    idle: async () => {
      while (going.size > 0) await Promise.allSettled(going);
    },
  };
}

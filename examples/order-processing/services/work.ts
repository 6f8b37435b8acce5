import { setTimeout as sleep } from 'node:timers/promises';

/** What the services take for their work, ms: real enough that timeouts and the breaker have something to do. */
export const work = {
  bookkeeping: 5,
  bank: 15,
  /** A slow card; far beyond what the breaker calls slow. */
  slowBank: 250,
  payment: 10,
  inventory: 20,
} as const;

export const takeTime = async (kind: keyof typeof work): Promise<void> => {
  await sleep(work[kind]);
};

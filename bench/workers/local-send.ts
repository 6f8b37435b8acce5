import { cpuSeconds } from './cpu.ts';

/** What both contenders of local-send do; the parent calls it. */
export interface LocalSender {
  /** Send for so many seconds. */
  round(seconds: number): Promise<LocalRound>;
}

export interface LocalRound {
  readonly sent: number;
  /** Counted by the machine. */
  readonly handled: number;
  readonly seconds: number;
  /** CPU time of the round. */
  readonly cpuSeconds: number;
}

const BETWEEN_LOOKS = 1_000;

/** @param count reads how many the machine has counted since it began */
export async function sendFor(
  seconds: number,
  send: () => void,
  count: () => Promise<number>,
): Promise<LocalRound> {
  const before = await count();
  const cpu = cpuSeconds();
  const began = performance.now();
  const end = began + seconds * 1_000;
  let sent = 0;
  let now = began;
  while (now < end) {
    for (let i = 0; i < BETWEEN_LOOKS; i++) send();
    sent += BETWEEN_LOOKS;
    now = performance.now();
  }
  const handled = (await count()) - before;
  const took = (performance.now() - began) / 1_000;
  return { sent, handled, seconds: took, cpuSeconds: cpuSeconds() - cpu };
}

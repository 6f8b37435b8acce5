import { performance } from 'node:perf_hooks';

/** Since some beginning, ms. */
export interface Use {
  /** The processor worked for us. */
  readonly cpu: number;
  /** The event loop had something to do. */
  readonly busy: number;
}

/**
 * A stopwatch also runs while others have the processor: on a machine that is loaded, all takes longer than it costs.
 * @returns how much of the time in which there was something to do the processor was ours, 0 to 1, since it was last called
 */
export function processorShare(read: () => Use): () => number {
  let before = read();
  return () => {
    const now = read();
    const [cpu, busy] = [now.cpu - before.cpu, now.busy - before.busy];
    before = now;
    return busy <= 0 ? 1 : Math.max(0, Math.min(1, cpu / busy));
  };
}

type OfThread = { threadCpuUsage?: () => NodeJS.CpuUsage };

/** Of this thread where Node can say it (from 23.9), else of the whole process: that is more, and no harm. */
export const systemUse = (): Use => {
  const { user, system } = (process as OfThread).threadCpuUsage?.() ?? process.cpuUsage();
  return { cpu: (user + system) / 1_000, busy: performance.eventLoopUtilization().active };
};

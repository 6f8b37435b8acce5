import { cpuSeconds } from './cpu.ts';
import type { Latencies, StepsRound } from './durable.ts';

/** So many operations under way for so long; completions are counted. */
export async function runLanes(
  count: number,
  seconds: number,
  operation: (lane: number) => Promise<unknown>,
): Promise<StepsRound> {
  const latencies: number[] = [];
  const cpu = cpuSeconds();
  const began = performance.now();
  const end = began + seconds * 1_000;
  const lane = async (number: number): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      await operation(number);
      const then = performance.now();
      latencies.push(then - now);
      now = then;
    }
  };
  await Promise.all(Array.from({ length: count }, async (_, number) => lane(number)));
  const took = (performance.now() - began) / 1_000;
  const used = cpuSeconds() - cpu;
  return { done: latencies.length, seconds: took, cpu: used, ...latenciesOf(latencies) };
}

/** @param all ms each */
export function latenciesOf(all: readonly number[]): Latencies {
  const sorted = Float64Array.from(all).sort();
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

import { compareChart, run, type Difference } from './compare.ts';
import type { Chart } from './random-chart.ts';
import { shrink } from './shrink.ts';

const first = (xstate: readonly unknown[], kernel: readonly unknown[]): string => {
  const at = xstate.findIndex((each, index) => JSON.stringify(each) !== JSON.stringify(kernel[index]));
  const from = at < 0 ? Math.min(xstate.length, kernel.length) : at;
  const show = (all: readonly unknown[]) => all.slice(from, from + 4).map((each) => JSON.stringify(each));
  return `from ${from} on XState ${show(xstate).join(' ') || 'none'} | kernel ${show(kernel).join(' ') || 'none'}`;
};

/** The smallest chart and stimuli found for a seed on which the kernel and XState differ, and how to see it again. */
export function report(seed: number): string {
  const { chart, verdict } = run(seed);
  if (typeof verdict === 'string') return `seed ${seed}: ${verdict}`;
  const judge = (small: { chart: Chart; after: Difference['after'] }) =>
    compareChart(small.chart, (_stepped, at) => small.after[at]);
  const smallest = shrink(
    { chart, after: verdict.after },
    (small) => {
      try {
        return typeof judge(small) === 'object';
      } catch {
        return false;
      }
    },
    ['guard', 'initialThrows'],
  );
  const { xstate, kernel } = judge(smallest) as Difference;
  return [
    `seed ${seed} (run(${seed}) of support/compare.ts)`,
    `chart: ${JSON.stringify(smallest.chart)}`,
    `after: ${JSON.stringify(smallest.after)}`,
    `effects: ${first(xstate.effects, kernel.effects)}`,
    `transitions: ${first(xstate.taken, kernel.taken)}`,
    `XState: ${JSON.stringify(xstate.view)}`,
    `kernel: ${JSON.stringify(kernel.view)}`,
  ].join('\n');
}

import { bounds } from './bounds.ts';
import type { Drawing } from './pictures.ts';

/** Layout in a worker, and what is wrong with a chart: loaded on use, so that nobody pays for them who looks at no chart. */
export const drawing: Drawing = {
  async layout(chart, direction, collapsed) {
    const { layoutInWorker } = await import('../layout/in-worker.ts');
    return layoutInWorker(chart, { direction, collapsed }, bounds.layout);
  },
  async problems(chart) {
    const { problemsOf } = await import('../draw/problems.ts');
    return problemsOf(chart).map(({ at, text }) => ({ at, text }));
  },
};

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { drawingLimits } from '../../limits.ts';
import { systemClock } from '../../ports.ts';
import type { Chart } from '../draw/chart.ts';
import type { Geometry } from './geometry.ts';
import type { LayoutOptions } from './layout.ts';
import { toModel } from './model.ts';
import { nestedGeometry } from './nested.ts';

const isSource = import.meta.url.endsWith('.ts');

/** From source, the thread needs the loader that reads TypeScript; the published package is JavaScript. */
const startWorker = (chart: Chart, options: LayoutOptions): Worker => {
  const url = new URL(`./worker${isSource ? '.ts' : '.js'}`, import.meta.url);
  const workerData = { chart, options };
  const resourceLimits = { maxOldGenerationSizeMb: 1_024 };
  if (!isSource) return new Worker(url, { workerData, resourceLimits, execArgv: [] });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api'));
  const [loader, thread] = [JSON.stringify(new URL('index.mjs', tsx).href), JSON.stringify(url.href)];
  const code = `import(${loader}).then(({ register }) => { register(); return import(${thread}); })`;
  return new Worker(code, { eval: true, workerData, resourceLimits, execArgv: [] });
};

const outline = (chart: Chart, { collapsed, direction = 'down' }: LayoutOptions): Geometry =>
  nestedGeometry(toModel(chart, { collapsed, outline: true }), direction);

/**
 * A layout made in a thread of its own, so that nothing waits for it. One that takes too long, or fails, is ended, and the outline is the
 * answer: this never rejects. `timeout` in ms.
 */
export async function layoutInWorker(
  chart: Chart,
  options: LayoutOptions = {},
  timeout: number = drawingLimits.layout,
): Promise<Geometry> {
  let worker: Worker;
  try {
    worker = startWorker(chart, options);
  } catch {
    return outline(chart, options);
  }
  const found = await new Promise<Geometry | undefined>((resolve) => {
    const timer = systemClock.setTimeout(() => resolve(undefined), timeout);
    const settle = (geometry?: Geometry): void => {
      systemClock.clearTimeout(timer);
      resolve(geometry);
    };
    worker.once('message', (geometry: Geometry) => settle(geometry));
    worker.once('error', () => settle());
    worker.once('exit', () => settle());
  });
  await worker.terminate();
  return found ?? outline(chart, options);
}

import { parentPort, workerData } from 'node:worker_threads';
import type { Chart } from '../draw/chart.ts';
import { layoutChart, type LayoutOptions } from './layout.ts';

/** The thread of in-worker.ts: one chart, one answer. */
const { chart, options } = workerData as { chart: Chart; options: LayoutOptions };
parentPort?.postMessage(await layoutChart(chart, options));

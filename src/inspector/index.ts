/** The public door of `troupe/inspector`. */
export { toChart } from './draw/to-chart.ts';
export { toMermaid, type MermaidOptions } from './draw/mermaid.ts';
export type {
  Chart,
  ChartAction,
  ChartGuard,
  ChartInitial,
  ChartInvoke,
  ChartState,
  ChartTransition,
  ChartTrigger,
  Json,
} from './draw/chart.ts';

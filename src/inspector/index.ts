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
export { edgeFinder, edgeIds, edgesOf, type ChartEdge } from './draw/edges.ts';
export { outlineOf, outlineText, type OutlineItem, type OutlineRow } from './draw/outline.ts';
export { problemsOf, type Problem } from './draw/problems.ts';
export { renderChart } from './draw/render.ts';
export type { Overlay } from './draw/overlay.ts';
export type { Element, Shape } from './draw/shape.ts';
export { toSvg, type SvgOptions } from './draw/svg.ts';
export { toPng, type PngOptions } from './draw/png.ts';
export { layoutChart, type LayoutOptions } from './layout/layout.ts';
export { layoutInWorker } from './layout/in-worker.ts';
export type { Geometry, GeometryEdge, GeometryNode } from './layout/geometry.ts';
export { inspect, inspectRecording } from './inspect.ts';
export { createInspector, type Inspector, type InspectorOptions } from './server/server.ts';
export { liveSource, type LiveSourceOptions, type LiveSystem } from './source/live.ts';
export { recordingSource } from './source/recording.ts';
export type { Source } from './source/source.ts';
export { statelySource } from './source/stately.ts';
export { statelyEvents, type StatelyOptions } from './stately.ts';
export { createStatelyAdapter, toStately, type StatelyInspectionEvent } from './source/stately-events.ts';

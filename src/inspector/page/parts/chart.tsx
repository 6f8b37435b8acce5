import './chart.css';
import { useMemo } from 'preact/hooks';
import { renderChart } from '../../draw/render.ts';
import { shape, type Element } from '../../draw/shape.ts';
import type { Overlay } from '../../draw/overlay.ts';
import type { Geometry } from '../../layout/geometry.ts';
import type { Visits } from '../model/chart-state.ts';
import { Outline } from './outline.tsx';
import { styleCharts, toNode, type Decorate } from './shape.tsx';
import type { ChartPicture } from '../../protocol.ts';

/** What lies on the chart, the heat, and what a click on a state does. */
export interface ChartLook {
  readonly overlay: Overlay;
  readonly visits?: Visits | undefined;
  readonly zoom?: number;
}

const decorateWith =
  (visits: Visits): Decorate =>
  (attrs) => {
    const [state, edge] = [attrs['data-state'], attrs['data-edge']];
    const [count, most] =
      state !== undefined
        ? [visits.states[state], visits.mostStates]
        : edge !== undefined
          ? [visits.transitions[edge], visits.mostTransitions]
          : [undefined, 0];
    if (state === undefined && edge === undefined) return undefined;
    return { style: { '--heat': most === 0 ? '0' : ((count ?? 0) / most).toFixed(3) } };
  };

/** How often, as text: colour alone does not say it. */
const countShapes = ({ nodes }: Geometry, { states }: Visits): Element[] =>
  nodes
    .filter(({ id, parent }) => parent !== undefined && states[id] !== undefined)
    .map(({ id, x, y, width }) =>
      shape('text', { class: 'count', x: x + width - 2, y: y - 4 }, [`${states[id] ?? 0}×`]),
    );

/** The picture; laid out once, after that only what differs is touched. */
const Drawn = ({
  geometry,
  look: { overlay, visits, zoom = 1 },
}: {
  readonly geometry: Geometry;
  readonly look: ChartLook;
}) => {
  styleCharts();
  const key = JSON.stringify([overlay, visits]);
  const svg = useMemo(() => {
    const drawn = renderChart(geometry, overlay);
    if (visits === undefined) return toNode(drawn);
    const counted = { ...drawn, children: [...drawn.children, ...countShapes(geometry, visits)] };
    return toNode(counted, decorateWith(visits));
  }, [geometry, key]);
  return (
    <div
      class={`picture scroll ${visits === undefined ? '' : 'heated'}`}
      tabIndex={0}
      role="region"
      aria-label="Chart"
      style={{ '--zoom': String(zoom), '--width': `${geometry.width}px`, '--height': `${geometry.height}px` }}
    >
      {svg}
    </div>
  );
};

/** A chart as a picture, or as an outline where there is none (yet). */
export const ChartPart = ({
  picture,
  look,
  isOutline = false,
}: {
  readonly picture: ChartPicture;
  readonly look: ChartLook;
  readonly isOutline?: boolean;
}) => {
  const geometry = picture.geometry as Geometry | undefined;
  return geometry === undefined || isOutline ? (
    <Outline chart={picture.chart} overlay={look.overlay} />
  ) : (
    <Drawn geometry={geometry} look={look} />
  );
};

import './chart.css';
import { useMemo } from 'preact/hooks';
import { layOn, type Overlay } from '../../draw/overlay.ts';
import type { Visits } from '../model/chart-state.ts';
import { Outline } from './outline.tsx';
import { styleCharts, toNode, type Decorate } from './shape.tsx';
import type { ChartDrawing, ChartPicture } from '../../protocol.ts';

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

/** The picture; laid out once, after that only what differs is touched. */
const Drawn = ({
  drawing,
  look: { overlay, visits, zoom = 1 },
}: {
  readonly drawing: ChartDrawing;
  readonly look: ChartLook;
}) => {
  styleCharts(drawing.style);
  const { width, height } = drawing.shape.attrs;
  const key = JSON.stringify([overlay, visits]);
  const svg = useMemo(
    // How often, also as text: colour alone does not say it.
    () =>
      toNode(
        layOn(drawing.shape, visits === undefined ? overlay : { ...overlay, visits: visits.states }),
        visits && decorateWith(visits),
      ),
    [drawing, key],
  );
  return (
    <div
      class={`picture scroll ${visits === undefined ? '' : 'heated'}`}
      tabIndex={0}
      role="region"
      aria-label="Chart"
      style={{ '--zoom': String(zoom), '--width': `${width}px`, '--height': `${height}px` }}
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
  const { drawing } = picture;
  return drawing === undefined || isOutline ? (
    <Outline picture={picture} overlay={look.overlay} />
  ) : (
    <Drawn drawing={drawing} look={look} />
  );
};

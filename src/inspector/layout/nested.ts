import { INSET, type Box, type Model } from './model.ts';
import { placeBox } from './from-elk.ts';
import { ROUND } from './elk-graph.ts';
import type { Direction } from './elk-graph.ts';
import type { Geometry, GeometryNode } from './geometry.ts';

/** Between boxes, and around them, pixels. */
const GAP = 12;
const MARGIN = 16;

interface Size {
  readonly width: number;
  readonly height: number;
}

const isRound = (box: Box): boolean => box.kind === 'shallow' || box.kind === 'deep';

const sizeOf = (box: Box, sizes: Map<Box, Size>): Size => {
  const known = sizes.get(box);
  if (known !== undefined) return known;
  const children = box.children.map((child) => sizeOf(child, sizes));
  const rim = box.kind === 'final' ? 8 : 0;
  const inner = Math.max(0, ...children.map(({ width }) => width)) + (children.length > 0 ? 2 * INSET.x : 0);
  const below = children.reduce((sum, { height }) => sum + height + GAP, children.length > 0 ? GAP : 0);
  const size = isRound(box)
    ? { width: ROUND.history, height: ROUND.history }
    : {
        width: Math.ceil(Math.max(72, box.header.width, inner)) + rim,
        height: box.header.height + below + rim + 4,
      };
  sizes.set(box, size);
  return size;
};

/**
 * The layout that always succeeds: states in states, one below the other, without arrows; where a transition leads is said in its row (the
 * model has to be made with `outline`).
 */
export function nestedGeometry(model: Model, direction: Direction): Geometry {
  const sizes = new Map<Box, Size>();
  const nodes: GeometryNode[] = [];
  const place = (box: Box, x: number, y: number): void => {
    const size = sizeOf(box, sizes);
    nodes.push(placeBox(box, { x, y, ...size }));
    let below = y + box.header.height + GAP;
    for (const child of box.children) {
      place(child, x + INSET.x, below);
      below += sizeOf(child, sizes).height + GAP;
    }
  };
  place(model.root, MARGIN, MARGIN);
  const { width, height } = sizeOf(model.root, sizes);
  return {
    version: 1,
    chart: model.root.state.id,
    method: 'outline',
    direction,
    width: width + 2 * MARGIN,
    height: height + 2 * MARGIN,
    nodes,
    edges: [],
    omitted: model.omitted,
  };
}

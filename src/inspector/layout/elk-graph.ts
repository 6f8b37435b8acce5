import type { Arrow, Box, Model } from './model.ts';

/** The part of ELK's JSON form that is used here: https://eclipse.dev/elk/documentation/tooldevelopers/graphdatastructure/jsonformat.html */
export interface ElkShape {
  readonly text?: string;
  readonly id: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface ElkNode extends ElkShape {
  readonly children?: readonly ElkNode[];
  readonly edges?: readonly ElkEdge[];
}

export interface ElkEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly ElkShape[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
  readonly sections?: readonly ElkSection[];
}

interface ElkPoint {
  readonly x: number;
  readonly y: number;
}

export interface ElkSection {
  readonly startPoint: ElkPoint;
  readonly endPoint: ElkPoint;
  readonly bendPoints?: readonly ElkPoint[];
}

export type Direction = 'down' | 'right';
export type Method = 'layered' | 'plain' | 'separate';

/** From what is drawn to the ids ELK knows it by: names of users are not let near it. */
export interface ElkIds {
  readonly box: (id: string) => string;
  readonly initial: (id: string) => string;
  readonly arrow: (index: number) => string;
}

export const idsOf = (model: Model): ElkIds => {
  const numbers = new Map(model.boxes.map(({ state }, index) => [state.id, index] as const));
  return {
    box: (id) => `n${numbers.get(id) ?? ''}`,
    initial: (id) => `i${numbers.get(id) ?? ''}`,
    arrow: (index) => `e${index}`,
  };
};

const spacing = {
  'elk.spacing.nodeNode': '28',
  'elk.layered.spacing.nodeNodeBetweenLayers': '32',
  'elk.spacing.edgeNode': '16',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.nodeSelfLoop': '16',
  'elk.spacing.componentComponent': '28',
};

/** Arrows, count: up to the first a layout may take its time, up to the last every arrow has its label. */
const SMALL = 60;
const MEDIUM = 200;
const LARGE = 300;

/** Are there so many arrows that their labels would take most of the time, and of the drawing? They are told of in the boxes instead. */
export const isCrowded = (model: Model): boolean => model.arrows.length > LARGE;

/**
 * The network simplex draws small charts best, but its time has no bound: 60 states with 120 arrows, none of them in a state of its own, take it
 * 27 s. The linear segments take less than one, and of very many arrows the last one takes least.
 */
const placement = ({ arrows }: Model): Record<string, string> => {
  const strategy = 'elk.layered.nodePlacement.strategy';
  if (arrows.length <= SMALL) return { [strategy]: 'NETWORK_SIMPLEX' };
  return {
    [strategy]: arrows.length <= MEDIUM ? 'LINEAR_SEGMENTS' : 'BRANDES_KOEPF',
    'elk.layered.thoroughness': arrows.length <= LARGE ? '3' : '1',
  };
};

/**
 * ELK's options are not inherited: every node that holds others gets all of them. Model order, wrapping and compaction are not used:
 * they fail on nested charts (eclipse/elk#724, #1173, #1182; kieler/elkjs#98, #396).
 */
const containerOptions = (model: Model, method: Method, direction: Direction): Record<string, string> => ({
  'elk.algorithm': 'layered',
  'elk.direction': direction === 'down' ? 'DOWN' : 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  ...(method === 'separate' ? {} : { 'elk.hierarchyHandling': 'INCLUDE_CHILDREN' }),
  ...(method === 'plain'
    ? {}
    : {
        'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
        ...placement(model),
      }),
  ...spacing,
});

/** Diameters of the round ones. */
export const ROUND = { initial: 10, history: 26 } as const;

const MARGIN = 16;

const leafSize = (box: Box): { width: number; height: number } => {
  if (box.kind === 'shallow' || box.kind === 'deep') return { width: ROUND.history, height: ROUND.history };
  const rim = box.kind === 'final' ? 8 : 0;
  return { width: Math.max(72, Math.ceil(box.header.width)) + rim, height: box.header.height + 4 + rim };
};

interface Work {
  readonly model: Model;
  readonly ids: ElkIds;
  readonly method: Method;
  readonly direction: Direction;
  /** Edges by the id of the box that lists them; '' for the root of all. */
  readonly edges: ReadonlyMap<string, readonly ElkEdge[]>;
  readonly starts: ReadonlySet<string>;
}

/** ELK turns a chart that leads down on its side, lays it out, and turns it back, but forgets to turn the least size of states. */
const leastSize = (
  { width, height }: { width: number; height: number },
  { method, direction }: Work,
): string =>
  direction === 'down' && method !== 'separate' ? `(${height},${width})` : `(${width},${height})`;

const containerSize = (box: Box, work: Work): Record<string, string> => ({
  ...containerOptions(work.model, work.method, work.direction),
  'elk.padding': `[top=${box.header.height + MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
  'elk.nodeSize.constraints': 'MINIMUM_SIZE',
  'elk.nodeSize.minimum': leastSize(
    { width: Math.ceil(box.header.width), height: box.header.height + 2 * MARGIN },
    work,
  ),
});

const toNode = (box: Box, work: Work): ElkNode => {
  const id = work.ids.box(box.state.id);
  if (box.children.length === 0) return { id, ...leafSize(box) };
  const initial: ElkNode[] = work.starts.has(box.state.id)
    ? [
        {
          id: work.ids.initial(box.state.id),
          width: ROUND.initial,
          height: ROUND.initial,
          layoutOptions: { 'elk.layered.layering.layerConstraint': 'FIRST' },
        },
      ]
    : [];
  return {
    id,
    children: [...initial, ...box.children.map((child) => toNode(child, work))],
    edges: work.edges.get(box.state.id) ?? [],
    layoutOptions: containerSize(box, work),
  };
};

const toEdge = (arrow: Arrow, index: number, ids: ElkIds): ElkEdge => {
  const isInitial = arrow.kind === 'initial';
  const inline = arrow.source === arrow.target ? 'false' : 'true';
  const { label } = arrow;
  return {
    id: ids.arrow(index),
    sources: [isInitial ? ids.initial(arrow.source) : ids.box(arrow.source)],
    targets: [ids.box(arrow.target)],
    ...(label === undefined || label.rows.length === 0
      ? {}
      : {
          labels: [
            {
              id: `l${index}`,
              // Without a text ELK does not lay a label out.
              text: '?',
              width: Math.ceil(label.width) + 8,
              height: Math.ceil(label.height) + 4,
              layoutOptions: {
                'elk.edgeLabels.inline': inline,
                'elk.edgeLabels.placement': 'CENTER',
              },
            },
          ],
        }),
    ...(isInitial
      ? {
          layoutOptions: {
            'elk.layered.priority.direction': '10',
            'elk.layered.priority.straightness': '10',
          },
        }
      : {}),
  };
};

const ancestry = (box: Box | undefined): Box[] => (box === undefined ? [] : [...ancestry(box.parent), box]);

/** The box in which an arrow is listed: the innermost that holds both ends, and for a loop is not one of them. */
const homeOf = (arrow: Arrow, boxes: ReadonlyMap<string, Box>): string => {
  if (arrow.kind === 'initial') return arrow.source;
  const from = ancestry(boxes.get(arrow.source));
  const to = ancestry(boxes.get(arrow.target));
  if (arrow.source === arrow.target) return from.at(-2)?.state.id ?? '';
  const common = from.filter((box, index) => box === to[index]);
  return common.at(-1)?.state.id ?? '';
};

/** A chart as ELK's input. Around the machine there is an invisible box, so that the machine may have a loop. */
export function toElk(model: Model, method: Method, direction: Direction): ElkNode {
  const ids = idsOf(model);
  const boxes = new Map(model.boxes.map((box) => [box.state.id, box] as const));
  const edges = new Map<string, ElkEdge[]>();
  const starts = new Set<string>();
  model.arrows.forEach((arrow, index) => {
    const home = homeOf(arrow, boxes);
    const edge = toEdge(arrow, index, ids);
    const list = edges.get(home);
    if (list === undefined) edges.set(home, [edge]);
    else list.push(edge);
    if (arrow.kind === 'initial') starts.add(arrow.source);
  });
  return {
    id: 'root',
    children: [toNode(model.root, { model, ids, method, direction, edges, starts })],
    edges: edges.get('') ?? [],
    layoutOptions: {
      ...containerOptions(model, method, direction),
      'elk.padding': `[top=${MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
      'elk.json.shapeCoords': 'ROOT',
      'elk.json.edgeCoords': 'ROOT',
    },
  };
}

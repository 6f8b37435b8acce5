import { drawingLimits } from '../../limits.ts';
import { statesOf, type Chart, type ChartAction, type ChartState } from '../draw/chart.ts';
import { edgesOf, type ChartEdge } from '../draw/edges.ts';
import { actionText } from '../draw/labels.ts';
import { toBlock, TYPE, type Block } from './block.ts';
import type { GeometryEdge, GeometryNode, Member } from './geometry.ts';
import { activityPhrases, titleOf, transitionPhrase, type Phrase } from './phrase.ts';
import { shownOf, type Shown } from './shown.ts';
import { shorten, widthOf } from './text.ts';

/** A state as it is to be drawn: measured, without a place. */
export interface Box {
  readonly state: ChartState;
  readonly kind: Exclude<GeometryNode['kind'], 'initial'>;
  readonly parent?: Box;
  readonly region: boolean;
  readonly title: string;
  readonly titleWidth: number;
  readonly block: Block;
  /** What title and rows need. */
  readonly header: { readonly width: number; readonly height: number };
  readonly children: Box[];
}

/** An arrow as it is to be drawn: measured, without a way. `source` of an initial arrow is the compound state. */
export interface Arrow {
  readonly key: string;
  readonly kind: GeometryEdge['kind'];
  readonly source: string;
  readonly target: string;
  readonly members: readonly Member[];
  readonly label?: Block;
}

export interface Model {
  readonly root: Box;
  /** Document order. */
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  readonly omitted: number;
}

/**
 * Where an arrow with its label found no good way: `label`, it is told of in the box of its source and drawn bare; `arrow`, it is told of
 * there, with its target, and not drawn.
 */
export type Demotion = 'label' | 'arrow';

export interface ModelOptions {
  readonly collapsed?: readonly string[] | undefined;
  readonly demoted?: ReadonlyMap<string, Demotion>;
  /** Draw no arrows at all. */
  readonly outline?: boolean;
}

const PAD = { x: 12, title: 26, rows: 7, end: 9 } as const;

const headerOf = (title: number, block: Block): Box['header'] => ({
  width: Math.max(title, block.width) + 2 * PAD.x,
  height: PAD.title + 6 + (block.rows.length === 0 ? 0 : PAD.rows + block.height + PAD.end - 6),
});

const kindOf = (state: ChartState, hasChildren: boolean): Box['kind'] => {
  if (state.type === 'history') return state.history;
  if (state.type === 'final' || state.type === 'atomic') return state.type;
  return hasChildren ? state.type : 'atomic';
};

/** Two ends of a transition, and what is between them. */
interface End {
  readonly edge: ChartEdge;
  readonly source: string;
  readonly target: string;
}

const keyOf = (kind: string, source: string, target: string): string =>
  JSON.stringify([kind, source, target]);

const endsOf = (edges: readonly ChartEdge[], { by }: Shown): End[] =>
  edges.flatMap((edge) => {
    const source = by.get(edge.source) ?? edge.source;
    return edge.transition.targets.flatMap((id) => {
      const target = by.get(id) ?? id;
      // Within a state whose content is not drawn there is nothing to see.
      const hidden = source === target && (source !== edge.source || target !== id) && source !== edge.source;
      return hidden ? [] : [{ edge, source, target }];
    });
  });

const membersOf = (bundle: readonly End[]): Member[] =>
  bundle.map(({ edge }) => ({ id: edge.id, event: edge.transition.event }));

const bundlesOf = (ends: readonly End[]): Map<string, End[]> => {
  const bundles = new Map<string, End[]>();
  for (const end of ends) {
    const key = keyOf('transition', end.source, end.target);
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, [end]);
    else bundle.push(end);
  }
  return bundles;
};

const actionsLabel = (actions: readonly ChartAction[]): { label?: Block } =>
  actions.length === 0
    ? {}
    : { label: toBlock([{ pieces: [{ text: `/ ${actions.map(actionText).join(', ')}`, role: 'action' }] }]) };

const initialArrow = (state: ChartState, shown: Shown): Arrow[] => {
  if (state.type !== 'compound' || shown.childrenOf(state).length === 0) return [];
  const target = shown.by.get(state.initial.target) ?? state.id;
  if (target === state.id) return [];
  const key = keyOf('initial', state.id, target);
  const members = [{ id: `${state.id}:initial`, event: '' }];
  return [
    { key, kind: 'initial', source: state.id, target, members, ...actionsLabel(state.initial.actions) },
  ];
};

const defaultArrows = (state: ChartState, { by }: Shown): Arrow[] => {
  if (state.type !== 'history' || by.get(state.id) !== state.id) return [];
  return state.targets.map((id, index): Arrow => {
    const target = by.get(id) ?? id;
    const key = keyOf('default', state.id, target);
    return {
      key,
      kind: 'default',
      source: state.id,
      target,
      members: [{ id: `${state.id}:default:${index}`, event: '' }],
    };
  });
};

/** The short name of a target: its key, or the way to it where several states have that key. */
const namer = (chart: Chart): ((id: string) => string) => {
  const states = new Map(statesOf(chart.root).map((state) => [state.id, state] as const));
  const counts = new Map<string, number>();
  for (const { key } of states.values()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return (id) => {
    const state = states.get(id);
    if (state === undefined || counts.get(state.key) !== 1) return id;
    return state.type === 'history' && state.key === '' ? id : titleOf(state);
  };
};

class Modeller {
  readonly #shown: Shown;
  readonly #states: ReadonlyMap<string, ChartState>;
  readonly #rows = new Map<string, Phrase[]>();
  readonly #nameOf: (id: string) => string;
  readonly arrows: Arrow[] = [];

  constructor(chart: Chart, { collapsed = [], demoted = new Map(), outline = false }: ModelOptions) {
    this.#shown = shownOf(chart, collapsed);
    this.#nameOf = namer(chart);
    const all = statesOf(chart.root);
    this.#states = new Map(all.map((state) => [state.id, state] as const));
    const edges = edgesOf(chart);
    const bundles = bundlesOf(endsOf(edges, this.#shown));
    for (const edge of edges) {
      const source = this.#shown.by.get(edge.source);
      if (edge.transition.targets.length === 0 && source === edge.source) this.#tell(source, edge);
    }
    for (const [key, bundle] of bundles) {
      const isTooMany = this.arrows.length >= drawingLimits.arrows;
      this.#add(key, bundle, outline || isTooMany ? 'arrow' : demoted.get(key));
    }
    if (outline) return;
    const others = all.flatMap((state) => [
      ...initialArrow(state, this.#shown),
      ...defaultArrows(state, this.#shown),
    ]);
    this.arrows.push(...others.filter(({ key }) => !demoted.has(key)));
  }

  get omitted(): number {
    return this.#shown.omitted;
  }

  #tell(at: string, edge: ChartEdge, target?: string): void {
    const state = this.#states.get(edge.source);
    if (state === undefined) return;
    const phrase = transitionPhrase(edge.id, state, edge.transition, target);
    const rows = this.#rows.get(at);
    if (rows === undefined) this.#rows.set(at, [phrase]);
    else rows.push(phrase);
  }

  #add(key: string, bundle: readonly End[], demotion: Demotion | undefined): void {
    const { source, target } = bundle[0] as End;
    if (demotion === undefined) {
      const phrases = bundle.map(({ edge }) =>
        transitionPhrase(edge.id, this.#states.get(edge.source) as ChartState, edge.transition),
      );
      const members = membersOf(bundle);
      this.arrows.push({ key, kind: 'transition', source, target, members, label: toBlock(phrases) });
      return;
    }
    for (const { edge } of bundle) this.#tell(source, edge, this.#nameOf(target));
    if (demotion === 'arrow') return;
    this.arrows.push({ key, kind: 'transition', source, target, members: membersOf(bundle) });
  }

  box(state: ChartState, parent?: Box): Box {
    const children = this.#shown.childrenOf(state);
    const title = state.type === 'history' ? '' : shorten(titleOf(state), drawingLimits.line);
    const titleWidth = widthOf(title, TYPE.title);
    const block = toBlock([...activityPhrases(state), ...(this.#rows.get(state.id) ?? [])]);
    const box: Box = {
      state,
      kind: kindOf(state, children.length > 0),
      ...(parent === undefined ? {} : { parent }),
      region: parent?.kind === 'parallel' && state.type !== 'history',
      title,
      titleWidth,
      block,
      header: headerOf(titleWidth, block),
      children: [],
    };
    box.children.push(...children.map((child) => this.box(child, box)));
    return box;
  }
}

const all = (box: Box): Box[] => [box, ...box.children.flatMap(all)];

/** What is to be drawn of a chart, measured. */
export function toModel(chart: Chart, options: ModelOptions = {}): Model {
  const modeller = new Modeller(chart, options);
  const root = modeller.box(chart.root);
  return { root, boxes: all(root), arrows: modeller.arrows, omitted: modeller.omitted };
}

/** Where title and rows of a box begin, from its corner. */
export const INSET = PAD;

import type { Chart } from '../draw/chart.ts';
import { flawsOf, Inspection, type Flaw } from './check.ts';
import { isCrowded, toElk, type Direction, type ElkNode, type Method } from './elk-graph.ts';
import { runElk } from './elk.ts';
import { fromElk } from './from-elk.ts';
import type { Geometry } from './geometry.ts';
import { mend } from './mend.ts';
import { straighten } from './straighten.ts';
import { toModel, type Demotion, type Model } from './model.ts';
import { nestedGeometry } from './nested.ts';

export interface LayoutOptions {
  /** Where arrows lead to. Not given: what reads better, of small charts; `down` of others. */
  readonly direction?: Direction;
  /** Ids of states whose content is not drawn. */
  readonly collapsed?: readonly string[];
  /** No arrows: states in states, with rows for transitions. */
  readonly outline?: boolean;
}

/** What lays out one graph: ELK, but for tests. */
export type Engine = (graph: ElkNode) => Promise<ElkNode>;

/** How often a layout is made again, with what was wrong in it told of otherwise. */
const ROUNDS = 3;

/** Charts with fewer states are laid out in both directions. */
const SMALL = 40;

const methods: readonly Method[] = ['layered', 'plain', 'separate'];

const attempt = async (
  model: Model,
  method: Method,
  direction: Direction,
  engine: Engine,
): Promise<Geometry | undefined> => {
  try {
    return mend(fromElk(model, await engine(toElk(model, method, direction)), method, direction));
  } catch {
    // Known of ELK on nested charts: the next method is tried, and the last one needs no ELK.
    return undefined;
  }
};

/** A label that is wrong goes into the box of its source; an arrow that is wrong, or still is without its label, as well. */
const demote = (
  model: Model,
  flaws: readonly Flaw[],
  before: ReadonlyMap<string, Demotion>,
): Map<string, Demotion> => {
  const demoted = new Map(before);
  for (const flaw of flaws) {
    if (flaw.kind === 'node') continue;
    const key = model.arrows[flaw.index]?.key;
    if (key === undefined) continue;
    demoted.set(key, flaw.kind === 'edge' || demoted.has(key) ? 'arrow' : 'label');
  }
  return demoted;
};

/** Without the jogs that can be taken out, unless that makes something wrong. */
const straightest = (geometry: Geometry): Geometry => {
  const straight = straighten(geometry);
  return flawsOf(straight).length === 0 ? straight : geometry;
};

/** Of a chart with very many arrows, what is said of them stands in the boxes of their sources. */
const crowded = (chart: Chart, collapsed: readonly string[] | undefined): ReadonlyMap<string, Demotion> => {
  const model = toModel(chart, { collapsed });
  return new Map(
    isCrowded(model)
      ? model.arrows.filter(({ kind }) => kind === 'transition').map(({ key }) => [key, 'label'])
      : [],
  );
};

/** A layout by ELK in which nothing is wrong, if there is one. */
const byElk = async (
  chart: Chart,
  method: Method,
  direction: Direction,
  collapsed: readonly string[] | undefined,
  engine: Engine,
): Promise<Geometry | undefined> => {
  let demoted = crowded(chart, collapsed);
  for (let round = 0; round <= ROUNDS; round += 1) {
    const model = toModel(chart, { collapsed, demoted });
    const geometry = await attempt(model, method, direction, engine);
    if (geometry === undefined) return undefined;
    const flaws = flawsOf(geometry);
    if (flaws.length === 0) return straightest(geometry);
    if (flaws.some(({ kind }) => kind === 'node')) return undefined;
    demoted = demote(model, flaws, demoted);
  }
  return undefined;
};

const arrowsOf = (geometry: Geometry): number =>
  geometry.edges.filter(({ label }) => label !== undefined).length;

/** More arrows with their labels are better, then the easier to read. */
const better = (a: Geometry, b: Geometry): Geometry => {
  const [more, fewer] = [arrowsOf(a), arrowsOf(b)];
  if (more !== fewer) return more > fewer ? a : b;
  return new Inspection(a).cost() <= new Inspection(b).cost() ? a : b;
};

/**
 * A place for everything in a chart. Never fails and never trusts: ELK with the options that suit statecharts, then with few of them, then
 * level by level, each measured (check.ts); what cannot be drawn well as an arrow is a row in its state's box; and where all fails, states are
 * drawn in states without arrows. The same chart and options give the same geometry.
 */
export async function layoutChart(
  chart: Chart,
  options: LayoutOptions = {},
  engine: Engine = runElk,
): Promise<Geometry> {
  const { direction, collapsed, outline = false } = options;
  const isSmall = toModel(chart, { collapsed, outline: true }).boxes.length < SMALL;
  const directions: Direction[] =
    direction === undefined && isSmall ? ['down', 'right'] : [direction ?? 'down'];
  for (const method of outline ? [] : methods) {
    const found: Geometry[] = [];
    for (const each of directions) {
      const geometry = await byElk(chart, method, each, collapsed, engine);
      if (geometry !== undefined) found.push(geometry);
    }
    const [first, second] = found;
    if (first !== undefined) return second === undefined ? first : better(first, second);
  }
  return nestedGeometry(toModel(chart, { collapsed, outline: true }), direction ?? 'down');
}

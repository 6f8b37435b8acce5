import { childrenOf, type Chart, type ChartState } from './chart.ts';

/** Words that open a statement in the grammar of stateDiagram-v2, and `root`, the renderer's own node. */
const reserved = new Set(
  'state note default click href class classdef style scale hide end root direction accTitle accDescr stateDiagram'
    .toLowerCase()
    .split(' '),
);

/** Mermaid names the start and end dots of a composite `<id>_start` and `<id>_end`. */
const isDot = (id: string): boolean => /_(?:start|end)$/.test(id);

/** Older versions keep states in a plain object, where `constructor` is always taken. */
const isInherited = (id: string): boolean => id in Object.prototype;

const isUnusable = (id: string): boolean => reserved.has(id.toLowerCase()) || isDot(id) || isInherited(id);

const words = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_|_$/g, '') || 's';

/**
 * An id for every state of a chart, by chart id: the path of keys below the root joined with `_`, with a number
 * behind it where that is taken or means something to Mermaid. No two states get the same.
 */
export function mermaidIds(chart: Chart): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  const claim = (wanted: string): string => {
    let id = wanted;
    for (let n = 2; taken.has(id) || isUnusable(id); n += 1) id = `${wanted}_${n}`;
    taken.add(id);
    return id;
  };
  const visit = (state: ChartState, prefix: string): void => {
    for (const child of childrenOf(state)) {
      const id = claim(prefix + words(child.key));
      ids.set(child.id, id);
      visit(child, `${id}_`);
    }
  };
  ids.set(chart.root.id, claim(words(chart.id)));
  visit(chart.root, '');
  return ids;
}

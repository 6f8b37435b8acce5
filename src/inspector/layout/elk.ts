import type { ElkNode } from './elk-graph.ts';

interface Elk {
  layout(graph: object): Promise<unknown>;
}

let loaded: Promise<Elk> | undefined;

/** The layout library is 1.6 MB: it is loaded when the first chart is laid out, and with nothing else. */
const load = async (): Promise<Elk> => {
  const { default: module } = (await import('elkjs/lib/elk.bundled.js')) as unknown as {
    default: (new () => Elk) & { readonly default?: new () => Elk };
  };
  const Constructor = module.default ?? module;
  return new Constructor();
};

/** Run ELK. It takes its input apart, so it gets a copy. */
export async function runElk(graph: ElkNode): Promise<ElkNode> {
  const elk = await (loaded ??= load());
  return (await elk.layout(structuredClone(graph))) as ElkNode;
}

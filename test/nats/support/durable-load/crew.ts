import type { NodeOptions, Notice } from './node.ts';
import { startNode, type NodeProcess } from './nodes.ts';

/** Some nodes that host the same, in processes of their own. */
export interface Crew extends AsyncDisposable {
  readonly nodes: readonly NodeProcess[];
  /** What all nodes said of themselves, also those that are gone. */
  readonly notices: readonly Notice[];
  /** SIGKILL the oldest node, and start another. Resolves when that hosts. */
  replace(): Promise<void>;
  /** SIGKILL all nodes. */
  kill(): Promise<void>;
}

export async function startCrew(count: number, options: Omit<NodeOptions, 'node'>): Promise<Crew> {
  let born = 0;
  const all: NodeProcess[] = [];
  const bear = async (): Promise<NodeProcess> => {
    const node = await startNode({ ...options, node: `n${++born}` });
    all.push(node);
    return node;
  };
  const nodes = await Promise.all(Array.from({ length: count }, bear));
  const kill = async (): Promise<void> => {
    await Promise.all(all.map(async (node) => node.signal('SIGKILL')));
  };
  return {
    nodes,
    get notices() {
      return all.flatMap(({ notices }) => notices);
    },
    async replace() {
      await nodes.shift()?.signal('SIGKILL');
      nodes.push(await bear());
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

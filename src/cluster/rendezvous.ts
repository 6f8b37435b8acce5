import { hashOf, shardOf } from '../message/shard.ts';

export { shardOf };

/**
 * The node that a shard belongs to: the one with the highest weight for it (rendezvous hashing: Thaler and Ravishankar, "Using name-based
 * mappings to increase hit rates", 1998). Whoever has the same list of nodes, in any order, gets the same answer, and when a node comes
 * or goes, only what it gains or had moves.
 * @returns undefined when there are no nodes
 */
export function ownerOf(shard: number, nodes: readonly string[]): string | undefined {
  let owner: string | undefined;
  let most = -1;
  for (const node of nodes) {
    // The shard first: two nodes whose weights are equal for one shard are not for the others.
    const weight = hashOf(`${shard}/${node}`);
    if (weight < most || (weight === most && owner !== undefined && owner < node)) continue;
    owner = node;
    most = weight;
  }
  return owner;
}

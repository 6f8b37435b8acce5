import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf, shardOf } from '../../src/cluster/rendezvous.ts';
import { hashOf } from '../../src/message/shard.ts';

const nodeNames = fc.uniqueArray(fc.stringMatching(/^[a-z0-9_-]{1,12}$/), { minLength: 1, maxLength: 12 });
const shard = fc.nat({ max: 255 });

describe('rendezvous hashing', () => {
  // The vectors were worked out by another implementation, in another language.
  it('C3 shards of ids are stored: these never change', () => {
    expect(['', 'a', 'order/1', 'order/42', 'order/42/item', 'заказ/1', '👍/x'].map(hashOf)).toEqual([
      2872998923, 444641715, 3100203461, 3958660624, 2720197913, 3611316507, 2287283716,
    ]);
    expect(['order/1', 'order/2', 'order/42', 'cart/a-b'].map((id) => shardOf(id, 256))).toEqual([
      197, 71, 16, 49,
    ]);
  });

  it('C3 owners of shards are the same on every node and in every version: these never change', () => {
    const nodes = ['alpha', 'beta', 'gamma'];
    expect(Array.from({ length: 16 }, (_, i) => ownerOf(i, nodes))).toEqual([
      'beta',
      'alpha',
      'alpha',
      'beta',
      'alpha',
      'beta',
      'gamma',
      'beta',
      'beta',
      'alpha',
      'alpha',
      'gamma',
      'alpha',
      'alpha',
      'alpha',
      'gamma',
    ]);
    expect(ownerOf(0, [])).toBeUndefined();
  });

  it('C3 the owner does not depend on the order of the nodes', () => {
    fc.assert(
      fc.property(nodeNames, shard, (nodes, each) => {
        expect(ownerOf(each, [...nodes].reverse())).toBe(ownerOf(each, nodes));
        expect(nodes).toContain(ownerOf(each, nodes));
      }),
    );
  });

  it('C3 when a node goes, only what it had moves; when one comes, only what it gets', () => {
    fc.assert(
      fc.property(nodeNames, fc.nat(), (nodes, pick) => {
        const gone = nodes[pick % nodes.length];
        const left = nodes.filter((node) => node !== gone);
        for (let each = 0; each < 256; each++) {
          const before = ownerOf(each, nodes);
          if (before !== gone) expect(ownerOf(each, left)).toBe(before);
        }
      }),
    );
  });

  it('C3 nodes get fair shares, ids spread over the shards', () => {
    const nodes = Array.from({ length: 8 }, (_, i) => `node-${i}`);
    const shares = new Map<string, number>();
    for (let each = 0; each < 4_096; each++) {
      const owner = ownerOf(each, nodes) as string;
      shares.set(owner, (shares.get(owner) ?? 0) + 1);
    }
    // 512 each; six standard deviations of a fair draw are 127.
    for (const node of nodes) expect(Math.abs((shares.get(node) ?? 0) - 512)).toBeLessThan(127);
    const filled = new Array<number>(256).fill(0);
    for (let i = 0; i < 100_000; i++) filled[shardOf(`order/${i}`, 256)]!++;
    // 391 each; six standard deviations are 118.
    expect(Math.min(...filled)).toBeGreaterThan(273);
    expect(Math.max(...filled)).toBeLessThan(509);
  });
});

import { describe, expect, it } from 'vitest';
import { Lanes } from '../../src/coordination/queue/lanes.ts';
import { turnOf } from '../../src/coordination/queue/roster.ts';
import { seeded } from '../support/mutate.ts';

const seqs = (lanes: Lanes, now: number): number[] => {
  const found = [];
  for (let next = lanes.next(now); next !== undefined; next = lanes.next(now)) found.push(next.seq);
  return found;
};

describe('lanes', () => {
  it('N1 N2 give out the first of every key, and each message without one', () => {
    const lanes = new Lanes();
    for (const [seq, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, undefined],
      [4, 'b'],
      [5, undefined],
    ] as const)
      lanes.add({ seq, key, at: 0 }, 0);
    expect(seqs(lanes, 0)).toEqual([1, 3, 4, 5]);
    lanes.settle({ seq: 1, key: 'a', at: 0 }, 0);
    expect(seqs(lanes, 0)).toEqual([2]);
    expect(lanes.waiting).toBe(4);
  });

  it('N1 keeps the place of a message that is to be tried again', () => {
    const lanes = new Lanes();
    const first = { seq: 1, key: 'a', at: 0 };
    lanes.add(first, 0);
    lanes.add({ seq: 2, key: 'a', at: 0 }, 0);
    expect(seqs(lanes, 0)).toEqual([1]);
    lanes.retry(first, 100);
    expect([seqs(lanes, 99), lanes.nextAt, seqs(lanes, 100)]).toEqual([[], 100, [1]]);
  });

  it('N3 puts a delayed message behind those of its key that came before its time', () => {
    const lanes = new Lanes();
    lanes.add({ seq: 1, key: 'a', at: 0, due: 50 }, 0);
    lanes.add({ seq: 2, key: 'a', at: 0 }, 0);
    expect(seqs(lanes, 60)).toEqual([2]);
    lanes.settle({ seq: 2, key: 'a', at: 0 }, 60);
    expect(seqs(lanes, 60)).toEqual([1]);
  });

  it('N1 holds over random work, and everything is given out in the end', () => {
    const seed = 20_261_120;
    const random = seeded(seed);
    const lanes = new Lanes();
    const underWay = new Map<number, string | undefined>();
    const settled: number[] = [];
    let now = 0;
    for (let seq = 1; seq <= 2_000; seq++) {
      const key = random() < 0.2 ? undefined : `k${Math.floor(random() * 20)}`;
      lanes.add(
        { seq, key, at: now, ...(random() < 0.2 ? { due: now + Math.floor(random() * 50) } : {}) },
        now,
      );
    }
    while (settled.length < 2_000) {
      const next = lanes.next(now);
      if (next !== undefined) {
        if (next.key !== undefined) expect([...underWay.values()], `seed ${seed}`).not.toContain(next.key);
        underWay.set(next.seq, next.key);
      }
      const [seq, key] = [...underWay][Math.floor(random() * underWay.size)] ?? [];
      now++;
      if (seq === undefined) continue;
      underWay.delete(seq);
      if (random() < 0.3) lanes.retry({ seq, key, at: 0 }, now + Math.floor(random() * 20));
      else {
        lanes.settle({ seq, key, at: 0 }, now);
        settled.push(seq);
      }
    }
    expect(new Set(settled).size).toBe(2_000);
    expect([lanes.waiting, lanes.nextAt]).toEqual([0, undefined]);
  });
});

describe('whose turn a partition is', () => {
  it('changes only for those of a consumer that goes', () => {
    const consumers = ['a', 'b', 'c', 'd'];
    const before = Array.from({ length: 256 }, (_, partition) => turnOf(partition, consumers));
    const after = before.map((_, partition) => turnOf(partition, ['a', 'b', 'd']));
    expect(before.filter((turn, i) => turn !== 'c' && after[i] !== turn)).toEqual([]);
    for (const consumer of consumers) {
      expect(before.filter((turn) => turn === consumer).length).toBeGreaterThan(32);
    }
  });
});

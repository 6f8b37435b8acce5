import { describe, expect, it } from 'vitest';
import { TroupeError } from '../../src/errors.ts';
import { Reached } from '../../src/inspector/source/live-reach.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const frame = (number: number, share?: number) => ({
  type: 'frame' as const,
  ...{ node: 'a', lease: 'l', number, lines: [] },
  ...(share === undefined ? {} : { share }),
});

/** A watcher of two nodes that were there before it. */
function reached() {
  const clock = virtualClock();
  clock.advance(60_000);
  const all = new Reached(clock);
  all.keep(['a', 'b']);
  return { clock, all };
}

const old = { sampling: 1, began: { up: 30_000, handled: 500 } };

describe('what a watcher of several nodes is told', () => {
  it('is whole when all of them hold its lease', () => {
    const { all } = reached();
    const reach = () => all.reach(() => true);
    expect(reach()).toMatchObject({ nodes: 2, told: 0 });
    expect(all.answered('a', old)).toBeUndefined();
    expect(reach()).toEqual({ nodes: 2, told: 1, missing: [{ node: 'b', why: '' }] });
    all.failed('b', new TroupeError('TIMEOUT', 'too late'));
    expect(reach().missing).toEqual([{ node: 'b', why: 'TIMEOUT' }]);
    all.answered('b', old);
    expect(reach()).toEqual({ nodes: 2, told: 2, missing: [] });
    all.keep(['b']);
    expect(reach()).toEqual({ nodes: 1, told: 1, missing: [] });
    expect(all.reach((node) => node !== 'b')).toEqual({ nodes: 0, told: 0, missing: [] });
  });

  it('has a gap where one of them answered late, or lost the lease', () => {
    const { clock, all } = reached();
    const first = clock.now();
    all.answered('a', old);
    clock.advance(4_000);
    expect(all.answered('b', old)).toMatchObject({ node: 'b', since: first, time: first + 4_000, lines: 0 });
    clock.advance(2_500);
    expect(all.answered('b', { sampling: 1 })).toBeUndefined();
    const heard = clock.now();
    clock.advance(20_000);
    expect(all.answered('b', old)).toMatchObject({ since: heard, time: heard + 20_000 });
  });

  it('has a gap for a node that comes later, with what it handled until it was asked', () => {
    const { clock, all } = reached();
    all.answered('a', old);
    clock.advance(10_000);
    all.keep(['a', 'b', 'c', 'd']);
    const now = clock.now();
    expect(all.answered('c', { sampling: 1, began: { up: 400, handled: 7 } })).toEqual({
      kind: 'dropped',
      ...{ node: 'c', since: now - 400, time: now, lines: 7, sampling: 1 },
    });
    expect(all.answered('d', { sampling: 1, began: { up: 400, handled: 0 } })).toBeUndefined();
  });

  it('has a gap where frames were lost', () => {
    const { clock, all } = reached();
    all.answered('a', old);
    const since = clock.now();
    expect(all.framed(frame(1))).toBeUndefined();
    expect(all.framed(frame(2))).toBeUndefined();
    clock.advance(100);
    expect(all.framed(frame(4))).toMatchObject({ since, lines: 0 });
    // A new lease counts from one again.
    all.answered('a', old);
    expect(all.framed(frame(1))).toBeUndefined();
  });

  it('is the least share that one of them can tell of', () => {
    const { all } = reached();
    expect(all.share).toBeUndefined();
    all.answered('a', { sampling: 1, share: 1 });
    all.answered('b', { sampling: 1, share: 1 / 8 });
    expect(all.share).toBe(1 / 8);
    all.framed(frame(1, 1 / 32));
    expect(all.share).toBe(1 / 32);
    all.forgetShares();
    expect(all.share).toBeUndefined();
  });
});

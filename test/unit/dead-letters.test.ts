import { describe, expect, it } from 'vitest';
import { DeadLetters } from '../../src/actor/dead-letters.ts';
import { TroupeError } from '../../src/errors.ts';

describe('dead letters', () => {
  it('keeps the last ones, counts all of them, and tells who listens', () => {
    const letters = new DeadLetters(3, () => 5);
    const told: string[] = [];
    const stop = letters.listen(({ to }) => told.push(to));
    for (let n = 0; n < 10; n++) letters.add({ reason: 'expired', at: n, to: `a${n}` });
    stop();
    letters.add({ reason: 'late-reply', at: 10, to: 'last' });
    expect(letters.list().map(({ to }) => to)).toEqual(['a8', 'a9', 'last']);
    expect(letters.counts()).toEqual({ expired: 10, 'late-reply': 1 });
    expect(told).toHaveLength(10);
  });

  it('T4 counts rejected bytes by code and shows their beginning', () => {
    const letters = new DeadLetters(3, () => 5);
    letters.reject(
      new TroupeError('UNKNOWN_VERSION', 'Version 9.'),
      new Uint8Array(40).fill(255),
      'shop.n.x',
    );
    expect(letters.rejections()).toEqual({ UNKNOWN_VERSION: 1 });
    expect(letters.list()).toEqual([
      { reason: 'malformed', at: 5, to: 'shop.n.x', detail: `Version 9. (40 bytes: ${'ff'.repeat(32)}…)` },
    ]);
  });
});

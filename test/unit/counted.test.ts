import { describe, expect, it } from 'vitest';
import { counted, plural } from '../../src/counted.ts';

describe('what is counted', () => {
  it('is one of it, or several', () => {
    expect([0, 1, 2, 12_000].map((count) => counted(count, 'path'))).toEqual([
      '0 paths',
      '1 path',
      '2 paths',
      '12,000 paths',
    ]);
    expect(counted(1, 'entry', 'entries')).toBe('1 entry');
    expect(counted(3, 'entry', 'entries')).toBe('3 entries');
    expect(plural(1, 'was', 'were')).toBe('was');
  });
});

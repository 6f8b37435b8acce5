import { describe, expect, test } from 'vitest';
import { recordHistory } from '../../src/testing/history/recorder.ts';

describe('a recorder', () => {
  test('counts without a clock, and keeps what has no outcome', () => {
    const recorder = recordHistory<string, number>();
    const first = recorder.begin('a', 'read');
    const second = recorder.begin('b', 'write');
    const third = recorder.begin('c', 'write');
    first.end(1);
    second.fail();
    third.unknown();
    expect(recorder.history()).toEqual([
      { process: 'a', input: 'read', output: 1, call: 1, return: 4 },
      { process: 'b', input: 'write', call: 2, return: 5, failed: true },
      { process: 'c', input: 'write', call: 3 },
    ]);
    expect(() => first.end(2)).toThrow(expect.objectContaining({ code: 'INVALID_HISTORY' }));
  });

  test('never goes back with its clock', () => {
    const times = [10, 7, 12];
    const recorder = recordHistory<string, number>({ now: () => times.shift()! });
    recorder.begin('a', 'read').end(1);
    recorder.begin('a', 'read');
    expect(recorder.history().map(({ call, return: end }) => [call, end])).toEqual([
      [10, 10],
      [12, undefined],
    ]);
  });
});

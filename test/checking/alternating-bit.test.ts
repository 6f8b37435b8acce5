import { describe, expect, it } from 'vitest';
import { explore } from 'troupe/testing';
import { system, type Params } from '../../examples/model-checking/alternating-bit.ts';

const PREFIX = 'what is received is a prefix of what was sent';
const KNOWN = 'what is acknowledged was received';
const ALL = 'all is received in the end';

const property = (params: Params, name: string) => {
  const found = explore(system(params));
  expect(found.complete).toBe(true);
  return found.properties.find((each) => each.name === name)!;
};

describe('the alternating bit protocol (Bartlett, Scantlebury & Wilkinson 1969)', () => {
  // No counts are published for it; these pin the charts.
  it.each<[Params, number, number, number]>([
    [{ messages: 2, capacity: 3 }, 47, 132, 9],
    [{ messages: 3 }, 128, 411, 13],
    [{ messages: 3, lose: 2 }, 360, 1_004, 17],
    [{ messages: 3, duplicate: 2, lose: 1 }, 706, 2_147, 16],
  ])('delivers in order and once: %j', (params, distinctStates, generatedStates, depth) => {
    const found = explore(system(params));
    expect(found).toMatchObject({ distinctStates, generatedStates, depth, complete: true });
    expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
  });

  it('delivers everything in the end, when not everything is lost', () => {
    expect(property({ lose: 3 }, ALL)).toMatchObject({ holds: true, steps: null });
    // The promise is only looked at where it is made.
    expect(explore(system({})).properties.some(({ name }) => name === ALL)).toBe(false);
  });

  it.each<[Params, string, number]>([
    [{ mutant: 'no-bit-check' }, PREFIX, 3],
    [{ mutant: 'any-acknowledgement' }, KNOWN, 5],
    [{ network: 'unordered' }, PREFIX, 5],
  ])('is broken by %j', (params, name, steps) => {
    expect(property(params, name)).toMatchObject({ holds: false, steps });
  });
});

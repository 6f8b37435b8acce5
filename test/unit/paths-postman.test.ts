import fc from 'fast-check';
import { createMachine, type AnyStateMachine } from 'xstate';
import { postmanPaths, stateGraph, type StateGraph } from 'troupe/testing';
import { describe, expect, it } from 'vitest';
import { cheapestFlow } from '../../src/testing/paths/flow.ts';
import { codeOf } from '../support/code-of.ts';
import { cube } from './fixtures/puzzles.ts';

/** A machine with a state for each row, and an event for each of its targets. */
const machineOf = (targets: readonly (readonly number[])[]): AnyStateMachine =>
  createMachine({
    initial: 's0',
    states: Object.fromEntries(
      targets.map((to, from) => [
        `s${from}`,
        { on: Object.fromEntries(to.map((target, event) => [`E${event}`, `s${target}`])) },
      ]),
    ),
  });

/**
 * The least that any tour costs, by a search over (state, edges taken): a step costs 1, a restart `restart`; the tour may end anywhere.
 * Exponential, and nothing like the algorithm it judges.
 */
function cheapest(graph: StateGraph, restart: number): number {
  const all = 2 ** graph.edges.length - 1;
  const buckets = new Map<number, Set<string>>([[0, new Set(['0,0'])]]);
  const seen = new Set<string>();
  for (let cost = 0; ; cost++) {
    for (const place of buckets.get(cost) ?? []) {
      if (seen.has(place)) continue;
      seen.add(place);
      const [state = 0, taken = 0] = place.split(',').map(Number);
      if (taken === all) return cost;
      const add = (more: number, to: number, now: number): void => {
        const bucket = buckets.get(cost + more) ?? new Set<string>();
        buckets.set(cost + more, bucket.add(`${to},${now}`));
      };
      for (const number of graph.out(state)) add(1, graph.edges[number]!.to, taken | (1 << number));
      if (restart > 0) add(restart, 0, taken);
      // A restart that costs nothing is a place of the same cost.
      else (buckets.get(cost) ?? new Set()).add(`0,${taken}`);
    }
  }
}

const targets = fc
  .integer({ min: 1, max: 5 })
  .chain((size) =>
    fc.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
  )
  .filter((rows) => rows.flat().length <= 9);

describe("the postman's way", () => {
  it.each([0, 1, 3, 1000])('is the cheapest there is, as brute force finds it (restart %i)', (restart) => {
    let tried = 0;
    fc.assert(
      fc.property(targets, (rows) => {
        const machine = machineOf(rows);
        const paths = postmanPaths(machine, { restart });
        const cost = paths.steps + restart * Math.max(0, paths.length - 1);
        const graph = stateGraph(machine);
        expect(new Set(paths.all.flatMap(({ edges }) => edges)).size).toBe(graph.edges.length);
        // A thousand is more than any tour of nine edges costs: the brute force need not count to it.
        if (restart < 1000) expect(cost).toBe(cheapest(graph, restart));
        else expect(paths.length).toBe(fewest(graph));
        if (graph.edges.length > 3) tried += 1;
      }),
      { numRuns: 150 },
    );
    expect(tried).toBeGreaterThan(20);
  });

  it('is each edge once where all states are left as often as entered', () => {
    const paths = postmanPaths(cube(6));
    expect([paths.length, paths.steps]).toEqual([1, 648]);
  });

  it('joins what it walks: every path begins at the start, and each edge where the one before ended', () => {
    for (const { edges, graph } of postmanPaths(machineOf([[1, 2], [2, 0], [3], []]))) {
      let at = 0;
      for (const number of edges) {
        expect(graph.edges[number]!.from).toBe(at);
        at = graph.edges[number]!.to;
      }
    }
  });

  it('of a machine without edges is none; a restart below zero is refused', async () => {
    expect(postmanPaths(machineOf([[]])).length).toBe(0);
    expect(await codeOf(() => postmanPaths(machineOf([[]]), { restart: -1 }))).toBe('INVALID_OPTION');
  });
});

/** The fewest paths that take all edges of these small graphs: a search as above, where only restarts cost. */
function fewest(graph: StateGraph): number {
  const all = 2 ** graph.edges.length - 1;
  let places = new Set(['0,0']);
  if (all === 0) return 0;
  for (let paths = 1; ; paths++) {
    const stack = [...places];
    while (stack.length > 0) {
      const [state = 0, taken = 0] = stack.pop()!.split(',').map(Number);
      for (const number of graph.out(state)) {
        const next = `${graph.edges[number]!.to},${taken | (1 << number)}`;
        if (places.has(next)) continue;
        places.add(next);
        stack.push(next);
      }
    }
    if ([...places].some((place) => Number(place.split(',')[1]) === all)) return paths;
    places = new Set([...places].map((place) => `0,${place.split(',')[1]!}`));
  }
}

describe('the cheapest flow', () => {
  it('of a textbook network costs what the textbook says', () => {
    // By hand: 4 units from 0 to 3; 0-1-3 costs 2 for 2 units, 0-2-3 costs 4 for 2 more.
    const arcs = [
      { from: 0, to: 1, cost: 1, capacity: 2 },
      { from: 0, to: 2, cost: 2 },
      { from: 1, to: 2, cost: 1 },
      { from: 1, to: 3, cost: 1 },
      { from: 2, to: 3, cost: 2 },
    ];
    expect(cheapestFlow(4, arcs, [4, 0, 0, -4])).toEqual([2, 2, 0, 2, 2]);
    expect(cheapestFlow(2, [{ from: 1, to: 0, cost: 1 }], [1, -1])).toBeUndefined();
  });

  it('takes back what it sent first where that is cheaper for all', () => {
    const arcs = [
      { from: 0, to: 2, cost: 1, capacity: 1 },
      { from: 0, to: 3, cost: 5, capacity: 1 },
      { from: 1, to: 2, cost: 2, capacity: 1 },
      { from: 2, to: 3, cost: 1, capacity: 1 },
    ];
    expect(cheapestFlow(4, arcs, [1, 1, 0, -2])).toEqual([0, 1, 1, 1]);
  });
});

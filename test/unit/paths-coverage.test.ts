import { createMachine, setup } from 'xstate';
import { chartCoverage, coverageTable, shortestPaths, transitionPaths } from 'troupe/testing';
import { toMermaid } from 'troupe/inspector';
import { describe, expect, it } from 'vitest';

const door = setup({
  guards: { isKey: ({ event }) => 'key' in event, never: () => false },
}).createMachine({
  id: 'door',
  initial: 'shut',
  states: {
    shut: {
      on: {
        OPEN: [
          { guard: 'isKey', target: 'checking' },
          { guard: 'never', target: 'jammed' },
        ],
      },
    },
    checking: { always: 'open' },
    open: { on: { CLOSE: 'shut' }, after: { 1000: 'shut' } },
    jammed: { on: { OPEN: 'open' } },
  },
});

const cases = { OPEN: [{ key: 1 }, {}] };

describe('coverage', () => {
  it('knows states, transitions, guards and pairs, of which some are out of reach', () => {
    const coverage = transitionPaths(door, { cases }).coverage();
    const missing = ({ items }: { readonly items: readonly { name: string; count: number }[] }) =>
      items.filter(({ count }) => count === 0).map(({ name }) => name);
    expect(missing(coverage.states)).toEqual(['door.jammed']);
    expect(missing(coverage.transitions)).toEqual([
      'door.shut OPEN [never] -> door.jammed',
      'door.jammed OPEN -> door.open',
    ]);
    // What is refused is asked in every state on the way.
    expect(missing(coverage.guards)).toEqual(['door.shut OPEN [never] -> door.jammed: passed']);
    // By hand: OPEN is two transitions at once; it and each of the two ways back can follow each other.
    expect(coverage.pairs.total).toBe(8);
    expect(JSON.parse(JSON.stringify(coverage))).toEqual(coverage);
  });

  it('is a table', () => {
    expect(coverageTable(shortestPaths(door, { cases }).distinct().coverage(), 4)).toBe(
      [
        '1 path, 1 step  covered  of',
        'states                4   5  80.0 %',
        'transitions           2   6  33.3 %',
        'guards                3   4  75.0 %',
        'pairs                 0   8   0.0 %',
        '',
        'states not covered:',
        '  door.jammed',
        '',
        'transitions not covered:',
        '  door.shut OPEN [never] -> door.jammed',
        '  door.open CLOSE -> door.shut',
        '  door.open xstate.after.1000.door.open -> door.shut',
        '  door.jammed OPEN -> door.open',
        '',
        'guards not covered:',
        '  door.shut OPEN [never] -> door.jammed: passed',
        '',
        'pairs not covered:',
        '  door.shut OPEN [isKey] -> door.checking, door.open CLOSE -> door.shut',
        '  door.checking always -> door.open, door.open CLOSE -> door.shut',
        '  door.shut OPEN [isKey] -> door.checking, door.open xstate.after.1000.door.open -> door.shut',
        '  door.checking always -> door.open, door.open xstate.after.1000.door.open -> door.shut',
        '  (4 more)',
      ].join('\n'),
    );
  });

  it('lies on the drawn chart', () => {
    const drawn = toMermaid(door, { coverage: chartCoverage(transitionPaths(door, { cases })) });
    expect(drawn).toContain('shut --> checking : OPEN 1. [isKey] (2x)');
    expect(drawn).toContain('shut --> jammed : OPEN 2. [never] (never)');
    expect(drawn).toContain('class jammed unvisited');
    expect(toMermaid(door)).not.toMatch(/never\)|unvisited/);
  });

  it('tells alternatives apart that read the same, and counts charts that are invoked', () => {
    const child = createMachine({
      id: 'child',
      initial: 'x',
      states: { x: { after: { 5: 'y' } }, y: { type: 'final' } },
    });
    const parent = createMachine({
      id: 'parent',
      initial: 'a',
      states: {
        a: {
          invoke: { src: child, onDone: 'b' },
          on: {
            GO: [{ guard: () => false, target: 'b' }, { guard: () => false, target: 'b' }, { target: 'b' }],
          },
        },
        b: {},
      },
    });
    const { transitions } = transitionPaths(parent).coverage();
    expect(transitions.items).toEqual([
      { name: 'parent.a GO [(inline)] -> parent.b', count: 0 },
      { name: 'parent.a GO [(inline)] -> parent.b #2', count: 0 },
      { name: 'parent.a GO -> parent.b', count: 1 },
      { name: 'parent.a xstate.done.actor.0.parent.a -> parent.b', count: 1 },
      { name: 'child.x xstate.after.5.child.x -> child.y', count: 1 },
    ]);
  });
});

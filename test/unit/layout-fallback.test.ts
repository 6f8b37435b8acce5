import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { drawingLimits } from '../../src/limits.ts';
import {
  edgesOf,
  layoutChart,
  layoutInWorker,
  toChart,
  type Chart,
  type Geometry,
} from '../../src/inspector/index.ts';
import { flawsOf } from '../../src/inspector/layout/check.ts';
import type { ElkNode } from '../../src/inspector/layout/elk-graph.ts';
import { runElk } from '../../src/inspector/layout/elk.ts';
import type { Engine } from '../../src/inspector/layout/layout.ts';
import { saga } from '../../machines/index.ts';
import meter from './fixtures/root.ts';
import { Measured, missing } from './support/measure.ts';

const chart = toChart(meter);

const methodOf = (graph: ElkNode): string => {
  const options = graph.layoutOptions ?? {};
  if (options['elk.hierarchyHandling'] === undefined) return 'separate';
  return options['elk.layered.cycleBreaking.strategy'] === undefined ? 'plain' : 'layered';
};

/** ELK that fails for some of the ways it is asked. */
const failing =
  (...methods: readonly string[]): Engine =>
  (graph) =>
    methods.includes(methodOf(graph)) ? Promise.reject(new Error('Invalid hitboxes')) : runElk(graph);

interface Loose {
  x: number;
  y: number;
  edges?: LooseEdge[];
  children?: Loose[];
  id: string;
}

interface LooseEdge {
  id: string;
  labels?: { x: number; y: number }[];
  sections?: { startPoint: { x: number; y: number } }[];
}

/** ELK whose answers are tampered with. */
const tampered =
  (change: (node: Loose) => void): Engine =>
  async (graph) => {
    const answer = structuredClone(await runElk(graph)) as unknown as Loose;
    const visit = (node: Loose): void => {
      change(node);
      node.children?.forEach(visit);
    };
    visit(answer);
    return answer as unknown as ElkNode;
  };

const good = (geometry: Geometry): void => {
  expect(new Measured(geometry).faults()).toEqual([]);
  expect(missing(chart, geometry)).toEqual([]);
};

const down = { direction: 'down' } as const;

describe('when ELK fails', () => {
  it('takes plainer options, then lays out level by level, then draws the outline', async () => {
    const found = [
      await layoutChart(chart, down, failing()),
      await layoutChart(chart, down, failing('layered')),
      await layoutChart(chart, down, failing('layered', 'plain')),
      await layoutChart(chart, down, failing('layered', 'plain', 'separate')),
    ];
    expect(found.map(({ method }) => method).slice(0, 2)).toEqual(['layered', 'plain']);
    // Level by level ELK does not see arrows across levels; what it leaves without a way is a row.
    expect(['separate', 'outline']).toContain(found[2]?.method);
    expect(found[3]?.method).toBe('outline');
    found.forEach(good);
  });
});

describe('when ELK answers badly', () => {
  it('says in the box of the source what cannot stand at the arrow', async () => {
    const geometry = await layoutChart(
      chart,
      down,
      tampered((node) => {
        for (const { id, labels } of node.edges ?? [])
          if (id === 'e0') Object.assign(labels?.[0] ?? {}, { x: 30, y: 20 });
      }),
    );
    good(geometry);
    expect(geometry.method).toBe('layered');
    expect(geometry.edges[0]?.label).toBeUndefined();
  });

  it('does not draw an arrow that has no way', async () => {
    const geometry = await layoutChart(
      chart,
      down,
      tampered((node) => {
        for (const edge of node.edges ?? []) if (edge.id === 'e0') delete edge.sections;
      }),
    );
    good(geometry);
  });

  it.each([
    ['lie on each other', (node: Loose) => Object.assign(node, { x: 40, y: 40 })],
    ['are nowhere', (node: Loose) => Object.assign(node, { x: Number.NaN })],
  ])('takes no layout in which states %s', async (_, change) => {
    const geometry = await layoutChart(chart, down, tampered(change));
    good(geometry);
    expect(geometry.method).toBe('outline');
  });

  it('notices each kind of flaw', async () => {
    const geometry = await layoutChart(chart, down);
    expect(flawsOf(geometry)).toEqual([]);
    const [first] = geometry.edges;
    const label = geometry.edges.findIndex((edge) => edge.label !== undefined);
    const spoil = (index: number, change: object): Geometry => ({
      ...geometry,
      edges: geometry.edges.map((edge, place) => (place === index ? { ...edge, ...change } : edge)),
    });
    const at = geometry.nodes.find(({ kind }) => kind === 'atomic')!;
    const through = [[at.x - 20, at.y + 9] as const, [at.x + at.width + 20, at.y + 9] as const];
    expect(flawsOf(spoil(0, { points: [] }))).toContainEqual({ kind: 'edge', index: 0 });
    expect(
      flawsOf(spoil(0, { points: [first!.points[0]!, ...through, first!.points.at(-1)!] })).length,
    ).toBeGreaterThan(0);
    expect(
      flawsOf(spoil(label, { label: { ...geometry.edges[label]!.label!, x: at.x, y: at.y } })),
    ).toContainEqual({
      kind: 'label',
      index: label,
    });
    expect(flawsOf({ ...geometry, width: 50 }).some(({ kind }) => kind === 'node')).toBe(true);
  });
});

describe('in a worker', () => {
  it('finds the same layout', { timeout: 60_000 }, async () => {
    const drawn = toChart(saga);
    expect(await layoutInWorker(drawn)).toEqual(await layoutChart(drawn));
  });

  it('takes seconds at most for sixty states', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 10 }, (_, index) => `s${index}`);
    const region = {
      initial: 's0',
      states: Object.fromEntries(
        names.map((name, index) => [
          name,
          { on: { NEXT: names[(index + 1) % 10], JUMP: names[(index * 3 + 2) % 10] } },
        ]),
      ),
    };
    const regions = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, region]));
    const sixty = toChart(createMachine({ id: 'sixty', type: 'parallel', states: regions } as object));
    const before = process.cpuUsage().user;
    expect((await layoutInWorker(sixty)).method).toBe('layered');
    // Time of the processor, all threads: 1.6 s when nothing else runs, the start of the thread and the compiler included.
    expect((process.cpuUsage().user - before) / 1_000_000).toBeLessThan(6);
  });

  it('is ended when it takes too long, and the outline is drawn', async () => {
    const geometry = await layoutInWorker(chart, {}, 1);
    expect(geometry.method).toBe('outline');
    good(geometry);
  });
});

describe('a chart with many arrows', () => {
  /** So many states, all in one, and so many transitions from anywhere to anywhere; the same each time. */
  const tangle = (count: number, arrows: number): Chart => {
    const on: Record<string, string>[] = Array.from({ length: count }, () => ({}));
    for (let at = 0; at < arrows; at += 1)
      on[(at * 37 + 5) % count]![`EVENT_${at}`] =
        `s${(at * at * 13 + at * 7 + Math.floor(at / count)) % count}`;
    const states = Object.fromEntries(on.map((events, index) => [`s${index}`, { on: events }]));
    return toChart(createMachine({ id: 'tangle', initial: 's0', states } as object));
  };

  const timed = async (tangled: Chart): Promise<{ geometry: Geometry; seconds: number }> => {
    const before = process.cpuUsage().user;
    const geometry = await layoutChart(tangled, { direction: 'down' });
    return { geometry, seconds: (process.cpuUsage().user - before) / 1_000_000 };
  };

  it('is drawn with all its labels up to three hundred', { timeout: 120_000 }, async () => {
    const tangled = tangle(60, 120);
    const { geometry, seconds } = await timed(tangled);
    expect(geometry.method).toBe('layered');
    expect(new Measured(geometry).faults()).toEqual([]);
    expect(missing(tangled, geometry)).toEqual([]);
    expect(geometry.edges.filter(({ kind, label }) => kind === 'transition' && label === undefined)).toEqual(
      [],
    );
    // Time of the processor: 1 s when nothing else runs, 27 s with the layout of small charts.
    expect(seconds).toBeLessThan(10);
  });

  it('says what they are in the boxes they leave when there are more', { timeout: 120_000 }, async () => {
    const tangled = tangle(60, 400);
    const { geometry } = await timed(tangled);
    expect(geometry.method).toBe('layered');
    expect(new Measured(geometry).faults()).toEqual([]);
    expect(missing(tangled, geometry)).toEqual([]);
    const arrows = geometry.edges.filter(({ kind }) => kind === 'transition');
    expect(arrows.length).toBeGreaterThan(300);
    expect(arrows.every(({ label }) => label === undefined)).toBe(true);
    const told = new Set(geometry.nodes.flatMap(({ rows }) => rows.map(({ edge }) => edge)));
    for (const { id } of edgesOf(tangled)) expect(told).toContain(id);
  });
});

describe('a chart that is too large', () => {
  const states = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${index}`, {}]));
  const huge = toChart(
    createMachine({
      id: 'huge',
      initial: 'g0',
      states: Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [
          `g${index}`,
          { initial: 's0', states, on: { NEXT: `g${(index + 1) % 30}.s39` } },
        ]),
      ),
    } as object),
  );

  it('is drawn without its deepest states, and says how many are left out', { timeout: 60_000 }, async () => {
    const geometry = await layoutChart(huge);
    const drawn = geometry.nodes.filter(({ kind }) => kind !== 'initial');
    expect(drawn).toHaveLength(drawingLimits.states);
    expect(geometry.omitted).toBe(1 + 30 + 30 * 40 - drawingLimits.states);
    expect(new Measured(geometry).faults()).toEqual([]);
  });

  it('is drawn without the content of collapsed states', async () => {
    const geometry = await layoutChart(chart, { ...down, collapsed: ['meter.work'] });
    expect(geometry.nodes.map(({ id }) => id)).toEqual([
      'meter',
      'meter:initial',
      'meter.idle',
      'meter.work',
    ]);
    expect(geometry.omitted).toBe(2);
    // An arrow out of what is not seen leaves the state around it, under its own name.
    expect(geometry.edges.flatMap(({ members }) => members.map(({ id }) => id))).toContain(
      'meter.work.running:ABORT:0',
    );
    expect(new Measured(geometry).faults()).toEqual([]);
  });
});

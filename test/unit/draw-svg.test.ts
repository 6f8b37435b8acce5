import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { circuitBreaker, saga } from '../../machines/index.ts';
import { statesOf } from '../../src/inspector/draw/chart.ts';
import { themes } from '../../src/inspector/draw/theme.ts';
import {
  edgesOf,
  layoutChart,
  renderChart,
  toChart,
  toPng,
  toSvg,
  type Element,
  type Overlay,
  type Shape,
} from '../../src/inspector/index.ts';
import editor from './fixtures/history.ts';
import meter from './fixtures/root.ts';

const elements = (shape: Shape): Element[] =>
  typeof shape === 'string' ? [] : [shape, ...shape.children.flatMap(elements)];

const textOf = (shape: Shape): string =>
  typeof shape === 'string' ? shape : shape.children.map(textOf).join('');

const classesOf = ({ attrs }: Element): string[] => String(attrs['class'] ?? '').split(' ');

const chart = toChart(circuitBreaker);
const geometry = await layoutChart(chart);

const drawn = (overlay?: Overlay): Element[] => elements(renderChart(geometry, overlay));

const state = (all: readonly Element[], id: string): Element =>
  all.find(({ attrs }) => attrs['data-state'] === id)!;

const edge = (all: readonly Element[], id: string): Element =>
  all.find(({ attrs }) => attrs['data-edge'] === id)!;

describe('a drawing', () => {
  it.each([
    ['circuit-breaker', chart],
    ['saga', toChart(saga)],
    ['editor', toChart(editor)],
    ['meter', toChart(meter)],
  ])('has an element with a title for every state and every transition of %s', async (_, source) => {
    const all = elements(renderChart(await layoutChart(source)));
    for (const { id } of statesOf(source.root))
      expect(all.filter(({ attrs }) => attrs['data-state'] === id)).toHaveLength(1);
    for (const { id } of edgesOf(source)) expect(edge(all, id).children[0]).toMatchObject({ tag: 'title' });
  });

  it('squeezes every text into the width that was measured for it', () => {
    const free = drawn().filter(({ tag, attrs }) => tag === 'text' && attrs['textLength'] === undefined);
    expect(free.map(textOf)).toEqual([]);
  });

  it('takes no colour from anywhere but its classes', () => {
    for (const { attrs } of drawn()) expect(Object.keys(attrs)).not.toContain('fill');
    const svg = toSvg(renderChart(geometry));
    expect(svg.match(/#[0-9a-f]{6}/g)!.length).toBe(2 * Object.keys(themes.light).length);
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(toSvg(renderChart(geometry), { theme: 'dark' })).not.toContain('var(');
  });

  it.each(['light', 'dark'] as const)('can be read: contrast of text is AA, of lines 3:1, %s', (name) => {
    const theme = themes[name];
    const light = (color: string): number => {
      const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
      const [r, g, b] = parts.map((part) =>
        part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const contrast = (a: string, b: string): number => {
      const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
      return (bright! + 0.05) / (dark! + 0.05);
    };
    const grounds = [theme.canvas, theme.box, theme.header, theme.activeBox];
    for (const ground of grounds) {
      for (const ink of ['ink', 'muted', 'event', 'guard', 'action', 'tag'] as const) {
        expect(contrast(theme[ink], ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const line of ['line', 'active', 'problem', 'missed'] as const) {
      expect(contrast(theme[line], theme.canvas), line).toBeGreaterThanOrEqual(3);
    }
  });

  it('lets nothing of the user out of where it stands', async () => {
    const nasty = createMachine({
      id: '</svg><script>alert("1")</script>',
      initial: 'a',
      description: ']]> <!-- & "quoted" \'single\'',
      states: {
        a: { on: { '</style><img src=x onerror=alert(1)>': { target: 'b', actions: '"><script>' } } },
        b: { description: 'nul \u0000, bell \u0007, escape \u001b[31m, override \u202e, lone \ud800' },
      },
    } as object);
    const svg = toSvg(
      renderChart(await layoutChart(toChart(nasty)), {
        timers: {},
        problems: [{ at: '</svg>', text: '<b>' }],
      }),
    );
    expect(svg).not.toMatch(/<script|<img|<!--|<b>/);
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e\ud800]/);
    // Every tag that is opened is closed, in order.
    const open: string[] = [];
    for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (self !== '/') open.push(name!);
    }
    expect(open).toEqual([]);
  });
});

describe('what lies on a drawing', () => {
  const open = 'circuit-breaker.open';
  const trips = 'circuit-breaker.closed:FAILURE:0';

  it('marks active states by a class, a thick border and a mark', () => {
    const active = state(drawn({ active: [open] }), open);
    expect(classesOf(active)).toContain('active');
    expect(active.attrs['aria-current']).toBe('true');
    expect(elements(active).some((element) => classesOf(element).includes('mark'))).toBe(true);
    expect(drawn().some((element) => classesOf(element).includes('mark'))).toBe(false);
  });

  it('marks the last transition at its arrow and in its row', () => {
    const all = drawn({ last: [trips] });
    expect(classesOf(edge(all, trips))).toContain('last');
    expect(
      all.filter((element) => classesOf(element).includes('arrow') && classesOf(element).includes('last')),
    ).toHaveLength(1);
    expect(classesOf(edge(all, 'circuit-breaker.closed:SUCCESS:0'))).not.toContain('last');
  });

  it('says which events would do something, at the transitions of active states only', () => {
    const all = drawn({ active: [open], events: { ACQUIRE: true } });
    expect(classesOf(edge(all, `${open}:ACQUIRE:0`))).toContain('enabled');
    expect(classesOf(edge(all, 'circuit-breaker.closed:ACQUIRE:0'))).not.toContain('enabled');
    const none = drawn({ active: [open], events: { ACQUIRE: false } });
    expect(classesOf(edge(none, `${open}:ACQUIRE:0`))).toContain('disabled');
  });

  it('shows the time that a delay still has', () => {
    const all = drawn({ timers: { [`${open}:after.waitDurationInOpenState:0`]: '3.2 s' } });
    expect(textOf(edge(all, `${open}:after.waitDurationInOpenState:0`))).toContain('3.2 s');
  });

  it('covers no text with it, neither of its own transition nor of others', async () => {
    const waiting = createMachine({
      id: 'light',
      initial: 'green',
      after: { 5_000: '.red' },
      states: {
        green: { after: { 3_000: 'yellow', 2_000: { actions: 'blink' } }, on: { PUSH: 'yellow' } },
        yellow: { after: { 500: [{ guard: 'isNight', target: 'red' }, { target: 'green' }] } },
        red: { after: { 3_000: 'green' } },
      },
    } as object);
    const geometry = await layoutChart(toChart(waiting));
    const delays = ['light:after.5000:0', 'light.green:after.3000:0', 'light.yellow:after.500:1'];
    const timers = Object.fromEntries(delays.map((id) => [id, '2.4 s']));
    const pills = elements(renderChart(geometry, { timers }))
      .filter((each) => classesOf(each).includes('timer'))
      .map(({ attrs: { x, y, width, height } }) => [x, y, width, height].map(Number));
    expect(pills).toHaveLength(delays.length);
    const rows = [
      ...geometry.nodes.flatMap((node) => node.rows),
      ...geometry.edges.flatMap(({ label }) => label?.rows ?? []),
    ];
    const texts = rows.flatMap((row) =>
      row.lines.flatMap((line) => line.spans.map(({ x, width }) => [x, line.y - 10, width, 12])),
    );
    const meet = ([x, y, w, h]: number[], [left, top, width, height]: number[]): boolean =>
      x! < left! + width! && left! < x! + w! && y! < top! + height! && top! < y! + h!;
    for (const pill of pills) expect(texts.filter((text) => meet(pill, text))).toEqual([]);
  });

  it('dashes what no test has covered', () => {
    const all = drawn({ coverage: { states: { [open]: 2 }, transitions: { [trips]: 1 } } });
    expect(classesOf(state(all, open))).not.toContain('missed');
    expect(classesOf(state(all, 'circuit-breaker.disabled'))).toContain('missed');
    expect(classesOf(edge(all, trips))).not.toContain('missed');
    expect(classesOf(edge(all, `${open}:ACQUIRE:0`))).toContain('missed');
    expect(textOf(state(all, open).children[0]!)).toMatch(/2 times$/);
  });

  it('says what is wrong where it is', () => {
    const all = drawn({
      problems: [
        { at: open, text: 'one' },
        { at: open, text: 'two' },
        { at: trips, text: 'three' },
      ],
    });
    expect(textOf(state(all, open))).toContain('one\ntwo');
    expect(textOf(edge(all, trips))).toContain('three');
  });
});

describe('a PNG', () => {
  const size = (png: Uint8Array): number[] => {
    const view = new DataView(png.buffer, png.byteOffset);
    return [view.getUint32(16), view.getUint32(20)];
  };

  it('is the drawing, the same bytes each time', { timeout: 30_000 }, async () => {
    const svg = toSvg(renderChart(geometry), { theme: 'light' });
    const png = await toPng(svg, { scale: 1 });
    expect([...png.slice(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    expect(size(png)).toEqual([geometry.width, geometry.height]);
    expect(Buffer.from(await toPng(svg, { scale: 1 })).equals(Buffer.from(png))).toBe(true);
    expect(size(await toPng(svg))).toEqual([geometry.width * 2, geometry.height * 2]);
  });

  it('is written with a font that came with it, not one of the machine', { timeout: 30_000 }, async () => {
    const empty = toSvg(
      renderChart({ ...geometry, nodes: geometry.nodes.map((node) => ({ ...node, rows: [] })), edges: [] }),
      { theme: 'light' },
    );
    const full = await toPng(toSvg(renderChart(geometry), { theme: 'light' }), { scale: 1 });
    expect(full.length).toBeGreaterThan((await toPng(empty, { scale: 1 })).length * 1.5);
    const licence = await readFile('node_modules/@expo-google-fonts/jetbrains-mono/LICENSE_FONT', 'utf8');
    expect(licence).toContain('SIL OPEN FONT LICENSE Version 1.1');
  });
});

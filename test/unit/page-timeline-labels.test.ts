import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOf, type Bar } from '../../src/inspector/page/model/timeline-labels.ts';

const bar = (from: number, to: number, text: string, below = false): Bar => ({ from, to, text, below });

describe('what is written at a bar', () => {
  it('stands in it where it fits, else behind it, else before it', () => {
    expect(labelsOf([bar(0, 100, 'paying')], 400).places).toEqual(['in']);
    expect(labelsOf([bar(100, 110, 'paying')], 400).places).toEqual([{ x: 14, line: 0 }]);
    const [place] = labelsOf([bar(390, 400, 'paying')], 400).places;
    expect(place).toMatchObject({ line: 0 });
    expect((place as { x: number }).x).toBeLessThan(-40);
  });

  it('stands below where bars are close together, in as many lines as that takes', () => {
    const states = ['created', 'charging', 'reserving'].map((text, at) =>
      bar(at * 10, at * 10 + 10, text, true),
    );
    const { places, lines } = labelsOf([...states, bar(30, 300, 'shipped', true)], 300);
    expect(lines).toBe(3);
    expect(places.map((place) => (typeof place === 'object' ? place.line : place))).toEqual([1, 2, 3, 'in']);
  });

  it('is left out where there is no place: its bar has a title', () => {
    expect(labelsOf([bar(0, 8, '2·✓'), bar(8, 300, 'x')], 300).places).toEqual([undefined, 'in']);
  });

  it('never stands on another bar, on another text or outside', () => {
    const lane = fc.array(fc.tuple(fc.nat(60), fc.nat(80), fc.nat(14), fc.boolean()), { maxLength: 12 });
    fc.assert(
      fc.property(lane, fc.integer({ min: 150, max: 900 }), (given, width) => {
        const bars: Bar[] = [];
        let at = 0;
        for (const [gap, long, letters, below] of given) {
          const from = at + gap;
          if (from + Math.max(long, 6) > width) break;
          bars.push(bar(from, from + long, 'x'.repeat(letters), below));
          at = from + Math.max(long, 6);
        }
        const { places } = labelsOf(bars, width);
        const taken = bars.map(({ from, to }) => ({ from, to: Math.max(to, from + 6), line: 0 }));
        places.forEach((place, index) => {
          if (typeof place !== 'object') return;
          const from = bars[index]!.from + place.x;
          const text = { from, to: from + bars[index]!.text.length * 6.6, line: place.line };
          const meets = taken.filter(
            (other) => other.line === text.line && other.from < text.to && text.from < other.to,
          );
          expect(meets).toEqual([]);
          if (text.to - text.from <= width) {
            expect(text.from).toBeGreaterThanOrEqual(0);
            expect(text.to).toBeLessThanOrEqual(width + 8);
          }
          taken.push(text);
        });
      }),
    );
  });
});

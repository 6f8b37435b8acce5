import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutChart, renderChart, toChart, toSvg } from '../../src/inspector/index.ts';
import { build, plans } from './fixtures/random-machine.ts';
import { Measured, missing } from './support/measure.ts';

/** A failure prints its seed and path; `FC_SEED=… FC_PATH=…` runs that case again. */
const replay = {
  ...(process.env['FC_SEED'] === undefined ? {} : { seed: Number(process.env['FC_SEED']) }),
  ...(process.env['FC_PATH'] === undefined ? {} : { path: process.env['FC_PATH'] }),
};

describe('the layout of a random chart', () => {
  it('has no fault and leaves nothing out', { timeout: 120_000 }, async () => {
    let [labels, covered, arrows, plain] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(plans, fc.constantFrom('down' as const, 'right' as const), async (plan, direction) => {
        const chart = toChart(build(plan));
        const geometry = await layoutChart(chart, { direction });
        const measured = new Measured(geometry);
        expect(measured.faults()).toEqual([]);
        expect(missing(chart, geometry)).toEqual([]);
        arrows += geometry.edges.length;
        labels += geometry.edges.filter(({ label }) => label !== undefined).length;
        covered += measured.covered();
        if (geometry.method !== 'layered') plain += 1;
      }),
      { numRuns: 200, ...replay },
    );
    // What cannot be promised for every chart has a bound: an arrow may pass behind the label of another one, and ELK may need simpler options.
    expect(arrows).toBeGreaterThan(1_000);
    expect(covered).toBeLessThanOrEqual(labels / 200);
    expect(plain).toBeLessThanOrEqual(2);
  });

  it('is the same bytes each time', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const chart = toChart(build(plan));
        const [once, again] = [await layoutChart(chart), await layoutChart(chart)];
        expect(JSON.stringify(again)).toBe(JSON.stringify(once));
        expect(toSvg(renderChart(again))).toBe(toSvg(renderChart(once)));
      }),
      { numRuns: 15, ...replay },
    );
  });
});

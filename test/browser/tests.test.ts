import { describe, expect, test } from 'vitest';
import { FakeSource } from './support/fake-source.ts';
import { expectNoComplaints, flawsOf, openPage, overflowOf, useBrowser, type Look } from './support/open.ts';
import { counterexample, opened } from './support/recordings.ts';

useBrowser();

const tests = async (look: Look = {}) => {
  const page = await openPage(await opened(counterexample()), { hash: '/tests', ...look });
  await page.page.getByRole('heading', { name: 'Properties' }).waitFor();
  return page;
};

describe('the Tests view', () => {
  test('says of each property what is known, what was searched and how to see it again', async () => {
    const { page, complaints } = await tests();
    const rows = page.getByRole('region', { name: 'Properties' }).getByRole('row');
    // What the header says is there before the entries are.
    await page.getByText('the buyer is content').waitFor();
    const texts = (await rows.allInnerTexts()).slice(1);
    expect(texts).toEqual([
      expect.stringMatching(/fails[^]*no teapot is sold twice[^]*troupe simulate x/),
      expect.stringMatching(/not known[^]*no actor fails/),
      expect.stringMatching(/holds[^]*the buyer is content[^]*1,000 seeds/),
    ]);
    expectNoComplaints(complaints);
  });

  test('the counterexample opens among the messages at its step, and on the actor', async () => {
    const { page } = await tests();
    await page
      .getByRole('region', { name: 'Steps of the run' })
      .getByRole('link', { name: 'shop takes BUY from buyer' })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Step 1' }).waitFor();
    await page.goBack();
    await page.getByRole('region', { name: 'Properties' }).getByRole('link', { name: 'Actor' }).click();
    await page.getByRole('heading', { name: 'shop' }).first().waitFor();
  });

  test('coverage is drawn on the chart, and what is missing is listed', async () => {
    const { page } = await tests();
    await page.getByText('States 2 of 6 (33 %), transitions 1 of 25 (4 %).').waitFor();
    await page.locator('[data-edge]').first().waitFor();
    expect(await page.locator('.edge.missed').count()).toBeGreaterThan(20);
    await page.getByRole('heading', { name: 'Transitions: 24 not reached' }).waitFor();
    await page.getByText('circuit-breaker.open: after waitDurationInOpenState → halfOpen').waitFor();
  });

  test('what is not in a recording of which lines were left out was not seen, and it says why', async () => {
    const gap = { kind: 'dropped', node: 'a', lines: 12, sampling: 1, time: 1 };
    const { page } = await openPage(await opened(`${counterexample()}${JSON.stringify(gap)}\n`), {
      hash: '/tests',
    });
    await page.getByRole('heading', { name: 'Transitions: 24 not seen' }).waitFor();
    await page.getByText('What was not seen (lines were left out) is dashed on the chart.').waitFor();
  });

  test('where there is no test, the page says what to open', async () => {
    const { page } = await openPage(new FakeSource(), { hash: '/tests' });
    await page.getByText('There is nothing of a test here.').waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing, at no width it scrolls sideways: %s',
    async (scheme) => {
      const { page } = await tests({ scheme });
      await page.locator('[data-edge]').first().waitFor();
      expect(await flawsOf(page)).toEqual([]);
      if (scheme === 'dark') return;
      const small = await tests({ scheme, width: 360 });
      expect(await overflowOf(small.page)).toBe(0);
    },
  );
});

import { beforeAll, describe, expect, test } from 'vitest';
import { shop, trips } from '../unit/support/page-runs.ts';
import { expectNoComplaints, flawsOf, openPage, overflowOf, useBrowser, type Look } from './support/open.ts';
import { opened, textOf } from './support/recordings.ts';

useBrowser();

let saga = '';
let both = '';
beforeAll(async () => {
  saga = textOf(await trips());
  const conducted = await shop('orchestrated');
  const danced = await shop('choreographed');
  // One recording of both styles; the actors of the two runs have names of their own.
  const last = conducted.lines.length;
  both = textOf({
    header: conducted.header,
    lines: [...conducted.lines, ...danced.lines.map((line) => ({ ...line, step: last + line.step }))],
  });
});

const timeline = async (text: string, look: Look = {}) => {
  const page = await openPage(await opened(text), { hash: '/timeline', ...look });
  await page.page
    .getByRole('region', { name: /^Timeline of/ })
    .first()
    .waitFor();
  return page;
};

describe('the Timeline view', () => {
  test('shows the last conversation, its steps as bars, and what was undone', async () => {
    const { page, complaints } = await timeline(saga);
    const run = page.getByRole('region', { name: 'Timeline of trips/Venice' });
    expect(await run.getByRole('rowheader').allInnerTexts()).toEqual([
      expect.stringMatching(/^flight/),
      expect.stringMatching(/^hotel/),
      expect.stringMatching(/^car/),
      expect.stringMatching(/^undo hotel/),
      expect.stringMatching(/^undo flight/),
    ]);
    await run.getByRole('button', { name: /^car: car, failed.*FULL: no car left in Venice/ }).waitFor();
    expect(await run.locator('.joins path').count()).toBe(2);
    expectNoComplaints(complaints);
  });

  test('a retry has its attempts and the wait between them; idle time is folded', async () => {
    const { page } = await timeline(saga, { hash: '/timeline?correlation=trips/Lisbon' });
    const hotel = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^hotel/ }) });
    const names = await Promise.all(
      (await hotel.getByRole('button').all()).map((bar) => bar.getAttribute('aria-label')),
    );
    expect(names).toEqual([
      expect.stringMatching(/^hotel: hotel, outcome unknown, .*SHAKY/),
      expect.stringMatching(/^hotel: waits to try again/),
      expect.stringMatching(/^hotel: hotel, attempt 2, done/),
    ]);
  });

  test('shows the conversation of the actor that is looked at, and never another', async () => {
    const { page } = await timeline(saga, { hash: '/timeline/trips/Lisbon' });
    await page.getByRole('region', { name: 'Timeline of trips/Lisbon' }).waitFor();
    await page.evaluate("location.hash = '#/timeline/trips/Atlantis'");
    await page.getByText('No conversation of trips/Atlantis is among').waitFor();
    expect(await page.getByRole('region', { name: /^Timeline of/ }).count()).toBe(0);
  });

  test('a bar shows what came in, what changed and what went out; the URL restores it', async () => {
    const { page } = await timeline(saga, { hash: '/timeline?correlation=trips/Lisbon' });
    await page.getByRole('button', { name: /^hotel: hotel, attempt 2/ }).click();
    const chosen = page.getByRole('region', { name: 'The chosen step' });
    await chosen.getByText('CALL book').waitFor();
    await chosen.getByText('DONE from').waitFor();
    await chosen.getByText('outputs:').first().waitFor();
    await page.reload();
    await chosen.getByText('CALL book').waitFor();
  });

  test('conversations are filtered: by text, and by how they ended', async () => {
    const { page } = await timeline(saga);
    const list = page.getByRole('region', { name: 'Conversations', exact: true });
    expect(await list.getByRole('link').allInnerTexts()).toEqual(['trips/Venice', 'trips/Lisbon']);
    await list.getByRole('combobox', { name: 'Which' }).selectOption('undone');
    expect(await list.getByRole('link').allInnerTexts()).toEqual(['trips/Venice']);
    await list.getByRole('combobox', { name: 'Which' }).selectOption('all');
    await list.getByRole('searchbox').fill('lisbon');
    await list.getByRole('link', { name: 'trips/Lisbon' }).click();
    await page.getByRole('region', { name: 'Timeline of trips/Lisbon' }).waitFor();
  });

  test('an orchestrated and a choreographed run stand beside each other', async () => {
    const { page } = await timeline(both, {
      width: 1440,
      hash: '/timeline?correlation=saga/r/missing&with=order/r/missing',
    });
    const left = page.getByRole('region', { name: 'Timeline of saga/r/missing' });
    const right = page.getByRole('region', { name: 'Timeline of order/r/missing' });
    await right.getByText(/No single owner/).waitFor();
    expect(await left.getByText(/No single owner/).count()).toBe(0);
    const names = async (run: typeof left): Promise<string[]> =>
      (await run.getByRole('rowheader').allInnerTexts()).map((text) => text.split('\n')[0]!.trim());
    const [steps, services] = [await names(left), await names(right)];
    expect(steps.indexOf('charge')).toBe(services.indexOf('payment-desk'));
    expect(steps.indexOf('undo charge')).toBe(services.indexOf('undo at payment-desk'));
  });

  test('a range of time can be chosen', async () => {
    const { page } = await timeline(saga);
    await page.getByRole('slider', { name: 'From' }).fill('600');
    expect(new URL(page.url()).hash).toContain('from=600');
    await page.getByRole('button', { name: 'All' }).click();
    expect(new URL(page.url()).hash).not.toContain('from=');
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing, at no width it scrolls sideways: %s',
    async (scheme) => {
      const { page } = await timeline(saga, { scheme });
      await page.getByRole('button', { name: /^car: car, failed/ }).click();
      expect(await flawsOf(page)).toEqual([]);
      if (scheme === 'dark') return;
      const small = await timeline(both, {
        scheme,
        width: 360,
        hash: '/timeline?correlation=order/r/missing',
      });
      expect(await overflowOf(small.page)).toBe(0);
      expect(await flawsOf(small.page)).toEqual([]);
    },
  );
});

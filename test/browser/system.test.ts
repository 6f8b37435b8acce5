import { describe, expect, test } from 'vitest';
import { FakeSource } from './support/fake-source.ts';
import {
  becomesTrue,
  expectNoComplaints,
  flawsOf,
  openPage,
  overflowOf,
  useBrowser,
} from './support/open.ts';

useBrowser();

const system = async (options = {}, look = {}) => {
  const source = new FakeSource(options);
  const opened = await openPage(source, look);
  await opened.page.getByRole('region', { name: 'Actors' }).waitFor();
  return { ...opened, source };
};

describe('the System view', () => {
  test('shows nodes, kinds by state, alerts, rates and flow by their roles', async () => {
    const { page, complaints } = await system();
    const nodes = page.getByRole('region', { name: 'Nodes' });
    expect(await nodes.getByRole('listitem').count()).toBe(3);
    await nodes.getByText('down', { exact: true }).waitFor();
    await page
      .getByRole('button', { name: /^Show order in paying|^paying.waiting/ })
      .first()
      .waitFor();
    await page.getByRole('log', { name: 'Alerts' }).getByText('circuit breaker payment is open').waitFor();
    await page.getByRole('img', { name: /^handled: now/ }).waitFor();
    await page
      .getByRole('region', { name: 'Flow between kinds' })
      .getByRole('rowheader', { name: 'order' })
      .waitFor();
    expectNoComplaints(complaints);
  });

  test('at 360 px, ids of the usual length are whole in the table', async () => {
    const { page } = await system({}, { width: 360, height: 780 });
    const room = await page.evaluate<number>(
      `document.querySelector('[aria-label=Actors] tbody [data-row] td').clientWidth`,
    );
    // 28 characters of 7.2 px, and the cell's padding.
    expect(room).toBeGreaterThan(220);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  });

  test('a click on a state filters the table, and the URL keeps it', async () => {
    const { page } = await system();
    await page.getByRole('button', { name: /shipped/ }).click();
    await page.getByText('5 actors', { exact: true }).waitFor();
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe('#/system?filter=kind:order+state:shipped');
    await page.reload();
    await page.getByText('5 actors', { exact: true }).waitFor();
  });

  test('the filter box narrows by its words; Enter on a row opens the actor', async () => {
    const { page } = await system();
    await page.getByRole('searchbox', { name: 'Filter actors' }).fill('node:shop-2 o-000');
    await page.getByText('3 actors', { exact: true }).waitFor();
    await page.getByRole('region', { name: 'Actors' }).focus();
    await page.keyboard.press('ArrowDown');
    await becomesTrue(page, 'document.activeElement.tagName === "A"');
    await page.keyboard.press('ArrowDown');
    await becomesTrue(page, 'document.activeElement.textContent.endsWith("o-0005")');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'order/o-0005' }).waitFor();
  });

  test('10,000 actors are usable: few rows exist, any of them is reached', async () => {
    const { page } = await system({ actors: 10_000 });
    await page.getByText('10,000 actors', { exact: true }).waitFor();
    const table = page.getByRole('region', { name: 'Actors' });
    expect(await table.locator('tr').count()).toBeLessThan(80);
    await table.focus();
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'order/o-10000' }).waitFor();
    expect(await table.locator('tr').count()).toBeLessThan(80);
  });

  test('what an actor says is text, whatever it says', async () => {
    const markup = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>&lt;b&gt;';
    const { page, complaints } = await system({ markup });
    await page.getByRole('link', { name: /<img src=x/ }).click();
    await page.getByRole('heading', { name: /<img src=x/ }).waitFor();
    await page.getByRole('tabpanel').getByText('<script>window.pwned=1</script>').first().waitFor();
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expectNoComplaints(complaints);
  });

  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing (${scheme})`, async () => {
      const { page } = await system({}, { scheme });
      expect(await flawsOf(page)).toEqual([]);
    });

  test('360 px are enough', async () => {
    const { page } = await system({}, { width: 360, height: 780 });
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  });
});

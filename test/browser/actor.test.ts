import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { FakeSource, type FakeOptions } from './support/fake-source.ts';
import {
  becomesTrue,
  expectNoComplaints,
  flawsOf,
  openPage,
  overflowOf,
  useBrowser,
  type Look,
} from './support/open.ts';

useBrowser();

const actor = async (id: string, options: FakeOptions = {}, look: Look = {}) => {
  const source = new FakeSource(options);
  const opened = await openPage(source, { hash: `/actor/order/${id}`, ...look });
  await opened.page.getByRole('heading', { name: `order/${id}` }).waitFor();
  return { ...opened, source };
};

const isActive = (page: Page, state: string) => page.locator(`.picture [data-state="order.${state}"].active`);

describe('the chart', () => {
  test('has the current states, the last transition, what is possible and the time that is left', async () => {
    const { page, complaints } = await actor('o-0002');
    await isActive(page, 'paying').waitFor();
    await isActive(page, 'paying.waiting').waitFor();
    expect(await isActive(page, 'placed').count()).toBe(0);
    await page.locator('.picture [data-edge="order.placed:PAY:0"].last').waitFor();
    await page.locator('.picture [data-edge="order.paying:PAID:0"].enabled').waitFor();
    await page
      .locator('.picture [data-edge="order.paying.waiting:after.paymentTimeout:0"]')
      .getByText(/^\d+\.\d s$/)
      .waitFor();
    await page.getByText('placed: PAY → paying').waitFor();
    expectNoComplaints(complaints);
  });

  test('the outline says the same to who does not see it', async () => {
    const { page } = await actor('o-0002');
    await page.getByRole('button', { name: 'Outline' }).click();
    const tree = page.getByRole('tree', { name: 'Outline of order' });
    await tree.getByRole('treeitem', { name: /^waiting ● current/ }).waitFor();
    await tree.getByRole('treeitem', { name: /PAY.* → paying.*taken last/ }).waitFor();
    await tree.getByRole('treeitem', { name: /PAID .*possible now/ }).waitFor();
    await tree.getByRole('treeitem').first().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await tree.getByRole('treeitem').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    expect(await tree.getByRole('treeitem').count()).toBeGreaterThan(10);
  });

  test('without a layout the outline is there', async () => {
    const source = new FakeSource();
    const { page } = await openPage(
      source,
      { hash: '/actor/order/o-0002' },
      {
        drawing: {
          layout: async () => Promise.reject(new Error('no layout')),
          problems: async () => [{ at: 'order.placed', text: 'nobody comes here' }],
        },
      },
    );
    await page.getByRole('tree', { name: 'Outline of order' }).waitFor();
    await page.getByRole('tab', { name: 'Problems' }).click();
    await page.getByRole('tabpanel').getByText('nobody comes here').waitFor();
  });

  test('a state is folded, and its content is no longer drawn', async () => {
    const { page } = await actor('o-0002');
    await isActive(page, 'paying.waiting').waitFor();
    await page.getByText('Fold', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'paying' }).check();
    await isActive(page, 'paying.waiting').waitFor({ state: 'detached' });
    await isActive(page, 'paying').waitFor();
    expect(decodeURIComponent(page.url())).toContain('closed=order.paying');
  });

  test('heat counts what was seen', async () => {
    const { page, source } = await actor('o-0002');
    source.emit(Array.from({ length: 70 }, (_, at) => source.line(at)));
    await page.getByRole('button', { name: 'Heat' }).click();
    await page.locator('.picture.heated').waitFor();
    await page
      .locator('.picture .count')
      .getByText(/^\d+×$/)
      .first()
      .waitFor();
    await becomesTrue(
      page,
      `getComputedStyle(document.querySelector('[data-state="order.paying"]')).getPropertyValue('--heat') > 0`,
    );
  });
});

describe('telling it something', () => {
  test('what a dry run said is not shown beside another event', async () => {
    const { page } = await actor('o-0001');
    await page.getByRole('tab', { name: 'Send' }).click();
    await page.getByRole('button', { name: /^PAY.*possible now/ }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    const outcome = page.getByRole('region', { name: 'What it would do' });
    await outcome.waitFor();
    const fields = page.getByLabel('Fields (JSON)');
    await fields.fill('{"amount": ');
    await outcome.waitFor({ state: 'detached' });
    await fields.fill('{"amount": 3}');
    expect(await outcome.count()).toBe(0);
    await page.getByRole('button', { name: 'Dry run' }).click();
    await outcome.waitFor();
  });

  test('an event is tried, then sent, and the chart follows within 200 ms', async () => {
    const { page, source, complaints } = await actor('o-0001');
    await page.getByRole('tab', { name: 'Send' }).click();
    await page.getByRole('button', { name: /^PAY.*possible now/ }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    const outcome = page.getByRole('region', { name: 'What it would do' });
    await outcome.getByText('paying.waiting').waitFor();
    await outcome.getByText('placed: PAY → paying').waitFor();
    expect(source.sent).toEqual([]);
    // Measured in the page, from the click to the class on the chart.
    const took = await page.evaluate<number>(`new Promise((resolve) => {
      const began = performance.now();
      const look = () => document.querySelector('[data-state="order.paying"].active')
        ? resolve(performance.now() - began)
        : requestAnimationFrame(look);
      document.querySelector('form.send button.primary').click();
      look();
    })`);
    expect(source.sent).toEqual([{ address: 'order/o-0001', event: { type: 'PAY' } }]);
    expect(took).toBeLessThan(200);
    await page.getByText('PAY was sent.').waitFor();
    expectNoComplaints(complaints);
  });

  test('fields that are no JSON object are refused before anything is sent', async () => {
    const { page, source } = await actor('o-0001');
    await page.getByRole('tab', { name: 'Send' }).click();
    await page.getByRole('textbox', { name: 'Type' }).fill('PAID');
    await page.getByRole('textbox', { name: /Fields/ }).fill('{"paymentId": ');
    await page.getByText('This is no JSON').waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: /Fields/ }).fill('[1]');
    await page.getByText('The fields of an event are a JSON object').waitFor();
    await page.getByRole('textbox', { name: 'Type' }).fill('xstate.stop');
    await page.getByText('are the runtime’s own').waitFor();
    expect(source.sent).toEqual([]);
  });

  test('where it is not allowed the page says why, and there is no button', async () => {
    const { page } = await actor('o-0001', { canSend: false });
    await page.getByRole('tab', { name: 'Send' }).click();
    await page.getByText('Sending is off. Start the inspector with --allow-send').waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: /PAY/ }).first().click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('region', { name: 'What it would do' }).waitFor();
  });
});

describe('time travel', () => {
  test('shows the context and state of the moment, marks what changed, and sends nothing', async () => {
    const { page, source } = await actor('o-0005');
    await isActive(page, 'fulfilling.stock.reserved').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('as of moment 2').waitFor();
    await isActive(page, 'fulfilling.stock.asked').waitFor();
    const panel = page.getByRole('tabpanel');
    await panel.getByText('"pay-81"').waitFor();
    await panel
      .getByText(/^changed inside: log|^new: paymentId|~.*log/)
      .first()
      .waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('as of moment 1').waitFor();
    await isActive(page, 'paying').waitFor();
    expect(await panel.getByText('"pay-81"').count()).toBe(0);
    expect(new URL(page.url()).hash).toBe('#/actor/order/o-0005@1');
    await page.getByRole('tab', { name: 'Send' }).click();
    await page.getByText('This is the past').waitFor();
    await page.getByRole('main').focus();
    await page.keyboard.press('l');
    await isActive(page, 'fulfilling.stock.reserved').waitFor();
    expect(source.sent).toEqual([]);
  });

  test('plays, and stops at the end', async () => {
    const { page } = await actor('o-0005');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByText('as of moment 0').waitFor();
    await page.getByText('as of moment 1').waitFor();
    await page.getByText('as of moment 3').waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  test('the list of events leads to a moment', async () => {
    const { page } = await actor('o-0005');
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByRole('button', { name: 'Moment 1', exact: true }).click();
    await page.getByText('as of moment 1').waitFor();
    await page.getByRole('tabpanel').getByText('CHARGE', { exact: true }).first().waitFor();
  });
});

describe('around the actor', () => {
  test('children are links, the definition can be taken away, an unknown actor is said', async () => {
    const { page, complaints } = await actor('o-0004');
    await page.getByRole('tab', { name: 'Children' }).click();
    await page.getByRole('link', { name: 'audit' }).waitFor();
    await page.getByRole('tab', { name: 'Definition' }).click();
    await page.getByRole('button', { name: 'Mermaid', exact: true }).click();
    await page.getByText('stateDiagram-v2').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save SVG' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('order.svg');
    await page.evaluate('location.hash = "#/actor/order/nobody"');
    await page.getByText('There is no actor order/nobody').waitFor();
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing, on any tab (${scheme})`, async () => {
      const { page } = await actor('o-0002', {}, { scheme });
      await isActive(page, 'paying').waitFor();
      for (const name of ['Context', 'Events', 'Send', 'Children', 'Problems', 'Definition']) {
        await page.getByRole('tab', { name }).click();
        expect(await flawsOf(page), name).toEqual([]);
      }
      await page.getByRole('button', { name: 'Outline' }).click();
      expect(await flawsOf(page)).toEqual([]);
    });

  test('360 px are enough', async () => {
    const { page } = await actor('o-0002', {}, { width: 360, height: 780 });
    await isActive(page, 'paying').waitFor();
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  });
});

/** The other views on the running order system: sagas, messages, breakers, queues; links, and what everybody needs. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { circuitBreaker, withBreaker } from 'troupe';
import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { isActive, useInspectedShop } from './support/inspected-shop.ts';
import { expectNoComplaints, flawsOf, overflowOf, useBrowser } from './support/open.ts';
import { orderOf } from './support/shop.ts';

useBrowser();
const { shop, open, openTold, parcel } = useInspectedShop();

describe('orders on their way', () => {
  test('a saga is a timeline with what was undone, a choreography beside it has no owner', async () => {
    const hash = '/timeline?correlation=saga/today/conducted&with=order/today/danced';
    const { page, complaints } = await openTold(hash);
    const missing = (id: string) => orderOf(id, 'ok', 'saffron', 1_000);
    await shop().process([missing('conducted')], 'orchestrated');
    await shop().process([missing('danced')], 'choreographed');
    const saga = page.getByRole('region', { name: 'Timeline of saga/today/conducted' });
    await saga.getByText('compensated').first().waitFor();
    const steps = (await saga.getByRole('rowheader').allInnerTexts()).map((text) => text.split('\n')[0]);
    for (const step of ['create', 'charge', 'reserve', 'undo charge', 'undo create'])
      expect(steps).toContain(step);
    await saga.getByRole('button', { name: /^reserve: .*failed.*OUT_OF_STOCK/ }).waitFor();
    const danced = page.getByRole('region', { name: 'Timeline of order/today/danced' });
    await danced.getByText(/No single owner/).waitFor();
    expectNoComplaints(complaints);
  });

  test('its messages are listed and drawn; one can be looked at, and all leave as Mermaid', async () => {
    const { page } = await openTold('/messages?tab=list&correlation=saga/today/listed');
    await shop().process([orderOf('listed')], 'orchestrated');
    const calls = page.getByRole('button', { name: /^CALL charge/ });
    await calls.first().click();
    const about = page.locator('.about');
    await about.getByText('payment').first().waitFor();
    await page.getByRole('tab', { name: 'Diagram' }).click();
    await page.locator('.mark').first().waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Mermaid' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('messages.mmd');
    const mermaid = await readFile(await file.path(), 'utf8');
    for (const said of ['sequenceDiagram', 'saga/today/listed', 'CALL create', 'CALL charge', 'CALL confirm'])
      expect(mermaid).toContain(said);
  });
});

describe('a breaker that trips', () => {
  test('is an open tile with its calls, who is refused and a countdown, and an alert', async () => {
    const { page, complaints } = await openTold('/breakers');
    const settings = { slidingWindowSize: 6, minimumNumberOfCalls: 4, waitDurationInOpenState: 60_000 };
    const breaker = await shop().system.spawn(circuitBreaker, {
      id: 'breaker/courier',
      input: { name: 'courier', ...settings },
    });
    const tile = page.locator('.tile').filter({ has: page.getByRole('heading', { name: 'courier' }) });
    const standsAt = async (state: string): Promise<void> => tile.and(page.locator(`.${state}`)).waitFor();
    await standsAt('closed');
    for (let call = 0; call < 6; call += 1)
      await withBreaker(breaker)(async () => Promise.reject(new Error('down'))).catch(() => undefined);
    await standsAt('open');
    await tile.getByRole('img', { name: 'The last 4 of 6 calls: 4 failed' }).waitFor();
    await tile.getByText(/2 refused since it opened/).waitFor();
    await tile.getByText(/half-open in \d+ s/).waitFor();
    await page.keyboard.press('1');
    const alert = page.getByRole('log', { name: 'Alerts' }).getByRole('link', { name: /breaker\/courier/ });
    await alert.click();
    await page.locator('.picture [data-state="circuit-breaker.open"].active').waitFor();
    breaker.send({ type: 'RESET' });
    expectNoComplaints(complaints);
  });
});

describe('a letter that nobody could handle', () => {
  test('is put back into its queue from the page, and is handled when its reader can', async () => {
    let isReady = false;
    const read: string[] = [];
    const reader = setup({
      types: { events: {} as { type: 'MAIL'; text: string } },
      actions: {
        read: ({ event }) => {
          if (!isReady) throw new Error('no glasses');
          read.push(event.text);
        },
      },
    }).createMachine({ id: 'reader', on: { MAIL: { actions: 'read' } } });
    await shop().system.spawn(reader, { id: 'reader' });
    const mail = await shop().system.queue<{ type: 'MAIL'; text: string }>('mail', {
      maxAttempts: 2,
      backoff: { initial: 5 },
    });
    const consumer = await mail.consume(() => 'reader');
    await mail.send({ type: 'MAIL', text: 'hello' });
    const { page, complaints } = await open('/breakers?queue=mail');
    const letters = page.getByRole('region', { name: 'Dead letters', exact: true });
    await letters.getByText(/no glasses/).waitFor();
    isReady = true;
    await letters.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('It is in its queue again.').waitFor();
    await expect.poll(() => read).toEqual(['hello']);
    await consumer.stop();
    expectNoComplaints(complaints);
  });
});

describe('the URL', () => {
  test('of a view restores it in another window', async () => {
    const looks = [
      ['System', '/system?filter=kind:ledger', '1 actor'],
      ['Timeline', '/timeline?only=undone', 'No saga, workflow'],
      ['Messages', '/messages?order=clock&local=show', 'No messages were seen yet'],
      ['Breakers', '/breakers', 'bank'],
      ['Tests', '/tests', 'There is nothing of a test here'],
    ] as const;
    for (const [name, hash, text] of looks) {
      const { page, complaints } = await open(hash);
      await page.getByRole('main', { name }).getByText(text).first().waitFor();
      expect(decodeURIComponent(new URL(page.url()).hash)).toBe(`#${hash}`);
      expectNoComplaints(complaints);
    }
  });

  test('of Actor restores actor, moment, tab and direction', async () => {
    const one = parcel();
    await one.deliver('PAY', 'PAID');
    const { page } = await open(`/actor/${one.address}`);
    await page.locator(isActive('fulfilling')).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/^as of moment/).waitFor();
    await page.getByRole('slider', { name: 'Moment' }).fill('1');
    await page.getByText('as of moment 1,').waitFor();
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByRole('button', { name: 'Rightwards' }).click();
    const second = await open(new URL(page.url()).hash.slice(1));
    await second.page.getByText('as of moment 1,').waitFor();
    await second.page.locator(isActive('paying.waiting')).waitFor();
    await second.page.getByRole('region', { name: 'Events of the actor' }).waitFor();
    await second.page.getByRole('button', { name: 'Downwards' }).waitFor();
  });
});

describe('for everybody', () => {
  const views = ['/system', '/actor/', '/timeline', '/messages', '/breakers', '/tests'];
  const waitFor = async (page: Page, hash: string): Promise<void> => {
    const landmark = {
      '/actor/': page.locator(isActive('fulfilling')),
      '/timeline': page.getByRole('region', { name: /^Timeline of/ }).first(),
      '/messages': page.locator('.mark').first(),
      '/breakers': page.getByRole('heading', { name: 'bank' }),
    }[hash];
    await (landmark ?? page.getByRole('main')).waitFor();
  };

  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing in any view of the running system, wide or at 360 px, where nothing goes over the edge (${scheme})`, async () => {
      const { page, complaints } = await openTold('/system', { scheme });
      const one = parcel();
      await one.deliver('PAY', 'PAID');
      await shop().process(
        [orderOf(`seen-${scheme}`), orderOf(`refused-${scheme}`, 'declined')],
        'orchestrated',
      );
      for (const view of views) {
        const hash = view === '/actor/' ? `/actor/${one.address}` : view;
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.evaluate(`location.hash = '#${hash}'`);
        await waitFor(page, view);
        expectNoComplaints(complaints);
        expect(await flawsOf(page), view).toEqual([]);
        await page.setViewportSize({ width: 360, height: 780 });
        expect(await overflowOf(page), `${view} at 360 px`).toBeLessThanOrEqual(0);
        expect(await flawsOf(page), `${view} at 360 px`).toEqual([]);
        // The page's policy refused the debugger's script, aloud.
        complaints.length = 0;
      }
    });
});

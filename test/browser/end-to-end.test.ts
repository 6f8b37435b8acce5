/** The inspector on the running order system, in this process: nothing here is invented but the orders. */
import type { StoredCommit } from 'troupe';
import type { Inspector } from 'troupe/inspector';
import { describe, expect, test } from 'vitest';
import { ask } from '../unit/support/ask-inspector.ts';
import { busyTimes, watchBusy, watchFor } from './support/clock.ts';
import { isActive, useInspectedShop } from './support/inspected-shop.ts';
import { expectNoComplaints, openAt, useBrowser } from './support/open.ts';
import { orderOf } from './support/shop.ts';

useBrowser();
const { shop, spectator, open, parcel } = useInspectedShop();

/** What is stored of an actor, oldest first; without commits that only note what was performed. */
async function logOf(address: string): Promise<StoredCommit[]> {
  const commits: StoredCommit[] = [];
  for await (const commit of shop().system.history(address)) {
    if ('unreadable' in commit) throw new Error('the log cannot be read');
    if (commit.causes.length > 0) commits.push(commit);
  }
  return commits;
}

const refusedOf = async (by: Inspector): Promise<Record<string, number>> =>
  ((await ask(by, '/api/about')).json as { refused: Record<string, number> }).refused;

describe('the System view', () => {
  test('shows the nodes, kinds and actors that the system itself names, in their states', async () => {
    const { page, complaints } = await open('/system');
    const nodes = page.getByRole('region', { name: 'Nodes' });
    for (const { node } of shop().nodes)
      await nodes.getByRole('listitem').filter({ hasText: node }).getByText('up', { exact: true }).waitFor();
    expect(await nodes.getByRole('listitem').count()).toBe(shop().nodes.length);
    const rows = await shop().system.actors();
    await page.getByText(`${rows.length} actors`, { exact: true }).waitFor();
    const table = page.getByRole('region', { name: 'Actors' });
    for (const { address, state, node } of rows) {
      const row = table
        .getByRole('row')
        .filter({ has: page.getByRole('link', { name: address, exact: true }) });
      const text = await row.innerText();
      expect(text).toContain(node);
      expect(text.split(/\s+/)).toContain(state);
    }
    const services = rows.filter(({ kind }) => kind === 'service').length;
    const kind = page.locator('.kinds > li').filter({ has: page.getByText('service', { exact: true }) });
    expect(await kind.innerText()).toMatch(new RegExp(`service\\s+${services}\\s+ready\\s+${services}\\b`));
    expectNoComplaints(complaints);
  });

  test('counts what is added and what ends, and a click on a state shows those in it', async () => {
    const { page } = await open('/system?filter=kind:order');
    const [first, second] = [parcel(), parcel()];
    await first.deliver('PAY');
    await second.deliver('CANCEL');
    await page.getByRole('link', { name: first.address, exact: true }).waitFor();
    await page.getByTitle('Show order in cancelling').click();
    await page.getByRole('link', { name: second.address, exact: true }).waitFor();
    expect(await page.getByRole('link', { name: first.address, exact: true }).count()).toBe(0);
  });
});

describe('live', () => {
  test('a step is on the chart within 200 ms of its message', async () => {
    const { page } = await open('/system');
    const took: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const one = parcel();
      await one.deliver('PAY');
      await page.evaluate(`location.hash = '#/actor/${one.address}'`);
      await page.locator(isActive('paying.waiting')).waitFor();
      for (const [event, state] of [
        ['PAID', 'fulfilling.stock.asked'],
        ['RESERVED', 'fulfilling.stock.reserved'],
        ['LABELLED', 'shipped'],
      ] as const) {
        const seen = await watchFor(page, isActive(state));
        const sent = Date.now();
        await one.deliver(event);
        took.push((await seen()) - sent);
      }
    }
    const sorted = took.toSorted((a, b) => a - b);
    console.log(`message to chart: median ${sorted[6]} ms, all ${sorted.join(' ')} ms`);
    // One of 12 may meet a garbage collection of this process, which is the system, the server and the test at once.
    expect(sorted.at(-2)).toBeLessThan(200);
    expect(sorted.at(-1)).toBeLessThan(600);
  });

  test('a live actor, no durable one, is as quick, and its last transition and guard are named', async () => {
    const { page } = await open('/actor/breaker/bank');
    const closed = '.picture [data-state="circuit-breaker.closed"].active';
    await page.locator(closed).waitFor();
    const seen = await watchFor(page, '.picture [data-state="circuit-breaker.forcedOpen"].active');
    const sent = Date.now();
    shop().system.ref('breaker/bank').send({ type: 'FORCE_OPEN' });
    expect((await seen()) - sent).toBeLessThan(200);
    await page.getByText('FORCE_OPEN → forcedOpen').waitFor();
    await page.keyboard.press('1');
    await page.getByRole('log', { name: 'Alerts' }).getByText('circuit breaker is forced open').waitFor();
    shop().system.ref('breaker/bank').send({ type: 'RESET' });
    await page.getByText('Nothing to worry about.').waitFor();
  });
});

describe('telling an actor something', () => {
  test('an event from the page changes the actor', async () => {
    const one = parcel();
    await one.deliver('PAY');
    const { page, complaints } = await open(`/actor/${one.address}?tab=send`);
    await page.getByRole('button', { name: /^PAID.*possible now/ }).click();
    await page.getByRole('textbox', { name: /Fields/ }).fill('{"paymentId": "from the page"}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator(isActive('fulfilling.stock.asked')).waitFor();
    expect((await one.snapshot()).context).toMatchObject({ paymentId: 'from the page', log: ['PAID'] });
    expectNoComplaints(complaints);
  });

  test('a dry run says what would be, and changes nothing', async () => {
    const one = parcel();
    await one.deliver('PAY');
    const before = await one.snapshot();
    const log = await logOf(one.address);
    const { page } = await open(`/actor/${one.address}?tab=send`);
    await page.getByRole('button', { name: /^DECLINED/ }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    const outcome = page.getByRole('region', { name: 'What it would do' });
    await outcome.getByText('paying.retrying', { exact: true }).waitFor();
    await outcome.getByText(/DECLINED 1\. \[mayRetry\]/).waitFor();
    expect(await one.snapshot()).toEqual(before);
    expect(await logOf(one.address)).toEqual(log);
  });

  test('where it is not allowed the page says why, and the server refuses and counts', async () => {
    const one = parcel();
    await one.deliver('PAY');
    const { page } = await openAt(spectator(), { hash: `/actor/${one.address}?tab=send` });
    await page.getByText('Sending is off. Start the inspector with --allow-send').waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).count()).toBe(0);
    const before = (await refusedOf(spectator()))['NOT_ALLOWED'] ?? 0;
    const body = JSON.stringify({ address: one.address, event: { type: 'CANCEL' } });
    expect((await ask(spectator(), '/api/send', { body })).status).toBe(403);
    expect((await refusedOf(spectator()))['NOT_ALLOWED']).toBe(before + 1);
    expect((await one.snapshot()).value).toEqual({ paying: 'waiting' });
  });
});

describe('time travel', () => {
  test('shows at every moment what the log has stored for it', async () => {
    const one = parcel();
    await one.deliver('PAY', 'PAID', 'RESERVED');
    const { page } = await open(`/actor/${one.address}`);
    await page.locator(isActive('fulfilling.stock.reserved')).waitFor();
    const commits = await logOf(one.address);
    expect(commits.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const commit of commits.toReversed()) {
      await page.evaluate(`location.hash = '#/actor/${one.address}@${commit.number}'`);
      await page.getByText(`as of moment ${commit.number},`).waitFor();
      const stored = commit.context as { attempts: number; paymentId?: string; log: readonly string[] };
      const context = await page.getByRole('tabpanel').innerText();
      expect(context).toMatch(new RegExp(`attempts: (\\d+ → )?${stored.attempts}\\b`));
      expect(context.includes('"pay-81"')).toBe(stored.paymentId === 'pay-81');
      expect(context).toContain(stored.log.length === 0 ? 'log: []' : `log: (${stored.log.length})`);
    }
    await page.keyboard.press('l');
    await page.locator(isActive('fulfilling.stock.reserved')).waitFor();
    expect(page.url()).not.toContain('@');
  });
});

describe('speed', () => {
  test('the first paint comes within a second, and no task keeps the page busy for long', async () => {
    const { page } = await open('/system');
    await watchBusy(page);
    const painted = await page.evaluate<number>(
      'performance.getEntriesByName("first-contentful-paint")[0].startTime',
    );
    await shop().process(
      Array.from({ length: 20 }, (_, at) => orderOf(`many-${at}`)),
      'orchestrated',
    );
    await page.waitForFunction('document.querySelectorAll(".kinds > li").length > 3');
    const busy = await busyTimes(page);
    console.log(`first paint ${painted.toFixed(0)} ms; longest task ${(busy[0] ?? 0).toFixed(0)} ms`);
    expect(painted).toBeLessThan(1_000);
    expect(busy[0] ?? 0).toBeLessThan(300);
  });
});

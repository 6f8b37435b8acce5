import { gzipSync } from 'node:zlib';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { FakeSource } from './support/fake-source.ts';
import {
  expectNoComplaints,
  flawsOf,
  openAt,
  openPage,
  overflowOf,
  serve,
  useBrowser,
} from './support/open.ts';

useBrowser();

describe('the bundle', () => {
  test('is under 63 KB gzip, all of it', async () => {
    const { buildPage } = (await import(new URL('../../scripts/build-page.mjs', import.meta.url).href)) as {
      readonly buildPage: (folder: string) => Promise<void>;
    };
    const folder = await mkdtemp(join(tmpdir(), 'troupe-page-'));
    try {
      await buildPage(folder);
      const names = (await readdir(folder)).sort();
      expect(names).toEqual(['app.css', 'app.js', 'index.html']);
      const sizes = await Promise.all(
        names.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
      );
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(63_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the token', () => {
  test('is taken out of the visible URL, and a reload still has it', async () => {
    const { page, inspector, complaints } = await openPage(new FakeSource());
    expect(page.url()).not.toContain(inspector.token);
    await page.reload();
    await page.getByText('live', { exact: true }).first().waitFor();
    expectNoComplaints(complaints);
  });

  test('is known in tabs that a link opens, also a copied one, and in no other browser', async () => {
    const { page, inspector } = await openPage(new FakeSource());
    const opened = (): Promise<Page> => page.context().waitForEvent('page');
    const byClick = opened();
    await page
      .getByRole('link', { name: 'order/o-0002' })
      .first()
      .click({ modifiers: ['Control'] });
    const tab = await byClick;
    await tab.getByText('live', { exact: true }).first().waitFor();
    const byHand = opened();
    await page.evaluate(`void open(${JSON.stringify(tab.url())}, '_blank', 'noopener')`);
    const copied = await byHand;
    await copied.getByText('live', { exact: true }).first().waitFor();
    await copied.getByRole('heading', { name: 'order/o-0002' }).waitFor();
    expect(copied.url()).not.toContain(inspector.token);
    const { page: elsewhere } = await openAt(inspector);
    await elsewhere.evaluate('sessionStorage.clear(); localStorage.clear()');
    await elsewhere.goto(tab.url());
    await elsewhere.reload();
    await elsewhere.getByText('There is no token').first().waitFor();
  });

  test('that is wrong: the page says what to do', async () => {
    const inspector = await serve(new FakeSource());
    const { page } = await openAt(inspector);
    await page.evaluate('sessionStorage.setItem("troupe-token", "wrong")');
    await page.reload();
    await page.getByText('The token is a wrong one').first().waitFor();
    await page.getByText('troupe inspect').first().waitFor();
  });
});

describe('the URL', () => {
  test('restores view, actor and moment', async () => {
    const { page } = await openPage(new FakeSource(), { hash: '/actor/order/o-0003@1' });
    await page.getByRole('heading', { name: 'order/o-0003' }).waitFor();
    await page.getByText('as of moment 1').waitFor();
    expect(new URL(page.url()).hash).toBe('#/actor/order/o-0003@1');
  });

  test('follows what is chosen, and the back button goes back', async () => {
    const { page } = await openPage(new FakeSource());
    await page.getByRole('link', { name: 'order/o-0002', exact: true }).click();
    await page.getByRole('heading', { name: 'order/o-0002' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/actor/order/o-0002');
    await page.goBack();
    await page.getByRole('region', { name: 'Actors' }).waitFor();
  });
});

describe('the keyboard', () => {
  test('opens views, help and search; search finds an actor', async () => {
    const { page, complaints } = await openPage(new FakeSource());
    await page.keyboard.press('2');
    await page.getByRole('main', { name: 'Actor' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('o-0007');
    await page.getByRole('option', { name: /order\/o-0007/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'order/o-0007' }).waitFor();
    expectNoComplaints(complaints);
  });

  test('filter words in the search open the filtered table', async () => {
    const { page } = await openPage(new FakeSource());
    await page.keyboard.press('/');
    await page.keyboard.type('kind:order state:shipped');
    await page.getByRole('option', { name: /^table/ }).click();
    await page.getByText('5 actors', { exact: true }).waitFor();
  });
});

describe('honesty', () => {
  test('what is left out is said, and goes on being said', async () => {
    const source = new FakeSource();
    const { page } = await openPage(source);
    source.emit([{ kind: 'dropped', node: 'shop-1', lines: 1_234, sampling: 0.03, time: Date.now() }]);
    await page.getByText('Showing 3 % of events (sampled), 1,234 left out.').waitFor();
    await page.keyboard.press('2');
    await page.getByText('1,234 left out').waitFor();
  });

  test('what some nodes do not tell is not called live, and they are named', async () => {
    const source = new FakeSource();
    const { page } = await openPage(source);
    const reach = (missing: readonly { readonly node: string; readonly why: string }[]): void => {
      for (const watcher of source.watchers)
        watcher.reached?.({ nodes: 3, told: 3 - missing.length, missing });
    };
    reach([{ node: 'shop-2', why: 'TIMEOUT' }]);
    await page.getByText('2 of 3 nodes', { exact: true }).waitFor();
    await page.getByRole('status').filter({ hasText: 'shop-2 (does not answer)' }).first().waitFor();
    reach([]);
    await page.getByText('live', { exact: true }).first().waitFor();
  });

  test('flaws of a recording, the broken property and how to replay it are shown', async () => {
    const about = {
      source: 'recording' as const,
      flaws: ['line 7 could not be read'],
      property: 'no order is paid twice',
      replay: 'troupe check shop.ts --seed 4',
    };
    const { page } = await openPage(new FakeSource({ about, canSend: false }));
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText('line 7 could not be read').waitFor();
    await notices.getByText('no order is paid twice').waitFor();
    await notices.getByText('troupe check shop.ts --seed 4').waitFor();
  });

  test('a connection that is lost is said, what was known stays, and it comes back by itself', async () => {
    const first = await serve(new FakeSource());
    const { page } = await openAt(first, { hash: '/actor/order/o-0002' });
    await page.getByRole('heading', { name: 'order/o-0002' }).waitFor();
    await first.close();
    await page.getByText('What you see is the last that was told').waitFor();
    await page.getByRole('heading', { name: 'order/o-0002' }).waitFor();
    // Another one, at the same place: it has another token, and says so.
    await serve(new FakeSource(), { port: first.port });
    await page.getByText('The token is a wrong one').first().waitFor();
  });
});

test('a stream that breaks is taken up again', async () => {
  const inspector = await serve(new FakeSource());
  const { page } = await openAt(inspector);
  let failures = 2;
  await page.route('**/api/events*', (route) => (failures-- > 0 ? route.abort() : route.continue()));
  await page.reload();
  await page.getByText('What you see is the last that was told').waitFor();
  await page.getByText('live', { exact: true }).first().waitFor();
  expect(failures).toBeLessThan(0);
  await page.getByRole('link', { name: 'order/o-0001', exact: true }).waitFor();
});

describe('for everybody', () => {
  for (const scheme of ['light', 'dark'] as const)
    test(`axe finds nothing in the shell, with what it can open (${scheme})`, async () => {
      const { page } = await openPage(
        new FakeSource({ about: { flaws: ['line 7 could not be read'], sampling: 0.5 } }),
        { scheme },
      );
      await page.keyboard.press('/');
      await page.keyboard.type('order');
      await page.getByRole('listbox').waitFor();
      expect(await flawsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      expect(await flawsOf(page)).toEqual([]);
    });

  test('360 px are enough, in every view', async () => {
    const { page } = await openPage(new FakeSource(), { width: 360, height: 780 });
    for (const key of ['1', '2', '3', '4', '5', '6']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(150);
      expect(await overflowOf(page), `view ${key}`).toBeLessThanOrEqual(0);
    }
  });
});

describe('a view that cannot show what came', () => {
  test('says so, and the others go on', async () => {
    const source = new FakeSource();
    // A node of another version may say anything.
    const odd = Object.assign(source, { overview: async () => ({ time: 0, nodes: 7, kinds: [null] }) });
    const { page } = await openPage(odd);
    await page.getByText('This view cannot show what came').waitFor();
    await page.keyboard.press('2');
    await page.getByRole('main', { name: 'Actor' }).waitFor();
    await expect.poll(() => page.getByText('cannot show what came').count()).toBe(0);
    await page.goto(page.url().replace(/#.*/, '#/actor/order/o-0003'));
    await page.getByRole('heading', { name: 'order/o-0003' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });
});

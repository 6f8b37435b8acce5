import { expect, test } from 'vitest';
import type { ActorDetail, Overview } from '../../src/inspector/protocol.ts';
import { FakeSource } from './support/fake-source.ts';
import { expectNoComplaints, openPage, useBrowser } from './support/open.ts';

useBrowser();

test('an inspector without a connection says so, and since when, and that it is back', async () => {
  const source = new FakeSource();
  const { page, complaints } = await openPage(source);
  const tell = (more: { readonly cutSince?: number }): void => {
    for (const watcher of source.watchers)
      watcher.reached?.({ nodes: 2, told: 'cutSince' in more ? 0 : 2, missing: [], ...more });
  };
  await page.getByText('live', { exact: true }).first().waitFor();
  tell({ cutSince: Date.now() - 5_000 });
  await page.getByText('cut off', { exact: true }).waitFor();
  await page.getByText(/no connection to the system for [5-9] s/).waitFor();
  const connection = page.locator('.connection');
  expect(await connection.textContent()).not.toContain('live');
  tell({});
  await connection.getByText('live', { exact: true }).waitFor();
  await page.getByText(/no connection to the system/).waitFor({ state: 'detached' });
  expectNoComplaints(complaints);
});

test('of an actor that does not exist no chart is being drawn', async () => {
  const { page } = await openPage(new FakeSource(), { hash: '/actor/nobody' });
  await page.getByText('There is no chart of it.').waitFor();
});

/** An actor that is stored, and in no memory. */
class Storing extends FakeSource {
  override async actor(address: string): Promise<ActorDetail> {
    const stored = address === 'account/7';
    const detail = await super.actor(stored ? 'order/o-0002' : address);
    return stored ? { ...detail, address, passivated: true } : detail;
  }
}

test('an actor that is in no table is found by its whole address', async () => {
  const { page } = await openPage(new Storing());
  await page.getByRole('combobox', { name: 'Search' }).fill('account/7');
  await page.getByRole('option', { name: /account\/7/ }).click();
  await page.getByRole('heading', { name: 'account/7' }).waitFor();
  await page.getByText('not in memory').waitFor();
});

/** A run of a virtual clock. */
class Counterexample extends FakeSource {
  override async overview(): Promise<Overview> {
    const alerts = [
      { severity: 'error', text: 'property "one" fails', since: 0 },
      { severity: 'error', text: 'order has failed', since: 1_500 },
    ] as const;
    return { ...(await super.overview()), time: 2_000, alerts };
  }
}

test('of what is over an alert says when it was, not how long ago', async () => {
  const source = new Counterexample();
  source.aboutNow = { ...source.aboutNow, source: 'recording' };
  const { page } = await openPage(source);
  const alerts = page.getByRole('log', { name: 'Alerts' }).getByRole('listitem');
  await alerts.first().waitFor();
  expect(await alerts.allTextContents()).toEqual([
    expect.stringMatching(/property "one" fails$/),
    expect.stringMatching(/order has failed1\.50 s$/),
  ]);
});

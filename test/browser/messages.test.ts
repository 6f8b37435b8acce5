import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeRecording } from 'troupe/testing';
import { trips } from '../unit/support/page-runs.ts';
import { expectNoComplaints, flawsOf, openPage, overflowOf, useBrowser, type Look } from './support/open.ts';
import { counterexample, opened, textOf } from './support/recordings.ts';

useBrowser();

let saga = '';
beforeAll(async () => void (saga = textOf(await trips())));

const messages = async (text: string, look: Look = {}) => {
  const page = await openPage(await opened(text), { hash: '/messages', ...look });
  await page.page.getByRole('region', { name: 'Messages', exact: true }).waitFor();
  return page;
};

describe('the Messages view', () => {
  test('draws every message, and lists the same in order', async () => {
    const { page, complaints } = await messages(saga);
    await page.locator('[data-message]').first().waitFor();
    expect(await page.locator('.mark').count()).toBeGreaterThan(10);
    await page.getByRole('tab', { name: 'List (18)' }).click();
    const table = page.getByRole('region', { name: 'Messages in order' });
    expect(await table.getByRole('button').count()).toBe(18);
    await table.getByRole('row').filter({ hasText: 'CALL cancel' }).first().waitFor();
    expectNoComplaints(complaints);
  });

  test('a message shows what led to it and what followed; the URL restores it', async () => {
    const { page } = await messages(saga, { hash: '/messages?tab=list' });
    await page.getByRole('button', { name: 'FAILED' }).last().click();
    const panel = page.locator('.about');
    await panel.getByRole('heading', { name: 'FAILED' }).waitFor();
    await panel.getByText('no car left in Venice').waitFor();
    await panel.getByText(/steps may have led to it/).waitFor();
    await page.getByRole('tab', { name: 'Diagram' }).click();
    expect(await page.locator('.arrow.chosen').count()).toBe(1);
    expect(await page.locator('.arrow.future, .arrow.past').count()).toBeGreaterThan(2);
    await page.reload();
    await page.locator('.arrow.chosen').waitFor();
    await panel.getByRole('heading', { name: 'FAILED' }).waitFor();
  });

  test('one conversation can be looked at alone', async () => {
    const { page } = await messages(saga, { hash: '/messages?tab=list&correlation=trips/Venice' });
    await page.getByRole('tab', { name: 'List (10)' }).waitFor();
    const chooser = page.getByRole('combobox', { name: 'Conversation' });
    expect(await chooser.inputValue()).toBe('trips/Venice');
    await chooser.selectOption('everything');
    await page.getByRole('tab', { name: 'List (18)' }).waitFor();
  });

  test('of a running system the conversation that went wrong last is shown, until one asks for everything', async () => {
    const source = await opened(saga);
    const { page } = await openPage(
      { ...source, about: () => ({ ...source.about(), source: 'live' }) },
      { hash: '/messages?tab=list' },
    );
    await page.getByRole('tab', { name: 'List (10)' }).waitFor();
    const chooser = page.getByRole('combobox', { name: 'Conversation' });
    expect(await chooser.inputValue()).toBe('trips/Venice');
    await chooser.selectOption('everything');
    await page.getByRole('tab', { name: 'List (18)' }).waitFor();
    expect(new URL(page.url()).hash).toContain('of=all');
    await chooser.selectOption('trips/Lisbon');
    await page.getByRole('tab', { name: 'List (8)' }).waitFor();
    expect(new URL(page.url()).hash).toContain('correlation=');
  });

  test('is taken away as Mermaid, SVG and as a recording', async () => {
    const { page } = await messages(saga);
    const take = async (name: string): Promise<string> => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('group', { name: 'Export' }).getByRole('button', { name }).click(),
      ]);
      return readFile(await file.path(), 'utf8');
    };
    expect(await take('Mermaid')).toMatch(/^sequenceDiagram\n {2}participant p0 as flights\n/);
    expect(await take('SVG')).toContain('<svg xmlns');
    expect(decodeRecording(await take('JSON')).lines).toHaveLength(decodeRecording(saga).lines.length);
  });

  test('a counterexample is gone through with the arrow keys: the state of each actor', async () => {
    const { page } = await messages(counterexample());
    await page.getByRole('heading', { name: 'A step, or a message' }).waitFor();
    await page.locator('body').press('ArrowRight');
    await page.getByRole('heading', { name: 'Step 0' }).waitFor();
    await page.locator('body').press('ArrowRight');
    const panel = page.locator('.about');
    await panel.getByText('shop takes BUY from buyer').waitFor();
    await panel.getByText('says THANKS to buyer').waitFor();
    expect(await page.locator('.mark.now').count()).toBe(1);
    expect(new URL(page.url()).hash).toContain('step=1');
    await page.locator('body').press('ArrowLeft');
    await page.getByRole('heading', { name: 'Step 0' }).waitFor();
  });

  test('thousands of messages: only those in sight exist', async () => {
    const header = { kind: 'recording', v: 1, source: 'live', system: 'many' };
    const lines = Array.from({ length: 4_000 }, (_, step) => {
      const sent = { from: `a/${step % 9}`, to: `b/${step % 7}`, event: { type: 'CALL' }, id: `n.${step}` };
      const message = { id: sent.id, correlation: sent.id, kind: 'notification' };
      return {
        kind: 'step',
        step,
        action: { kind: 'deliver', sent },
        sent: [],
        emitted: [],
        snapshots: { [sent.to]: { status: 'active', value: 'on', context: { step } } },
        node: 'n',
        time: 1_000 + step,
        message,
      };
    });
    const { page } = await messages([header, ...lines].map((each) => `${JSON.stringify(each)}\n`).join(''), {
      hash: '/messages?order=clock',
    });
    await page.getByRole('tab', { name: 'List (4,000)' }).waitFor();
    expect(await page.locator('.mark').count()).toBeLessThan(80);
    await page
      .locator('.spacetime')
      .evaluate('(box) => (box.scrollTop = box.scrollHeight)')
      .catch(() => undefined);
    await page.locator('.spacetime').focus();
    await page.keyboard.press('End');
    await page.locator('.mark').first().waitFor();
  });

  test('ids and events with markup are text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const sent = { from: evil, to: 'b', event: { type: evil, note: evil } };
    const step = {
      kind: 'step',
      step: 1,
      action: { kind: 'deliver', sent },
      sent: [],
      emitted: [],
      snapshots: { b: { status: 'active', value: evil } },
    };
    const header = { kind: 'recording', v: 1, source: 'live', system: 'x' };
    const { page, complaints } = await messages(
      [header, step].map((each) => `${JSON.stringify(each)}\n`).join(''),
      { hash: '/messages?tab=list&unheeded=show' },
    );
    await page.getByRole('button', { name: evil }).click();
    await page.locator('.about').getByRole('heading', { name: evil }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expectNoComplaints(complaints);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing, at no width it scrolls sideways: %s',
    async (scheme) => {
      const { page } = await messages(saga, { scheme });
      expect(await flawsOf(page)).toEqual([]);
      if (scheme === 'dark') return;
      const small = await messages(counterexample(), { scheme, width: 360, hash: '/messages?step=1' });
      expect(await overflowOf(small.page)).toBe(0);
      expect(await flawsOf(small.page)).toEqual([]);
    },
  );
});

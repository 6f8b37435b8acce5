import { circuitBreaker, createSystem, silentLogger, withBreaker } from 'troupe';
import { describe, expect, test, beforeAll } from 'vitest';
import type { LetterRow } from '../../src/inspector/protocol.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import { recorded } from '../unit/support/page-runs.ts';
import { expectNoComplaints, flawsOf, openPage, overflowOf, useBrowser, type Look } from './support/open.ts';
import { opened, textOf } from './support/recordings.ts';

useBrowser();

let tripped = '';
beforeAll(async () => {
  const recording = await recorded(async (record) => {
    await using system = await createSystem({ node: 'shop', log: silentLogger, record });
    const input = {
      name: 'bank',
      slidingWindowSize: 6,
      minimumNumberOfCalls: 4,
      waitDurationInOpenState: 60_000,
    };
    const breaker = await system.spawn(circuitBreaker, { id: 'breakers/bank', input });
    await system.spawn(circuitBreaker, { id: 'breakers/post', input: { name: 'post' } });
    for (let call = 0; call < 6; call += 1) {
      const down = async (): Promise<never> => Promise.reject(new Error('down'));
      await withBreaker(breaker)(down).catch(() => undefined);
    }
    await breaker.waitFor((view) => view.matches('open'));
  });
  tripped = textOf(recording);
});

/** The recording, with a queue and its dead letters, as a live system would have them. */
async function shopWithQueue(letters: LetterRow[]): Promise<Source> {
  const source = await opened(tripped);
  return {
    ...source,
    about: () => ({ ...source.about(), source: 'live', canSend: true }),
    overview: async () => ({
      ...(await source.overview()),
      queues: [{ queue: 'mail', depth: 12, deadLetters: letters.length }],
    }),
    deadLetters: async ({ queue }) =>
      queue === 'mail' ? { rows: letters, total: letters.length } : { rows: [], total: 0 },
    replayLetter: async (id) =>
      void letters.splice(0, letters.length, ...letters.filter((each) => each.id !== id)),
    dropLetter: async () => undefined,
  };
}

const breakers = async (source: Source, look: Look = {}) => {
  const page = await openPage(source, { hash: '/breakers', ...look });
  await page.page.getByRole('heading', { name: 'bank' }).waitFor();
  return page;
};

describe('the Breakers view', () => {
  test('shows state, window, threshold and who was refused', async () => {
    const { page, complaints } = await breakers(await opened(tripped));
    const bank = page.locator('.tile').filter({ has: page.getByRole('heading', { name: 'bank' }) });
    const now = bank.getByRole('list', { name: 'States' }).locator('[aria-current]');
    expect(await now.innerText()).toMatch(/open 1×/);
    await bank.getByRole('img', { name: 'The last 4 of 6 calls: 4 failed' }).waitFor();
    await bank.getByText('100 % of 4 calls failed; it opens at 50 %').waitFor();
    await bank.getByText('2 refused since it opened').waitFor();
    await bank.getByText(/Calls not made.* code on node shop.*, no actor 2×/).waitFor();
    const tiles = await page.locator('.tile h2').allInnerTexts();
    expect(tiles).toEqual(['bank', 'post']);
    expectNoComplaints(complaints);
  });

  test('counts down to half-open, of a live system', async () => {
    const { page } = await breakers(await shopWithQueue([]));
    await page.getByText(/half-open in \d+ s/).waitFor();
  });

  test('a dead letter is replayed, when one is sure', async () => {
    const letter: LetterRow = {
      id: '7',
      time: 1_000,
      reason: 'BOOM',
      error: 'no stamp',
      to: 'postman',
      event: { type: 'POST' },
      attempts: 3,
      queue: 'mail',
    };
    const { page } = await breakers(await shopWithQueue([letter]));
    await page.getByRole('button', { name: 'mail' }).click();
    const letters = page.getByRole('region', { name: 'Dead letters', exact: true });
    await letters.getByText('BOOM: no stamp').waitFor();
    await letters.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await letters.getByText('BOOM: no stamp').waitFor();
    await letters.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('It is in its queue again.').waitFor();
    await page.getByText('None.').waitFor();
  });

  test('without permission the buttons say why not', async () => {
    const letter: LetterRow = { id: '7', time: 1_000, reason: 'BOOM', to: 'postman', queue: 'mail' };
    const source = await shopWithQueue([letter]);
    const { page } = await breakers({ ...source, about: () => ({ ...source.about(), canSend: false }) });
    await page.getByRole('button', { name: 'mail' }).click();
    await page.getByText('--allow-send').waitFor();
    expect(await page.getByRole('button', { name: 'Drop' }).isDisabled()).toBe(true);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing, at no width it scrolls sideways: %s',
    async (scheme) => {
      const letter: LetterRow = { id: '7', time: 1_000, reason: 'BOOM', to: 'postman', queue: 'mail' };
      const source = await shopWithQueue([letter]);
      const { page } = await breakers(source, { scheme, hash: '/breakers?queue=mail' });
      await page.getByText('BOOM').waitFor();
      expect(await flawsOf(page)).toEqual([]);
      if (scheme === 'dark') return;
      const small = await breakers(source, { scheme, width: 360, hash: '/breakers?queue=mail' });
      expect(await overflowOf(small.page)).toBe(0);
    },
  );
});

import { createSystem, defineSaga, defineService, silentLogger, TroupeError, type System } from 'troupe';
import { afterEach, describe, test } from 'vitest';
import { liveSource } from '../../src/inspector/source/live.ts';
import type { Desk } from '../unit/support/page-runs.ts';
import { expectNoComplaints, openPage, useBrowser } from './support/open.ts';

useBrowser();

let system: System | undefined;
afterEach(async () => {
  await system?.stop();
  system = undefined;
});

/** A trip to Venice is undone, since there is no car. */
async function travel() {
  const desk = (name: string) =>
    defineService<Desk>({
      book: async ({ key }) => {
        if (name === 'car') throw new TroupeError('FULL', 'no car left in Venice');
        return { booking: key };
      },
      cancel: async () => null,
    });
  const trip = defineSaga<{ where: string }>({
    steps: ['flight', 'hotel', 'car'].map((name) => ({
      name,
      perform: (step) => step.client<Desk>(`${name}s`).book({ key: step.key, where: step.data.where }),
      compensate: (step) => step.client<Desk>(`${name}s`).cancel({ key: step.key }),
    })),
  });
  const made = await createSystem({ name: 'travel', log: silentLogger });
  system = made;
  for (const name of ['flight', 'hotel', 'car']) await made.serve(`${name}s`, desk(name), { input: {} });
  return {
    system: made,
    book: async (id: string) =>
      made.spawn(trip.logic, { id: `trips/${id}`, input: trip.input(id, { where: 'Venice' }) }),
  };
}

describe('of a running system', () => {
  test('a saga appears on the timeline while it runs, and its messages among the others', async () => {
    const { system: running, book } = await travel();
    const look = { hash: '/timeline' };
    const { page, complaints } = await openPage(liveSource(running, { canSend: false }), look);
    await page.getByText('No saga, workflow or other conversation was seen yet.').waitFor();
    // A busy machine is told of a share of them only.
    let booked = 0;
    const booking = setInterval(() => void book(String((booked += 1))), 100);
    try {
      await page.getByRole('region', { name: /^Timeline of trips/ }).waitFor();
      await page.getByText('compensated').first().waitFor();
    } finally {
      clearInterval(booking);
    }
    await page.getByRole('link', { name: 'Messages', exact: true }).first().click();
    await page.getByRole('tab', { name: /^List/ }).click();
    await page.getByRole('row').filter({ hasText: 'CALL' }).first().waitFor();
    expectNoComplaints(complaints);
  });
});

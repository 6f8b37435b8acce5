/** A trip is booked in steps at services that know nothing of each other. If one refuses, the ones before are undone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystem, defineSaga, defineService, TroupeError } from 'troupe';
import type { SagaEmitted } from 'troupe/machines';

interface Desk {
  book(input: { key: string; where: string }): Promise<{ booking: string }>;
  cancel(input: { key: string }): Promise<null>;
}

const desk = (name: string, isFull: (where: string) => boolean) => {
  const bookings = new Set<string>();
  return defineService<Desk>({
    // The key is the same for all attempts of a step: booking twice is booking once.
    book: async ({ key, where }) => {
      await sleep(5);
      if (isFull(where)) throw new TroupeError('FULL', `no ${name} left in ${where}`);
      bookings.add(key);
      console.log(`  ${name} booked in ${where}, ${bookings.size} in the book`);
      return { booking: key };
    },
    cancel: async ({ key }) => {
      await sleep(5);
      if (bookings.delete(key)) console.log(`  ${name} cancelled, ${bookings.size} in the book`);
      return null;
    },
  });
};

const trip = defineSaga<{ where: string }>({
  steps: ['flight', 'hotel', 'car'].map((name) => ({
    name,
    perform: (step) => step.client<Desk>(`${name}s`).book({ key: step.key, where: step.data.where }),
    compensate: (step) => step.client<Desk>(`${name}s`).cancel({ key: step.key }),
  })),
});

await using system = await createSystem({ name: 'travel' });
await system.serve(
  'flights',
  desk('flight', () => false),
  { input: {} },
);
await system.serve(
  'hotels',
  desk('hotel', () => false),
  { input: {} },
);
await system.serve(
  'cars',
  desk('car', (where) => where === 'Venice'),
  { input: {} },
);

system.subscribe<SagaEmitted>('saga.>', ({ type, saga, step }) => {
  console.log(`  * ${saga}: ${type}${step === undefined ? '' : ` (${step})`}`);
});

for (const where of ['Lisbon', 'Venice']) {
  console.log(`a trip to ${where}`);
  const settled = new Promise<void>((resolve) => {
    system.subscribe<SagaEmitted>('saga.*', ({ saga, type }) => {
      if (saga === where && ['saga.completed', 'saga.compensated'].includes(type)) resolve();
    });
  });
  const saga = await system.spawn(trip.logic, { id: `trips/${where}`, input: trip.input(where, { where }) });
  saga.watch(({ output }) => {
    const { status, error } = output as { status: string; error?: { message: string } };
    console.log(`  ${where} is ${status}${error === undefined ? '' : `: ${error.message}`}`);
  });
  await settled;
}

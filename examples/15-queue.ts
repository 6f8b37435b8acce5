/**
 * A work queue: each message is handled by the actor of its key, in order, until it succeeds. One that never does becomes a dead letter
 * and no longer holds up its key. In memory here; with `jetstream({ servers })` as the store the same survives kill -9.
 */
import { setup } from 'xstate';
import { createSystem, memory, silentLogger } from 'troupe';

type Mail = { readonly type: 'MAIL'; readonly text: string };

/** The world outside, which is not always ready: the post office opens at the third attempt. */
let attempts = 0;

const mailer = setup({
  types: { events: {} as Mail },
  actions: {
    post: ({ event, self }) => {
      if (event.text === 'parcel' && ++attempts < 3) throw new Error('the post office is closed');
      if (event.text === 'brick') throw new Error('too heavy');
      console.log(`${self.id} sends the ${event.text}`);
    },
  },
}).createMachine({ id: 'mailer', on: { MAIL: { actions: 'post' } } });

await using system = await createSystem({ name: 'post', store: memory(), log: silentLogger });
for (const name of ['ann', 'bob']) await system.spawn(mailer, { id: `mailer/${name}` });

const emails = await system.queue<Mail>('emails', { maxAttempts: 3, backoff: { initial: 20 } });

// Resolves when it is stored: from here on it is handled, or becomes a dead letter, whatever crashes.
await emails.send({ type: 'MAIL', text: 'parcel' }, { key: 'ann' });
await emails.send({ type: 'MAIL', text: 'letter' }, { key: 'ann' });
await emails.send({ type: 'MAIL', text: 'brick' }, { key: 'bob' });
await emails.send({ type: 'MAIL', text: 'postcard' }, { key: 'bob', delay: 300 });

// The same order, sent twice because the first answer was lost: the id makes it one.
const first = await emails.send(
  { type: 'MAIL', text: 'invoice' },
  { key: 'bob', id: 'invoice 7', delay: 600 },
);
const again = await emails.send(
  { type: 'MAIL', text: 'invoice' },
  { key: 'bob', id: 'invoice 7', delay: 600 },
);
console.log(`sent again: ${again.duplicate}, the same message: ${again.seq === first.seq}`);

const consumer = await emails.consume(({ key }) => `mailer/${key}`);
while ((await emails.size()) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
await consumer.stop();

for await (const letter of emails.deadLetters.list()) {
  if ('unreadable' in letter) continue;
  const { event, actor, attempts: tries, error } = letter;
  console.log(`dead letter: ${(event as Mail).text} for ${actor} after ${tries} attempts, ${error.message}`);
  await emails.deadLetters.drop(letter.id);
}

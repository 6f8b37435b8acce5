import { createSystem, type Limits, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { describe, expect, it } from 'vitest';
import { counter } from '../support/actors.ts';
import { walled, type Walled } from './support/acl.ts';
import { logBook, type LogBook } from './support/secrets.ts';

const join = async (wall: Walled, book: LogBook, limits: Partial<Limits> = {}): Promise<System> =>
  createSystem({
    name: 'shop',
    transport: nats(wall.papers('node')),
    store: jetstream(wall.papers('node')),
    log: book.log,
    limits: { shards: 16, ...limits },
  });

/** What a user of the library does once: make the streams with the papers of the provisioner. */
async function provision(wall: Walled, book: LogBook): Promise<void> {
  const store = jetstream(wall.papers('provision'));
  const system = await createSystem({ name: 'shop', store, log: book.log, limits: { shards: 16 } });
  await system.stop();
}

describe('durable and virtual actors under the permissions that troupe acl prints', () => {
  it('without streams a node does not start, and says which permission it lacks', async () => {
    await using wall = await walled('shop', '--durable');
    await expect(join(wall, logBook())).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining('"$JS.API.STREAM.CREATE.TROUPE_shop"') as string,
    });
  });

  it('a durable actor goes on where it was', async () => {
    await using wall = await walled('shop', '--durable');
    const book = logBook();
    await provision(wall, book);
    const first = await join(wall, book);
    const actor = await first.spawn(counter, { id: 'counter', durable: true });
    actor.send({ type: 'ADD', by: 5 });
    expect(await actor.ask({ type: 'GET' })).toMatchObject({ n: 5 });
    await first.stop();
    await using second = await join(wall, book);
    const again = await second.spawn(counter, { id: 'counter', durable: true });
    expect(await again.ask({ type: 'GET' })).toMatchObject({ n: 5 });
    expect(book.lines).toEqual([]);
  });

  it('virtual actors live on two nodes, and move when one leaves', async () => {
    await using wall = await walled('shop', '--durable');
    const book = logBook();
    await provision(wall, book);
    await using near = await join(wall, book);
    const far = await join(wall, book);
    const tills = await near.host('till', counter);
    await far.host('till', counter);
    const keys = Array.from({ length: 20 }, (_, i) => `t${i}`);
    for (const key of keys) tills.ref(key).send({ type: 'ADD', by: 2 });
    const counts = async (): Promise<unknown> =>
      Promise.all(keys.map(async (key) => (await tills.ref(key).ask({ type: 'GET' })).n));
    expect(await counts()).toEqual(keys.map(() => 2));
    await far.stop();
    expect(await counts()).toEqual(keys.map(() => 2));
    expect(book.lines).toEqual([]);
  });
});

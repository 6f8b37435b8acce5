import { describe, expect, it } from 'vitest';
import { connectStore } from '../../src/durable/jetstream/connection.ts';
import { namesOf } from '../../src/durable/jetstream/names.ts';
import { createReader, loadChain } from '../../src/durable/jetstream/read.ts';
import { createRequests } from '../../src/durable/jetstream/requests.ts';
import { jetstream } from '../../src/durable/jetstream/store.ts';
import { encodeRecord } from '../../src/durable/record.ts';
import type { Entry } from '../../src/durable/store.ts';
import { systemClock } from '../../src/ports.ts';
import { natsServer } from '../support/server.ts';
import { storeOptions } from './support/store-load.ts';

const ways = [
  { replicated: false, inBatches: true },
  { replicated: false, inBatches: false },
  { replicated: true, inBatches: true },
  { replicated: true, inBatches: false },
];

describe('a chain is the same whichever way it is read', () => {
  it.each(ways)('%o', async ({ replicated, inBatches }) => {
    await using server = await natsServer();
    const options = storeOptions();
    const journal = await jetstream({ servers: server.url }).open(options);
    const written: Entry[] = [];
    // More than one batch; the last snapshot in the middle of it, records of others in between.
    for (let n = 0; n < 600; n++) {
      const record = encodeRecord({ n }, false, n > 250 ? written[250]!.position : undefined);
      const position = await journal.append('a', record, written.at(-1)?.position ?? 0);
      written.push({ position, record: new Uint8Array(record) });
      await journal.append(`other/${n}`, record, 0);
    }
    const connection = await connectStore({ servers: server.url }, options);
    const requests = createRequests(connection.requests, systemClock);
    const names = namesOf(options.system);
    const reader = createReader({ requests, stream: names.actors, replicated, inBatches: () => inBatches });
    const deadline = (): number => Date.now() + 10_000;
    expect(await loadChain(reader, names.actor('a'), 'a', deadline())).toEqual(written.slice(250));
    const all: Entry[] = [];
    for await (const entry of reader.between(names.actor('a'), 1, written[500]!.position, deadline)) {
      all.push(entry);
    }
    expect(all).toEqual(written.slice(0, 501));
    expect(await reader.next(names.actor('a'), written[3]!.position, deadline())).toEqual(written[4]);
    expect(await reader.next(names.actor('a'), written[599]!.position, deadline())).toBeUndefined();
    await Promise.all([connection.close(), journal.close()]);
  });
});

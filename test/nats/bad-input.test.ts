import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'nats';
import { createSystem, silentLogger, type DeadLetter, type Message } from 'troupe';
import { nats } from 'troupe/nats';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../src/message/codec.ts';
import { writeFrame } from '../../src/transport/frame.ts';
import { counter } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { natsServer } from '../support/server.ts';
import { join } from './support/join.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });

const codec = createCodec({ depth: 64, payload: 1_000_000, now: () => 0, self: 'stranger' });

const good = packr.decode(
  codec.encode({
    kind: 'notification',
    node: 'stranger',
    seq: 1,
    to: 'counter',
    clock: 1,
    event: { type: 'ADD', by: 1 } as Message,
  }),
) as readonly unknown[];

/** The fields of an envelope on the wire (message/codec.ts), some of them replaced. */
const fields = (changes: Readonly<Record<number, unknown>> = {}): Uint8Array =>
  packr.encode(good.map((field, i) => (i in changes ? changes[i] : field)));

let epochs = 0;

/** The first frame of a sequence that nobody began yet: it is taken whatever came before. */
const frame = (...parts: readonly Uint8Array[]): Uint8Array =>
  writeFrame(
    { node: 'stranger', epoch: ++epochs, number: 1, ackEpoch: 0, ackNumber: 0, reset: false },
    parts,
  );

const changed = (bytes: Uint8Array, at: number, to: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at] = to;
  return copy;
};

const class1 = new Packr({ useRecords: true, moreTypes: true });

const malformed: readonly [string, Uint8Array, string][] = [
  ['no bytes', new Uint8Array(0), 'MALFORMED_MESSAGE'],
  ['text', Buffer.from('hello'), 'MALFORMED_MESSAGE'],
  ['a frame of an unknown version', changed(frame(fields()), 1, 9), 'UNKNOWN_VERSION'],
  ['a frame cut short', frame(fields()).subarray(0, 40), 'MALFORMED_MESSAGE'],
  ['a sender’s name longer than the frame', changed(frame(), 25, 255), 'MALFORMED_MESSAGE'],
  ['a foreign msgpack value', frame(packr.encode('hello')), 'MALFORMED_MESSAGE'],
  ['an array of another length', frame(packr.encode([1, 2, 3])), 'MALFORMED_MESSAGE'],
  ['msgpack records', frame(class1.encode([{ a: 1 }])), 'MALFORMED_MESSAGE'],
  ['a msgpack Date extension', frame(fields({ 10: { type: 'X', at: new Date() } })), 'MALFORMED_MESSAGE'],
  ['a promise of 4 billion items', frame(Uint8Array.from([0xdd, 255, 255, 255, 255])), 'MALFORMED_MESSAGE'],
  ['bytes left over', frame(Buffer.concat([fields(), fields()])), 'MALFORMED_MESSAGE'],
  ['a number of a durable sender that is none', frame(fields({ 12: [1.5, 0] })), 'MALFORMED_MESSAGE'],
  ['half a number of a durable sender', frame(fields({ 12: [1] })), 'MALFORMED_MESSAGE'],
  ['an idempotency key of an unknown form', frame(fields({ 12: 7 })), 'MALFORMED_MESSAGE'],
  ['an unknown kind', frame(fields({ 0: 8 })), 'MALFORMED_MESSAGE'],
  ['a negative number', frame(fields({ 1: -1 })), 'MALFORMED_MESSAGE'],
  ['a stamp that is no integer', frame(fields({ 6: 1.5 })), 'MALFORMED_MESSAGE'],
  ['an address with a space', frame(fields({ 2: 'a b' })), 'MALFORMED_MESSAGE'],
  ['no address', frame(fields({ 2: null })), 'MALFORMED_MESSAGE'],
  ['an event without a type', frame(fields({ 10: { by: 1 } })), 'MALFORMED_MESSAGE'],
  ['an event of an empty type', frame(fields({ 10: { type: '' } })), 'MALFORMED_MESSAGE'],
  ['an event of XState’s own', frame(fields({ 10: { type: 'xstate.stop' } })), 'MALFORMED_MESSAGE'],
  ['XState’s wildcard as an event', frame(fields({ 10: { type: '*' } })), 'MALFORMED_MESSAGE'],
  [
    'an unknown special value',
    frame(fields({ 9: true, 10: { type: 'X', v: { '\0x': 1 } } })),
    'MALFORMED_MESSAGE',
  ],
];

describe('T4 what is no message of ours', () => {
  it('is refused, counted and kept as a dead letter with its reason; the node goes on', async () => {
    await using server = await natsServer({ jetstream: false });
    await using system = await join(server.url, 'victim');
    const actor = await system.spawn(counter, { id: 'counter' });
    const letters = collect<DeadLetter>();
    system.onDeadLetter((letter) => letters.add(letter));
    const stranger = await connect({ servers: server.url });
    const inbox = `troupe.n.${system.node}`;
    for (const [what, bytes, code] of malformed) {
      const before = system.stats().rejected[code] ?? 0;
      const seen = letters.items.length;
      stranger.publish(inbox, bytes);
      await letters.atLeast(seen + 1);
      expect(system.stats().rejected[code], what).toBe(before + 1);
      expect(letters.items.at(-1), what).toMatchObject({ reason: 'malformed', to: inbox });
    }
    expect(letters.items).toHaveLength(malformed.length);
    expect(system.stats().rejected).toEqual({ UNKNOWN_VERSION: 1, MALFORMED_MESSAGE: malformed.length - 1 });
    // Of a frame with one bad envelope between two good ones, the good ones count.
    stranger.publish(inbox, frame(fields(), fields({ 0: 99 }), fields()));
    await letters.atLeast(malformed.length + 1);
    expect(await actor.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 2 });
    await stranger.drain();
  });

  it('is refused on the bus and the cluster subject too', async () => {
    await using server = await natsServer({ jetstream: false });
    await using system = await join(server.url, 'victim');
    const heard = collect<string>();
    const letters = collect<DeadLetter>();
    system.subscribe('news.>', ({ type }) => heard.add(type));
    system.onDeadLetter((letter) => letters.add(letter));
    await system.actors();
    const stranger = await connect({ servers: server.url });
    stranger.publish('troupe.e.news.now', Buffer.from('hello'));
    stranger.publish('troupe.e.news.now', frame(fields({ 0: 4, 10: { type: 'news.other' } })));
    stranger.publish('troupe.e.news.now', frame(fields({ 0: 0, 10: { type: 'news.now' } })));
    stranger.publish('troupe.e.news.a=b', frame(fields({ 0: 4, 10: { type: 'news.a' } })));
    stranger.publish('troupe.c', Buffer.from('hello'));
    stranger.publish('troupe.c', frame(fields({ 0: 6, 2: '$node', 10: { type: '$stop', id: 7 } })));
    stranger.publish(
      'troupe.c',
      frame(fields({ 0: 6, 2: '$node', 10: { type: '$who', query: 1, ids: [1], stamps: 'x' } })),
    );
    stranger.publish('troupe.e.news.now', frame(fields({ 0: 4, 2: '$bus', 10: { type: 'news.now' } })));
    expect(await heard.atLeast(1)).toEqual(['news.now']);
    expect((await letters.atLeast(5)).every(({ reason }) => reason === 'malformed')).toBe(true);
    await stranger.drain();
  });

  it('a question with half a million stamps does not exhaust the stack', async () => {
    await using server = await natsServer({ jetstream: false });
    await using system = await join(server.url, 'victim');
    const stranger = await connect({ servers: server.url });
    const answered = collect<number>();
    stranger.subscribe('troupe.n.stranger', { callback: (_error, { data }) => answered.add(data.length) });
    const stamps = Array.from({ length: 500_000 }, () => 0);
    stranger.publish(
      'troupe.c',
      frame(fields({ 0: 6, 2: '$node', 10: { type: '$who', query: 1, ids: [], stamps } })),
    );
    await answered.atLeast(1);
    const actor = await system.spawn(counter);
    expect(await actor.ask({ type: 'GET' })).toMatchObject({ n: 0 });
    await stranger.drain();
  });

  it('a forged stamp or a forged number of instances harms nobody', async () => {
    await using server = await natsServer({ jetstream: false });
    await using system = await join(server.url, 'victim');
    await using friend = await join(server.url, 'friend');
    await system.spawn(counter, { id: 'counter' });
    const stranger = await connect({ servers: server.url });
    const say = (event: object): void =>
      stranger.publish('troupe.c', frame(fields({ 0: 5, 2: '$node', 10: event })));
    const stamp = (Date.now() + 30_000) * 1024 + 0.5;
    say({ type: '$who', query: 1, ids: ['x'], stamps: [stamp, NaN, -1] });
    for (const instances of [2 ** 31, 1e300, Infinity, NaN, -1])
      say({ type: '$beat', services: { evil: instances }, hello: false, leaving: false });
    await stranger.flush();
    const ref = friend.ref<typeof counter>('counter');
    expect(await ref.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 0 });
    expect(await system.spawn(counter).then(async (own) => own.ask({ type: 'GET' }))).toMatchObject({ n: 0 });
    await stranger.drain();
  });

  it('an ask whose answer is too large, or no message, is told so', async () => {
    await using server = await natsServer({ jetstream: false });
    await using far = await join(server.url, 'far', { payload: 1_000 });
    await using near = await join(server.url, 'near');
    await far.spawn(counter, { id: 'counter' });
    const ref = near.ref<typeof counter>('counter');
    await expect(ref.ask({ type: 'ECHO', value: 'x'.repeat(2_000) }, { timeout: 500 })).rejects.toMatchObject(
      {
        code: expect.stringMatching(/^(PAYLOAD_TOO_LARGE|TIMEOUT)$/) as string,
      },
    );
    expect(await ref.ask({ type: 'GET' })).toMatchObject({ n: 0 });
  });
});

describe('no server', () => {
  it('createSystem fails after the stated time, with the address tried and how to start one', async () => {
    const closed = createServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const began = performance.now();
    const started = createSystem({
      transport: nats({ servers: `nats://user:secret@127.0.0.1:${port}` }),
      limits: { connect: 400 },
      log: silentLogger,
    });
    await expect(started).rejects.toMatchObject({
      code: 'NO_SERVER',
      message: expect.stringMatching(
        new RegExp(`nats://127\\.0\\.0\\.1:${port} within 400 ms .*npx troupe nats`),
      ) as string,
    });
    expect(performance.now() - began).toBeLessThan(2_000);
    await expect(started).rejects.not.toMatchObject({ message: expect.stringContaining('secret') as string });
  });

  it('a server that takes the connection and says nothing is given up on as well', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const servers = `nats://127.0.0.1:${port}`;
    await expect(
      createSystem({ transport: nats({ servers }), limits: { connect: 300 }, log: silentLogger }),
    ).rejects.toMatchObject({ code: 'NO_SERVER' });
    silent.close();
  });

  it('a server that is still starting is waited for', async () => {
    await using server = await natsServer({ jetstream: false });
    await server.kill();
    const started = join(server.url, 'early');
    await server.restart();
    await using system = await started;
    expect(system.members()).toEqual([]);
  });

  it('a server that refuses the credentials is not tried again', async () => {
    await using server = await natsServer({
      jetstream: false,
      config: 'authorization { user: u, password: p }',
    });
    await expect(join(server.url, 'stranger')).rejects.toMatchObject({
      code: 'NO_SERVER',
      message: expect.stringContaining('refused the connection') as string,
    });
    const transport = nats({ servers: server.url, user: 'u', pass: 'p' });
    await using system = await createSystem({ transport, log: silentLogger });
    expect(system.stats().actors).toBe(0);
  });
});

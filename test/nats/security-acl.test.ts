import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counter, ledger, teller } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { denials, walled, type Walled } from './support/acl.ts';
import { run } from './support/command.ts';
import { logBook } from './support/secrets.ts';

let wall: Walled;

beforeAll(async () => {
  wall = await walled('shop');
});

afterAll(() => wall[Symbol.asyncDispose]());

describe('a system under the permissions that troupe acl prints', () => {
  it('spawns, asks, watches, serves, publishes and stops, and nothing is denied', async () => {
    const book = logBook();
    await using far = await wall.join('node', 'shop', book);
    await using near = await wall.join('node', 'shop', book);
    const actor = await far.spawn(counter, { id: 'counter' });
    await far.spawn(ledger, { id: 'jobs' });
    await far.serve('tellers', teller, { instances: 2, subscribe: ['job.done'] });
    const ref = near.ref<typeof counter>('counter');
    const [heard, endings] = [collect<number>(), collect<string>()];
    near.subscribe<{ type: 'news.count'; n: number }>('news.*', ({ n }) => heard.add(n));
    ref.watch(({ reason }) => endings.add(reason));
    ref.send({ type: 'ADD', by: 3 });
    expect(await ref.ask({ type: 'GET' })).toMatchObject({ n: 3 });
    const told = await near.ref<typeof teller>('tellers').ask({ type: 'WHO' });
    expect(told).toMatchObject({ type: 'ME', pid: process.pid });
    near.publish({ type: 'job.done', n: 1 });
    ref.send({ type: 'ANNOUNCE', topic: 'news.count' });
    expect(await heard.atLeast(1)).toEqual([3]);
    await expect
      .poll(async () => near.ref<typeof ledger>('jobs').ask({ type: 'REPORT' }))
      .toMatchObject({ notes: { tellers: [1] } });
    expect((await near.actors({ timeout: 1_000 })).map(({ address }) => address)).toContain('counter');
    actor.send({ type: 'END' });
    expect(await endings.atLeast(1)).toEqual(['done']);
    // An answer of the server itself: nobody is there. It comes to the inbox.
    await expect(near.ref('nobody').ask({ type: 'X' })).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    await far.stop();
    await near.stop();
    expect(book.lines).toEqual([]);
  });

  it('a node of another system is denied, and warned by subject', async () => {
    const book = logBook();
    await using stranger = await wall.join('node', 'bank', book);
    stranger.publish({ type: 'news.count' });
    await expect.poll(() => book.lines.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(4);
    const said = book.lines.join('\n');
    for (const subject of ['bank.c', `bank.n.${stranger.node}`, 'bank.e.news.count'])
      expect(said).toContain(`subject: '${subject}'`);
    expect(said).toContain('npx troupe acl');
    // Each subject once, though a heartbeat is denied every half second: it is silence that is tested, for as long as two of them take.
    const seen = book.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(book.lines.filter((line) => line.includes("'bank.c'"))).toHaveLength(2);
    expect(book.lines).toHaveLength(seen);
  });

  it('other systems, inboxes, streams and the server are out of reach', async () => {
    const published = [
      'bank.c',
      'shop.c.x',
      'shop.n.a.b',
      'shop',
      '_INBOX_shop.node.abc',
      '$JS.API.INFO',
      '$JS.API.STREAM.LIST',
      '$JS.API.STREAM.CREATE.mine',
      '$JS.API.STREAM.DELETE.TROUPE_shop',
      '$JS.API.STREAM.MSG.GET.TROUPE_bank',
      '$SYS.REQ.SERVER.PING',
      '$SRV.PING',
    ];
    const heard = [
      '>',
      'bank.>',
      'bank.n.*',
      'shop.>',
      '_INBOX.>',
      '_INBOX_shop.inspect.>',
      '$SYS.>',
      '$JS.>',
    ];
    const found = await denials(wall.papers('node'), (connection) => {
      for (const subject of published) connection.publish(subject);
      for (const subject of heard) connection.subscribe(subject, { callback: () => undefined });
    });
    expect([...found].sort()).toEqual(
      [...published.map((each) => `publish ${each}`), ...heard.map((each) => `subscription ${each}`)].sort(),
    );
  });

  it('whoever looks may list and ask, and not publish', async () => {
    const book = logBook();
    await using shop = await wall.join('node', 'shop', book);
    await shop.spawn(counter, { id: 'counter' });
    await using inspector = await wall.join('inspect', 'shop', book);
    const rows = await inspector.actors({ timeout: 1_000 });
    expect(rows.map(({ address, state }) => [address, state])).toEqual([['counter', 'open']]);
    expect(book.lines).toEqual([]);
    inspector.publish({ type: 'news.forged' });
    await expect.poll(() => book.lines.join('\n')).toContain("subject: 'shop.e.news.forged'");
    const { user, pass } = wall.papers('inspect');
    const NATS_URL = wall.server.url.replace('://', `://${user ?? ''}:${pass ?? ''}@`);
    const { code, out } = await run('src/cli/main.ts', ['ps', '--system', 'shop'], { NATS_URL }).finished;
    expect([code, out[1]]).toEqual([0, expect.stringMatching(/^counter +node-\w+ +counter +active +open$/)]);
  });
});

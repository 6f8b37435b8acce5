import { request as httpRequest } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import type { Entry } from '../../src/monitoring/entry.ts';
import { bounds } from '../../src/inspector/server/bounds.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { ask, post, watch } from './support/ask-inspector.ts';
import { fakeSource } from './support/fake-source.ts';
import { startInspector as start } from './support/start-inspector.ts';

const step = (number: number, more: object = {}): Entry => ({
  kind: 'step',
  step: number,
  action: { kind: 'start' },
  sent: [],
  emitted: [],
  snapshots: {},
  ...more,
});

describe('being told', () => {
  it('begins with what is looked at, and tells everything in order', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    const page = await watch(inspector);
    expect(page.response.headers.get('content-type')).toContain('text/event-stream');
    expect(page.begin()).toMatchObject({ type: 'begin', about: { name: 'fake', canSend: false } });
    for (let at = 0; at < 5_000; at += 50)
      source.tell(Array.from({ length: 50 }, (_, index) => step(at + index)));
    await vi.waitFor(() => expect(page.entries()).toHaveLength(5_000));
    expect(page.entries().map((entry) => (entry as { step: number }).step)).toEqual(
      Array.from({ length: 5_000 }, (_, index) => index),
    );
    await page.close();
    await vi.waitFor(() => expect(source.watchers.size).toBe(0));
  });

  it('gives a page that works nothing off so many events and no more; then it is told that it must wait', async () => {
    const source = fakeSource();
    const clock = virtualClock();
    const inspector = await start(source, { clock });
    const page = await watch(inspector, { credit: false });
    const batches = (): number => page.events.filter(({ type }) => type === 'entries').length;
    const big = 'x'.repeat(10_000);
    let taken = 0;
    while (source.tell([step(taken, { big })])) taken += 1;
    expect(taken * big.length).toBeLessThan(bounds.waiting * 1.01);
    for (let at = 0; at < bounds.credit * 3; at += 1) {
      clock.advance(bounds.gather);
      // The server has written what it may.
      await ask(inspector, '/api/about');
      source.tell([step(taken)]);
    }
    await vi.waitFor(() => expect(batches()).toBe(bounds.credit), 10_000);
    clock.advance(bounds.gather);
    await ask(inspector, '/api/about');
    expect(batches()).toBe(bounds.credit);
    await page.close();
  });

  it('goes on when the page has worked off', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    const page = await watch(inspector, { credit: false });
    const count = bounds.batch * (bounds.credit + 5);
    for (let at = 0; at < count; at += 1) source.tell([step(at)]);
    await vi.waitFor(() => expect(page.entries()).toHaveLength(bounds.batch * bounds.credit));
    await post(inspector, '/api/taken', { watching: page.begin().watching, events: 1_000_000 });
    await vi.waitFor(() => expect(page.entries()).toHaveLength(count));
    await page.close();
  });

  it('holds little for a page that does not read', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    const slow = httpRequest({
      host: '127.0.0.1',
      port: inspector.port,
      path: '/api/events?interest={}',
      headers: { authorization: `Bearer ${inspector.token}` },
    });
    slow.on('response', (response) => response.pause());
    slow.on('error', () => undefined);
    slow.end();
    await vi.waitFor(() => expect(source.watchers.size).toBe(1));
    const big = 'x'.repeat(100_000);
    let refused = 0;
    let bytes = 0;
    for (let at = 0; at < 1_000; at += 1) {
      if (source.tell([step(at, { big })])) bytes += big.length;
      else refused += 1;
      // The server writes what can be written.
      if (at % 100 === 0) await ask(inspector, '/api/about');
    }
    expect(refused).toBeGreaterThan(0);
    // What waits, one batch in the socket, and what the kernel holds.
    expect(bytes).toBeLessThan(30_000_000);
    slow.destroy();
    await vi.waitFor(() => expect(source.watchers.size).toBe(0));
  });

  it('leaves out one entry that is huge, and says so', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    const page = await watch(inspector);
    source.tell([step(1, { big: 'x'.repeat(bounds.entry) }), step(2)]);
    await vi.waitFor(() => expect(page.entries()).toHaveLength(2));
    expect(page.entries()).toMatchObject([
      { kind: 'dropped', lines: 1 },
      { kind: 'step', step: 2 },
    ]);
    await page.close();
  });

  it('changes what a page is interested in', async () => {
    const refocus = vi.fn();
    const source = fakeSource({ watch: () => ({ refocus, close: () => undefined }) });
    const inspector = await start(source);
    const page = await watch(inspector);
    const interest = { actors: ['a'], rate: 5 };
    await post(inspector, '/api/interest', { watching: page.begin().watching, interest });
    expect(refocus).toHaveBeenCalledWith(interest);
    const unknown = await post(inspector, '/api/interest', { watching: 'nobody', interest });
    expect(unknown).toMatchObject({ status: 404, json: { code: 'NO_SUCH_WATCHING' } });
    await page.close();
  });

  it('tells so many pages and refuses the next', async () => {
    const inspector = await start(fakeSource());
    const pages = await Promise.all(Array.from({ length: bounds.streams }, () => watch(inspector)));
    expect(await ask(inspector, '/api/events?interest={}')).toMatchObject({
      status: 429,
      json: { code: 'TOO_MANY' },
    });
    await pages.pop()!.close();
    await vi.waitFor(async () => {
      const page = await watch(inspector);
      pages.push(page);
    });
    for (const page of pages) await page.close();
  });

  it('says that a recording is over, and that a file was read again', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    const page = await watch(inspector);
    source.tell([step(1)]);
    for (const watcher of source.watchers) {
      watcher.ended!();
      watcher.changed!();
    }
    await vi.waitFor(() => expect(page.events.map(({ type }) => type)).toContain('end'));
    expect(page.events.map(({ type }) => type)).toEqual(['begin', 'changed', 'entries', 'end']);
    await page.close();
  });
});

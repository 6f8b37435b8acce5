import { fork } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createInspector as createStatelyInspector } from '@statelyai/inspect';
import type { StatelyInspectionEvent as TheirEvent } from '@statelyai/inspect';
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createActor } from 'xstate';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import type { Inspector } from '../../src/inspector/server/server.ts';
import type { Source } from '../../src/inspector/source/source.ts';
import { statelySource } from '../../src/inspector/source/stately.ts';
import { toStately, type StatelyInspectionEvent } from '../../src/inspector/source/stately-events.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import { light } from './fixtures/light.mjs';
import { startInspector } from './support/start-inspector.ts';

const start = async (): Promise<{ source: Source; inspector: Inspector; told: Entry[] }> => {
  const source = statelySource();
  const inspector = await startInspector(source);
  const told: Entry[] = [];
  source.watch({ interest: {}, emit: (entries) => told.push(...entries) > 0 });
  return { source, inspector, told };
};

describe("an app that speaks Stately's protocol", () => {
  it('appears with one line: the real sender, a real machine', async () => {
    const { source, inspector, told } = await start();
    const fixture = fileURLToPath(new URL('fixtures/stately-app.mjs', import.meta.url));
    // A process of its own, without our loaders.
    const app = fork(fixture, [inspector.statelyUrl], { execArgv: [] });
    onTestFinished(() => void app.kill('SIGKILL'));
    await vi.waitFor(async () => expect((await source.actors({})).total).toBe(1), 5_000);
    app.send({ type: 'GO' });
    await vi.waitFor(async () => expect((await source.actors({ state: 'green' })).total).toBe(1));

    const {
      rows: [row],
    } = await source.actors({});
    expect(row).toMatchObject({ kind: 'light', node: 'app-1', status: 'active' });
    expect(row!.address).toBe('x:0@app-1');
    const detail = await source.actor(row!.address);
    expect(detail.snapshot).toMatchObject({ value: 'green', context: { changes: 1 } });
    expect(detail.events).toEqual([
      { type: 'BREAK', enabled: true },
      { type: 'GO', enabled: false },
    ]);
    const chart = await source.chart(detail.chart!);
    const ours = toChart(light);
    expect(chart!.root).toMatchObject({ id: 'light', type: 'compound' });
    // Their sender sorts keys, so the order of states is lost.
    const idsOf = ({ root }: typeof ours) => ('states' in root ? root.states.map(({ id }) => id).sort() : []);
    expect(idsOf(chart!)).toEqual(idsOf(ours));
    const { moments } = await source.history({ address: row!.address });
    expect(moments.at(-1)).toMatchObject({
      causes: ['GO'],
      snapshot: { value: 'green' },
      taken: [{ event: 'GO', index: 0 }],
    });
    expect(told.map(({ kind }) => kind)).toContain('chart');

    app.send({ type: 'BREAK' });
    await vi.waitFor(async () => expect((await source.actor(row!.address)).status).toBe('done'));
    expect(told.some((entry) => entry.kind === 'ended' && entry.reason === 'done')).toBe(true);
  });

  it('is told apart from another one whose session ids are the same', async () => {
    const { source } = await start();
    const [one, other] = [source.guest!()!, source.guest!()!];
    const said = JSON.stringify({ type: '@xstate.actor', sessionId: 'x:0', name: 'a', snapshot: {} });
    one.take(said);
    other.take(said);
    expect((await source.actors({})).rows.map(({ address }) => address)).toEqual(['x:0@app-1', 'x:0@app-2']);
    one.close();
    expect((await source.actors({})).rows.map(({ status }) => status)).toEqual(['disconnected', 'active']);
    expect((await source.overview()).nodes).toMatchObject([
      { node: 'app-1', isDown: true },
      { node: 'app-2', isDown: false },
    ]);
  });

  it('needs the token', async () => {
    const { inspector } = await start();
    for (const url of [
      `ws://127.0.0.1:${inspector.port}/stately`,
      `ws://127.0.0.1:${inspector.port}/stately?token=wrong`,
      `ws://127.0.0.1:${inspector.port}/other?token=${inspector.token}`,
    ]) {
      const client = new WebSocket(url);
      const error = await new Promise<Error>((resolve) => client.on('error', resolve));
      expect(error.message).toMatch(/Unexpected server response: 40[14]/);
    }
    const about = await fetch(`http://127.0.0.1:${inspector.port}/api/about`, {
      headers: { authorization: `Bearer ${inspector.token}` },
    });
    expect(await about.json()).toMatchObject({ refused: { UNAUTHORIZED: 2, NOT_FOUND: 1 } });
  });

  it('finds room, however many have knocked wrongly before', async () => {
    const { source, inspector } = await start();
    for (let at = 0; at < 9; at += 1) {
      const headers = { connection: 'upgrade', upgrade: 'websocket' };
      const knock = request(inspector.statelyUrl.replace('ws:', 'http:'), { headers });
      const status = new Promise((resolve) => knock.on('response', ({ statusCode }) => resolve(statusCode)));
      const closed = new Promise((resolve) => knock.on('close', resolve));
      knock.end();
      expect(await status).toBe(400);
      knock.destroy();
      await closed;
    }
    await vi.waitFor(() => expect(source.about().name).toBe('0 apps'));
    const client = new WebSocket(inspector.statelyUrl);
    onTestFinished(() => client.terminate());
    await new Promise((resolve, reject) => client.on('open', resolve).on('error', reject));
    expect(source.about().name).toBe('1 app');
    client.close();
    await vi.waitFor(() => expect(source.about().name).toBe('0 apps'));
  });

  it('may say anything: what is no protocol is left out and named', async () => {
    const { source, inspector } = await start();
    const client = new WebSocket(inspector.statelyUrl);
    onTestFinished(() => client.terminate());
    await new Promise((resolve) => client.on('open', resolve));
    const nested = JSON.stringify(
      Array.from({ length: 500 }).reduce((inner) => ({ states: { a: inner } }), {}),
    );
    const evil = [
      'nonsense',
      'null',
      '[]',
      '{}',
      '{"type":"@xstate.actor"}',
      '{"type":"@xstate.actor","sessionId":7}',
      '{"type":"@xstate.snapshot","sessionId":"ghost","event":{"type":"x"}}',
      '{"type":"@xstate.event","sessionId":"ghost"}',
      '{"type":"@evil","sessionId":"x:0"}',
      JSON.stringify({ type: '@xstate.actor', sessionId: 'y'.repeat(10_000) }),
      ...['{', 'null', '7', nested, '{"states":{"a":{"on":{"X":"nowhere"}}}}', '{"states":7}'].map(
        (definition, at) =>
          JSON.stringify({ type: '@xstate.actor', sessionId: `x:${at}`, definition, snapshot: 'odd' }),
      ),
      JSON.stringify({ type: '@xstate.snapshot', sessionId: 'x:0', event: 7 }),
    ];
    for (const text of evil) client.send(text);
    client.send(Buffer.from('binary'));
    await vi.waitFor(async () => expect((await source.actors({})).total).toBe(6));
    for (const { address } of (await source.actors({})).rows)
      expect((await source.actor(address)).chart).toBeUndefined();
    expect(source.about().flaws).toEqual(["app-1 says what is not Stately's protocol; that is left out."]);
    expect((await source.overview()).nodes).toHaveLength(1);
  });

  it('is cut off when a message is larger than 2 MB, and the inspector lives on', async () => {
    const { source, inspector } = await start();
    const client = new WebSocket(inspector.statelyUrl);
    await new Promise((resolve) => client.on('open', resolve));
    const closed = new Promise((resolve) => client.on('close', resolve));
    client.on('error', () => undefined);
    client.send('x'.repeat(3 * 1024 * 1024));
    await closed;
    expect((await source.actors({})).total).toBe(0);
  });

  it('may have so many actors, and there may be so many apps', async () => {
    const source = statelySource();
    const guest = source.guest!()!;
    for (let at = 0; at < 10_001; at += 1)
      guest.take(JSON.stringify({ type: '@xstate.actor', sessionId: `x:${at}`, snapshot: {} }));
    expect((await source.actors({})).total).toBe(10_000);
    expect(source.about().flaws.join()).toContain('more than 10000 actors');
    // With the one above there are eight.
    const others = Array.from({ length: 8 }, () => source.guest!());
    others.forEach((other, at) =>
      other?.take(JSON.stringify({ type: '@xstate.actor', sessionId: `y:${at}`, snapshot: {} })),
    );
    expect(others.map((other) => other !== undefined)).toEqual([...Array<boolean>(7).fill(true), false]);
    expect((await source.overview()).nodes.map(({ node }) => node)).toEqual(
      Array.from({ length: 8 }, (_, at) => `app-${at + 1}`),
    );
  });

  it('keeps so much of contexts, and leaves out the rest', async () => {
    const source = statelySource();
    const guest = source.guest!()!;
    const context = { text: 'x'.repeat(1_000_000) };
    for (let at = 0; at < 60; at += 1)
      guest.take(
        JSON.stringify({ type: '@xstate.actor', sessionId: `x:${at}`, snapshot: { value: 'a', context } }),
      );
    const details = await Promise.all(Array.from({ length: 60 }, (_, at) => source.actor(`x:${at}@app-1`)));
    const kept = details.filter(({ snapshot }) => snapshot.context !== undefined).length;
    expect(kept).toBeGreaterThan(20);
    expect(kept).toBeLessThan(40);
    expect(details.at(-1)!.snapshot.value).toBe('a');
  });
});

describe('toStately', () => {
  const chart = toChart(light);
  const entries: readonly Entry[] = [
    { kind: 'chart', hash: 'h', chart },
    {
      kind: 'actor',
      address: 'lights/1',
      node: 'n',
      machine: 'light',
      chart: 'h',
      snapshot: { status: 'active', value: 'red', context: { changes: 0 } },
      time: 5,
    },
    {
      kind: 'step',
      step: 1,
      action: { kind: 'deliver', sent: { from: 'driver', to: 'lights/1', event: { type: 'GO' } } },
      sent: [],
      emitted: [],
      snapshots: { 'lights/1': { status: 'active', value: 'green', context: { at: new Date(1) } } },
      time: 6,
    },
  ];

  it('gives what a receiver of theirs takes', () => {
    const events = toStately(entries);
    expectTypeOf<StatelyInspectionEvent['type']>().toEqualTypeOf<TheirEvent['type']>();
    expect(events.map(({ type }) => type)).toEqual(['@xstate.actor', '@xstate.event', '@xstate.snapshot']);
    for (const event of events) {
      // isStatelyInspectionEvent of @statelyai/inspect
      expect(typeof event.type === 'string' && typeof event._version === 'string').toBe(true);
      expect(JSON.parse(JSON.stringify(event))).toMatchObject({ sessionId: 'lights/1' });
    }
    expect(events[1]).toMatchObject({ event: { type: 'GO' }, sourceId: 'driver', createdAt: '6' });
    expect(events[2]).toMatchObject({ snapshot: { value: 'green', context: { at: { '\0d': 1 } } } });
  });

  it('has the fields that the real sender has', () => {
    const theirs: TheirEvent[] = [];
    const sender = createStatelyInspector({ send: (event) => void theirs.push(event) });
    const actor = createActor(light);
    sender.actor(actor);
    sender.event(actor, { type: 'GO' });
    sender.snapshot(actor, { value: 'green' });
    const fieldsOf = (events: readonly object[]): string[][] =>
      events.map((event) => Object.keys(event).sort());
    expect(fieldsOf(toStately(entries))).toEqual(fieldsOf(theirs));
  });

  it('comes back as the same chart and state through our own receiver', async () => {
    const source = statelySource();
    const guest = source.guest!()!;
    for (const event of toStately(entries)) guest.take(JSON.stringify(event));
    const detail = await source.actor('lights/1@app-1');
    expect(detail.state).toBe('green');
    const back = await source.chart(detail.chart!);
    const shape = ({ root }: NonNullable<typeof back>) =>
      'states' in root
        ? root.states.map(({ id, type, transitions }) => [id, type, transitions.map((t) => t.event)])
        : [];
    expect(shape(back!)).toEqual(shape(chart));
  });
});

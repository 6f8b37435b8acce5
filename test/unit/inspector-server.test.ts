import { describe, expect, it, vi } from 'vitest';
import { bounds } from '../../src/inspector/server/bounds.ts';
import type { Drawing } from '../../src/inspector/server/pictures.ts';
import { circuitBreaker } from '../../machines/index.ts';
import { textsOf } from '../../src/inspector/draw/texts.ts';
import { pageStyle } from '../../src/inspector/draw/theme.ts';
import { toMermaid } from '../../src/inspector/draw/mermaid.ts';
import { renderChart } from '../../src/inspector/draw/render.ts';
import { toSvg } from '../../src/inspector/draw/svg.ts';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import type { Geometry } from '../../src/inspector/layout/geometry.ts';
import { ask, post, watch } from './support/ask-inspector.ts';
import { fakeSource } from './support/fake-source.ts';
import { startInspector as start } from './support/start-inspector.ts';

describe('who may ask', () => {
  it('gives nothing without the token, and counts it', async () => {
    const inspector = await start(fakeSource());
    for (const token of [undefined, '', 'wrong', `${inspector.token}x`]) {
      const refused = await ask(inspector, '/api/about', { token });
      expect(refused.status).toBe(401);
      expect(refused.json).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(refused.body).not.toContain(inspector.token);
    }
    const about = await ask(inspector, '/api/about');
    expect(about.json).toMatchObject({ name: 'fake', refused: { UNAUTHORIZED: 4 } });
  });

  it('does not take the token from the query, where logs and history would keep it', async () => {
    const inspector = await start(fakeSource());
    const refused = await ask(inspector, `/api/about?token=${inspector.token}`, { token: undefined });
    expect(refused.status).toBe(401);
  });

  it('gives each inspector another token of 192 bits', async () => {
    const [one, other] = [await start(fakeSource()), await start(fakeSource())];
    expect(one.token).toMatch(/^[\w-]{32}$/);
    expect(other.token).not.toBe(one.token);
    expect(one.url).toBe(`http://127.0.0.1:${one.port}/#token=${one.token}`);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:80'])(
    'refuses the host "%s": a foreign name may resolve to this machine',
    async (host) => {
      const inspector = await start(fakeSource());
      for (const path of ['/', '/api/about']) {
        const refused = await ask(inspector, path, { headers: { host } });
        expect(refused).toMatchObject({ status: 403, json: { code: 'FOREIGN_HOST' } });
      }
    },
  );

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1', 'file://'])(
    'refuses the origin "%s", even with the token',
    async (origin) => {
      const inspector = await start(fakeSource(), { allowSend: true });
      const refused = await ask(inspector, '/api/about', { headers: { origin } });
      expect(refused.status).toBe(403);
      expect(refused.json).toMatchObject({ code: 'FOREIGN_ORIGIN' });
    },
  );

  it('knows its own origins', async () => {
    const inspector = await start(fakeSource());
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const named = `${host}:${inspector.port}`;
      const answer = await ask(inspector, '/api/about', {
        headers: { host: named, origin: `http://${named}` },
      });
      expect(answer.status).toBe(200);
    }
  });

  it('tells browsers to load nothing from outside, to sniff nothing and to frame nothing', async () => {
    const inspector = await start(fakeSource());
    for (const path of ['/', '/api/about', '/nowhere']) {
      const { headers } = await ask(inspector, path);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});

describe('what is answered', () => {
  it('serves the page without a token, and no other file', async () => {
    const inspector = await start(fakeSource());
    expect(await ask(inspector, '/', { token: undefined })).toMatchObject({
      status: 200,
      body: '<!doctype html>',
    });
    for (const path of ['/../package.json', '/%2e%2e/package.json', '//etc/passwd', '/api', '/app.js.map'])
      expect((await ask(inspector, path)).status, path).toBe(404);
  });

  it('names what it does not know', async () => {
    const inspector = await start(fakeSource());
    expect(await ask(inspector, '/api/nothing')).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    expect(await ask(inspector, '/api/constructor')).toMatchObject({ status: 404 });
    expect(await ask(inspector, '/api/about', { method: 'DELETE' })).toMatchObject({ status: 405 });
    expect(await ask(inspector, '/api/actor?address=x')).toMatchObject({
      status: 404,
      json: { code: 'NO_SUCH_ACTOR' },
    });
    expect(await ask(inspector, '/api/chart?hash=x')).toMatchObject({
      status: 404,
      json: { code: 'NO_SUCH_CHART' },
    });
  });

  it.each([
    '/api/actor',
    '/api/actors?limit=1001',
    '/api/actors?from=-1',
    '/api/actors?limit=1e9',
    '/api/history?address=x&before=y',
    '/api/chart?hash=x&direction=up',
    '/api/events?interest=nonsense',
    '/api/events?interest={"rate":-1}',
    '/api/events?interest={"actors":"all"}',
    `/api/actor?address=${'x'.repeat(2_000)}`,
  ])('refuses %s', async (path) => {
    const inspector = await start(fakeSource());
    expect(await ask(inspector, path)).toMatchObject({ status: 400, json: { code: 'INVALID_REQUEST' } });
  });

  it('hands on what was asked', async () => {
    const actors = vi.fn(async () => ({ rows: [], total: 7 }));
    const inspector = await start(fakeSource({ actors }));
    const answer = await ask(inspector, '/api/actors?kind=saga&id=o-*&limit=5');
    expect(answer.json).toEqual({ rows: [], total: 7 });
    expect(actors).toHaveBeenCalledWith({ kind: 'saga', id: 'o-*', from: 0, limit: 5 });
  });

  it('says what failed inside, and lives on', async () => {
    const inspector = await start(
      fakeSource({
        overview: async () => {
          throw new Error('boom');
        },
      }),
    );
    expect(await ask(inspector, '/api/overview')).toMatchObject({
      status: 500,
      json: { code: 'INTERNAL', message: 'The inspector failed: boom' },
    });
    expect((await ask(inspector, '/api/about')).status).toBe(200);
  });

  it('writes values that JSON does not know in the form of recordings', async () => {
    const context = { at: new Date(5), big: 12n, tags: new Set(['a']), stored: { '\0d': 7 }, no: undefined };
    const overview = async () => ({ time: 0, nodes: [], kinds: [], alerts: [], queues: [], context });
    const inspector = await start(fakeSource({ overview }));
    expect((await ask(inspector, '/api/overview')).json).toMatchObject({
      context: { at: { '\0d': 5 }, big: { '\0n': '12' }, tags: { '\0s': ['a'] }, stored: { '\0d': 7 } },
    });
  });
});

describe('sending', () => {
  it('is refused unless the inspector was started so', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    for (const [path, body] of [
      ['/api/send', { address: 'a', event: { type: 'GO' } }],
      ['/api/letters', { action: 'drop', id: '1', queue: 'q' }],
    ] as const) {
      const refused = await post(inspector, path, body);
      expect(refused).toMatchObject({ status: 403, json: { code: 'NOT_ALLOWED' } });
    }
    expect(source.sent).toEqual([]);
    expect((await ask(inspector, '/api/about')).json).toMatchObject({
      canSend: false,
      refused: { NOT_ALLOWED: 2 },
    });
  });

  it('is done when allowed', async () => {
    const source = fakeSource();
    const inspector = await start(source, { allowSend: true });
    const done = await post(inspector, '/api/send', { address: 'a', event: { type: 'GO', n: 1 } });
    expect(done).toMatchObject({ status: 204, body: '' });
    expect(source.sent).toEqual([{ address: 'a', event: { type: 'GO', n: 1 } }]);
  });

  it.each([
    {},
    { address: 'a' },
    { address: 'a', event: 'GO' },
    { address: 'a', event: {} },
    { address: 'a', event: { type: '' } },
    { address: 'a', event: { type: 'xstate.stop' } },
    { address: 7, event: { type: 'GO' } },
  ])('refuses %j', async (body) => {
    const source = fakeSource();
    const inspector = await start(source, { allowSend: true });
    expect(await post(inspector, '/api/send', body)).toMatchObject({ status: 400 });
    expect(source.sent).toEqual([]);
  });

  it('reads bounded bodies, also where their length is not said', async () => {
    const inspector = await start(fakeSource(), { allowSend: true });
    const body = `"${'x'.repeat(bounds.body)}"`;
    const announced = await ask(inspector, '/api/send', { body });
    expect(announced).toMatchObject({ status: 413, json: { code: 'TOO_LARGE' } });
    const streamed = await ask(inspector, '/api/send', {
      body,
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(streamed.status).toBe(413);
    expect(await ask(inspector, '/api/send', { body: '{"address"' })).toMatchObject({ status: 400 });
    expect(await ask(inspector, '/api/send', { body: '[]' })).toMatchObject({ status: 400 });
  });
});

describe('pictures', () => {
  const chart = toChart(circuitBreaker);

  const geometry: Geometry = {
    version: 1,
    chart: 'm',
    method: 'plain',
    direction: 'down',
    width: 1,
    height: 2,
    nodes: [],
    edges: [],
    omitted: 0,
  };

  it('are made once for each hash and direction', async () => {
    const layout = vi.fn<Drawing['layout']>(async () => geometry);
    const problems = async () => [{ at: 'm', text: 'wrong' }];
    const inspector = await start(fakeSource({ chart: async () => chart }), {
      drawing: { layout, problems },
    });
    const asked = [1, 2, 3].map(() => ask(inspector, '/api/chart?hash=h'));
    for (const { json } of await Promise.all(asked))
      expect(json).toMatchObject({
        chart,
        drawing: { shape: { tag: 'svg', attrs: { width: 1, height: 2 } }, style: pageStyle() },
        problems: [{ at: 'm', text: 'wrong' }],
      });
    expect(layout).toHaveBeenCalledTimes(1);
    await ask(inspector, '/api/chart?hash=h&direction=right');
    expect(layout).toHaveBeenCalledTimes(2);
  });

  it('are given as text as well', async () => {
    const source = fakeSource({ chart: async () => toChart(circuitBreaker) });
    const inspector = await start(source, {
      drawing: { layout: async () => geometry, problems: async () => [] },
    });
    const textOf = async (form: string) => (await ask(inspector, `/api/chart-text?hash=h&form=${form}`)).json;
    expect(await textOf('mermaid')).toEqual({ text: toMermaid(toChart(circuitBreaker)) });
    expect(await textOf('svg')).toEqual({ text: toSvg(renderChart(geometry)) });
    expect(await textOf('png')).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('are made of a diagram that the page sends, and of nothing else', async () => {
    const inspector = await start(fakeSource());
    const message = {
      name: '<b>',
      kind: 'message',
      fate: 'lost',
      reason: '',
      to: 'b',
      fromColumn: 0,
      fromRow: 1,
    };
    const diagram = {
      lifelines: ['a', 'b'],
      groups: [{ label: 'n', from: 0 }],
      marks: [{ column: 0, row: 1 }],
      messages: [{ ...message, toColumn: 1, toRow: 2 }],
      rows: 3,
    };
    const post = async (body: object) => ask(inspector, '/api/diagram-text', { body: JSON.stringify(body) });
    const mermaid = await post({ form: 'mermaid', diagram });
    expect(mermaid.json).toEqual({
      text: 'sequenceDiagram\n  participant p0 as a\n  participant p1 as b\n  p0-xp1: <b> [lost]\n',
    });
    const { text } = (await post({ form: 'svg', diagram })).json as { text: string };
    expect(text).toMatch(/^<svg xmlns/);
    expect(text).not.toContain('<b>');
    for (const wrong of [{}, { ...diagram, rows: '3"' }, { ...diagram, messages: [message] }])
      expect(await post({ form: 'svg', diagram: wrong })).toMatchObject({ status: 400 });
  });

  it('are no picture but the chart when no layout can be made', async () => {
    const layout = async () => {
      throw new Error('no layout');
    };
    const inspector = await start(fakeSource({ chart: async () => chart }), {
      drawing: { layout, problems: async () => [] },
    });
    expect((await ask(inspector, '/api/chart?hash=h')).json).toEqual({
      chart,
      texts: textsOf(chart),
      problems: [],
    });
  });
});

describe('begin and end', () => {
  it('names a port that is taken', async () => {
    const { port } = await start(fakeSource());
    await expect(start(fakeSource(), { port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await expect(start(fakeSource(), { port: 70_000 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(start(fakeSource(), { prot: 1 } as object)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });

  it('ends at once, with pages open, and closes its source', async () => {
    const source = fakeSource();
    const inspector = await start(source);
    const page = await watch(inspector);
    await inspector.close();
    expect(source.closed).toBe(true);
    expect(source.watchers.size).toBe(0);
    await page.close();
    await expect(ask(inspector, '/')).rejects.toThrow();
  });
});

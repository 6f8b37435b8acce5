import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { natsServer } from '../support/server.ts';
import type { Wanted } from './support/durable/audit.ts';
import { enumerate, summary } from './support/durable/enumerate.ts';
import { crash } from './support/durable/run.ts';
import { Reserve } from './support/durable/victims.ts';

let server: Server;
let reserve: Reserve;

beforeAll(async () => {
  server = await natsServer();
  reserve = new Reserve(3);
});

afterAll(async () => {
  await reserve[Symbol.asyncDispose]();
  await server.stop();
});

const wanted: Readonly<Record<string, Wanted>> = {
  a: { sku: 'tea', account: 'rich', quantity: 2, price: 30, end: 'completed' },
  b: { sku: 'tea', account: 'poor', quantity: 1, price: 5_000, end: 'cancelled' },
  c: { sku: 'tea', account: 'rich', quantity: 50, price: 10, end: 'rejected' },
};

describe('x', () => {
  it.each(['alone', 'split', 'join', 'arrive', 'leave'] as const)('y %s', async (layout) => {
        const t = performance.now();
        const e = await enumerate(async (at) => crash(reserve, { url: server.url, layout, wanted, cut: { at, how: 'flush' }, seed: 7 }), 3);
        console.log(summary(layout, e), performance.now() - t, e.failures);
        expect(e.failures).toEqual([]);
  });
});

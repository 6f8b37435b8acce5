#!/usr/bin/env node
/**
 * `npm run screenshots`: the pictures of docs/inspector.md, of the order system as it runs and of a counterexample, in real Chromium. The scenes are the same each
 * time; times, rates and the names of nodes are those of the run.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { circuitBreaker, withBreaker } from '../src/index.ts';
import { inspect, inspectRecording } from '../src/inspector/index.ts';
import { readOrders } from '../examples/order-processing/orders-file.ts';
import { createMachine } from 'xstate';
import { orderOf, startShop } from '../test/browser/support/shop.ts';
import { findBrowser } from './setup-browser.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const pictures = join(root, 'docs/inspector');
const MOST = 150 * 1024;
const SIZE = { width: 1200, height: 720 };

/** What a test leaves behind: two-phase commit whose coordinator is content with a majority. */
async function counterexample(folder) {
  const file = join(folder, 'commit.ndjson');
  const check = ['check', 'examples/model-checking/two-phase-commit.ts', '--param', 'mutant=majority'];
  const node = ['--conditions=troupe-source', '--import', 'tsx', 'src/cli/main.ts'];
  // Exit code 1: a property fails.
  await promisify(execFile)(process.execPath, [...node, ...check, '--record', file], { cwd: root }).catch(
    ({ code }) => {
      if (code !== 1) throw new Error(`troupe check ended with ${code}`);
    },
  );
  return file;
}

/** A breaker that has tripped and stays open, one that has seen nothing, and a queue with a letter that cannot be handled. */
async function trouble(system) {
  const settings = { slidingWindowSize: 10, minimumNumberOfCalls: 5, waitDurationInOpenState: 60_000 };
  const courier = await system.spawn(circuitBreaker, {
    id: 'breaker/courier',
    input: { name: 'courier', ...settings },
  });
  const call = withBreaker(courier);
  for (const answer of ['yes', 'yes', 'no', 'yes', 'no', 'no', 'no', 'no', 'no'])
    await call(async () => {
      if (answer === 'no') throw new Error('the courier does not answer');
    }).catch(() => undefined);
  const postman = createMachine({
    id: 'postman',
    on: {
      MAIL: {
        actions: () => {
          throw new Error('the address has no street');
        },
      },
    },
  });
  await system.spawn(postman, { id: 'postman' });
  const mail = await system.queue('mail', { maxAttempts: 3, backoff: { initial: 5 } });
  for (const order of ['o-17', 'o-23']) await mail.send({ type: 'MAIL', order }, { key: order });
  await mail.consume(() => 'postman');
  while ((await mail.size()) > 0) await sleep(10);
}

/** Orders come in as they would, until `stop`. */
function custom(shop, orders) {
  let isOver = false;
  let at = 0;
  const run = (async () => {
    while (!isOver) {
      const some = orders.slice(at, at + 6).map((order) => ({ ...order, id: `${order.id}-${at}` }));
      at = (at + 6) % (orders.length - 6);
      await Promise.race([
        Promise.all([
          shop.process(some.slice(0, 3), 'orchestrated'),
          shop.process(some.slice(3), 'choreographed'),
        ]),
        sleep(1_500),
      ]);
      await sleep(150);
    }
  })();
  return { stop: async () => ((isOver = true), run) };
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-screenshots-'));
  await mkdir(pictures, { recursive: true });
  const shop = await startShop();
  const live = await inspect(shop.system, { allowSend: true });
  const recorded = await inspectRecording(await counterexample(folder));
  const browser = await chromium.launch({
    executablePath: await findBrowser(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'],
  });
  const open = async (inspector, hash, scheme, size = SIZE) => {
    const page = await browser.newPage({ viewport: size, colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(
      `http://127.0.0.1:${inspector.port}/#${hash}`.replace(
        /$/,
        `${hash.includes('?') ? '&' : '?'}token=${inspector.token}`,
      ),
    );
    await page.getByRole('main').waitFor();
    return page;
  };
  const take = async (page, name) => {
    const path = join(pictures, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    const { size } = await stat(path);
    console.log(`${name}.png ${(size / 1024).toFixed(0)} KB`);
    if (size > MOST) process.exitCode = 1;
    await page.close();
  };
  const both = (name, views) =>
    Promise.all(
      ['light', 'dark'].map(async (scheme) => [
        name + (scheme === 'dark' ? '-dark' : ''),
        await views(scheme),
      ]),
    );

  try {
    // Those that look must be there when it happens.
    const systems = await both('system', (scheme) => open(live, '/system', scheme));
    const timelines = await both('timeline', (scheme) =>
      open(live, '/timeline?correlation=saga/today/saffron&with=order/today/more-saffron', scheme),
    );
    const breakers = await open(live, '/breakers?queue=mail', 'light');
    for (const [, page] of systems)
      await page
        .getByText('loop lag')
        .nth(shop.nodes.length - 1)
        .waitFor();
    const missing = (id) => orderOf(id, 'ok', 'saffron', 1_000);
    await shop.process([missing('saffron'), orderOf('tea')], 'orchestrated');
    await shop.process([missing('more-saffron'), orderOf('more-tea')], 'choreographed');
    for (const [name, page] of timelines) {
      for (const [run, end] of [
        ['saga/today/saffron', 'compensated'],
        ['order/today/more-saffron', 'rejected'],
      ])
        await page
          .getByRole('region', { name: `Timeline of ${run}` })
          .getByText(end, { exact: true })
          .first()
          .waitFor();
      await take(page, name);
    }
    await trouble(shop.system);
    await breakers.getByText('the address has no street').first().waitFor();
    await breakers.getByText(/half-open in/).waitFor();
    await take(breakers, 'breakers');

    const orders = custom(shop, await readOrders(join(root, 'examples/order-processing/orders.jsonl')));
    for (const key of ['ann', 'bob', 'carl', 'dora'])
      await shop.system.ref(`parcel/${key}`).deliver({ type: 'PAY' });
    await shop.system.ref('parcel/bob').deliver({ type: 'CANCEL' });
    await shop.system.ref('parcel/carl').deliver({ type: 'PAID', paymentId: 'pay-81' });
    // Enough for the curves of the last minutes to be curves.
    await sleep(12_000);
    for (const [name, page] of systems) await take(page, name);
    await orders.stop();

    const ann = shop.system.ref('parcel/ann');
    const actors = await both('actor', (scheme) => open(live, '/actor/parcel/ann?zoom=0.75', scheme));
    await ann.deliver({ type: 'DECLINED', reason: 'try again' });
    await ann.waitFor((view) => view.matches({ paying: 'waiting' }));
    await sleep(1_000);
    for (const [, page] of actors) await page.getByRole('region', { name: 'Chart', exact: true }).waitFor();
    for (const [name, page] of actors) await take(page, name);

    const messages = await both('messages', (scheme) => open(recorded, '/messages?step=6', scheme));
    for (const [name, page] of messages) {
      await page.locator('.about').getByRole('heading', { name: /^Step/ }).waitFor();
      await take(page, name);
    }
    const tests = await open(recorded, '/tests', 'light');
    await tests.locator('[data-edge]').first().waitFor();
    await take(tests, 'tests');
  } finally {
    await browser.close();
    await live.close();
    await recorded.close();
    await shop[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
}

await main();

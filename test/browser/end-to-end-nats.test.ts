/** `troupe inspect` as a process of its own, attached over a real nats-server to nodes in processes of theirs. */
import type { Page } from 'playwright-core';
import type { System } from 'troupe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { join } from '../nats/support/join.ts';
import { run, type Command } from '../nats/support/command.ts';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';
import { watchFor } from './support/clock.ts';
import { expectNoComplaints, flawsOf, openAt, useBrowser } from './support/open.ts';
import { troupeInspect, type Inspecting } from './support/troupe.ts';

useBrowser();

/** Until a node that died is missed, and one that came is known; on a busy machine. */
const A_WHILE = 20_000;

let server: Server;
const nodes = new Map<string, Command>();
let tester: System;
let inspecting: Inspecting;

const startNode = async (name: string): Promise<void> => {
  const node = run('test/nats/support/stage.ts', [name], { NATS_URL: server.url });
  nodes.set(name, node);
  await node.line((line) => line.startsWith('ready'));
};

const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  server = await natsServer({ jetstream: false });
  closing.push(async () => server.stop());
  closing.push(async () => {
    for (const node of nodes.values()) {
      node.kill('SIGKILL');
      await node.finished;
    }
  });
  await Promise.all(['one', 'two'].map(startNode));
  tester = await join(server.url, 'tester');
  closing.push(async () => tester.stop());
  inspecting = await troupeInspect(['--nats', server.url, '--allow-send']);
  closing.push(async () => inspecting[Symbol.asyncDispose]());
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const open = async (hash: string) => openAt(inspecting.at, { hash });

const nodeOf = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'Nodes' })
    .getByRole('listitem')
    .filter({ hasText: new RegExp(`^${name}-`) });

/** The count that the page shows, with whoever adds to it. */
const showsCount = async (page: Page, count: number): Promise<void> =>
  page
    .getByRole('tabpanel')
    .getByText(new RegExp(`count: (\\d+ → )?${count}$`))
    .first()
    .waitFor({ timeout: A_WHILE });

describe('attached over NATS', () => {
  test('nodes and actors of other processes are shown as they are, and the one that looks is not', async () => {
    const { page, complaints } = await open('/system');
    for (const name of ['one', 'two', 'tester'])
      await nodeOf(page, name).getByText('up', { exact: true }).waitFor();
    expect(await page.getByRole('region', { name: 'Nodes' }).getByRole('listitem').count()).toBe(3);
    const rows = await tester.actors();
    await page.getByText(`${rows.length} actors`, { exact: true }).waitFor();
    for (const { address } of rows) await page.getByRole('link', { name: address, exact: true }).waitFor();
    expectNoComplaints(complaints);
    expect(await flawsOf(page)).toEqual([]);
  });

  test('what happens elsewhere is on the chart within 200 ms', async () => {
    const { page } = await open('/actor/one/counter');
    await page.locator('.picture [data-state="counter.counting"].active').waitFor();
    await showsCount(page, 0);
    const seen = await watchFor(page, '.picture [data-state="counter.paused"].active');
    const sent = Date.now();
    tester.ref('one/counter').send({ type: 'PAUSE' });
    const took = (await seen()) - sent;
    console.log(`message to chart over NATS: ${took} ms`);
    expect(took).toBeLessThan(200);
  });

  test('an event from the page changes an actor in another process; a dry run does not', async () => {
    const { page, complaints } = await open('/actor/two/counter?tab=send');
    await page.getByRole('textbox', { name: 'Type' }).fill('ADD');
    await page.getByRole('textbox', { name: /Fields/ }).fill('{"by": 7}');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page
      .getByRole('region', { name: 'What it would do' })
      .getByText(/count: 0 → 7/)
      .waitFor();
    const total = async () => tester.ref('two/counter').ask({ type: 'TOTAL' });
    expect(await total()).toMatchObject({ count: 0 });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('ADD was sent.').waitFor();
    await expect.poll(total).toMatchObject({ count: 7 });
    await page.getByRole('tab', { name: 'Context' }).click();
    await showsCount(page, 7);
    expectNoComplaints(complaints);
  });

  test('markup in ids, contexts and events is text', async () => {
    const markup = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    const ref = await tester.spawn(counter, { id: 'odd/<img&lt;b' });
    const { page, complaints } = await open('/messages?tab=list&unheeded=show');
    ref.send({ type: 'ADD', by: markup } as never);
    ref.send({ type: markup } as never);
    await page.getByRole('button', { name: '<img src=x' }).first().click();
    await page.locator('.about').getByRole('heading', { name: '<img src=x' }).waitFor();
    await page.evaluate(`location.hash = '#/actor/${encodeURI(ref.address)}'`);
    await page.getByRole('heading', { name: 'odd/<img&lt;b' }).waitFor();
    await page
      .getByRole('tabpanel')
      .getByText(/window\.pwned=1/)
      .first()
      .waitFor();
    await page.keyboard.press('1');
    await page.getByRole('link', { name: 'odd/<img&lt;b' }).waitFor();
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expectNoComplaints(complaints);
  });
});

describe('when something dies', () => {
  test('a killed node is shown as down, the page goes on, and a node that comes is shown', async () => {
    const { page } = await open('/system');
    await nodeOf(page, 'two').getByText('up', { exact: true }).waitFor();
    nodes.get('two')!.kill('SIGKILL');
    await nodeOf(page, 'two').getByText('down', { exact: true }).waitFor({ timeout: A_WHILE });
    await page
      .getByRole('log', { name: 'Alerts' })
      .getByText(/node two-\w+ is down/)
      .waitFor();
    await page.getByRole('link', { name: 'two/counter', exact: true }).waitFor({ state: 'detached' });
    tester.ref('one/counter').send({ type: 'PAUSE' });
    await page.getByRole('link', { name: 'one/counter', exact: true }).click();
    await page.locator('.picture [data-state="counter.paused"].active').waitFor();
    await startNode('two');
    await page.keyboard.press('1');
    await nodeOf(page, 'two').getByText('up', { exact: true }).waitFor({ timeout: A_WHILE });
    await page.getByRole('link', { name: 'two/counter', exact: true }).waitFor({ timeout: A_WHILE });
  });

  test('nats-server is killed and started again: the page comes back without a reload', async () => {
    const { page } = await open('/actor/two/counter');
    await showsCount(page, 0);
    await page.evaluate('window.isTheSame = true');
    await server.kill();
    await server.restart();
    const ref = tester.ref('two/counter');
    // Nodes meet again at their own pace; what is said before is lost.
    await expect
      .poll(
        async () =>
          ref.ask({ type: 'TOTAL' }, { timeout: 500 }).then(
            () => true,
            () => false,
          ),
        {
          timeout: A_WHILE,
        },
      )
      .toBe(true);
    ref.send({ type: 'ADD', by: 3 });
    await showsCount(page, 3);
    await page.keyboard.press('1');
    for (const name of ['one', 'two', 'tester'])
      await nodeOf(page, name).getByText('up', { exact: true }).last().waitFor({ timeout: A_WHILE });
    expect(await page.evaluate('window.isTheSame')).toBe(true);
  });

  test('the inspector is killed: the page says so and keeps what it knew; of a new one it says what to do', async () => {
    const { page } = await open('/actor/one/counter');
    await page.getByRole('heading', { name: 'one/counter' }).waitFor();
    const { port } = inspecting.at;
    inspecting.command.kill('SIGKILL');
    await inspecting.command.finished;
    await page.getByText('What you see is the last that was told').waitFor();
    await page.getByRole('heading', { name: 'one/counter' }).waitFor();
    inspecting = await troupeInspect(['--nats', server.url, '--port', String(port)]);
    await page.getByText('Open the URL that troupe inspect printed').waitFor({ timeout: A_WHILE });
    // As when it is pasted into the same tab: only what follows the # is another.
    await page.goto(inspecting.at.url);
    await page.getByText('Open the URL that troupe inspect printed').waitFor({ state: 'detached' });
    await page.locator('.connection').getByText('live', { exact: true }).waitFor();
    await nodeOf(page, 'one').getByText('up', { exact: true }).waitFor({ timeout: A_WHILE });
  });
});

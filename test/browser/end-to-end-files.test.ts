/** `troupe inspect FILE` as a process: what a test left behind, and charts that are being written. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../nats/support/command.ts';
import { expectNoComplaints, flawsOf, openAt, useBrowser } from './support/open.ts';
import { troupeInspect } from './support/troupe.ts';

useBrowser();

const scratch = fileURLToPath(new URL('../../.scratch', import.meta.url));
let folder = '';
/** The run of examples/10-simulate.ts in which a teapot is sold twice. */
let simulated = '';
/** Two-phase commit with the planted mistake of a coordinator that is content with a majority. */
let checked = '';

const troupe = async (...args: readonly string[]) => run('src/cli/main.ts', args).finished;

beforeAll(async () => {
  // Within the project, so that files in it find xstate.
  await mkdir(scratch, { recursive: true });
  folder = await mkdtemp(join(scratch, 'files-'));
  [simulated, checked] = [join(folder, 'simulated.ndjson'), join(folder, 'checked.ndjson')];
  const ended = await Promise.all([
    troupe('simulate', 'examples/10-simulate.ts', '--param', 'remembers=false', '--record', simulated),
    troupe(
      'check',
      'examples/model-checking/two-phase-commit.ts',
      '--param',
      'mutant=majority',
      '--record',
      checked,
    ),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([1, 1]);
});
afterAll(async () => rm(folder, { recursive: true }));

describe('a counterexample', () => {
  test('of troupe simulate opens: property, replay, steps, and the states at a step', async () => {
    await using inspecting = await troupeInspect([simulated]);
    const { page, complaints } = await openAt(inspecting.at, { hash: '/tests' });
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText('no teapot is sold twice').waitFor();
    await notices.getByText(/^troupe simulate .*--replay /).waitFor();
    const rows = page.getByRole('region', { name: 'Properties' }).getByRole('row');
    await rows.filter({ hasText: 'every actor is deterministic' }).waitFor();
    expect((await rows.allInnerTexts()).slice(1)).toEqual([
      expect.stringMatching(/fails[^]*no teapot is sold twice/),
      expect.stringMatching(/not known[^]*the buyer is content/),
      expect.stringMatching(/holds[^]*no actor fails/),
      expect.stringMatching(/holds[^]*every actor is deterministic/),
    ]);
    await page.getByText('transitions 1 of 2 (50 %)').waitFor();
    const steps = page.getByRole('region', { name: 'Steps of the run' });
    await steps.getByRole('link').nth(3).waitFor();
    expect(await steps.getByRole('link').count()).toBe(4);
    await steps.getByRole('link', { name: 'shop takes BUY from buyer' }).first().click();
    const about = page.locator('.about');
    await about.getByRole('heading', { name: 'Step 1' }).waitFor();
    await about.getByText('"teapot"').first().waitFor();
    await page.keyboard.press('ArrowRight');
    await about.getByRole('heading', { name: 'Step 2' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await about.getByRole('heading', { name: 'Step 3' }).waitFor();
    await about
      .getByText(/sold: \(2\)/)
      .first()
      .waitFor();
    expectNoComplaints(complaints);
    expect(await flawsOf(page)).toEqual([]);
  });

  test('leads from a step to the chart and context of that moment', async () => {
    await using inspecting = await troupeInspect([simulated]);
    const { page } = await openAt(inspecting.at, { hash: '/messages?step=1' });
    await page.locator('.about').getByRole('link', { name: 'See it on the chart' }).click();
    await page.getByRole('heading', { name: 'shop', exact: true }).first().waitFor();
    await page.getByText('as of moment 1,').waitFor();
    const context = page.getByRole('tabpanel');
    await context.getByText(/sold: \(1\)/).waitFor();
    await page.locator('.picture [data-state="shop"].active').waitFor();
    await page.keyboard.press('l');
    await context.getByText(/sold: \(2\)/).waitFor();
    await page.getByRole('tab', { name: 'Send' }).click();
    await page.getByText('This is a recording: there is nobody to send to.').waitFor();
  });

  test('opens on what it breaks, and a step of it is shown by the other views', async () => {
    await using inspecting = await troupeInspect([simulated]);
    const { page } = await openAt(inspecting.at);
    await page.getByRole('main', { name: 'Tests' }).waitFor();
    await page.getByRole('link', { name: 'shop takes BUY from buyer' }).first().click();
    await page.getByText('step 1, 2 of 4 shown').waitFor();
    await page.keyboard.press('2');
    await page.getByRole('heading', { name: 'shop', exact: true }).first().waitFor();
    await page.getByText('as of moment 1,').waitFor();
  });

  test('of troupe check opens, and its URL with a step restores it', async () => {
    await using inspecting = await troupeInspect([checked]);
    const { page } = await openAt(inspecting.at, { hash: '/tests' });
    const steps = page.getByRole('region', { name: 'Steps of the run' });
    const last = steps.getByRole('link').last();
    const text = await last.innerText();
    await last.click();
    await page.locator('.about').getByText(text, { exact: true }).waitFor();
    const second = await openAt(inspecting.at, { hash: new URL(page.url()).hash.slice(1) });
    await second.page.locator('.about').getByText(text, { exact: true }).waitFor();
    expectNoComplaints(second.complaints);
  });

  test('that was cut off in the middle shows what can be read, and names the rest', async () => {
    const text = await readFile(simulated, 'utf8');
    const lines = text.trimEnd().split('\n');
    const cut = join(folder, 'cut.ndjson');
    await writeFile(cut, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)!.slice(0, 60)}`);
    await using inspecting = await troupeInspect([cut]);
    const { page } = await openAt(inspecting.at, { hash: '/tests' });
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText(new RegExp(`line ${lines.length}\\b`, 'i')).waitFor();
    const links = page.getByRole('region', { name: 'Steps of the run' }).getByRole('link');
    await links.nth(2).waitFor();
    expect(await links.count()).toBe(3);
  });
});

const machine = (states: string): string => `
import { createMachine } from 'xstate';
export const kettle = createMachine({ id: 'kettle', initial: 'cold', states: { ${states} } });
`;
const SOUND = `cold: { on: { SWITCH_ON: 'hot' } }, hot: { on: { POUR: 'cold' } }`;
const DEAD_END = `${SOUND}, forgotten: { on: { POUR: 'cold' } }`;

describe('a file that is being written', () => {
  test('is drawn with its problems, again when it is saved, and when it breaks the last picture stays', async () => {
    const file = join(folder, 'kettle.ts');
    await writeFile(file, machine(DEAD_END));
    await using inspecting = await troupeInspect([file]);
    const { page, complaints } = await openAt(inspecting.at, { hash: '/actor/kettle' });
    const state = (name: string) => page.locator(`.picture [data-state="kettle.${name}"]`);
    await state('forgotten').waitFor();
    await page
      .getByRole('tabpanel')
      .getByText(/forgotten/)
      .first()
      .waitFor();
    await page.evaluate('window.isTheSame = true');

    await writeFile(file, machine(SOUND));
    await state('forgotten').waitFor({ state: 'detached' });
    await state('hot').waitFor();

    await writeFile(file, `${machine(SOUND)} export const broken = (;`);
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText(/the file does not load any more/).waitFor();
    await state('hot').waitFor();

    await writeFile(file, machine(`${SOUND}, boiling: { on: { COOL: 'cold' } }`));
    await state('boiling').waitFor();
    await notices.getByText(/does not load/).waitFor({ state: 'detached' });
    expect(await page.evaluate('window.isTheSame')).toBe(true);
    expectNoComplaints(complaints);
    expect(await flawsOf(page)).toEqual([]);
  });
});

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { layoutChart } from '../../../src/inspector/layout/layout.ts';
import {
  createInspector,
  type Inspector,
  type InspectorOptions,
} from '../../../src/inspector/server/server.ts';
import type { Source } from '../../../src/inspector/source/source.ts';

interface Setup {
  readonly findBrowser: () => Promise<string>;
}

const setup = new URL('../../../scripts/setup-browser.mjs', import.meta.url);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

let browser: Browser | undefined;
const closing: (() => Promise<unknown>)[] = [];

/** Call once in a test file: a browser for its tests; what a test opened is closed behind it. */
export function useBrowser(): void {
  beforeAll(async () => {
    const { findBrowser } = (await import(setup.href)) as Setup;
    browser = await chromium.launch({ executablePath: await findBrowser(), args: flags });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(async () => browser?.close());
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  /** What follows the `#` of the URL. */
  readonly hash?: string;
}

export interface Opened {
  readonly page: Page;
  readonly inspector: Inspector;
  /** What the page complained of: errors on its console, exceptions, requests to elsewhere. */
  readonly complaints: string[];
}

/** Serve a source and open the page on it, as somebody would with the printed URL. */
export async function openPage(
  source: Source,
  look: Look = {},
  options: InspectorOptions = {},
): Promise<Opened> {
  const inspector = await serve(source, options);
  return { inspector, ...(await openAt(inspector, look)) };
}

export async function serve(source: Source, options: InspectorOptions = {}): Promise<Inspector> {
  const inspector = await createInspector(source, {
    allowSend: true,
    drawing: {
      layout: async (chart, direction, collapsed) => layoutChart(chart, { direction, collapsed }),
      problems: async () => [],
    },
    ...options,
  });
  closing.push(async () => inspector.close().catch(() => undefined));
  return inspector;
}

export async function openAt(
  inspector: Inspector,
  { width = 1280, height = 900, scheme = 'light', hash }: Look = {},
): Promise<Omit<Opened, 'inspector'>> {
  const page = await browser!.newPage({ viewport: { width, height }, colorScheme: scheme });
  closing.push(() => page.close());
  page.setDefaultTimeout(8_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url()))
      complaints.push(`asked for ${request.url()}`);
  });
  const url =
    hash === undefined
      ? inspector.url
      : `http://127.0.0.1:${inspector.port}/#${hash}${hash.includes('?') ? '&' : '?'}token=${inspector.token}`;
  await page.goto(url);
  await page
    .getByText('live', { exact: true })
    .or(page.getByText('all read'))
    .or(page.getByText('following'))
    .first()
    .waitFor();
  return { page, complaints };
}

/** Everything that axe finds wrong, in a form to read. */
export async function flawsOf(page: Page): Promise<string[]> {
  await page
    .addScriptTag({ path: new URL(import.meta.resolve('axe-core/axe.min.js')).pathname })
    .catch(async () => {
      // The page's policy forbids foreign scripts: the debugger is not bound by it.
      const { default: axe } = (await import('axe-core')) as unknown as { default: { source: string } };
      await page.evaluate(axe.source);
    });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          root: unknown,
          options: object,
        ): Promise<{
          violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run((globalThis as { document?: unknown }).document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n  ${nodes
          .slice(0, 4)
          .map(
            ({ html, failureSummary = '' }) =>
              `${html.slice(0, 200)} ${failureSummary.replace(/\s+/g, ' ').slice(0, 300)}`,
          )
          .join('\n  ')}`,
    );
  });
}

/** Wait until an expression of the page is true. (The page's policy forbids what `waitForFunction` does.) */
export const becomesTrue = async (page: Page, expression: string): Promise<void> =>
  expect.poll(() => page.evaluate(expression), { timeout: 8_000 }).toBe(true);

/** px by which the page is wider than the window. */
export const overflowOf = async (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

export const expectNoComplaints = (complaints: readonly string[]): void => expect(complaints).toEqual([]);

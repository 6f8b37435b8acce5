import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TroupeError } from '../../errors.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** The page's own files by path, as `npm run build` leaves them in dist/page. */
const names: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/chunk.js': ['chunk.js', 'text/javascript; charset=utf-8'],
  '/more.js': ['more.js', 'text/javascript; charset=utf-8'],
  '/app.css': ['app.css', 'text/css; charset=utf-8'],
};

const isSource = import.meta.url.endsWith('.ts');
const built = new URL(isSource ? '../../../dist/page/' : '../../../page/', import.meta.url);
/** Not in the published package: there the page is built. */
const builder = new URL('../../../scripts/build-page.mjs', import.meta.url);

let page: Promise<ReadonlyMap<string, PageFile>> | undefined;

/**
 * The page, read once. Where this runs from its sources, the page is built from its sources as well, if esbuild is there.
 * @throws TroupeError NO_PAGE
 */
export async function readPage(): Promise<ReadonlyMap<string, PageFile>> {
  page ??= isSource ? build().catch(() => read(built)) : read(built);
  try {
    return await page;
  } catch (error) {
    page = undefined;
    throw error;
  }
}

async function read(folder: URL): Promise<ReadonlyMap<string, PageFile>> {
  try {
    const files = Object.entries(names).map(async ([path, [file, type]]) => {
      return [path, { type, body: await readFile(new URL(file, folder)) }] as const;
    });
    return new Map(await Promise.all(files));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TroupeError(
      'NO_PAGE',
      `The inspector's page is not built (${reason}). Run "npm run build" in Troupe's folder.`,
      { cause },
    );
  }
}

interface Builder {
  readonly buildPage: (folder: string) => Promise<void>;
}

async function build(): Promise<ReadonlyMap<string, PageFile>> {
  const { buildPage } = (await import(builder.href)) as Builder;
  const folder = await mkdtemp(join(tmpdir(), 'troupe-page-'));
  try {
    await buildPage(folder);
    return await read(pathToFileURL(`${folder}/`));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

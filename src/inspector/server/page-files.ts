import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TroupeError } from '../../errors.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** What the page consists of, as `npm run build` leaves it in dist/page: files of these kinds, all in one folder. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
const FIRST = 'index.html';

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
    const names = (await readdir(folder)).filter((name) => Object.hasOwn(types, extname(name)));
    // Not an empty folder: the error names the file that is missing.
    const all = [FIRST, ...names.filter((name) => name !== FIRST)];
    const files = all.map(async (name): Promise<[string, PageFile]> => {
      const file = { type: types[extname(name)] ?? '', body: await readFile(new URL(name, folder)) };
      return [name === FIRST ? '/' : `/${name}`, file];
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
  readonly buildPage: (folder: string, how: { readonly isQuick: boolean }) => Promise<void>;
}

async function build(): Promise<ReadonlyMap<string, PageFile>> {
  const { buildPage } = (await import(builder.href)) as Builder;
  const folder = await mkdtemp(join(tmpdir(), 'troupe-page-'));
  try {
    await buildPage(folder, { isQuick: true });
    return await read(pathToFileURL(`${folder}/`));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

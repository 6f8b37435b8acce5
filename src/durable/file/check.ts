import { access, constants, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TroupeError } from '../../errors.ts';
import { isWhole, lastMeta, type Meta } from './pages.ts';

/** A file beside the database, from when that holds a store: without it, an empty database is one that was never finished. */
const MADE = 'made.txt';
const WORDS = 'data.mdb beside this file holds a store. Troupe makes no new one where this file is.\n';

/** From here on, a database that is empty is one that was lost. */
export async function markMade(folder: string): Promise<void> {
  await writeFile(join(folder, MADE), WORDS, { flag: 'wx' }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  });
}

/**
 * Looks at a database before lmdb does. lmdb maps the file into memory and believes it: a page that the file has lost is a SIGBUS, which
 * no code can catch.
 * @throws TroupeError CORRUPTED, and what the file system throws
 */
export async function checkFolder(folder: string, store: string): Promise<void> {
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  for (const name of ['data.mdb', 'lock.mdb']) {
    await access(join(folder, name), constants.R_OK | constants.W_OK).catch(unlessMissing);
  }
  const isMade = (await access(join(folder, MADE)).then(() => true, unlessMissing)) ?? false;
  const file = await open(join(folder, 'data.mdb')).catch(unlessMissing);
  if (file === undefined && isMade) throw corrupted(store, 'data.mdb is gone');
  if (file === undefined) return;
  try {
    await checkSize(file, store, isMade);
  } finally {
    await file.close();
  }
}

function unlessMissing(error: unknown): undefined {
  if ((error as { code?: string }).code !== 'ENOENT') throw error;
}

async function checkSize(file: FileHandle, store: string, isMade: boolean): Promise<void> {
  if ((await file.stat()).size === 0) {
    // What a process leaves that is killed while it makes a database: lmdb begins anew.
    if (!isMade) return;
    throw corrupted(store, 'data.mdb is empty');
  }
  for (let before: Meta | undefined; ;) {
    const meta = await lastMeta(file);
    if (meta === undefined) throw corrupted(store, 'data.mdb does not begin like a database');
    // After the meta page was read: another process may be writing, pages first.
    const { size } = await file.stat();
    const pages = size / meta.pageSize;
    if (pages >= meta.lastPage + 1) return;
    // Pages at the end that were given and taken back in one transaction are never written, so a short file may be whole.
    if (await isWhole(file, meta, Math.floor(pages))) return;
    if (meta.transaction === before?.transaction) {
      throw corrupted(store, `data.mdb has ${size} bytes, of ${(meta.lastPage + 1) * meta.pageSize}`);
    }
    before = meta;
  }
}

const corrupted = (store: string, what: string): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `The store ${store} cannot be read: ${what}. It was left as it is: restore it from a backup.`,
  );

import { access, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkFolder } from './check.ts';
import { claim } from './claim.ts';
import { storeError } from './errors.ts';
import { folderOf } from './folder.ts';
import { createJournal } from './journal.ts';
import type { Journal, StoreOptions } from '../store.ts';

/**
 * The records of a system's durable actors for somebody who only looks: nothing is made by looking, and whatever the store was made for
 * is fine. Processes that use it are not disturbed.
 * @param path of the folder, as `file(path)` has it
 * @returns undefined when the system has nothing there
 * @throws TroupeError CORRUPTED, STORE_UNAVAILABLE, STORE_DENIED
 */
export async function lookAtFolder(
  path: string,
  options: StoreOptions,
): Promise<Pick<Journal, 'history' | 'close'> | undefined> {
  const folder = join(resolve(path), folderOf(options.system));
  const name = `file(${path})`;
  try {
    const isThere = await access(join(folder, 'data.mdb')).then(
      () => true,
      (error: unknown) => (error as { code?: string }).code !== 'ENOENT',
    );
    if (!isThere) return undefined;
    const check = async (real: string): Promise<void> => checkFolder(real, name);
    const all = { ...options, history: Number.MAX_SAFE_INTEGER };
    const claimed = await claim(await realpath(folder), check, options);
    return createJournal(claimed, { name, limit: Number.MAX_SAFE_INTEGER, isFlushed: false }, all);
  } catch (error) {
    throw await storeError(error, name, 'be opened');
  }
}

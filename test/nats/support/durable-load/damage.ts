import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Change one byte of a record in the files of a server that is stopped.
 * @returns how many records were found
 */
export async function changeByte(folder: string, record: Uint8Array): Promise<number> {
  let found = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.blk')) continue;
    const path = join(folder, name);
    const bytes = await readFile(path);
    const at = bytes.indexOf(record);
    if (at < 0) continue;
    found += 1;
    const middle = at + Math.floor(record.length / 2);
    bytes[middle] = bytes[middle]! ^ 0xff;
    await writeFile(path, bytes);
  }
  return found;
}

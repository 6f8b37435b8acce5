import { writeFile } from 'node:fs/promises';
import { TroupeError } from '../errors.ts';

/** Print a text, and wait until all of it has left: what follows may end the process. */
export const printWhole = (text: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => process.stdout.write(text, () => resolve()));

/** @throws TroupeError CANNOT_WRITE */
export async function writeOut(out: string, text: string | Uint8Array): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TroupeError('CANNOT_WRITE', `"${out}" could not be written: ${reason}`, { cause });
  }
}

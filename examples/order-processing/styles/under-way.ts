import { isTroupeError } from 'troupe';

/** Who starts what is under way already has said the same thing twice: no mistake, and nothing to do. */
export async function unlessUnderWay(starting: Promise<unknown>): Promise<void> {
  try {
    await starting;
  } catch (error) {
    if (!isTroupeError(error) || error.code !== 'DUPLICATE_ID') throw error;
  }
}

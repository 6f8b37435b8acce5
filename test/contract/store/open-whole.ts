import { file } from '../../../src/durable/file/store.ts';
import type { Journal } from '../../../src/durable/store.ts';
import { options } from './support.ts';

/** A file store that keeps every record, as all processes of a test open it. */
export const openWhole = async (folder: string): Promise<Journal> =>
  file(folder).open(options({ system: 'faults', timeout: 5_000, history: 1_000_000 }));

import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkKnown, TroupeError } from '../../errors.ts';
import { checkFolder, markMade } from './check.ts';
import { claim } from './claim.ts';
import { FORMAT, part, PURPOSE, type FileDatabase } from './database.ts';
import { storeError } from './errors.ts';
import { folderOf } from './folder.ts';
import { createJournal } from './journal.ts';
import { otherShards } from '../store-errors.ts';
import type { Journal, Store, StoreOptions } from '../store.ts';

export interface FileOptions {
  /**
   * When a commit counts as done.
   *
   * `process`, the default: when the operating system has it. It then survives the end of the process, however that comes about (SIGKILL
   * included). Flushing it to the disk follows; a loss of power or a crash of the operating system takes back what was not flushed yet,
   * and leaves the store as it was a moment before, whole and readable.
   *
   * `power`: when the disk has said that it is flushed. Nothing that was acknowledged is lost then, provided that the disk tells the truth.
   */
  readonly durability?: 'process' | 'power';
  /** Largest record, bytes; default 16 MiB. */
  readonly limit?: number;
}

const OPTIONS = ['durability', 'limit'];

/**
 * A store in a folder of this machine: nothing to install, nothing to run. Any number of processes of the machine may use it at the same
 * time, and are fenced off from each other; a folder that machines share over a network is not supported. Each system has a folder of its
 * own in it, with an LMDB database (https://www.symas.com/lmdb, by the package lmdb).
 * @param path of the folder; is made when it is not there
 * @throws TroupeError INVALID_OPTION
 */
export function file(path: string, options: FileOptions = {}): Store {
  checkKnown(options, OPTIONS, 'file()');
  const { durability = 'process', limit = 16 * 1024 * 1024 } = options;
  if (typeof path !== 'string' || path === '') throw invalid('the path of a folder', path);
  if (!['process', 'power'].includes(durability))
    throw invalid('durability "process" or "power"', durability);
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalid('a limit that is a positive integer', limit);
  const name = `file(${path})`;
  return {
    name: 'file',
    open: async (given) => open(join(resolve(path), folderOf(given.system)), name, given, limit, durability),
  };
}

const invalid = (wanted: string, given: unknown): TroupeError =>
  new TroupeError('INVALID_OPTION', `file() needs ${wanted}, got ${JSON.stringify(given)}.`);

async function open(
  folder: string,
  name: string,
  options: StoreOptions,
  limit: number,
  durability: 'process' | 'power',
): Promise<Journal> {
  try {
    await mkdir(folder, { recursive: true });
    const check = async (real: string): Promise<void> => checkFolder(real, name);
    const claimed = await claim(await realpath(folder), check, options);
    try {
      await agree(claimed.database, name, options);
      await markMade(folder);
    } catch (error) {
      await claimed.release();
      throw error;
    }
    const isFlushed = durability === 'power';
    return createJournal(claimed, { name, limit, isFlushed }, options);
  } catch (error) {
    throw await storeError(error, name, 'be opened');
  }
}

/** Whoever comes first says what the store is for; the others must want the same. */
async function agree({ meta, refresh }: FileDatabase, name: string, options: StoreOptions): Promise<void> {
  const { system, shards } = options;
  const wanted = Buffer.from(JSON.stringify({ format: FORMAT, system, shards }));
  await meta.ifNoExists(PURPOSE, () => part(meta.put(PURPOSE, wanted, 1)));
  refresh();
  const there = purposeIn(meta.get(PURPOSE), name);
  if (there.format !== FORMAT) throw otherFormat(name, there.format);
  if (there.shards !== shards) throw otherShards(name, there.shards, options);
}

interface Purpose {
  readonly format: number;
  readonly shards: number;
}

function purposeIn(value: Buffer | undefined, name: string): Purpose {
  try {
    return JSON.parse(String(value)) as Purpose;
  } catch (cause) {
    throw new TroupeError(
      'CORRUPTED',
      `The store ${name} does not say what it was made for: restore it from a backup.`,
      { cause },
    );
  }
}

const otherFormat = (name: string, format: number): TroupeError =>
  new TroupeError(
    'STORE_MISMATCH',
    `The store ${name} has format ${format}, this version of Troupe writes ${FORMAT}: update Troupe on this node.`,
    { data: { setting: 'format', there: format, wanted: FORMAT } },
  );

import { isTroupeError, TroupeError, type ErrorCode } from '../../errors.ts';

/** What lmdb rejects a write with: the reason comes later. */
interface CommitFailure {
  readonly commitError?: Promise<never>;
}

const reasonOf = async (error: unknown): Promise<unknown> =>
  (error as CommitFailure | undefined)?.commitError?.catch((reason: unknown) => reason) ?? error;

/** By the text of the error: lmdb gives the operating system's words, and its own code names, but no stable codes. */
const kinds: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    // LMDB says EIO ("Input/output error") when it could write a part only, as onto a disk that is nearly full.
    /ENOSPC|EDQUOT|EFBIG|No space left|quota|File too large|MDB_MAP_FULL|Input\/output error/i,
    'STORE_FULL',
    'make room on its disk, and look whether the disk is sound',
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied|not permitted|Read-only file system/i,
    'STORE_DENIED',
    'let this user read and write the folder and the files in it',
  ],
  [/MDB_INVALID|MDB_CORRUPTED|MDB_PAGE_NOTFOUND/, 'CORRUPTED', 'restore it from a backup'],
  [
    /MDB_VERSION_MISMATCH|MDB_INCOMPATIBLE|ENOTDIR|EEXIST|EISDIR/,
    'STORE_MISMATCH',
    'choose another path, or use the version of Troupe that wrote it',
  ],
];

const text = (error: unknown): string =>
  error instanceof Error ? `${(error as { code?: unknown }).code as string} ${error.message}` : String(error);

/** The error of the family for what lmdb or the file system said. @param doing what was tried, as an infinitive */
export async function storeError(error: unknown, store: string, doing: string): Promise<TroupeError> {
  if (isTroupeError(error)) return error;
  const reason = await reasonOf(error);
  const said = text(reason);
  const [, code, remedy] = kinds.find(([pattern]) => pattern.test(said)) ?? [];
  const why = reason instanceof Error ? reason.message : said;
  return new TroupeError(
    code ?? 'STORE_UNAVAILABLE',
    `The store ${store} could not ${doing}: ${why}. What is stored is as it was; ${remedy ?? 'see the cause'}.`,
    { cause: reason, retryable: code === undefined || code === 'STORE_FULL' },
  );
}

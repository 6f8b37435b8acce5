import { TroupeError } from '../errors.ts';

/** Time a user's module may take to load, ms. */
export const LOADING = 20_000;

/** Why one that takes longer has failed. */
export const tooSlow = (within: number): string =>
  `it was not loaded within ${within / 1_000} s: export machines from a file that starts nothing`;

const failed = (file: string, why: string): TroupeError =>
  new TroupeError('MODULE_FAILED', `"${file}" could not be loaded: ${why}`);

let diversions = 0;
let original: typeof process.stdout.write | undefined;

/**
 * What others print goes to standard error from now on: standard output is for what a command was asked for, and may be piped into a file.
 * @returns ends it; more than one may be in force
 */
export function divertOutput(): () => void {
  if (diversions === 0) {
    original = process.stdout.write.bind(process.stdout);
    process.stdout.write = process.stderr.write.bind(process.stderr);
  }
  diversions += 1;
  return () => {
    diversions -= 1;
    if (diversions === 0 && original !== undefined) process.stdout.write = original;
  };
}

/**
 * Run a user's module without being led astray by it: what it prints goes to standard error, when it ends the process that is a failure, and it may not
 * take for ever.
 * @throws TroupeError MODULE_FAILED when it takes too long
 */
export async function whileLoading<T>(
  file: string,
  load: () => Promise<T>,
  within: number = LOADING,
): Promise<T> {
  const restore = divertOutput();
  // Told here because nothing comes after it; an exit code of 0 would say that all is done.
  const ended = (): void => {
    process.stderr.write(
      `troupe: ${failed(file, 'it ended the process while it was loaded: export machines from a file that starts nothing').message}\n`,
    );
    process.exitCode = 2;
  };
  process.once('exit', ended);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(failed(file, tooSlow(within))), within);
    });
    return await Promise.race([load(), late]);
  } finally {
    clearTimeout(timer);
    process.off('exit', ended);
    restore();
  }
}

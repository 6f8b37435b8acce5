import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TroupeError } from '../../errors.ts';
import type { Design, Draft } from '../../inspector/source/design.ts';
import { FollowedFiles } from '../../inspector/source/follow-files.ts';
import type { Loaded } from './design-child.ts';

/** Time a file may take to load, ms. */
const LOADING = 20_000;

const isSource = import.meta.url.endsWith('.ts');
const child = fileURLToPath(new URL(`design-child.${isSource ? 'ts' : 'js'}`, import.meta.url));
const loader = isSource
  ? [
      '--conditions=troupe-source',
      '--import',
      pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
    ]
  : process.execArgv.filter((argument) => !argument.startsWith('--inspect'));

/** A user's file of machines, loaded anew in a process of its own each time it is read. */
export function draftOf(file: string): Draft {
  let files: readonly string[] = [file];
  let followed: FollowedFiles | undefined;
  return {
    name: basename(file),
    async read(): Promise<Design> {
      const { error, ...loaded } = await load(file);
      const own = loaded.files
        .filter((url) => url.startsWith('file:') && !url.includes('/node_modules/'))
        .map((url) => fileURLToPath(url.replace(/[?#].*$/, '')));
      // A module that failed may not have come to all of its imports.
      files = error === undefined ? [file, ...own] : [...files, ...own];
      followed?.follow(files);
      if (error !== undefined) throw new TroupeError(error.code, error.message);
      return loaded;
    },
    follow(changed) {
      followed = new FollowedFiles(changed);
      followed.follow(files);
      return () => followed?.close();
    },
  };
}

function load(file: string): Promise<Loaded> {
  return new Promise((done, fail) => {
    const process = fork(child, [file], { execArgv: loader, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const failed = (why: string): void =>
      fail(new TroupeError('MODULE_FAILED', `"${file}" could not be loaded: ${why}`));
    const timer = setTimeout(() => {
      process.kill('SIGKILL');
      failed(
        `it was not loaded within ${LOADING / 1_000} s: export machines from a file that starts nothing`,
      );
    }, LOADING);
    process.once('message', (loaded) => done(loaded as Loaded));
    process.once('error', (error) => failed(error.message));
    process.once('exit', (code, signal) => {
      clearTimeout(timer);
      // Settled already, if it said something.
      failed(`its process ended with ${signal ?? `exit code ${code}`} before it was loaded`);
    });
  });
}

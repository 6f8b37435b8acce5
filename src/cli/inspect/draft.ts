import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TroupeError } from '../../errors.ts';
import type { Design, Draft } from '../../inspector/source/design.ts';
import { FollowedFiles } from '../../inspector/source/follow-files.ts';
import { LOADING, tooSlow } from '../loading.ts';
import type { Loaded } from './design-child.ts';

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
  let end = (): void => undefined;
  return {
    name: basename(file),
    async read(): Promise<Design> {
      const { error, ...loaded } = await load(file, (how) => (end = how));
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
      return () => {
        followed?.close();
        end();
      };
    },
  };
}

/** @param started is told how to end it */
function load(file: string, started: (end: () => void) => void): Promise<Loaded> {
  return new Promise((done, fail) => {
    const loading = fork(child, [file], { execArgv: loader, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const end = (): void => void loading.kill('SIGKILL');
    const failed = (why: string): void =>
      fail(new TroupeError('MODULE_FAILED', `"${file}" could not be loaded: ${why}`));
    const timer = setTimeout(() => {
      end();
      failed(tooSlow(LOADING));
    }, LOADING);
    // Nothing else would end a module that loops for ever.
    process.once('exit', end);
    started(end);
    loading.once('message', (loaded) => done(loaded as Loaded));
    loading.once('error', (error) => failed(error.message));
    loading.once('exit', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', end);
      // Settled already, if it said something.
      failed(`its process ended with ${signal ?? `exit code ${code}`} before it was loaded`);
    });
  });
}

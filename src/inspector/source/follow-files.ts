import { watch, type FSWatcher } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock, type Clock, type TimerHandle } from '../../ports.ts';

/** Quiet time after a change: an editor writes in several steps, ms. */
const QUIET = 80;
/** Folders that are watched, count. */
const FOLDERS = 256;

/** Tells when one of some files changes, which may be others from time to time. Folders are watched, since editors replace files. */
export class FollowedFiles {
  readonly #folders = new Map<string, FSWatcher>();
  readonly #changed: () => void;
  readonly #clock: Clock;
  #files: ReadonlySet<string> = new Set();
  #timer: TimerHandle;

  constructor(changed: () => void, clock: Clock = systemClock) {
    this.#changed = changed;
    this.#clock = clock;
  }

  follow(files: readonly string[]): void {
    this.#files = new Set(files.map((file) => resolve(file)));
    const wanted = new Set([...this.#files].map((file) => dirname(file)).slice(0, FOLDERS));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watch(folder);
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#files.has(resolve(folder, name))) this.#schedule();
      });
      // A folder that is removed takes its watcher with it.
      watcher.on('error', () => {
        watcher.close();
        this.#folders.delete(folder);
      });
      this.#folders.set(folder, watcher);
    } catch {
      // It is gone, or the system has no watchers left: the file is then shown as it was read.
    }
  }

  #schedule(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#changed(), QUIET, true);
  }
}

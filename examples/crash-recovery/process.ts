import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FromVictim, Start, ToVictim } from './words.ts';

/** A process that waits to be told what to be: starting one takes longer than the rest of its life. */
export class Victim implements AsyncDisposable {
  readonly gone: Promise<void>;
  /** The points at which it was, in order. */
  readonly points: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting: Promise<void>;

  constructor() {
    this.#child = fork(new URL('./victim.ts', import.meta.url));
    this.#waiting = this.#heard('waiting');
    this.#on((message) => {
      if (message.type === 'point') this.points.push(message.point);
    });
    this.gone = once(this.#child, 'close').then(() => undefined);
  }

  /** @param posted is told of each parcel that it hands in */
  async start(options: Start, posted: (key: string, order: string) => void): Promise<void> {
    await this.#waiting;
    this.#on((message) => {
      if (message.type !== 'post') return;
      posted(message.key, message.order);
      this.#tell({ type: 'posted', key: message.key });
    });
    const ready = this.#heard('ready');
    this.#tell({ type: 'start', ...options });
    await ready;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.gone;
  }

  #tell(message: ToVictim): void {
    // It may be gone: then nobody waits for this.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #on(listener: (message: FromVictim) => void): void {
    this.#child.on('message', listener);
  }

  async #heard(type: FromVictim['type']): Promise<void> {
    return new Promise((resolve) => {
      this.#on((message) => {
        if (message.type === type) resolve();
      });
    });
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Call } from '../workers/answer.ts';

/** The methods of a worker (workers/answer.ts) as they look from here. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

export interface WorkerOptions {
  /** Compiled module to run. */
  readonly file: string;
  readonly cwd: string;
  /** Flags of node. */
  readonly flags: readonly string[];
}

/**
 * A process of ours that runs one contender. It runs plain JavaScript: the loader of this process is not passed on, because
 * what it adds to the code (names for every closure, for instance) would be measured too.
 */
export class Worker<T> {
  readonly methods: Remote<T>;
  readonly #file: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #calls = 0;

  constructor({ file, cwd, flags }: WorkerOptions) {
    this.#file = file;
    this.#child = fork(file, [], {
      cwd,
      execArgv: [...flags],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (answer: Answer) => this.#settle(answer.id, answer));
    this.#child.on('exit', (code, signal) => this.#lost(`it ended with ${signal ?? `code ${code}`}`));
    this.#child.on('error', (error) => this.#lost(error.message));
    this.methods = new Proxy(
      {},
      { get: (_target, method) => async (argument: unknown) => this.#call(String(method), argument) },
    ) as Remote<T>;
  }

  /** Ask it to end, and wait until it has. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const force = setTimeout(() => this.#child.kill('SIGKILL'), GRACE);
    await gone;
    clearTimeout(force);
  }

  /** SIGKILL, and wait until it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #call(method: string, argument: unknown): Promise<unknown> {
    const id = ++this.#calls;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      const call: Call = { id, method, argument };
      this.#child.send(call, (error) => error && reject(error));
      setTimeout(() => this.#settle(id, { id, error: `no answer within ${DEADLINE} ms` }), DEADLINE).unref();
    });
    if (answer.error !== undefined) throw new Error(`${this.#file}, ${method}: ${answer.error}`);
    return answer.value;
  }

  #settle(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #lost(why: string): void {
    for (const id of this.#waiting.keys()) this.#settle(id, { id, error: why });
  }
}

/** A worker gets this long to write its profile and end, ms. */
const GRACE = 10_000;
/** No round takes nearly as long; a contender that hangs must not hang the run, ms. */
const DEADLINE = 120_000;

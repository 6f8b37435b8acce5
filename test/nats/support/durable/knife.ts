import { writeSync } from 'node:fs';

/** At which of its cut points a process ends, or is stopped, by its own hand. */
export interface Cut {
  /** Number of the point, from 1; 0 for none. */
  readonly at: number;
  /**
   * - `kill`: SIGKILL at once: what was published within the same tick may not have left the process;
   * - `flush`: SIGKILL when all that was published before has left it, and nothing since;
   * - `stop`: SIGSTOP; after a SIGCONT it goes on just there.
   */
  readonly how: 'kill' | 'flush' | 'stop';
  /** Count only points whose label has this in it. */
  readonly only?: string;
}

const STDOUT = 1;
/** A signal to oneself need not arrive at once, ms. */
const ARRIVAL = 20;

/** Job: counting the cut points of a process, and cutting at one of them. Not its job: where they are (decorate.ts). */
export class Knife {
  readonly labels: string[] = [];
  armed = false;
  readonly #cut: Cut;
  #fallen = false;
  /** Resolves when all that was published so far has left the process. */
  #flush: () => Promise<void> = async () => Promise.resolve();

  constructor(cut: Cut) {
    this.#cut = cut;
  }

  /** Is the process as good as dead? */
  get fallen(): boolean {
    return this.#fallen;
  }

  flushWith(flush: () => Promise<void>): void {
    this.#flush = flush;
  }

  /**
   * The process is at a point.
   * @returns whether it goes on from there
   */
  pass(label: string): boolean {
    const counts = this.armed && label.includes(this.#cut.only ?? '');
    if (this.#fallen || !counts) return !this.#fallen;
    this.labels.push(label);
    if (this.labels.length !== this.#cut.at) return true;
    writeSync(STDOUT, `${JSON.stringify({ cut: this.#cut.at, label })}\n`);
    if (this.#cut.how === 'stop') return signal('SIGSTOP');
    this.#fallen = true;
    if (this.#cut.how === 'kill') return signal('SIGKILL');
    void this.#flush().then(() => signal('SIGKILL'));
    return false;
  }
}

/** Blocks until it has arrived. */
function signal(name: 'SIGSTOP' | 'SIGKILL'): true {
  process.kill(process.pid, name);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ARRIVAL);
  return true;
}

export const never = async <T>(): Promise<T> => new Promise<T>(() => undefined);

import { loadDurableActors } from '../../../../src/durable/load.ts';
import { seedOf, seeded } from '../../../../src/testing/random.ts';
import type { Random } from '../../../../src/ports.ts';
import { Process, type Task, type Time } from './process.ts';

/** Kill a process at one of its points; `number` counts from 1. */
export type Plan = (process: Process, number: number, label: string) => boolean;

/** Lines. */
const TAIL = 80;
/** Of these there are too many to see anything else. */
const HEARTBEATS = ' publishes 1';

/**
 * Processes in one virtual time, driven by one seed: which process runs next, how long a message or the store takes. Between two
 * callbacks all promises run, so that the same seed gives the same run.
 */
export class World implements Time {
  readonly seed: number;
  readonly random: Random;
  readonly transcript: string[] = [];
  /** The network and the harness: never killed. */
  readonly outside: Process;
  now = START;
  plan: Plan | undefined;
  #processes: Process[] = [];
  #number = 0;
  #seeds = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.random = seeded(seed);
    this.outside = this.add('outside');
  }

  add(name: string): Process {
    const process = new Process(name, this);
    this.#processes.push(process);
    return process;
  }

  nextNumber(): number {
    return ++this.#number;
  }

  /** Randomness for one process: what others do does not change it. */
  randomOf(): Random {
    return seeded(seedOf(this.seed, ++this.#seeds));
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  note(process: Process, what: string): void {
    this.transcript.push(`${this.now - START} ${process.name} ${what}`);
  }

  /** Something of a process is about to be seen from outside. @returns whether it lives to see it */
  point(process: Process, label: string): boolean {
    if (process.state === 'dead') return false;
    process.points += 1;
    this.note(process, label);
    if (this.plan?.(process, process.points, label) === true) this.kill(process);
    return (process.state as Process['state']) !== 'dead';
  }

  /** SIGKILL. Of what it has sent, the last may not have left the machine. */
  kill(process: Process): void {
    if (process.state === 'dead') return;
    this.note(process, 'is killed');
    const under = process.sent - process.arrived;
    if (this.chance(0.5)) process.reach = process.arrived + this.below(under + 1);
    process.die();
    this.#processes = this.#processes.filter((each) => each !== process);
  }

  stop(process: Process): void {
    if (process.state !== 'running') return;
    this.note(process, 'is stopped');
    process.state = 'stopped';
  }

  resume(process: Process): void {
    if (process.state !== 'stopped') return;
    this.note(process, 'goes on');
    process.state = 'running';
  }

  after(ms: number, task: Task): void {
    this.outside.clock.setTimeout(task, ms);
  }

  /** Wait in virtual time. */
  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Let the world go on until a promise is settled, at most for that time, ms. */
  async run<T>(work: Promise<T>, limit: number): Promise<T> {
    const state: { done: boolean } = { done: false };
    const finished = (): void => void (state.done = true);
    void work.then(finished, finished);
    const deadline = this.now + limit;
    // From the disk: that takes time of another kind.
    await loadDurableActors();
    await breath();
    while (!state.done) {
      if (this.now > deadline) throw new Error(`Not done within ${limit} ms of virtual time.`);
      if (!this.#turn()) throw new Error('Not done, and nothing is left that could happen.');
      await breath();
    }
    return work;
  }

  /** The last of what happened, to be shown when something is wrong. */
  tail(): string {
    return this.transcript
      .filter((line) => !line.includes(HEARTBEATS))
      .slice(-TAIL)
      .join('\n');
  }

  #turn(): boolean {
    const ready = this.#processes.filter(({ isReady }) => isReady);
    if (ready.length > 0) {
      ready[ready.length === 1 ? 0 : this.below(ready.length)]?.turn();
      return true;
    }
    let first: { process: Process; at: number; number: number } | undefined;
    for (const process of this.#processes) {
      const timer = process.nextTimer();
      if (timer === undefined) continue;
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.number < first.number)
      )
        first = { process, ...timer };
    }
    if (first === undefined) return false;
    this.now = Math.max(this.now, first.at);
    first.process.ring(first.number);
    return true;
  }
}

const START = 1_000_000;

/** All promises that are settled run before Node's next immediate. */
const breath = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

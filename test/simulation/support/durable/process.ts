import type { Clock } from '../../../../src/ports.ts';

export type Task = () => void;

interface Timer {
  readonly at: number;
  readonly number: number;
  readonly task: Task;
}

/** What a process needs of the world it is in. */
export interface Time {
  readonly now: number;
  /** Rises: timers that are due at the same time run in the order they were set. */
  nextNumber(): number;
}

/**
 * One operating-system process with an event loop of its own: its callbacks run one at a time, at the end of each its ticks. Killed, nothing
 * of it happens any more, as with SIGKILL; stopped, nothing of it happens until it goes on, as with SIGSTOP, and what came meanwhile is
 * there then.
 */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  state: 'running' | 'stopped' | 'dead' = 'running';
  /** Cut off from the server: neither messages nor the store. */
  isOffline = false;
  /** Points so far at which it can be killed: whatever the world can see of it comes after one. */
  points = 0;
  /** Messages it has sent, those of them that arrived, and the last that will. */
  sent = 0;
  arrived = 0;
  reach = Number.POSITIVE_INFINITY;
  readonly #ticks: Task[] = [];
  readonly #ready: Task[] = [];
  readonly #timers = new Map<number, Timer>();
  readonly #onDeath: Task[] = [];

  constructor(name: string, time: Time) {
    this.name = name;
    this.clock = {
      now: () => time.now,
      setTimeout: (task, ms) => {
        const number = time.nextNumber();
        this.#timers.set(number, { at: time.now + Math.max(1, ms), number, task });
        return number;
      },
      clearTimeout: (handle) => void this.#timers.delete(handle as number),
      setImmediate: (task) => void this.#ready.push(task),
      endOfTick: (task) => void this.#ticks.push(task),
    };
  }

  /** Something arrived for it: it will see to it in its turn. */
  enqueue(task: Task): void {
    if (this.state !== 'dead') this.#ready.push(task);
  }

  get isReady(): boolean {
    return this.state === 'running' && (this.#ticks.length > 0 || this.#ready.length > 0);
  }

  /** Run one callback. */
  turn(): void {
    const task = this.#ticks.shift() ?? this.#ready.shift();
    task?.();
  }

  /** Of a running process: when its next timer is due. */
  nextTimer(): { readonly at: number; readonly number: number } | undefined {
    if (this.state !== 'running') return undefined;
    let next: Timer | undefined;
    for (const timer of this.#timers.values())
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.number < next.number))
        next = timer;
    return next;
  }

  ring(number: number): void {
    const timer = this.#timers.get(number);
    if (timer === undefined || !this.#timers.delete(number)) return;
    this.#ready.push(timer.task);
  }

  onDeath(task: Task): void {
    this.#onDeath.push(task);
  }

  die(): void {
    this.state = 'dead';
    this.#ticks.length = this.#ready.length = 0;
    this.#timers.clear();
    for (const task of this.#onDeath.splice(0)) task();
  }
}

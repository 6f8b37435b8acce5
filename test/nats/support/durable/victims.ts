import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Order, Report, VictimOptions } from './victim.ts';

const script = fileURLToPath(new URL('./victim.ts', import.meta.url));

/** Where and when a process cut itself. */
export interface Wound {
  readonly cut: number;
  readonly label: string;
  /** By the test's `performance.now()`. */
  readonly at: number;
}

type Answer = { readonly report: Report } | { readonly error: string };

/** A process that does what it is told, one thing after the other, and ends or stops at its cut point. */
export class Victim implements AsyncDisposable {
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;
  #wound: Wound | undefined;

  constructor() {
    const args = ['--conditions=troupe-source', '--import', 'tsx', script];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.gone = once(this.#child, 'close').then(() => undefined);
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const { cut, label } = JSON.parse(line) as Omit<Wound, 'at'>;
      this.#wound = { cut, label, at: performance.now() };
    });
  }

  /** Undefined as long as it has not come to its cut point. */
  get wound(): Wound | undefined {
    return this.#wound;
  }

  async start(options: VictimOptions): Promise<Report> {
    return this.tell({ do: 'start', options });
  }

  /** @throws Error when it could not, or ended meanwhile */
  async tell(order: Order): Promise<Report> {
    const answered = once(this.#child, 'message') as Promise<[Answer]>;
    const ended = this.gone.then(() => {
      throw new Error(`the process ended before "${order.do}" was done`);
    });
    if (this.#child.connected) this.#child.send(order, () => undefined);
    const [answer] = await Promise.race([answered, ended]);
    if ('error' in answer) throw new Error(answer.error);
    return answer.report;
  }

  /** For SIGKILL, resolves when it is gone. */
  async signal(name: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(name);
    if (name === 'SIGKILL') await this.gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signal('SIGKILL');
  }
}

/** Processes that have started and wait to be told: starting one takes longer than most of what it is for. */
export class Reserve implements AsyncDisposable {
  readonly #idle: Victim[];

  constructor(count: number) {
    this.#idle = Array.from({ length: count }, () => new Victim());
  }

  take(): Victim {
    this.#idle.push(new Victim());
    return this.#idle.shift()!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.map(async (victim) => victim.signal('SIGKILL')));
  }
}

import { TroupeError } from '../errors.ts';
import { subjectsOf } from '../message/subject.ts';
import { silentLogger, type Logger } from '../ports.ts';

/** Job: hearing that NATS denies a command what it cannot do without: NATS tells a client so only beside its answers. */
export class Denied {
  readonly #system: string;
  readonly #needed: (subject: string) => boolean;
  #first: string | undefined;

  constructor(system: string) {
    const { cluster, everyNode } = subjectsOf(system);
    const inbox = everyNode.slice(0, -1);
    this.#system = system;
    this.#needed = (subject) => subject === cluster || subject.startsWith(inbox);
  }

  /** Passes nothing on: what is printed is what the command says. */
  get log(): Logger {
    return { ...silentLogger, warn: (_, { operation, subject } = {}) => this.#note(operation, subject) };
  }

  /** @throws TroupeError PERMISSION_DENIED */
  assertNothing(): void {
    if (this.#first === undefined) return;
    throw new TroupeError(
      'PERMISSION_DENIED',
      `NATS denies ${this.#first}: this user cannot look at a system "${this.#system}". "troupe acl ${this.#system} --role inspect" prints what it takes.`,
    );
  }

  #note(operation: unknown, subject: unknown): void {
    if (typeof operation !== 'string' || typeof subject !== 'string') return;
    if (this.#needed(subject)) this.#first ??= `the ${operation} "${subject}"`;
  }
}

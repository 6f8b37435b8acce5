import { assign, setup } from 'xstate';
import type { Ref, System } from 'troupe';
import type { RegisterAnswer, RegisterRequest } from 'troupe/machines';
import type { Operation, RegisterInput } from 'troupe/testing';
import { deferred } from '../../support/deferred.ts';

/** Keeps every answer, by request. */
const mailbox = setup({
  types: {
    context: {} as { readonly answers: Readonly<Record<string, RegisterAnswer>> },
    events: {} as RegisterAnswer,
  },
  actions: {
    keep: assign({ answers: ({ context, event }) => ({ ...context.answers, [event.request]: event }) }),
  },
}).createMachine({
  id: 'mailbox',
  context: { answers: {} },
  on: { PUT_OK: { actions: 'keep' }, GET_OK: { actions: 'keep' } },
});

interface Recorded extends Operation<RegisterInput> {
  output?: unknown;
  return?: number;
}

type Wanted = { readonly op: 'write'; readonly value: string } | { readonly op: 'read' };

/** A client of a register between processes, and what it saw. What it got no answer to may have happened, or happen later. */
export class Session {
  readonly name: string;
  readonly history: Recorded[] = [];
  readonly #system: System;
  readonly #inbox: Ref<typeof mailbox>;

  private constructor(name: string, system: System, inbox: Ref<typeof mailbox>) {
    this.name = name;
    this.#system = system;
    this.#inbox = inbox;
  }

  static async open(system: System, name: string): Promise<Session> {
    return new Session(name, system, await system.spawn(mailbox, { id: name }));
  }

  /** Resolves with false when the server dies first. */
  async write(server: string, value: string): Promise<boolean> {
    return (await this.#call(server, { op: 'write', value })) !== undefined;
  }

  /** Resolves with undefined when the server dies first. */
  async read(server: string): Promise<unknown> {
    const answer = await this.#call(server, { op: 'read' });
    return answer?.type === 'GET_OK' ? answer.value : undefined;
  }

  async #call(server: string, input: Wanted): Promise<RegisterAnswer | undefined> {
    const request = `${this.name}.${this.history.length + 1}`;
    const message: RegisterRequest =
      input.op === 'write'
        ? { type: 'PUT', from: this.name, request, value: input.value }
        : { type: 'GET', from: this.name, request };
    // A process has one operation at a time; an operation that is left open needs a process of its own.
    const operation: Recorded = { process: request, input, call: performance.now() };
    this.history.push(operation);
    const ref = this.#system.ref(server);
    const died = deferred<undefined>();
    const watched = ref.watch(() => died.resolve(undefined));
    ref.send(message);
    const heard = this.#inbox
      .waitFor(({ context }) => request in context.answers)
      .then(
        ({ context }) => context.answers[request],
        // The test is over, and nobody waits for it any more.
        () => undefined,
      );
    const answer = await Promise.race([heard, died.promise]);
    watched.unsubscribe();
    if (answer === undefined) return undefined;
    operation.return = performance.now();
    if (answer.type === 'GET_OK') operation.output = answer.value;
    return answer;
  }
}

import { fromPromise } from 'xstate';
import { service } from '../../machines/service.ts';
import type { HandleInput, ServiceAnswer } from '../../machines/service-protocol.ts';
import { hostOf, type AskOptions } from '../actor/host.ts';
import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import { fromWire } from '../message/failure.ts';
import { speak } from '../actor/speak.ts';

/**
 * Remote procedure calls over actors (seed 003, pattern 4.1.2.2). A contract is a type: methods with one input and one output.
 *
 *   interface Payments { charge(input: { order: string; amount: number }): { receipt: string } }
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the widest function type: any contract's methods must fit it
export type Contract<T> = { readonly [M in keyof T]: (input: any) => unknown };

type In<F> = F extends (input: infer I) => unknown ? I : never;
type Out<F> = F extends (input: never) => infer O ? Awaited<O> : never;

/** What a handler may use besides its input. */
export interface CallContext {
  /** Id of the call; the same for all attempts of one client call. */
  readonly id: string;
  readonly method: string;
  /** Aborted when the call's actor is stopped. */
  readonly signal: AbortSignal;
  readonly ask: (
    to: Address,
    event: Message,
    options?: AskOptions,
  ) => Promise<Message & Readonly<Record<string, unknown>>>;
  readonly tell: (to: Address, event: Message) => void;
}

/** One function per method of the contract. What it throws reaches the caller; a TroupeError with its code and data. */
export type Handlers<T extends Contract<T>> = {
  readonly [M in keyof T]: (input: In<T[M]>, call: CallContext) => Out<T[M]> | Promise<Out<T[M]>>;
};

/**
 * A service that answers the calls of a contract: the chart `machines/service.ts` with these handlers. Spawn or serve it.
 * Its `input` bounds the calls at a time (`concurrency`, default 64) and waiting (`queue`, default 1024).
 */
export function defineService<T extends Contract<T>>(handlers: Handlers<T>): typeof service {
  return service.provide({
    actions: { tell: speak },
    actors: {
      handle: fromPromise<unknown, HandleInput>(async ({ input, system, signal }) => {
        const handler = Object.hasOwn(handlers, input.method) ? handlers[input.method as keyof T] : undefined;
        if (handler === undefined) throw noSuchMethod(input.method, Object.keys(handlers));
        const host = hostOf(system, 'service');
        return (handler as (input: unknown, call: CallContext) => unknown)(input.input, {
          id: input.id,
          method: input.method,
          signal,
          ask: async (to, event, options = {}) => await host.ask(to, event, options),
          tell: (to, event) => host.tell(to, event),
        });
      }),
    },
  });
}

export interface CallOptions extends AskOptions {
  /** Id of the call, for services that do a call only once. Default: one of its own for each call. */
  readonly id?: string;
}

/** The contract as the caller sees it. Rejects with the service's errors, or those of `ref.ask`. */
export type Client<T extends Contract<T>> = {
  readonly [M in keyof T]: (input: In<T[M]>, options?: CallOptions) => Promise<Out<T[M]>>;
};

/** What a client calls through: a ref, or an actor's own `ask`. */
export type Asker = (event: Message, options: AskOptions) => Promise<Message>;

/**
 * Call a service by its contract: `const payments = createClient<Payments>(system.ref('payments'))`.
 * @param options.timeout of each call, ms. Default `limits.askTimeout`
 */
export function createClient<T extends Contract<T>>(
  service: { ask(event: never, options?: AskOptions): Promise<Message> },
  options: AskOptions = {},
): Client<T> {
  return clientOf<T>(async (event, own) => service.ask(event as never, { ...options, ...own }));
}

export function clientOf<T extends Contract<T>>(ask: Asker): Client<T> {
  let number = 0;
  return new Proxy({} as Client<T>, {
    get(_target, method) {
      // `await client` must not look like a call of a method named "then".
      if (typeof method !== 'string' || method === 'then') return undefined;
      return async (input: unknown, { id, ...options }: CallOptions = {}) => {
        const call = { type: 'CALL', id: id ?? `${method}-${++number}`, method, input };
        return outputOf(method, (await ask(call, options)) as unknown as ServiceAnswer);
      };
    },
  });
}

function outputOf(method: string, answer: ServiceAnswer): unknown {
  switch (answer.type) {
    case 'DONE':
      return answer.output;
    case 'FAILED':
      throw fromWire(answer.error);
    case 'REFUSED':
      throw new TroupeError(
        answer.code,
        `The service refused "${method}": it ${answer.code === 'DRAINING' ? 'is about to stop' : 'has as many calls as it takes'}.`,
        { retryable: true },
      );
    case 'HEALTH_REPORT':
      throw new TroupeError(
        'REMOTE',
        `The service answered "${method}" with ${answer.type}: it does not speak the service protocol.`,
      );
  }
}

const noSuchMethod = (method: string, known: readonly string[]): TroupeError =>
  new TroupeError('NO_SUCH_METHOD', `The service has no method "${method}". It has: ${known.join(', ')}.`);

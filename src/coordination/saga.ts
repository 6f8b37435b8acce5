import { fromPromise } from 'xstate';
import type { Backoff } from '../../machines/backoff.ts';
import { saga } from '../../machines/saga.ts';
import type { CompensateInput, PerformInput, SagaInput } from '../../machines/saga-protocol.ts';
import { hostOf, type AskOptions, type Host } from '../actor/host.ts';
import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import { clientOf, type Client, type Contract } from './rpc.ts';
import { speak } from '../actor/speak.ts';

/** What a step may use. */
export interface StepContext<TData> {
  /** Id of the saga. */
  readonly saga: string;
  readonly data: TData;
  /** Outputs of the steps before, by name. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** 1 for the first. */
  readonly attempt: number;
  /** The same for all attempts: `<saga>/<step>`. Pass it to services so that they do a step once however often they are asked. */
  readonly key: string;
  readonly signal: AbortSignal;
  ask(
    to: Address,
    event: Message,
    options?: AskOptions,
  ): Promise<Message & Readonly<Record<string, unknown>>>;
  /** Call a service by its contract. */
  client<T extends Contract<T>>(service: Address, options?: AskOptions): Client<T>;
}

export interface Undo<TData> extends StepContext<TData> {
  /** What the step returned; undefined when nobody knows whether it happened. */
  readonly output: unknown;
}

export interface StepDefinition<TData> {
  readonly name: string;
  /** Do it. An error with `retryable: true` is tried again; any other is a refusal and turns the saga around. */
  readonly perform: (step: StepContext<TData>) => unknown;
  /** Undo it; idempotent, and harmless for a step that never happened. Leave out where there is nothing to undo. */
  readonly compensate?: (step: Undo<TData>) => unknown;
  /** Attempts, the first included. Default 3. */
  readonly maxAttempts?: number;
  /** Attempts to undo it, the first included, before the saga is stuck and waits for a person. Default 10. */
  readonly compensationMaxAttempts?: number;
}

export interface SagaDefinition<TData> {
  readonly steps: readonly StepDefinition<TData>[];
  /** Waits between attempts. */
  readonly backoff?: Partial<Backoff>;
}

export interface Saga<TData> {
  /** Spawn it with `input(id, data)`. */
  readonly logic: typeof saga;
  input(id: string, data: TData): SagaInput;
}

/**
 * An orchestrated saga (Garcia-Molina and Salem, 1987; seed 002): steps in order, and if one fails, the undoing of those before in
 * reverse order. The chart is `machines/saga.ts`; this gives its actors `perform` and `compensate` the functions of the steps.
 */
export function defineSaga<TData>({ steps, backoff }: SagaDefinition<TData>): Saga<TData> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const find = (name: string): StepDefinition<TData> => {
    const step = byName.get(name);
    if (step !== undefined) return step;
    throw new TroupeError(
      'INVALID_OPTION',
      `The saga has no step "${name}": start it with the input of its own definition.`,
    );
  };
  const logic = saga.provide({
    actions: { tell: speak },
    actors: {
      perform: fromPromise<unknown, PerformInput>(async ({ input, system, signal }) =>
        find(input.step).perform(stepContext(hostOf(system, 'saga'), input, input.outputs, signal)),
      ),
      compensate: fromPromise<unknown, CompensateInput>(async ({ input, system, signal }) => {
        const context = stepContext<TData>(hostOf(system, 'saga'), input, {}, signal);
        return find(input.step).compensate?.({ ...context, output: input.output });
      }),
    },
  });
  const described = steps.map(({ name, compensate, maxAttempts, compensationMaxAttempts }) => ({
    name,
    compensable: compensate !== undefined,
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(compensationMaxAttempts === undefined ? {} : { compensationMaxAttempts }),
  }));
  return {
    logic,
    input: (id, data) => ({ id, steps: described, data, ...(backoff === undefined ? {} : { backoff }) }),
  };
}

function stepContext<TData>(
  host: Host,
  input: PerformInput | CompensateInput,
  outputs: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): StepContext<TData> {
  const ask = async (
    to: Address,
    event: Message,
    options: AskOptions = {},
  ): Promise<Message & Record<string, unknown>> => await host.ask(to, event, { signal, ...options });
  return {
    saga: input.saga,
    data: input.data as TData,
    outputs,
    attempt: input.attempt,
    key: `${input.saga}/${input.step}`,
    signal,
    ask,
    client: (service, options = {}) =>
      clientOf(async (event, own) => ask(service, event, { ...options, ...own })),
  };
}

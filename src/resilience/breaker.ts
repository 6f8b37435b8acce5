import { circuitBreaker as chart } from '../../machines/circuit-breaker.ts';
import type { BreakerAnswer } from '../../machines/breaker-protocol.ts';
import type { AskOptions } from '../actor/host.ts';
import { speak } from '../actor/speak.ts';
import { isTroupeError, TroupeError } from '../errors.ts';
import type { Message } from '../message/envelope.ts';
import { systemClock, type Clock } from '../ports.ts';

/**
 * A circuit breaker as an actor (Nygard, "Release It!"; semantics of resilience4j, see machines/circuit-breaker.ts): it answers "may I?",
 * so all callers of one address share one breaker, in whatever process they are.
 */
export const circuitBreaker: typeof chart = chart.provide({ actions: { tell: speak } });

interface BreakerRef {
  ask(event: { readonly type: 'ACQUIRE' }, options?: AskOptions): Promise<Message>;
  send(event: {
    readonly type: 'SUCCESS' | 'FAILURE';
    readonly epoch: number;
    readonly duration: number;
  }): void;
}

export interface BreakerOptions {
  /** Is this error the callee's fault? Default: those a retry may cure (`retryable`), and foreign ones. */
  readonly isFailure?: (error: unknown) => boolean;
  readonly clock?: Clock;
  /** Time the breaker may take to answer, ms. */
  readonly timeout?: number;
}

/** A business refusal says that the callee works. */
const byRetryable = (error: unknown): boolean => !isTroupeError(error) || error.retryable;

/**
 * Wrap calls with a breaker.
 * @returns a function that runs a call if the breaker permits it and reports how it went; otherwise it rejects with CIRCUIT_OPEN,
 * `data.retryAfter` in ms
 */
export function withBreaker(
  breaker: BreakerRef,
  options: BreakerOptions = {},
): <T>(call: () => Promise<T>) => Promise<T> {
  const { isFailure = byRetryable, clock = systemClock, timeout } = options;
  return async (call) => {
    const answer = (await breaker.ask({ type: 'ACQUIRE' }, { timeout })) as unknown as BreakerAnswer;
    if (answer.type === 'REJECTED') throw open(answer);
    const { epoch } = answer;
    const began = clock.now();
    try {
      const output = await call();
      breaker.send({ type: 'SUCCESS', epoch, duration: clock.now() - began });
      return output;
    } catch (error) {
      if (isFailure(error)) breaker.send({ type: 'FAILURE', epoch, duration: clock.now() - began });
      else breaker.send({ type: 'SUCCESS', epoch, duration: clock.now() - began });
      throw error;
    }
  };
}

const open = ({ state, retryAfter }: Extract<BreakerAnswer, { type: 'REJECTED' }>): TroupeError =>
  new TroupeError(
    'CIRCUIT_OPEN',
    `The circuit breaker is ${state}: the call was not made${retryAfter === undefined ? '' : `, try again in ${retryAfter} ms`}.`,
    {
      retryable: true,
      data: { state, retryAfter },
    },
  );

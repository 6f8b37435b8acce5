import type { Fault } from './fault.ts';
import type { Ask } from './vocabulary.ts';

/** One call of a method. `deadline` is in epoch milliseconds and goes to the handler: a chart has no clock. */
export interface Call extends Ask {
  readonly id: string;
  readonly method: string;
  readonly input: unknown;
  readonly deadline?: number;
}

export interface ServiceInput {
  /** Names the service in what it emits. Default `service`. */
  readonly name?: string;
  /** Calls handled at the same time. Default 64. */
  readonly concurrency?: number;
  /** Calls that may wait, first in, first out. Default 1024; 0 refuses what cannot start at once. */
  readonly queue?: number;
}

export interface ServiceContext {
  readonly name: string;
  readonly concurrency: number;
  readonly queue: number;
  /** The calls in flight by the id of the child that handles them. */
  readonly inFlight: Readonly<Record<string, Pick<Call, 'id' | 'replyTo'>>>;
  readonly waiting: readonly Call[];
  readonly done: number;
  readonly failed: number;
  readonly refused: number;
}

export type ServiceStatus = 'starting' | 'ready' | 'degraded' | 'draining';

export type ServiceEvent =
  | ({ readonly type: 'CALL' } & Call)
  | { readonly type: 'DEGRADE' }
  | { readonly type: 'RECOVER' }
  | { readonly type: 'DRAIN' }
  | ({ readonly type: 'HEALTH' } & Ask);

/** Answers to CALL (the first three) and to HEALTH. */
export type ServiceAnswer =
  | { readonly type: 'DONE'; readonly id: string; readonly output: unknown }
  | { readonly type: 'FAILED'; readonly id: string; readonly error: Fault }
  | {
      readonly type: 'REFUSED';
      readonly id: string;
      readonly code: 'OVERLOADED' | 'DRAINING';
      readonly retryable: true;
    }
  | {
      readonly type: 'HEALTH_REPORT';
      readonly status: ServiceStatus;
      readonly inFlight: number;
      readonly waiting: number;
      readonly done: number;
      readonly failed: number;
      readonly refused: number;
    };

export interface ServiceEmitted {
  readonly type: 'service.ready' | 'service.degraded' | 'service.draining' | 'service.stopped';
  readonly service: string;
}

/** How many calls ended in which way over the life of the service. */
export type ServiceOutput = Pick<ServiceContext, 'done' | 'failed' | 'refused'>;

/** What the actor `handle` is given; its output answers the call, its error fails it. */
export type HandleInput = Omit<Call, 'replyTo'>;

import { fromPromise, type EventObject, type PromiseActorLogic } from 'xstate';
import { failure } from './fault.ts';

/** Parameters of the action `tell`: one event to one address. Nothing is sent when `to` is undefined. */
export interface Tell {
  readonly to: string | undefined;
  readonly event: EventObject;
}

/** An event whose sender wants an answer names the address the answer goes to, as in typed Akka. */
export interface Ask {
  readonly replyTo?: string;
}

/** Under this symbol an action says, as data, what it would send: engines that only explore a chart read it. */
const saying = Symbol.for('troupe.saying');

/** An action with this symbol is silent until a system gives it its voice. */
const silent = Symbol.for('troupe.silent');

const say = (_info: unknown, { to, event }: Tell) =>
  to === undefined ? undefined : ({ kind: 'send', to, event } as const);

/**
 * The action `tell` as every chart declares it. By itself it does nothing: a Troupe system that runs the chart speaks in its
 * place, and an engine that explores the chart reads what would be said.
 */
export const tell: (args: unknown, params: Tell) => void = Object.assign(() => undefined, {
  [saying]: say,
  [silent]: true,
});

/**
 * The stand-in for work that is done elsewhere. It rejects with code `NOT_PROVIDED`, so that a chart that was
 * started without its actors says which one is missing instead of waiting for ever.
 */
export const notProvided = <Output, Input>(src: string): PromiseActorLogic<Output, Input> =>
  fromPromise<Output, Input>(() =>
    Promise.reject(
      failure(
        'NOT_PROVIDED',
        `The actor '${src}' has no implementation; give one with machine.provide({ actors: { ${src}: … } }).`,
      ),
    ),
  );

/** Microsteps one event may cause before the chart counts as looping; XState itself knows no bound. */
export const bounded = { maxIterations: 1000 } as const;

/** The types of a chart for `setup({ types })`; XState reads them at compile time only. */
export const typed = <Types>(): Types => ({}) as Types;

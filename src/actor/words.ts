import {
  fromPromise,
  type ActionArgs,
  type EventObject,
  type MachineContext,
  type PromiseActorLogic,
} from 'xstate';
import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import { hostOf, type Ending } from './host.ts';
import type { ReplyOfEvent } from './logic.ts';
import { asking, saying, type Saying } from './said.ts';

/**
 * The words a machine speaks with, on XState's public API only. They name what is to be said; the runtime says it
 * when the transition has succeeded, so a transition that throws says nothing.
 */
type Word<
  TContext extends MachineContext,
  TExpressionEvent extends EventObject,
  TEvent extends EventObject,
> = (args: ActionArgs<TContext, TExpressionEvent, TEvent>) => void;

type Args<TContext extends MachineContext, TExpressionEvent extends EventObject> = {
  readonly context: TContext;
  readonly event: TExpressionEvent;
};
type Expression<TContext extends MachineContext, TExpressionEvent extends EventObject, T> =
  T | ((args: Args<TContext, TExpressionEvent>) => T);

const evaluate = <TContext extends MachineContext, TExpressionEvent extends EventObject, T>(
  expression: Expression<TContext, TExpressionEvent, T>,
  args: Args<TContext, TExpressionEvent>,
): T =>
  typeof expression === 'function'
    ? (expression as (args: Args<TContext, TExpressionEvent>) => T)(args)
    : expression;

/** An action that says what `say` gives, to a live actor's host or to an engine that only wants to know. */
const word = <TAction extends (args: never) => void>(action: TAction, say: Saying): TAction =>
  Object.assign(action, { [saying]: say });

/**
 * Action: send an event to an address, fire and forget.
 * @param to an address, or an expression of context and event; undefined says nothing (there is nobody to tell)
 */
export function tell<
  TContext extends MachineContext,
  TExpressionEvent extends EventObject,
  TEvent extends EventObject,
  TSaid extends Message,
>(
  to: Expression<TContext, TExpressionEvent, Address | undefined>,
  event: Expression<TContext, TExpressionEvent, TSaid>,
): Word<TContext, TExpressionEvent, TEvent> {
  const say: Saying = (info) => {
    const args = info as Args<TContext, TExpressionEvent>;
    const address = evaluate(to, args);
    return address === undefined ? undefined : { kind: 'send', to: address, event: evaluate(event, args) };
  };
  return word(function tell(args: ActionArgs<TContext, TExpressionEvent, TEvent>) {
    const said = say(args, undefined);
    if (said?.kind === 'send') hostOf(args.system, 'tell').tell(said.to, said.event);
  }, say);
}

/**
 * Action: answer the event being handled, by its `replyTo`. An `Error` in place of an event rejects the asker with its
 * code. Nothing is said when nobody asked. To answer later, keep `event.replyTo` in context and `tell` it.
 */
export function reply<
  TContext extends MachineContext,
  TExpressionEvent extends EventObject,
  TEvent extends EventObject,
>(
  answer: Expression<TContext, TExpressionEvent, ReplyOfEvent<TExpressionEvent> | Error>,
): Word<TContext, TExpressionEvent, TEvent> {
  const say: Saying = (info) => {
    const { replyTo } = info.event as { replyTo?: Address };
    if (replyTo === undefined) return undefined;
    const said = evaluate(answer, info as Args<TContext, TExpressionEvent>);
    if (said instanceof Error) return { kind: 'refuse', to: replyTo, error: said };
    return { kind: 'reply', to: replyTo, event: said };
  };
  return word(function reply(args: ActionArgs<TContext, TExpressionEvent, TEvent>) {
    const said = say(args, undefined);
    if (said === undefined) return;
    const host = hostOf(args.system, 'reply');
    if (said.kind === 'refuse') host.fail(said.to, said.error);
    else host.tell(said.to, said.event);
  }, say);
}

export interface AskInput {
  readonly to: Address;
  readonly event: Message;
  /** ms. Default `limits.askTimeout`. */
  readonly timeout?: number | undefined;
}

/** The type of `ask` with a known answer: `actors: { pay: ask as AskLogic<Receipt> }`. */
export type AskLogic<TReply = Message & Record<string, unknown>> = PromiseActorLogic<TReply, AskInput>;

/** Actor logic: ask another actor; done with its answer, or in error with a TroupeError. `invoke: { src: ask, input: { to, event } }`. */
export const ask: AskLogic = Object.assign(
  fromPromise<Message & Record<string, unknown>, AskInput>(async ({ input, system, signal }) => {
    const answer = await hostOf(system, 'ask').ask(input.to, input.event, { timeout: input.timeout, signal });
    return answer;
  }),
  { [asking]: true },
);

/** Actor logic: done when the actor at `address` has ended or its node has died. `invoke: { src: watch, input: { address }, onDone }`. */
export const watch: PromiseActorLogic<Ending, { readonly address: Address }> = fromPromise(
  async ({ input, system, signal }) => hostOf(system, 'watch').watch(input.address, signal),
);

/**
 * For a promise, callback or observable that a durable actor invokes or spawns: a key to give to the outside world (a payment provider, an
 * HTTP API), so that it does one thing once though the work is started again after every crash. The same for one piece of work for ever,
 * and of no other: `<address>#<number>`. After the draft "The Idempotency-Key HTTP Header Field" (IETF httpapi).
 * @param args what the logic is given: `fromPromise(({ system, input }) => pay(input, idempotencyKey({ system })))`
 * @throws TroupeError INVALID_OPTION in the work of an actor that is not durable: it is never started again
 */
export function idempotencyKey({ system }: { readonly system: object }): string {
  const { key, address } = hostOf(system, 'idempotencyKey');
  if (key !== undefined) return key;
  throw new TroupeError(
    'INVALID_OPTION',
    `"idempotencyKey" was used in work of "${address}", which is not durable: spawn it with \`durable: true\`, or make a key of what the work is about.`,
  );
}

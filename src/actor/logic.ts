import type { AnyActorLogic, EventFromLogic, InputFrom, OutputFrom, SnapshotFrom } from 'xstate';
import type { ReplyTo } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';

/** Whatever can live: an XState machine, or promise, callback, observable or transition logic. */
export type Logic = AnyActorLogic;

/** The events an actor takes; any message where the logic is not known. */
export type EventOf<TLogic extends Logic> = AnyActorLogic extends TLogic
  ? Message & Record<string, unknown>
  : EventFromLogic<TLogic> & Message;

export type InputOf<TLogic extends Logic> = InputFrom<TLogic>;

type HasReply<E> = E extends unknown ? ('replyTo' extends keyof E ? E : never) : never;

/** The types of the events that can be asked: those that declare `replyTo`. */
export type AskType<TLogic extends Logic> = AnyActorLogic extends TLogic
  ? string
  : HasReply<EventOf<TLogic>>['type'];

type Distribute<E> = E extends unknown ? Omit<E, 'replyTo'> : never;

/** An event as the asker writes it: `ask` adds `replyTo`. */
export type Question<TLogic extends Logic, TType extends string> = AnyActorLogic extends TLogic
  ? Message & Record<string, unknown>
  : Distribute<Extract<EventOf<TLogic>, { type: TType }>>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer nobody declared: the caller knows more than we do
type Undeclared = Message & Record<string, any>;

/** What an event's `replyTo: ReplyTo<TReply>` promises; any message where it is only an address. */
export type ReplyOfEvent<E> = E extends { replyTo?: infer A }
  ? NonNullable<A> extends ReplyTo<infer R>
    ? unknown extends R
      ? Undeclared
      : R
    : Undeclared
  : never;

export type Reply<TLogic extends Logic, TType extends string> = AnyActorLogic extends TLogic
  ? Undeclared
  : ReplyOfEvent<Extract<EventOf<TLogic>, { type: TType }>>;

type Known<TSnapshot, TKey extends string> = TSnapshot extends Readonly<Record<TKey, infer T>> ? T : unknown;

/**
 * What anyone may know of an actor's snapshot, wherever it lives: XState's snapshot without the parts that cannot travel
 * (machine, children, `can`).
 */
export interface View<TLogic extends Logic = Logic> {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: Known<SnapshotFrom<TLogic>, 'value'>;
  readonly context: Known<SnapshotFrom<TLogic>, 'context'>;
  readonly output: OutputFrom<TLogic> | undefined;
  readonly error: unknown;
  readonly tags: ReadonlySet<string>;
  /** Is the state value within this one? As XState's `snapshot.matches`. */
  matches(value: StateQuery<TLogic>): boolean;
  hasTag(tag: string): boolean;
}

type StateQuery<TLogic extends Logic> =
  SnapshotFrom<TLogic> extends { matches: (value: infer V) => boolean } ? V : string;

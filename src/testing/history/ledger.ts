import { keyOf } from '../../kernel/key.ts';
import { receiverOf } from '../model/participant.ts';
import { always, type Ledger, type Property } from '../model/spec.ts';
import type { Sent } from '../model/view.ts';
import { checkChoice } from './choice.ts';
import type { Bounds } from './effort.ts';
import { linearizable, sequentiallyConsistent, type Linearization } from './linearizable.ts';
import type { Operation } from './operation.ts';
import type { Specification } from './specification.ts';

/** What has to have happened before: per process, how many of its operations had returned. */
type Seen = Readonly<Record<string, number>>;

interface Begun {
  readonly input: unknown;
  /** What had returned when this one was called: of every process, or of its own where real time does not matter. */
  readonly seen: Seen;
  readonly id?: unknown;
}

interface Ended extends Begun {
  readonly output: unknown;
}

/** What one process did. */
interface Thread {
  readonly ended: readonly Ended[];
  readonly flight?: Begun;
  /** Operations it gave up: they may still take effect. */
  readonly lost?: readonly Begun[];
}

/**
 * A history as small as it can be for a state: who did what, and what came before what in real time. Two histories nobody can tell
 * apart are equal. The form of Stateright's `LinearizabilityTester`, on which published state counts depend.
 */
export interface Log {
  readonly threads: Readonly<Record<string, Thread>>;
  /** An answer nobody asked for: no object explains it. */
  readonly stray?: string;
}

export interface Asked<TInput> {
  /** Default: the sender. */
  readonly process?: string;
  readonly input: TInput;
  /** Tells a request that is sent again from a new one, and an answer to this request from one to an earlier. */
  readonly id?: unknown;
}

export interface Answered<TOutput> {
  /** Default: the receiver. */
  readonly process?: string;
  readonly output: TOutput;
  readonly id?: unknown;
}

export interface LinearizabilityOptions<TState, TInput, TOutput> {
  readonly object: Specification<TState, TInput, TOutput>;
  /** The operation a message asks for; undefined when it asks for none. */
  readonly asked: (sent: Sent) => Asked<TInput> | undefined;
  /** The outcome a message brings to whoever accepted it; undefined when it brings none. */
  readonly answered: (sent: Sent) => Answered<TOutput> | undefined;
  /** Default `linearizable`. */
  readonly condition?: 'linearizable' | 'sequentially consistent';
  /** Bounds of one judgement; a history that is not judged within them counts as a violation. */
  readonly bounds?: Bounds;
}

export interface Linearizability<TInput, TOutput, TState> {
  /** For `system.history`. Logged is what a process accepted: an answer that it does not handle is none. */
  readonly ledger: Ledger<Log>;
  /** Always: the history in the state is linearizable. Named after the condition. */
  readonly property: Property;
  /** What a history means, with a witness or the contradiction in it. */
  readonly judge: (log: Log) => Linearization<TInput, TOutput, TState>;
}

/**
 * Linearizability of a system under `explore` or `simulate`: a ledger that keeps the history in the state, and the property that it
 * is in order.
 * @throws TroupeError INVALID_OPTION for an unknown condition
 */
export function linearizability<TState, TInput, TOutput>(
  options: LinearizabilityOptions<TState, TInput, TOutput>,
): Linearizability<TInput, TOutput, TState> {
  const { object, asked, answered, condition = 'linearizable', bounds } = options;
  checkChoice('condition', condition, ['linearizable', 'sequentially consistent']);
  const real = condition === 'linearizable';
  const check = real ? linearizable : sequentiallyConsistent;
  const judge = (log: Log): Linearization<TInput, TOutput, TState> =>
    log.stray === undefined
      ? check(object, operationsOf<TInput, TOutput>(log), bounds)
      : { verdict: 'violated', text: log.stray, parts: [] };
  const holds = remembered((log) => judge(log).verdict === 'holds');
  return {
    ledger: {
      initial: { threads: {} },
      sent: (log, sent) => {
        const begun = asked(sent);
        return begun && invoke(log, begun.process ?? sent.from, begun, real);
      },
      delivered: (log, sent) => {
        const ended = answered(sent);
        return ended && complete(log, ended.process ?? receiverOf(sent.to), ended);
      },
    },
    property: always(condition, ({ history }) => holds(history as Log)),
    judge,
  };
}

/** Engines ask once a state; there are far fewer histories than states, and often the same object comes again. */
function remembered(judge: (log: Log) => boolean): (log: Log) => boolean {
  const byObject = new WeakMap<Log, boolean>();
  const byKey = new Map<string, boolean>();
  return (log) => {
    let found = byObject.get(log);
    if (found !== undefined) return found;
    const key = keyOf(log);
    found = byKey.get(key) ?? judge(log);
    byKey.set(key, found);
    byObject.set(log, found);
    return found;
  };
}

const idle: Thread = { ended: [] };

function invoke(log: Log, process: string, { input, id }: Asked<unknown>, real: boolean): Log | undefined {
  const { ended, flight, lost = [] } = log.threads[process] ?? idle;
  // The same request once more: a client that asks again until it is heard.
  if (flight !== undefined && id !== undefined && keyOf(flight.id) === keyOf(id)) return undefined;
  const seen = real ? seenBy(log) : { [process]: ended.length };
  const begun: Begun = id === undefined ? { input, seen } : { input, seen, id };
  const given = flight === undefined ? lost : [...lost, { input: flight.input, seen: flight.seen }];
  const thread = { ended, flight: begun, ...(given.length === 0 ? {} : { lost: given }) };
  return { ...log, threads: { ...log.threads, [process]: thread } };
}

const seenBy = ({ threads }: Log): Seen =>
  Object.fromEntries(
    Object.entries(threads)
      .filter(([, { ended }]) => ended.length > 0)
      .map(([process, { ended }]) => [process, ended.length]),
  );

function complete(log: Log, process: string, { output, id }: Answered<unknown>): Log | undefined {
  const thread = log.threads[process];
  if (thread?.flight === undefined)
    return { ...log, stray: `${process} accepted ${JSON.stringify(output)} without having asked.` };
  const { flight, ...rest } = thread;
  if (id !== undefined && flight.id !== undefined && keyOf(flight.id) !== keyOf(id)) return undefined;
  const { input, seen } = flight;
  const ended = [...thread.ended, { input, seen, output }];
  return { ...log, threads: { ...log.threads, [process]: { ...rest, ended } } };
}

/**
 * The history on a line of time. What was seen at a call is more at every later call, so its size tells the order of calls; an
 * operation returned just before the first call that saw it.
 */
export function operationsOf<TInput, TOutput>({ threads }: Log): Operation<TInput, TOutput>[] {
  const begun = Object.values(threads).flatMap(({ ended, flight, lost = [] }) => [
    ...ended,
    ...lost,
    ...(flight === undefined ? [] : [flight]),
  ]);
  const sights = begun.map(({ seen }) => ({ seen, time: timeOf(seen) })).sort((a, b) => a.time - b.time);
  const last = 2 * begun.length + 1;
  const returned = (process: string, at: number): number => {
    const sight = sights.find(({ seen }) => (seen[process] ?? 0) > at);
    return sight === undefined ? last : sight.time - 1;
  };
  return Object.entries(threads).flatMap(([process, { ended, flight, lost = [] }]) => [
    ...ended.map(({ input, seen, output }, at) => ({
      process,
      input,
      output,
      call: timeOf(seen),
      return: returned(process, at),
    })),
    ...[...lost, ...(flight === undefined ? [] : [flight])].map(({ input, seen }) => ({
      process,
      input,
      call: timeOf(seen),
    })),
  ]) as Operation<TInput, TOutput>[];
}

const timeOf = (seen: Seen): number => 2 * Object.values(seen).reduce((sum, count) => sum + count, 0);

import { isDeepStrictEqual } from 'node:util';
import type { Logic } from '../actor/logic.ts';
import { withVoice } from '../actor/speak.ts';
import type { Look } from '../durable/cell/persistence.ts';
import { readHistory, type Records, type StoredCommit } from '../durable/history/history.ts';
import { decide } from '../durable/history/replica.ts';
import { TroupeError } from '../errors.ts';
import { thaw } from '../kernel/thaw.ts';
import type { Address } from '../message/address.ts';
import { kindOf as kindOfId } from '../message/shard.ts';
import { detailOf, type DetailOptions } from './detail.ts';
import { textOf } from './metrics.ts';
import type { ActorDetail } from './monitor-protocol.ts';
import type { TakenTransition } from './entry.ts';
import { takenOf } from './taken.ts';

/**
 * The transitions that led from one commit to the next: decided once more, which does nothing. undefined where that leads elsewhere: the machine is another
 * one, or decides by something besides its state and its events.
 */
export function takenOver(
  logic: Logic,
  before: StoredCommit | undefined,
  { number, causes, value, status }: StoredCommit,
): readonly TakenTransition[] | undefined {
  const isFirst = causes[0]?.kind === 'start';
  if (!isFirst && before?.number !== number - 1) return undefined;
  try {
    const voiced = withVoice(logic);
    let actor = isFirst || before === undefined ? undefined : thaw(voiced, before.state.actor).state;
    const taken: TakenTransition[] = [];
    for (const cause of causes) {
      const [after, , transitions] = decide(voiced, actor, cause);
      taken.push(...transitions.map(({ from, transition }) => takenOf(transition, from)));
      actor = after;
    }
    const snapshot = actor?.snapshot as { readonly status?: string; readonly value?: unknown } | undefined;
    const isSame = snapshot?.status === status && isDeepStrictEqual(snapshot.value, value);
    return isSame ? taken : undefined;
  } catch {
    return undefined;
  }
}

/** How an actor was when it had begun, where its first commit decided over more than that. undefined: it did not, or that is not known. */
export function begunAs(logic: Logic, { causes: [start, ...more] }: StoredCommit): object | undefined {
  if (start?.kind !== 'start' || more.length === 0) return undefined;
  try {
    const [{ snapshot }] = decide(withVoice(logic), undefined, start);
    return snapshot;
  } catch {
    return undefined;
  }
}

export interface StoredOptions extends DetailOptions {
  /** Of a kind of virtual actors. */
  readonly logicOf: (kind: string) => Logic | undefined;
}

/**
 * A durable actor that is not in memory, as it is stored: it is not brought there.
 * @throws TroupeError NO_SUCH_ACTOR, CORRUPTED when its last commit cannot be read, and what reading throws
 */
export async function storedDetail(
  records: Records,
  address: Address,
  options: StoredOptions,
): Promise<ActorDetail> {
  let last: StoredCommit | undefined;
  for await (const entry of readHistory(records, address)) last = 'unreadable' in entry ? undefined : entry;
  if (last === undefined)
    throw new TroupeError('CORRUPTED', `The last commit of "${address}" cannot be read: see its history.`);
  const logic = options.logicOf(kindOfId(address));
  const known = logic === undefined ? undefined : thawedDetail(logic, address, last, options);
  return known ?? plainDetail(address, last, options);
}

/** With all that its machine says of it; undefined when that does not know what is stored. */
function thawedDetail(
  logic: Logic,
  address: Address,
  { state, number, node }: StoredCommit,
  options: StoredOptions,
): ActorDetail | undefined {
  try {
    const { state: actor, due } = thaw(withVoice(logic), state.actor);
    const look: Look = { actor, deadlines: new WeakMap(due), waiting: 0, commit: number };
    const subject = { address, logic, snapshot: actor.snapshot, waiting: 0, look: () => look };
    return detailOf(subject, { ...options, node });
  } catch {
    return undefined;
  }
}

/** What is stored says without its machine. */
function plainDetail(
  address: Address,
  { machine, status, value, context, timers, number, node }: StoredCommit,
  { values }: StoredOptions,
): ActorDetail {
  return {
    ...{ address, node, kind: machine, status, state: textOf(value), durable: true },
    snapshot: values.snapshot(machine, { status, value, context }),
    ...{ tags: [], children: [], events: [], waiting: 0, commit: number },
    timers: timers.map(({ path, id, event, due }) => ({
      id: [...path, id].join('/'),
      event: event.type,
      due,
    })),
  };
}

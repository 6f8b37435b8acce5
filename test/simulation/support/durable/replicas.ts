import { isDeepStrictEqual } from 'node:util';
import type { Logic } from '../../../../src/actor/logic.ts';
import type { Cause } from '../../../../src/durable/commit.ts';
import { freeze, type Frozen } from '../../../../src/kernel/freeze.ts';
import type { ActorState } from '../../../../src/kernel/state.ts';
import { fire, settle, start, step } from '../../../../src/kernel/step.ts';
import { thaw } from '../../../../src/kernel/thaw.ts';
import { fromWire } from '../../../../src/message/failure.ts';
import type { StoredActor } from './stored.ts';

/**
 * Replicas that take the same log reach the same states (Schneider, "Implementing fault-tolerant services using the state machine
 * approach", 1990): the causes of an actor's commits through the pure kernel, against what was stored.
 * @returns what differs, in words; undefined when nothing does
 */
export function divergence(logic: Logic, { id, commits, states }: StoredActor): string | undefined {
  let actor: ActorState | undefined;
  for (const [at, { number, causes }] of commits.entries()) {
    if (number !== at + 1) return `${id}: commit ${number} is at the place of number ${at + 1}`;
    for (const cause of causes) actor = taken(logic, actor, cause);
    if (actor === undefined) return `${id}: commit ${number} has no beginning`;
    const replica = plain(actor, id);
    const stored = plain(thaw(logic, states[at]!.actor).state, id);
    if (!isDeepStrictEqual(replica, stored))
      return `${id}: at commit ${number} a replica has ${JSON.stringify(replica)}, stored is ${JSON.stringify(stored)}`;
  }
  return undefined;
}

function taken(logic: Logic, actor: ActorState | undefined, cause: Cause): ActorState {
  if (cause.kind === 'start') return start(logic, cause.input)[0];
  if (actor === undefined) throw new Error(`Something before the start: ${JSON.stringify(cause)}.`);
  switch (cause.kind) {
    case 'message':
      return step(actor, cause.event, cause.path)[0];
    case 'event':
      return step(actor, cause.event, cause.path)[0];
    case 'timer':
      return fire(actor, cause.path, cause.id)[0];
    case 'settled': {
      const { outcome, value, path } = cause;
      return settle(actor, path, outcome === 'done' ? { output: value } : { error: fromWire(value) })[0];
    }
  }
}

/** When timers are due is decided by a clock, not by the log. */
const plain = (actor: ActorState, name: string): Frozen => freeze(actor, () => 0, { name }).frozen;

import { isDeepStrictEqual } from 'node:util';
import type { Logic } from '../../actor/logic.ts';
import { TroupeError } from '../../errors.ts';
import { freeze, type Frozen } from '../../kernel/freeze.ts';
import type { ActorState } from '../../kernel/state.ts';
import { fire, settle, start, step, type Decision } from '../../kernel/step.ts';
import { thaw } from '../../kernel/thaw.ts';
import { fromWire } from '../../message/failure.ts';
import type { Cause } from '../commit.ts';
import { childAt, type HistoryEntry, type StoredCommit } from './history.ts';
import type { ReplayDifference } from './replay.ts';
import { timersOf, type Deadlines } from '../cell/live.ts';
import { decodeRecord, encodeRecord } from '../record.ts';

export type Outcome = 'same' | 'given' | 'passed' | ReplayDifference;

/** Job: another copy of an actor, which is told what the first was told. Not its job: where that comes from (history.ts). */
export class Replica {
  readonly #logic: Logic;
  readonly #machine: string;
  readonly #version: string;
  /** When its timers are due: decided once, and stored then (D3). */
  readonly #deadlines: Deadlines = new WeakMap();
  #last: { readonly number: number; readonly actor: ActorState } | undefined;

  constructor(logic: Logic, version: string | undefined) {
    const { id, version: own } = logic as { readonly id?: unknown; readonly version?: unknown };
    this.#logic = logic;
    this.#machine = typeof id === 'string' ? id : 'logic';
    this.#version = version ?? (typeof own === 'string' ? own : '0');
  }

  take(entry: HistoryEntry): Outcome {
    if ('unreadable' in entry || entry.machine !== this.#machine || entry.version !== this.#version) {
      this.#last = undefined;
      return 'passed';
    }
    const { number, state, causes } = entry;
    const isNext = causes[0]?.kind === 'start' || this.#last?.number === number - 1;
    const actor = isNext ? this.#decided(entry) : this.#thawed(state.actor);
    this.#last = { number, actor };
    const difference = isNext ? this.#difference(entry, actor) : undefined;
    return difference ?? (isNext ? 'same' : 'given');
  }

  #thawed(frozen: Frozen): ActorState {
    const { state, due } = thaw(this.#logic, frozen);
    for (const [timer, at] of due) this.#deadlines.set(timer, at);
    return state;
  }

  #decided({ causes, state }: StoredCommit): ActorState {
    let actor = this.#last?.actor;
    for (const cause of causes) [actor] = decide(this.#logic, actor, cause);
    if (actor === undefined)
      throw new TroupeError('CORRUPTED', 'The first commit of an actor does not say how it began.');
    for (const { path, timer } of timersOf(actor)) {
      if (this.#deadlines.has(timer)) continue;
      const stored = childAt(state.actor, path)?.timers.find(({ id }) => id === timer.id);
      this.#deadlines.set(timer, stored?.due ?? 0);
    }
    return actor;
  }

  #difference({ number, state }: StoredCommit, actor: ActorState): ReplayDifference | undefined {
    const { frozen, special } = freeze(actor, (timer) => this.#deadlines.get(timer) ?? 0);
    // As it would come back from a store.
    const replayed = decodeRecord(encodeRecord(frozen, special));
    const found = firstDifference(state.actor, replayed, '');
    return found && { number, ...found };
  }
}

/** What an actor decides over what was stored; of a first commit there is no actor yet. */
export function decide(logic: Logic, actor: ActorState | undefined, cause: Cause): Decision {
  if (cause.kind === 'start' || actor === undefined)
    return start(logic, cause.kind === 'start' ? cause.input : undefined);
  switch (cause.kind) {
    case 'message':
      return step(actor, cause.event, cause.path ?? []);
    case 'event':
      return step(actor, cause.event, cause.path);
    case 'timer':
      return fire(actor, cause.path, cause.id);
    case 'settled': {
      const { path, outcome, value } = cause;
      return settle(actor, path, outcome === 'error' ? { error: fromWire(value) } : { output: value });
    }
  }
}

type Found = Omit<ReplayDifference, 'number'>;

function firstDifference(stored: unknown, replayed: unknown, at: string): Found | undefined {
  if (isDeepStrictEqual(stored, replayed)) return undefined;
  const here: Found = { at: at === '' ? 'the actor' : at, stored, replayed };
  if (!isBranch(stored) || !isBranch(replayed) || Array.isArray(stored) !== Array.isArray(replayed))
    return here;
  for (const key of new Set([...Object.keys(stored), ...Object.keys(replayed)])) {
    const found = firstDifference(stored[key], replayed[key], at === '' ? key : `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return here;
}

/** An array or plain object: something with parts that have names. */
const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

import { toWire, fromWire } from '../../message/failure.ts';
import type { Address } from '../../message/address.ts';
import { deliveredEvent, idOf, type Envelope, type Message } from '../../message/envelope.ts';
import { TroupeError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { checkStorable } from '../../kernel/storable.ts';
import { spawnedInAssign } from '../../kernel/assigned.ts';
import type { Effect, Path, Taken } from '../../kernel/effect.ts';
import type { ActorState } from '../../kernel/state.ts';
import { fire, settle, start, step, type Decision, type Outcome } from '../../kernel/step.ts';
import { isAsk } from './asking.ts';
import type { Cause, Pending, Work } from '../commit.ts';
import { deedOf, questionOf } from './deeds.ts';
import type { Input, Verdict } from './input.ts';
import { actorAt, forgetting, lastOf, samePath, taking, WITHIN, type Deadlines, type Live } from './live.ts';

/** What a decision depends on besides the actor and what it is given. */
export interface Deciding {
  readonly address: Address;
  /** ms since the epoch */
  readonly now: number;
  readonly askTimeout: number;
  readonly keys: number;
  readonly deadlines: Deadlines;
  /** @throws TroupeError INVALID_EVENT, UNSERIALIZABLE: what the actor wants to say cannot be said */
  readonly check: (event: Message) => void;
  /** Senders that were looked up: they owe us what they say. */
  readonly known: ReadonlySet<Address>;
  /** Does anybody want to see the single steps of a batch? */
  readonly isWitnessed: boolean;
}

/** Something to be done once the decision is stored. `pending`: it was stored as well, and is done again after a crash. */
export interface Task {
  readonly effect: Effect;
  readonly pending?: Pending | undefined;
  readonly work?: Work | undefined;
}

/** The step of a durable actor: pure but for `deadlines`, which remembers when a new timer is due. */
export interface Step {
  readonly live: Live;
  readonly verdict: Verdict;
  readonly causes: readonly Cause[];
  readonly tasks: readonly Task[];
  /** The transitions that were taken, in order. */
  readonly transitions: readonly Taken[];
}

const TAKEN: Verdict = { kind: 'taken' };
const noTasks: readonly Task[] = [];
const noTransitions: readonly Taken[] = [];

/** An actor that has never been: what it decides before it is told anything. It may have failed to start: then it is in status `error`. */
export function begin(logic: ActorState['logic'], input: unknown, deciding: Deciding): Step {
  const decision = start(logic, input);
  const nobody: Live = {
    actor: decision[0],
    deeds: 0,
    outbox: [],
    works: [],
    taken: {},
    keys: [],
    retired: false,
  };
  return committed(nobody, decision, [{ kind: 'start', input }], deciding);
}

/** What the actor decides over one input; over what it does not take, nothing. */
export function decideOver(live: Live, input: Input, deciding: Deciding): Step {
  const refused = refusal(live, input, deciding);
  if (refused !== undefined) return without(live, refused);
  try {
    return decided(live, input, deciding);
  } catch (error) {
    return failedOver(live, input, deciding.keys, error);
  }
}

const without = (live: Live, verdict: Verdict): Step => ({
  live,
  verdict,
  causes: [],
  tasks: noTasks,
  transitions: noTransitions,
});

/**
 * A message of a durable actor that failed this one counts as taken: it is a dead letter now, and must not come again. Who gave an
 * idempotency key hears of the failure, and may try again under the same key.
 */
function failedOver(live: Live, input: Input, keys: number, error: unknown): Step {
  const isKeyed = input.kind === 'message' && typeof input.envelope.once === 'string';
  return without(isKeyed ? live : marked(live, input, keys), { kind: 'failed', error });
}

function refusal(live: Live, input: Input, { now, known }: Deciding): Verdict | undefined {
  if (input.kind === 'retired') return undefined;
  if (input.kind === 'message') {
    const repeated = repetition(live, input.envelope, senderOf(input), known);
    if (repeated !== undefined) return repeated;
    const { deadline } = input.envelope;
    if (deadline !== undefined && deadline < now) return { kind: 'expired' };
  }
  return live.actor.snapshot.status === 'active' ? undefined : { kind: 'ended' };
}

type Arrived = Extract<Input, { kind: 'message' }>;

/**
 * Under what the last number of a sender is remembered: a sender numbers what it says to an actor and what it says to one within it in one
 * sequence, but keeps each in its own order.
 */
const senderOf = ({ envelope: { from = '' }, path }: Arrived): string =>
  path.length === 0 ? from : `${from}${WITHIN}${path.join('/')}`;

function repetition(
  { taken, keys, retired }: Live,
  { once }: Envelope,
  sender: string,
  known: ReadonlySet<string>,
): Verdict | undefined {
  if (once === undefined) return undefined;
  if (typeof once === 'string') return keys.includes(once) ? { kind: 'duplicate' } : undefined;
  const [number, after] = once;
  const last = lastOf(taken, sender);
  if (number <= last) return { kind: 'duplicate' };
  if (after > last) return { kind: 'early' };
  return last === 0 && retired && !known.has(sender) ? { kind: 'unknown-sender', sender } : undefined;
}

function decided(live: Live, input: Input, deciding: Deciding): Step {
  switch (input.kind) {
    case 'message': {
      const { envelope, path } = input;
      const event = deliveredEvent(envelope);
      const cause: Cause = { kind: 'message', id: idOf(envelope), from: envelope.from, event };
      const causes = [path.length === 0 ? cause : { ...cause, path }];
      const next = marked(live, input, deciding.keys);
      return committed(next, step(live.actor, event, path), causes, deciding);
    }
    case 'answer': {
      const { envelope, number } = input;
      if (number > live.deeds && input.isReread !== true) return without(live, { kind: 'stale' });
      // One that is repeated finds no work that waits for it.
      return settled(live, number, answerOf(envelope), deciding);
    }
    case 'timer': {
      const { path, id, due } = input;
      const timer = actorAt(live.actor, path)?.timers.find((each) => each.id === id);
      // It fired already, or was cancelled.
      if (timer === undefined || (deciding.deadlines.get(timer) ?? 0) !== due) return without(live, TAKEN);
      const cause: Cause = { kind: 'timer', path, id };
      return committed(live, fire(live.actor, path, id), [cause], deciding, input.final);
    }
    case 'settled':
      return settled(live, input.number, input.outcome, deciding, input.final);
    case 'event': {
      const { path, event } = input;
      return committed(live, step(live.actor, event, path), [{ kind: 'event', path, event }], deciding);
    }
    case 'retired':
      return without(retiring(live, input.sender, input.number), TAKEN);
  }
}

/** What it sent meanwhile is not forgotten. */
const retiring = (live: Live, sender: Address, number: number): Live =>
  lastOf(live.taken, sender) === number
    ? { ...live, taken: forgetting(live.taken, sender), retired: true }
    : live;

const answerOf = ({ kind, event }: Envelope): Outcome =>
  kind === 'failure' ? { error: fromWire((event as { error?: unknown }).error) } : { output: event };

function settled(live: Live, number: number, given: Outcome, deciding: Deciding, final?: true): Step {
  const work = live.works.find((each) => each.number === number);
  // The work was stopped, or has ended before: nobody waits for what it says.
  if (work === undefined) return without(live, TAKEN);
  const { path } = work;
  const outcome = storable(given, deciding.address, path);
  const over = { ...live, works: live.works.filter((each) => each !== work) };
  if (!('error' in outcome)) {
    const cause: Cause = { kind: 'settled', path, outcome: 'done', value: outcome.output };
    return committed(over, settle(live.actor, path, outcome), [cause], deciding, final);
  }
  // An error is decided over as it is stored: whoever replays the causes comes to the same state.
  const value = toWire(outcome.error);
  const cause: Cause = { kind: 'settled', path, outcome: 'error', value };
  return committed(over, settle(live.actor, path, { error: fromWire(value) }), [cause], deciding, final);
}

/** Work whose output cannot be stored has failed: its actor can do something about that. */
function storable(outcome: Outcome, name: Address, path: Path): Outcome {
  if ('error' in outcome) return outcome;
  try {
    checkStorable(outcome.output, { name, depth: defaultLimits.depth }, path, 'output');
    return outcome;
  } catch (error) {
    return { error };
  }
}

/** The actor with a message noted as taken. */
function marked(live: Live, input: Input, keys: number): Live {
  if (input.kind !== 'message') return live;
  const { once } = input.envelope;
  if (once === undefined) return live;
  if (typeof once === 'string') return { ...live, keys: [...live.keys, once].slice(-keys) };
  return { ...live, taken: taking(live.taken, senderOf(input), once[0]) };
}

/**
 * @param final an actor that fails is in status `error` from then on, instead of as it was before
 * @throws what the actor failed with
 */
function committed(
  before: Live,
  [actor, effects, transitions]: Decision,
  causes: readonly Cause[],
  deciding: Deciding,
  final = false,
): Step {
  const { status, error } = actor.snapshot;
  const isFailing = status === 'error' && before.actor !== actor;
  if (isFailing && !final) throw error;
  // Most decisions: nothing follows from them.
  if (effects.length === 0 && before.works.length === 0)
    return { live: withActor(before, actor), verdict: TAKEN, causes, tasks: noTasks, transitions };
  const assigned = spawnedInAssign(effects);
  if (assigned !== undefined) throw spawnRefused(deciding.address, assigned.path);
  const tasks: Task[] = [];
  const outbox = [...before.outbox];
  const works = before.works.filter(({ path }) => actorAt(actor, path)?.snapshot.status === 'active');
  let { deeds } = before;
  for (const effect of effects) {
    setDeadline(actor, effect, deciding);
    const work = workOf(actor, effect, deeds + 1, deciding);
    const deed = work?.due === undefined ? deedOf(effect, deciding) : questionOf(effect, work.due, deciding);
    if (work !== undefined || deed !== undefined) deeds += 1;
    const pending = deed && { number: deeds, ...deed };
    if (pending !== undefined) outbox.push(pending);
    if (work !== undefined)
      works.splice(0, works.length, ...works.filter(({ path }) => !samePath(path, work.path)), work);
    tasks.push({ effect, pending, work });
  }
  return { live: { ...before, actor, deeds, outbox, works }, verdict: TAKEN, causes, tasks, transitions };
}

/** Field by field, for this is the hot path: a spread with one field replaced costs several times as much. */
const withActor = ({ deeds, outbox, works, taken, keys, retired }: Live, actor: ActorState): Live => ({
  deeds,
  outbox,
  works,
  taken,
  keys,
  retired,
  actor,
});

function setDeadline(actor: ActorState, { from, deed }: Effect, { deadlines, now }: Deciding): void {
  if (deed.kind !== 'schedule') return;
  const timer = actorAt(actor, from)?.timers.find(({ id }) => id === deed.id);
  // D3: the time it is due is decided here, once.
  if (timer !== undefined && !deadlines.has(timer)) deadlines.set(timer, now + timer.delay);
}

const MAX_TIMEOUT = 2 ** 31 - 1;

function workOf(
  actor: ActorState,
  { from, deed }: Effect,
  number: number,
  { now, askTimeout }: Deciding,
): Work | undefined {
  if (deed.kind !== 'invoke') return undefined;
  const path: Path = [...from, deed.id];
  const child = actorAt(actor, path);
  if (child === undefined || child.snapshot.status !== 'active') return undefined;
  if (!isAsk(child.logic)) return { number, path };
  const { timeout = askTimeout } = deed.input as { readonly timeout?: number };
  return { number, path, due: now + Math.min(Math.max(0, timeout), MAX_TIMEOUT) };
}

const spawnRefused = (address: Address, path: Path): TroupeError =>
  new TroupeError(
    'SPAWN_IN_ASSIGN',
    `"${address}" spawns "${path.join('/')}" with \`spawn\` inside an \`assign\` or its context, which leaves a live actor in context: no store can keep that. Use the action \`spawnChild(src, { id })\`, and keep the id.`,
  );

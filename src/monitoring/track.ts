import type { AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import type { Live } from '../actor/witness.ts';
import type { Address } from '../message/address.ts';
import { stampTime } from '../message/clock.ts';
import { correlationOf, idOf, type Envelope } from '../message/envelope.ts';
import type { LineMessage, TakenTransition } from './entry.ts';
import type { Happening, Line, RecordedMessage, RecordedSnapshot } from './recording.ts';
import { takenOf, type XStateTransition } from './taken.ts';

/** A line as one actor knows it. */
export type Draft = Omit<Line, 'kind' | 'step' | 'time' | 'node'>;

/** What sets the actor going, and the event that stands for it. */
interface Stimulus {
  readonly event: EventObject;
  readonly action: Happening;
  readonly message?: LineMessage;
  /** What the caller knows it by. */
  readonly mark?: number | undefined;
}

/** The line of an actor, with the conversation that it goes on with: that is known of a message by itself. */
export const inConversation = (
  { correlation, isShared = false }: Pick<Live, 'correlation' | 'isShared'>,
  line: Draft,
): Draft => (line.message !== undefined || isShared ? line : { ...line, correlation });

export interface TrackOptions {
  readonly address: Address;
  /** @param mark of the message that set the step going (`handles`) */
  readonly write: (line: Draft, mark: number | undefined) => void;
  /** Without one, lines do not say how long they took. */
  readonly stopwatch?: (() => number) | undefined;
}

type RelayedEvent = Extract<InspectionEvent, { type: '@xstate.event' }>;

const INIT = 'xstate.init';
const nothing = { sent: [], emitted: [], snapshots: {} };

/**
 * Job: one actor's tree of XState actors, told apart into steps: what set it going, and all that followed from it.
 *
 * - XState is synchronous: an event that is relayed while another is worked off is a consequence of it and no step of its own. `#open`
 *   counts the events whose work is not over (XState tells of each twice: when it is relayed, and when its snapshot is in place; of those for
 *   actors that have ended only once).
 * - A message can come while a step is under way (the actor told somebody, who answered at once). XState holds it back until then, and so
 *   does `#waiting`.
 */
export class Track {
  #sent: RecordedMessage[] = [];
  #emitted: EventObject[] = [];
  readonly #address: Address;
  #taken: TakenTransition[] = [];
  readonly #write: TrackOptions['write'];
  readonly #stopwatch: TrackOptions['stopwatch'];
  #open = 0;
  #stimulus: Stimulus | undefined;
  #began = 0;
  /** XState's actor keeps the snapshot it had when it fails. */
  #error: { readonly error: unknown } | undefined;
  /** The event of the action, until its own snapshot is in place. One object may be sent many times. */
  #event: EventObject | undefined;
  /** The message that is about to be relayed. */
  #message: Stimulus | undefined;
  readonly #waiting: Stimulus[] = [];
  #root: AnyActorRef | undefined;

  constructor({ address, write, stopwatch }: TrackOptions) {
    this.#address = address;
    this.#write = write;
    this.#stopwatch = stopwatch;
  }

  /** Is a step under way? */
  get isOpen(): boolean {
    return this.#open > 0 || this.#waiting.length > 0;
  }

  handles(envelope: Envelope, event: EventObject, mark?: number): void {
    const sent: RecordedMessage = { from: envelope.from ?? '', to: this.#address, event, id: idOf(envelope) };
    this.#message = { event, action: { kind: 'deliver', sent }, message: messageOf(envelope), mark };
  }

  said({ to, event, node, seq }: Envelope): void {
    const message: RecordedMessage = { from: this.#address, to, event, id: `${node}.${seq}` };
    if (this.#stimulus === undefined)
      // A promise of the actor says it, between two of its steps.
      this.#write({ action: { kind: 'work', actor: this.#address }, ...nothing, sent: [message] }, undefined);
    else this.#sent.push(message);
  }

  emits(event: EventObject): void {
    this.#emitted.push(event);
  }

  inspect(inspected: InspectionEvent, input: unknown): void {
    if (inspected.type === '@xstate.event') this.#relayed(inspected, input);
    else if (inspected.type === '@xstate.snapshot') this.#settled(inspected.event);
    else if (inspected.type === '@xstate.microstep') this.#stepped(inspected);
  }

  /** The actor failed over what is under way: what it said meanwhile is not said (A2). */
  fail(error: unknown): void {
    this.unsay();
    this.#error = { error };
    this.close();
    this.#error = undefined;
  }

  unsay(): void {
    this.#sent = [];
  }

  /** What is under way is over: nothing more can belong to it. */
  close(): void {
    this.#open = 0;
    if (this.#stimulus === undefined) return;
    const { action, message, mark } = this.#stimulus;
    this.#stimulus = undefined;
    const [sent, emitted, taken] = [this.#sent, this.#emitted, this.#taken];
    this.#sent = [];
    this.#emitted = [];
    this.#taken = [];
    const line: Draft = {
      action,
      sent,
      emitted,
      snapshots: { [this.#address]: this.#snapshot() },
      taken,
      ...(message === undefined ? {} : { message }),
      ...(this.#stopwatch === undefined ? {} : { took: this.#stopwatch() - this.#began }),
    };
    this.#write(line, mark);
  }

  /** What is under way is not told of: nobody will see its end. */
  abandon(): void {
    this.#open = 0;
    this.#stimulus = this.#message = undefined;
    this.#waiting.length = 0;
  }

  #stepped(inspected: object): void {
    if (this.#stimulus === undefined) return;
    const { _transitions: transitions = [], actorRef } = inspected as Microstep;
    const path = pathOf(actorRef);
    for (const each of transitions) this.#taken.push(takenOf(each, path));
  }

  #relayed({ event, actorRef: target, sourceRef }: RelayedEvent, input: unknown): void {
    // XState's type of the event promises less of an actor than it gives.
    const [actorRef, source] = [target as AnyActorRef, sourceRef as AnyActorRef | undefined];
    const stimulus = this.#stimulusOf(event, actorRef, source, input);
    if (stimulus !== undefined && this.#open > 0 && stimulus === this.#message) this.#waiting.push(stimulus);
    else if (stimulus !== undefined) this.#begin(stimulus);
    else if (isAlive(actorRef)) this.#open += 1;
    if (stimulus === this.#message) this.#message = undefined;
  }

  #begin(stimulus: Stimulus): void {
    this.close();
    this.#stimulus = stimulus;
    this.#event = stimulus.event;
    this.#open = 1;
    if (this.#stopwatch !== undefined) this.#began = this.#stopwatch();
  }

  #settled(event: EventObject): void {
    // Of a stop XState tells only once, when it is over.
    if (event.type === STOP) return;
    const [next] = this.#waiting;
    if (event === this.#event) this.#event = undefined;
    else if (next?.event === event) return this.#finishWaiting(next);
    this.#open -= 1;
    if (this.#open > 0) return;
    this.close();
    if (next === undefined) return;
    this.#waiting.shift();
    this.#begin(next);
  }

  /** It was worked off among the consequences of the step before. */
  #finishWaiting(stimulus: Stimulus): void {
    this.#waiting.shift();
    this.#begin(stimulus);
    this.close();
  }

  #snapshot(): RecordedSnapshot {
    const { status, value, context, output, error } = this.#root?.getSnapshot() as RecordedSnapshot;
    if (this.#error !== undefined) return { status: 'error', value, context, ...this.#error };
    return { status, value, context, output, error };
  }

  /** What sets the actor going with this event; undefined for a consequence. */
  #stimulusOf(
    event: EventObject,
    target: AnyActorRef,
    source: AnyActorRef | undefined,
    input: unknown,
  ): Stimulus | undefined {
    this.#root ??= rootOf(target);
    if (target === this.#root && event.type === INIT)
      return { event, action: { kind: 'start', actor: this.#address, input } };
    if (this.#message?.event === event) return this.#message;
    if (this.#open > 0 && !isOwnTimer(event)) return undefined;
    return { event, action: this.#actionOf(event, target, source) };
  }

  /** Something that came neither as a message nor from within: a timer, or work that has ended. */
  #actionOf(event: EventObject, target: AnyActorRef, source: AnyActorRef | undefined): Happening {
    const actor = this.#address;
    const { type, data } = event as EventObject & { data?: unknown };
    if (type === RESOLVED) return { kind: 'settle', actor, path: pathOf(target), outcome: { output: data } };
    if (type === REJECTED) return { kind: 'settle', actor, path: pathOf(target), outcome: { error: data } };
    if (isTimer(type, target, source))
      return { kind: 'timeout', actor, path: pathOf(source ?? target), timer: type };
    return { kind: 'choose', actor, event };
  }
}

interface Microstep {
  readonly actorRef: AnyActorRef;
  readonly _transitions?: readonly XStateTransition[];
}

export const messageOf = (envelope: Envelope): LineMessage => ({
  id: idOf(envelope),
  ...(envelope.cause === undefined ? {} : { cause: envelope.cause }),
  correlation: correlationOf(envelope),
  kind: envelope.kind,
  sentAt: stampTime(envelope.clock),
});

const STOP = 'xstate.stop';
const RESOLVED = 'xstate.promise.resolve';
const REJECTED = 'xstate.promise.reject';
const AFTER = 'xstate.after.';

/** Events that never are a consequence: only the clock and a promise cause them. */
const isOwnTimer = ({ type }: EventObject): boolean =>
  type.startsWith(AFTER) || type === RESOLVED || type === REJECTED;

const isTimer = (type: string, target: AnyActorRef, source: AnyActorRef | undefined): boolean =>
  type.startsWith(AFTER) || source === target;

const isAlive = (ref: AnyActorRef): boolean => (ref.getSnapshot() as { status: string }).status === 'active';

function rootOf(ref: AnyActorRef): AnyActorRef {
  let at = ref;
  while (at._parent !== undefined) at = at._parent;
  return at;
}

/** Ids from the root's child down to this actor. */
function pathOf(ref: AnyActorRef): string[] {
  const path: string[] = [];
  for (let at = ref; at._parent !== undefined; at = at._parent) path.unshift(at.id);
  return path;
}

import type { AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import type { Witness } from '../actor/witness.ts';
import type { Logic } from '../actor/logic.ts';
import type { Address } from '../message/address.ts';
import { deliveredEvent, type Envelope, type Message } from '../message/envelope.ts';
import {
  encodeLine,
  type Happening,
  type Line,
  type RecordedMessage,
  type RecordedSnapshot,
} from './recording.ts';

export interface RecorderOptions {
  /** Takes the lines of the recording, each with its line break. */
  readonly write: (line: string) => void;
  /** Name of the system, for the header. */
  readonly system: string;
}

/** What a system needs to be recorded: `createSystem({ record: recorder })`. */
export interface Recorder {
  /** Called by the system when it begins. */
  attach(node: { readonly name: string; readonly now: () => number }): Witness;
}

/**
 * Record what the actors of a system do, as NDJSON (recording.ts): every message, timer and end of work that set an actor going, what it
 * said over it, and the snapshot it came to rest in. One recorder may serve several systems of one process.
 */
export function createRecorder({ write, system }: RecorderOptions): Recorder {
  write(encodeLine({ kind: 'recording', v: 1, source: 'live', system }));
  let step = 0;
  return {
    attach: ({ name, now }) =>
      new Recording((line) => {
        write(encodeLine({ kind: 'step', step, ...line, time: now(), node: name }));
        step += 1;
      }),
  };
}

type Draft = Omit<Line, 'kind' | 'step' | 'time' | 'node'>;

class Recording implements Witness {
  readonly #tracks = new Map<Address, Track>();
  readonly #write: (line: Draft) => void;

  constructor(write: (line: Draft) => void) {
    this.#write = write;
  }

  begins(address: Address, _logic: Logic, input: unknown): (event: InspectionEvent) => void {
    const track = new Track(address, this.#write);
    this.#tracks.set(address, track);
    return (event) => track.inspect(event, input);
  }

  handles(address: Address, envelope: Envelope): void {
    this.#tracks.get(address)?.handles(envelope);
  }

  said(from: Address, to: Address, event: Message): void {
    this.#tracks.get(from)?.said({ from, to, event });
  }

  emitted(from: Address, event: EventObject): void {
    this.#tracks.get(from)?.emits(event);
  }

  ended(address: Address): void {
    this.#tracks.get(address)?.close();
    this.#tracks.delete(address);
  }
}

const INIT = 'xstate.init';
const nothing = { sent: [], emitted: [], snapshots: {} };

/**
 * One actor's tree of XState actors. XState is synchronous: an event that is relayed while another is being worked off is a consequence of
 * it and no happening of its own. `#open` counts the events whose work is not over (XState tells of each twice: when it is relayed, and when
 * its snapshot is in place).
 */
class Track {
  #sent: RecordedMessage[] = [];
  #emitted: EventObject[] = [];
  readonly #address: Address;
  readonly #write: (line: Draft) => void;
  #open = 0;
  #action: Happening | undefined;
  #message: Happening | undefined;
  #root: AnyActorRef | undefined;

  constructor(address: Address, write: (line: Draft) => void) {
    this.#address = address;
    this.#write = write;
  }

  handles(envelope: Envelope): void {
    this.close();
    const from = envelope.from ?? '';
    const event = deliveredEvent(envelope);
    this.#message = { kind: 'deliver', sent: { from, to: this.#address, event } };
  }

  said(message: RecordedMessage): void {
    if (this.#action === undefined)
      // A promise of the actor says it, between two of its steps.
      this.#write({ action: { kind: 'work', actor: this.#address }, ...nothing, sent: [message] });
    else this.#sent.push(message);
  }

  emits(event: EventObject): void {
    this.#emitted.push(event);
  }

  inspect(inspected: InspectionEvent, input: unknown): void {
    if (inspected.type === '@xstate.event') this.#relayed(inspected, input);
    else if (inspected.type === '@xstate.snapshot') this.#settled();
  }

  /** What is under way is over: nothing more can belong to it. */
  close(): void {
    this.#open = 0;
    if (this.#action === undefined) return;
    const action = this.#action;
    this.#action = undefined;
    const [sent, emitted] = [this.#sent, this.#emitted];
    this.#sent = [];
    this.#emitted = [];
    this.#write({ action, sent, emitted, snapshots: { [this.#address]: this.#snapshot() } });
  }

  #relayed({ event, actorRef: target, sourceRef }: RelayedEvent, input: unknown): void {
    // XState's type of the event promises less of an actor than it gives.
    const [actorRef, source] = [target as AnyActorRef, sourceRef as AnyActorRef | undefined];
    if (actorRef.sessionId === this.#rootId(actorRef) && event.type === INIT)
      this.#begin({ kind: 'start', actor: this.#address, input });
    else if (this.#message !== undefined) this.#begin(this.#message);
    else if (this.#open === 0 || isOwnTimer(event)) this.#begin(this.#stimulus(event, actorRef, source));
    this.#message = undefined;
    this.#open += 1;
  }

  #begin(action: Happening): void {
    this.close();
    this.#action = action;
  }

  #settled(): void {
    this.#open -= 1;
    if (this.#open <= 0) this.close();
  }

  #rootId(ref: AnyActorRef): string {
    this.#root ??= ref;
    return this.#root.sessionId;
  }

  #snapshot(): RecordedSnapshot {
    const { status, value, context, output, error } = this.#root?.getSnapshot() as RecordedSnapshot;
    return { status, value, context, output, error };
  }

  /** Something that came neither as a message nor from within: a timer, or work that has ended. */
  #stimulus(event: EventObject, target: AnyActorRef, source: AnyActorRef | undefined): Happening {
    const actor = this.#address;
    const { type, data } = event as EventObject & { data?: unknown };
    if (type === RESOLVED) return { kind: 'settle', actor, path: pathOf(target), outcome: { output: data } };
    if (type === REJECTED) return { kind: 'settle', actor, path: pathOf(target), outcome: { error: data } };
    if (isTimer(type, target, source))
      return { kind: 'timeout', actor, path: pathOf(source ?? target), timer: type };
    return { kind: 'choose', actor, event };
  }
}

type RelayedEvent = Extract<InspectionEvent, { type: '@xstate.event' }>;

const RESOLVED = 'xstate.promise.resolve';
const REJECTED = 'xstate.promise.reject';
const AFTER = 'xstate.after.';

/** Events that never are a consequence: only the clock and a promise cause them. */
const isOwnTimer = ({ type }: EventObject): boolean =>
  type.startsWith(AFTER) || type === RESOLVED || type === REJECTED;

const isTimer = (type: string, target: AnyActorRef, source: AnyActorRef | undefined): boolean =>
  type.startsWith(AFTER) || source === target;

/** Ids from the root's child down to this actor. */
function pathOf(ref: AnyActorRef): string[] {
  const path: string[] = [];
  for (let at = ref; at._parent !== undefined; at = at._parent) path.unshift(at.id);
  return path;
}

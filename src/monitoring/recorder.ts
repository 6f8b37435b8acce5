import type { EventObject, InspectionEvent } from 'xstate';
import type { Witness } from '../actor/witness.ts';
import type { Logic } from '../actor/logic.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import { encodeLine } from './recording.ts';
import { Track, type Draft } from './track.ts';

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

  handles(address: Address, envelope: Envelope, event: EventObject): void {
    this.#tracks.get(address)?.handles(envelope, event);
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

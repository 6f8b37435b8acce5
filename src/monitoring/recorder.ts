import type { EventObject, InspectionEvent } from 'xstate';
import type { Live, Witness } from '../actor/witness.ts';
import type { Address } from '../message/address.ts';
import type { Envelope } from '../message/envelope.ts';
import { linesOf, type Decided } from './commits.ts';
import { encodeLine } from './recording.ts';
import { inConversation, Track, type Draft } from './track.ts';

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
 * said over it, and the snapshot it came to rest in; of durable actors, when it is stored. One recorder may serve several systems of one
 * process.
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

  begins(actor: Live, input: unknown): (event: InspectionEvent) => void {
    const { address } = actor;
    const track = new Track({ address, write: (line) => this.#write(inConversation(actor, line)) });
    this.#tracks.set(address, track);
    return (event) => track.inspect(event, input);
  }

  handles({ address }: Live, envelope: Envelope, event: EventObject): void {
    this.#tracks.get(address)?.handles(envelope, event);
  }

  handled(): void {
    // XState tells when it is.
  }

  said(from: Address, envelope: Envelope): void {
    this.#tracks.get(from)?.said(envelope);
  }

  emitted(from: Address, event: EventObject): void {
    this.#tracks.get(from)?.emits(event);
  }

  committed(
    { address, correlation }: Pick<Live, 'address' | 'correlation'>,
    commit: number,
    decided: object,
  ): void {
    let last = correlation;
    for (const line of linesOf(address, commit, decided as Decided)) {
      last = line.message?.correlation ?? last;
      this.#write(inConversation({ correlation: last }, line));
    }
  }

  ended(address: Address): void {
    this.#tracks.get(address)?.close();
    this.#tracks.delete(address);
  }
}

import type { Entry } from '../../monitoring/entry.ts';
import type { Chart } from '../draw/chart.ts';
import type {
  About,
  ActorDetail,
  ActorPage,
  ActorQuery,
  ChartProblem,
  DryRun,
  HistoryPage,
  HistoryQuery,
  Interest,
  LetterPage,
  LetterQuery,
  Overview,
  Reach,
} from '../protocol.ts';

/**
 * What an inspector looks at: a live system (live.ts), a recording (recording.ts), charts in a file that is being written (design.ts), or an XState
 * app that speaks Stately's protocol (stately.ts). The server knows nothing else of them, and the page sees no difference.
 *
 * Everything rejects with a TroupeError; NOT_AVAILABLE where the source has no such thing (sending to a recording).
 */
export interface Source {
  about(): About;
  overview(): Promise<Overview>;
  actors(query: ActorQuery): Promise<ActorPage>;
  /** @throws TroupeError NO_SUCH_ACTOR */
  actor(address: string): Promise<ActorDetail>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** undefined: no actor with such a chart was seen */
  chart(hash: string): Promise<Chart | undefined>;
  /** What is wrong with a chart, where the source knows more than the chart says (its machine). */
  problems?(hash: string): readonly ChartProblem[] | undefined;
  /**
   * Tell of what happens from now on (of a recording: of all that happened). One watcher is one lease: while there is none, a live system tells nothing.
   * `emit` returns false when the watcher cannot take more, and has not taken these: the source then coalesces and counts (DroppedEntry), it
   * never queues without bound.
   */
  watch(watcher: Watcher): Watching;
  send(address: string, event: { readonly type: string }): Promise<void>;
  /** What the event would do, without doing it. */
  dryRun(address: string, event: { readonly type: string }): Promise<DryRun>;
  deadLetters(query: LetterQuery): Promise<LetterPage>;
  replayLetter(id: string, queue: string): Promise<void>;
  dropLetter(id: string, queue: string): Promise<void>;
  /** An app connects that speaks Stately's protocol; undefined: there is no room. Absent: this source has no use for one. */
  guest?(): Guest | undefined;
  close(): Promise<void>;
}

/** An app that speaks Stately's protocol. */
export interface Guest {
  /** One message as it came. */
  take(text: string): void;
  close(): void;
}

export interface Watcher {
  readonly interest: Interest;
  emit(entries: readonly Entry[]): boolean;
  /** Of several nodes: which of them tell, whenever that is another. Absent: they are told of, but not of that. */
  reached?(reach: Reach): void;
  /** `about` or a chart has changed: what was read before is no longer true. */
  changed?(): void;
  /** All entries of a recording were told. */
  ended?(): void;
}

export interface Watching {
  /** Look at something else from now on. */
  refocus(interest: Interest): void;
  /** What was asked for last is told from now on, by all who could be reached. Absent: it always is at once. */
  inForce?(): Promise<void>;
  close(): void;
}

import type { DeadReason } from '../actor/dead-letters.ts';
import type { Line, RecordedMessage, RecordedSnapshot } from './recording.ts';

/**
 * What can stand in a recording after its header: what a live system says to an inspector, what a session leaves in a file, and what a
 * failing test shows are one form.
 */
export type Entry =
  | Line
  | ActorEntry
  | EndedEntry
  | ChartEntry
  | LetterEntry
  | MetricsEntry
  | DroppedEntry
  | PropertyEntry
  | CoverageEntry;

/** An actor is there: it began, or it was there when the recording began (then with the snapshot it had). */
export interface ActorEntry {
  readonly kind: 'actor';
  readonly address: string;
  readonly node: string;
  /** The machine's id, or the kind of logic. */
  readonly machine: string;
  /** Of its chart, in a ChartEntry; absent for logic that is no machine. */
  readonly chart?: string;
  readonly parent?: string;
  readonly durable?: boolean;
  readonly snapshot?: RecordedSnapshot;
  /** ms since the epoch */
  readonly time: number;
}

export interface EndedEntry {
  readonly kind: 'ended';
  readonly address: string;
  readonly node: string;
  readonly reason: string;
  readonly time: number;
}

/** A statechart (`Chart` of troupe/inspector), once for each hash: a recording can be read without the program. */
export interface ChartEntry {
  readonly kind: 'chart';
  /** Of the chart's JSON; hexadecimal. */
  readonly hash: string;
  readonly chart: unknown;
}

/** A message that was not delivered. */
export interface LetterEntry {
  readonly kind: 'letter';
  readonly node: string;
  readonly reason: DeadReason;
  readonly message: RecordedMessage;
  readonly detail?: string;
  readonly time: number;
}

/** What one node counted in one period. */
export interface MetricsEntry {
  readonly kind: 'metrics';
  readonly node: string;
  readonly time: number;
  /** ms */
  readonly period: number;
  /** Messages sent and handled in the period. */
  readonly sent: number;
  readonly handled: number;
  /** Since the node began. */
  readonly deadLetters: Readonly<Partial<Record<DeadReason, number>>>;
  readonly rejected: Readonly<Record<string, number>>;
  /** Bytes of heap in use. */
  readonly heap: number;
  /** How late the event loop was at worst in the period, ms. */
  readonly lag: number;
  readonly kinds: Readonly<Record<string, KindMetrics>>;
  /** Messages in the period from actors of one kind to actors of another; `''` is the outside. */
  readonly flow: readonly (readonly [from: string, to: string, messages: number])[];
}

/** The actors of one kind on one node. */
export interface KindMetrics {
  readonly actors: number;
  /** How many are in which state; the text of a state value. At most `limits.states`, the rest under `…`. */
  readonly states: Readonly<Record<string, number>>;
  /** In the period. */
  readonly handled: number;
  readonly failed: number;
  /** Time to handle a message, ms; of a sample, absent when there was none. */
  readonly p50?: number;
  readonly p99?: number;
}

/** Not everything was told: said, so that nobody takes a sample for the whole. */
export interface DroppedEntry {
  readonly kind: 'dropped';
  readonly node: string;
  /** Lines that were left out since the last such entry. */
  readonly lines: number;
  /** Share of correlations that are told of now, 0 to 1. */
  readonly sampling: number;
  readonly time: number;
  /** A gap: from then, ms since the epoch, until `time` the node told nothing at all; `lines` is 0 where nobody counted what. */
  readonly since?: number;
}

/** What a test says of a property. */
export interface PropertyEntry {
  readonly kind: 'property';
  readonly name: string;
  /** `always`, `sometimes`, `eventually`, … */
  readonly type: string;
  readonly verdict: 'holds' | 'fails' | 'unknown';
  /** What was searched, in words: "27,000 states", "500 seeds". */
  readonly searched?: string;
  /** The command that makes it happen again. */
  readonly replay?: string;
}

/** How often a test was in which state of a machine, and took which transition. */
export interface CoverageEntry {
  readonly kind: 'coverage';
  readonly machine: string;
  readonly chart: string;
  /** By state id. */
  readonly states: Readonly<Record<string, number>>;
  /** By edge id (inspector/draw). */
  readonly transitions: Readonly<Record<string, number>>;
}

/**
 * A transition that was taken: which of those that the state has for that event descriptor (XState's, as in `Chart`), in the order in which
 * they are tried. That says which guard decided.
 */
export interface TakenTransition {
  readonly state: string;
  readonly event: string;
  readonly index: number;
  /** Ids from the actor down to the child whose transition it is; absent: the actor itself. */
  readonly path?: readonly string[];
}

/** Of the message that set a step going. */
export interface LineMessage {
  readonly id: string;
  /** Id of the message whose handling sent it. */
  readonly cause?: string;
  readonly correlation: string;
  readonly kind: string;
  /** When it was sent, by the sender's hybrid clock, ms since the epoch. */
  readonly sentAt?: number;
}

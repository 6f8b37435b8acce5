import type { Entry, TakenTransition } from '../monitoring/entry.ts';
import type { Interest, Letter, Letters } from '../monitoring/monitor-protocol.ts';
import type { RecordedSnapshot } from '../monitoring/recording.ts';
import type { Chart } from './draw/chart.ts';

/**
 * What the page and its server say to each other: JSON over HTTP. Every request but those for the page's own files carries
 * `Authorization: Bearer <token>`.
 *
 * | request                                         | answer                                              |
 * | ----------------------------------------------- | --------------------------------------------------- |
 * | GET  /api/about                                 | About                                               |
 * | GET  /api/overview                              | Overview                                            |
 * | GET  /api/actors?kind&state&id&node&from&limit  | ActorPage (ActorQuery)                              |
 * | GET  /api/actor?address                         | ActorDetail                                         |
 * | GET  /api/history?address&before&limit          | HistoryPage (HistoryQuery)                          |
 * | GET  /api/chart?hash&direction&collapsed        | ChartPicture; `collapsed`: JSON list of state ids   |
 * | GET  /api/letters?queue&from&limit              | LetterPage (LetterQuery)                            |
 * | GET  /api/events?interest                       | text/event-stream of PageEvent; `interest` is JSON  |
 * | POST /api/interest  {watching, interest}        | 204                                                 |
 * | POST /api/taken     {watching, events}          | 204: the page has worked off so many `entries`       |
 * | POST /api/send      {address, event}            | 204, or Refusal NOT_ALLOWED without --allow-send    |
 * | POST /api/dry-run   {address, event}            | DryRun                                              |
 * | POST /api/letters   {action, id, queue}         | 204; action replay or drop; needs --allow-send      |
 *
 * Every failure is a Refusal with status 400, 401, 403, 404, 409, 413, 429 or 500.
 */
export interface Refusal {
  /** Of a TroupeError. */
  readonly code: string;
  readonly message: string;
}

export interface About {
  readonly source: 'live' | 'recording' | 'design' | 'stately';
  /** Of the system, or of the file. */
  readonly name: string;
  /** May the page send events and replay dead letters? */
  readonly canSend: boolean;
  /** Of a recording or design: what could not be read, in words, one a line. */
  readonly flaws: readonly string[];
  /** Of a test's recording. */
  readonly property?: string;
  readonly replay?: string;
  /** What is from this step on can repeat for ever (a counterexample to liveness). */
  readonly loop?: number;
  /** Share of correlations a watcher is told of at most, 0 to 1. */
  readonly sampling: number;
  /** Requests that were refused since the server began, by code. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface Overview {
  /** ms since the epoch */
  readonly time: number;
  readonly nodes: readonly NodeRow[];
  readonly kinds: readonly KindRow[];
  readonly alerts: readonly Alert[];
  readonly queues: readonly QueueRow[];
}

export interface NodeRow {
  readonly node: string;
  readonly actors: number;
  /** Services it answers for, with the number of instances. */
  readonly services: Readonly<Record<string, number>>;
  /** Kinds of virtual actors it hosts. */
  readonly hosts: readonly string[];
  /** ms since the epoch */
  readonly lastSeen: number;
  /** Since the inspector began to look, the share of time in which it was heard, 0 to 1. */
  readonly availability: number;
  readonly isDown: boolean;
}

export interface KindRow {
  readonly kind: string;
  readonly chart?: string;
  readonly actors: number;
  readonly states: Readonly<Record<string, number>>;
}

export interface Alert {
  readonly severity: 'warning' | 'error';
  /** What is wrong, in one line: "circuit breaker payment is open since 12 s". */
  readonly text: string;
  readonly address?: string;
  readonly since: number;
}

export interface QueueRow {
  readonly queue: string;
  /** Messages that wait or are being worked on. */
  readonly depth: number;
  readonly deadLetters: number;
}

/** All fields narrow; `id` is a substring, or a pattern with `*`. */
export interface ActorQuery {
  readonly kind?: string;
  /** The whole state value as text, or the name of one of its outermost states. */
  readonly state?: string;
  readonly id?: string;
  readonly node?: string;
  /** First row, from 0. */
  readonly from?: number;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
}

export interface ActorRow {
  readonly address: string;
  readonly node: string;
  readonly kind: string;
  readonly status: string;
  /** The text of its state value. */
  readonly state: string;
  readonly durable?: boolean;
}

export interface ActorPage {
  readonly rows: readonly ActorRow[];
  /** How many pass the query. */
  readonly total: number;
}

export interface ActorDetail extends ActorRow {
  readonly snapshot: RecordedSnapshot;
  readonly tags: readonly string[];
  /** Hash for /api/chart. */
  readonly chart?: string;
  readonly parent?: string;
  readonly children: readonly ChildRow[];
  readonly timers: readonly TimerRow[];
  readonly events: readonly EventRow[];
  /** Messages in its mailbox. */
  readonly waiting: number;
  /** Of a durable actor: the number of its last commit. */
  readonly commit?: number;
}

export interface ChildRow {
  /** Ids from the actor down. */
  readonly path: readonly string[];
  readonly kind: string;
  readonly status: string;
  readonly state: string;
  /** When it is a Troupe actor of its own. */
  readonly address?: string;
}

export interface TimerRow {
  readonly id: string;
  /** The event it will send. */
  readonly event: string;
  /** ms since the epoch */
  readonly due: number;
}

/** An event that the machine knows. */
export interface EventRow {
  readonly type: string;
  /** Would it do anything in this state (guards asked with an event that has nothing but its type)? */
  readonly enabled: boolean;
}

export interface HistoryQuery {
  readonly address: string;
  /** Commits before this number; default: the last ones. */
  readonly before?: number;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
}

/** Of a durable actor: its log. Of any other: what was seen of it while somebody looked. Oldest first. */
export interface HistoryPage {
  readonly moments: readonly Moment[];
  /** Are there older ones? */
  readonly more: boolean;
}

export interface Moment {
  readonly number: number;
  readonly time: number;
  readonly node: string;
  /** What was decided over, in words: event types, timers. */
  readonly causes: readonly string[];
  readonly snapshot: RecordedSnapshot;
  readonly sent: readonly { readonly to: string; readonly event: { readonly type: string } }[];
  readonly timers: readonly TimerRow[];
  /** The transitions that were taken, where that is known. */
  readonly taken?: readonly TakenTransition[];
  /** It is there and cannot be read: why. */
  readonly unreadable?: string;
}

export interface ChartPicture {
  readonly chart: Chart;
  /** `Geometry` of layout/; absent when no layout could be made in time: the page then shows the outline. */
  readonly geometry?: unknown;
  /** What is wrong with the chart, by state id or edge id. */
  readonly problems: readonly ChartProblem[];
}

export interface ChartProblem {
  readonly at: string;
  readonly text: string;
}

export interface DryRun {
  readonly handled: boolean;
  readonly snapshot: RecordedSnapshot;
  readonly taken: readonly {
    readonly state: string;
    readonly event: string;
    readonly index: number;
  }[];
  /** What it would do, in words. */
  readonly effects: readonly string[];
}

export interface LetterQuery {
  /** A work queue; absent: messages between actors. */
  readonly queue?: string;
  readonly from?: number;
  readonly limit?: number;
}

export type LetterRow = Letter;
export type LetterPage = Letters;

export type { Interest };

export type PageEvent =
  /** First of a stream: the id of this watching, for /api/interest and /api/taken. */
  | { readonly type: 'begin'; readonly watching: string; readonly about: About }
  | { readonly type: 'entries'; readonly entries: readonly Entry[] }
  /** All entries of a recording were sent. */
  | { readonly type: 'end' }
  /** A design file was read again, or what it is about has changed. */
  | { readonly type: 'changed'; readonly about: About };

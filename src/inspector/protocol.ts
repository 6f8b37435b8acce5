import type { Entry } from '../monitoring/entry.ts';
import type { Interest, Letter, Letters } from '../monitoring/monitor-protocol.ts';
import type { PastMoment } from '../monitoring/past.ts';
import type { RecordedSnapshot } from '../monitoring/recording.ts';
import type { Chart } from './draw/chart.ts';
import type { Element } from './draw/shape.ts';
import type { ChartTexts } from './draw/texts.ts';

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
 * | GET  /api/chart-text?form&hash&…                | {text}: the chart as `form` mermaid or svg          |
 * | GET  /api/letters?queue&from&limit              | LetterPage (LetterQuery)                            |
 * | GET  /api/events?interest                       | text/event-stream of PageEvent; `interest` is JSON  |
 * | POST /api/interest  {watching, interest}        | 204                                                 |
 * | POST /api/taken     {watching, events}          | 204: the page has worked off so many `entries`       |
 * | POST /api/send      {address, event}            | 204, or Refusal NOT_ALLOWED without --allow-send    |
 * | POST /api/dry-run   {address, event}            | DryRun                                              |
 * | POST /api/diagram-text {form, diagram}           | {text}: a Sequence (draw/sequence.ts) as mermaid or svg |
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
  /** Nothing was heard of it for longer than a node is silent: it may be down, or cannot be reached from here. */
  readonly isSilent?: boolean;
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
  /** It is in no node's memory, and is not brought there by being looked at: this is what is stored of it. */
  readonly passivated?: boolean;
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

export type Moment = PastMoment;

export interface ChartPicture {
  readonly chart: Chart;
  readonly texts: ChartTexts;
  /** Absent when no layout could be made in time: the page then shows the outline. */
  readonly drawing?: ChartDrawing;
  /** What is wrong with the chart, by state id or edge id. */
  readonly problems: readonly ChartProblem[];
}

export interface ChartDrawing {
  /** With all that may come to lie on it: `layOn` of draw/overlay.ts shows what does. */
  readonly shape: Element;
  /** CSS, for an element of class `picture`. */
  readonly style: string;
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

/** Which of the nodes that are known tell what is wanted. */
export interface Reach {
  readonly nodes: number;
  readonly told: number;
  /** Some that do not, and the code of what they answered: TIMEOUT, NOT_AVAILABLE, OVERLOADED; '' while they are asked. */
  readonly missing: readonly { readonly node: string; readonly why: string }[];
  /** Since when the inspector has no connection to the others, ms since the epoch: it cannot know how they are. */
  readonly cutSince?: number;
}

export type PageEvent =
  /** First of a stream: the id of this watching, for /api/interest and /api/taken. */
  | { readonly type: 'begin'; readonly watching: string; readonly about: About }
  | { readonly type: 'entries'; readonly entries: readonly Entry[] }
  /** Of a live system, first and whenever it is another: what is told is whole only when all nodes tell it. */
  | { readonly type: 'reach'; readonly reach: Reach }
  /** All entries of a recording were sent. */
  | { readonly type: 'end' }
  /** A design file was read again, or what it is about has changed. */
  | { readonly type: 'changed'; readonly about: About };

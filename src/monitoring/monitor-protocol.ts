import { PATTERN } from './pattern.ts';
import type { RecordedSnapshot } from './recording.ts';
import type { TakenTransition } from './entry.ts';

/** The monitor of a node: `$monitor@<node>`. */
export const MONITOR = '$monitor';

export const monitorOf = (node: string): string => `${MONITOR}@${node}`;

/** ms that a lease lasts unless it is renewed. */
export const LEASE = 10_000;

/** What an inspector wants to be told of. Metrics come in any case. */
export interface Interest {
  /** Everything of these actors. */
  readonly actors?: readonly string[] | undefined;
  /** Everything of these conversations. */
  readonly correlations?: readonly string[] | undefined;
  /** Of everything else, at most so many lines a second (sampled by correlation); 0: nothing. */
  readonly rate?: number | undefined;
}

/** All fields narrow; `id` is a substring, or a pattern with `*`. */
export interface RowQuery {
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly id?: string | undefined;
}

/** What the monitor of a node is asked and told. Asks are answered with the Answer of the same name, or fail with a TroupeError. */
export type Request =
  | { readonly type: 'hello' }
  | { readonly type: 'list'; readonly query: RowQuery; readonly from: number; readonly limit: number }
  /** `stored`: no node has it in memory, so what is stored of it is wanted. */
  | { readonly type: 'detail'; readonly address: string; readonly stored?: boolean | undefined }
  | { readonly type: 'chart'; readonly hash: string }
  | {
      readonly type: 'history';
      readonly address: string;
      readonly before?: number | undefined;
      readonly limit: number;
    }
  /** Dead letters: of a work queue, or of messages between actors. */
  | {
      readonly type: 'letters';
      readonly queue?: string | undefined;
      readonly from: number;
      readonly limit: number;
    }
  /** Put a dead letter of a queue back, or remove it for good. */
  | { readonly type: 'replay' | 'drop'; readonly queue: string; readonly id: number }
  | { readonly type: 'dryRun'; readonly address: string; readonly event: { readonly type: string } }
  /** Begin to tell, or go on; `to` is told Frames. */
  | {
      readonly type: 'lease';
      readonly id: string;
      readonly to: string;
      readonly interest: Interest;
      /** Frames that may be sent before more is granted, count. */
      readonly credit: number;
      /** The least share of conversations that any node can tell of, above 0: what more than that is told of would be told in part. */
      readonly share?: number | undefined;
    }
  | { readonly type: 'credit'; readonly id: string; readonly frames: number }
  | { readonly type: 'release'; readonly id: string };

export interface Row {
  readonly address: string;
  readonly kind: string;
  readonly status: string;
  readonly state: string;
  readonly durable?: boolean;
}

export interface KindTally {
  readonly kind: string;
  readonly chart?: string;
  readonly actors: number;
  readonly states: Readonly<Record<string, number>>;
}

export interface GivenUp {
  readonly address: string;
  /** ms since the epoch */
  readonly time: number;
}

export interface QueueTally {
  readonly queue: string;
  readonly depth: number;
  readonly deadLetters: number;
}

/** A message that was not delivered. */
export interface Letter {
  readonly id: string;
  readonly time: number;
  readonly reason: string;
  readonly to: string;
  readonly from?: string;
  readonly event?: { readonly type: string };
  readonly error?: string;
  readonly attempts?: number;
  readonly queue?: string;
}

export interface Letters {
  readonly rows: readonly Letter[];
  readonly total: number;
}

/** `json` is a string, so that what is told crosses the wire as it is: hidden and bounded at its node. */
export type Answer =
  | {
      readonly type: 'hello';
      readonly node: string;
      readonly actors: number;
      readonly kinds: readonly KindTally[];
      readonly services: Readonly<Record<string, number>>;
      readonly hosts: readonly string[];
      /** Of messages between actors since the node began. */
      readonly deadLetters: number;
      /** Work queues that were opened on this node. */
      readonly queues: readonly QueueTally[];
      readonly hasStore: boolean;
      readonly payloads: boolean;
      /** Actors that supervision has stopped for good, the last ones. Absent: an older node. */
      readonly givenUp?: readonly GivenUp[];
    }
  /** `next`: the answer was full before the rows were all there. */
  | { readonly type: 'rows'; readonly rows: readonly Row[]; readonly total: number; readonly next?: number }
  | { readonly type: 'detail'; readonly json: string }
  | { readonly type: 'chart'; readonly json: string }
  | { readonly type: 'letters'; readonly json: string }
  | { readonly type: 'done' }
  | { readonly type: 'history'; readonly json: string }
  | { readonly type: 'dryRun'; readonly json: string }
  | ({ readonly type: 'leased' } & Leased);

/** An answer with names that users gave, as it crosses the wire: they may be any text, and only JSON has a form for all of them. */
export interface Sealed {
  readonly type: 'hello' | 'rows';
  readonly json: string;
}

export const sealed = (answer: Answer): Answer | Sealed =>
  answer.type === 'hello' || answer.type === 'rows'
    ? { type: answer.type, json: JSON.stringify(answer) }
    : answer;

export const opened = (said: Answer | Sealed): Answer =>
  'json' in said && (said.type === 'hello' || said.type === 'rows')
    ? (JSON.parse(said.json) as Answer)
    : (said as Answer);

/** Of a lease that was asked for. */
export interface Leased {
  /** Share of conversations that is told of now. */
  readonly sampling: number;
  /** What this node could tell of by itself, while a rate is wanted. */
  readonly share?: number;
  /** The lease begins: for how long the node has been there, ms, and what it has handled until now. */
  readonly began?: { readonly up: number; readonly handled: number };
}

/** What a node tells who holds a lease: lines of a recording (entry.ts), each the JSON of one Entry. */
export interface Frame {
  readonly type: 'frame';
  readonly node: string;
  readonly lease: string;
  /** From 1. */
  readonly number: number;
  /** As in Leased. */
  readonly share?: number;
  readonly lines: readonly string[];
}

export interface ActorDetail extends Row {
  readonly node: string;
  readonly snapshot: RecordedSnapshot;
  readonly tags: readonly string[];
  readonly chart?: string;
  readonly parent?: string;
  readonly children: readonly {
    readonly path: readonly string[];
    readonly kind: string;
    readonly status: string;
    readonly state: string;
    readonly address?: string;
  }[];
  readonly timers: readonly { readonly id: string; readonly event: string; readonly due: number }[];
  readonly events: readonly { readonly type: string; readonly enabled: boolean }[];
  readonly waiting: number;
  readonly commit?: number;
  /** It is in no node's memory: this is what is stored. */
  readonly passivated?: boolean;
}

export interface DryRun {
  readonly handled: boolean;
  readonly snapshot: RecordedSnapshot;
  readonly taken: readonly TakenTransition[];
  readonly effects: readonly string[];
}

const text = (value: unknown): boolean => typeof value === 'string';
const flag = (value: unknown): boolean => typeof value === 'boolean';
const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const texts = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.every(text));
const optional = (check: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || check(value);

const isInterest = (value: unknown): boolean => {
  const { actors, correlations, rate } = Object(value) as Record<string, unknown>;
  return (
    texts(actors) &&
    texts(correlations) &&
    (rate === undefined || (Number.isFinite(rate) && (rate as number) >= 0))
  );
};

const isPattern = (value: unknown): boolean => text(value) && (value as string).length <= PATTERN;

const isQuery = (value: unknown): boolean => {
  const { kind, state, id } = Object(value) as Record<string, unknown>;
  return [kind, state].every(optional(text)) && optional(isPattern)(id);
};

/** What a node tells goes to nobody else's actors. */
const isInspector = (value: unknown): boolean => text(value) && (value as string).startsWith('$inspector');

const isShare = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= 1;

const isEvent = (value: unknown): boolean => text((Object(value) as Record<string, unknown>)['type']);

const fields: Readonly<Record<Request['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  hello: {},
  list: { query: isQuery, from: whole, limit: whole },
  detail: { address: text, stored: optional(flag) },
  chart: { hash: text },
  history: { address: text, before: optional(whole), limit: whole },
  letters: { queue: optional(text), from: whole, limit: whole },
  replay: { queue: text, id: whole },
  drop: { queue: text, id: whole },
  dryRun: { address: text, event: isEvent },
  lease: { id: text, to: isInspector, interest: isInterest, credit: whole, share: optional(isShare) },
  credit: { id: text, frames: whole },
  release: { id: text },
};

/** What came is nothing but bytes of somebody who may reach this node. */
export const isRequest = (message: { readonly type: string }): message is Request =>
  Object.hasOwn(fields, message.type) &&
  Object.entries(fields[message.type as Request['type']]).every(([name, check]) =>
    check((message as unknown as Record<string, unknown>)[name]),
  );

import type { RecordedSnapshot } from '../../../monitoring/recording.ts';
import { labelOf } from './messages-diagram.ts';
import { push } from './messages-lists.ts';
import { stateText } from '../parts/words.ts';
import type { Arrow, Occurrence, Traffic } from './messages-traffic.ts';
import {
  sagaOf,
  soundsBad,
  soundsUndoing,
  workflowOf,
  type Conversation,
  type StepRecord,
} from './timeline-conversations.ts';

export type Outcome = 'done' | 'failed' | 'unknown' | 'open';

/** Part of a row: an attempt, a wait for a timer, or a state an actor is in. */
export interface Segment {
  readonly kind: 'attempt' | 'wait' | 'state';
  readonly label: string;
  readonly from: number;
  /** Absent: it goes on. */
  readonly to?: number;
  readonly outcome: Outcome;
  /** 1 for the first. */
  readonly attempt?: number;
  readonly error?: string;
  /** Occurrences with which it began and ended. */
  readonly begin: number;
  readonly end?: number;
}

export interface Row {
  readonly key: string;
  readonly label: string;
  readonly role: 'forward' | 'undo';
  /** Services that did it, as far as the messages show. */
  readonly services: readonly string[];
  readonly segments: readonly Segment[];
  /** Key of the row that this one undoes. */
  readonly undoes?: string;
  /** What is shown was concluded from messages, no orchestrator said so. */
  readonly inferred: boolean;
  readonly skipped: boolean;
  /** Whose step it is. */
  readonly actor?: string;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type RowDraft = Omit<Writable<Row>, 'services' | 'segments'> & {
  services: Set<string>;
  segments: Writable<Segment>[];
};

/** Steps of one conversation, as rows: first what goes forward, in the order of beginning, then what undoes it, the last step's first. */
export function rowsOf(
  conversation: Conversation,
  traffic: Traffic,
  times: Float64Array,
  openers: ReadonlyMap<number, number>,
): Row[] {
  const rows = new Rows(times);
  const own = new Map<string, Occurrence[]>();
  for (const index of conversation.occurrences) {
    const occurrence = traffic.occurrences[index];
    if (occurrence?.actor === undefined) continue;
    push(own, occurrence.actor, occurrence);
  }
  const { owner, helpers, style } = conversation;
  for (const actor of owner === undefined ? [] : [owner, ...helpers]) {
    const occurrences = own.get(actor) ?? [];
    if (!readSaga(rows, actor, occurrences) && !readWorkflow(rows, actor, occurrences, actor !== owner))
      readStates(rows, actor, occurrences);
  }
  if (style === 'choreography' || style === 'messages') readWork(rows, conversation, traffic, openers);
  rows.nameServices(traffic);
  return rows.finish();
}

class Rows {
  readonly #rows = new Map<string, RowDraft>();
  readonly #times: Float64Array;

  constructor(times: Float64Array) {
    this.#times = times;
  }

  time(index: number): number {
    return this.#times[index] ?? 0;
  }

  row(key: string, given: Pick<Row, 'label' | 'role'> & Partial<Row>): RowDraft {
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = {
      key,
      inferred: false,
      skipped: false,
      ...given,
      services: new Set(given.services),
      segments: [],
    };
    this.#rows.set(key, row);
    return row;
  }

  open(row: RowDraft, segment: Pick<Segment, 'kind' | 'label' | 'begin' | 'attempt'>): void {
    row.segments.push({ ...segment, from: this.time(segment.begin), outcome: 'open' });
  }

  close(row: RowDraft, kind: Segment['kind'], end: number, outcome: Outcome, error?: string): void {
    const segment = row.segments.findLast((each) => each.kind === kind && each.to === undefined);
    if (segment === undefined) return;
    Object.assign(segment, { end, to: Math.max(segment.from, this.time(end)), outcome });
    if (error !== undefined) segment.error = error;
  }

  isOpen(row: RowDraft, kind: Segment['kind'], attempt?: number): boolean {
    return row.segments.some(
      (each) => each.kind === kind && each.to === undefined && each.attempt === attempt,
    );
  }

  /** Who was asked when an attempt began. */
  nameServices({ arrows }: Traffic): void {
    const said = new Map<number, Arrow[]>();
    for (const arrow of arrows) {
      if (arrow.source === undefined || arrow.kind === 'answer' || arrow.duplicate) continue;
      push(said, arrow.source, arrow);
    }
    for (const row of this.#rows.values()) {
      if (row.actor === undefined || row.services.size > 0) continue;
      for (const { kind, begin } of row.segments)
        if (kind === 'attempt') for (const { to } of said.get(begin) ?? []) row.services.add(labelOf(to));
    }
  }

  finish(): Row[] {
    const all = [...this.#rows.values()].map((row) => ({ ...row, services: [...row.services] }));
    const begin = ({ segments }: Row): number => segments[0]?.from ?? Infinity;
    const forward = all.filter(({ role }) => role === 'forward').sort((a, b) => begin(a) - begin(b));
    const undone = (row: Row): number => forward.findIndex(({ key }) => key === row.undoes);
    const undo = all
      .filter(({ role }) => role === 'undo')
      .map((row) => (row.undoes === undefined ? joined(row, forward) : row))
      .sort((a, b) => undone(b) - undone(a) || begin(a) - begin(b));
    return [...forward, ...undo];
  }
}

/** Undoing that names no step: of the first step that the same service did. */
function joined(row: Row, forward: readonly Row[]): Row {
  const match = forward.find(({ services }) => services.some((each) => row.services.includes(each)));
  return match === undefined ? row : { ...row, undoes: match.key, inferred: true };
}

const faultText = (record: StepRecord | undefined): string | undefined =>
  record?.error === undefined
    ? undefined
    : [record.error.code, record.error.message].filter((each) => each !== undefined).join(': ');

const outcomeOf = (status: string): Outcome =>
  status === 'completed'
    ? 'done'
    : status === 'unknown'
      ? 'unknown'
      : status === 'failed'
        ? 'failed'
        : 'open';

const snapshotsOf = (
  actor: string,
  occurrences: readonly Occurrence[],
): readonly (readonly [index: number, snapshot: RecordedSnapshot])[] =>
  occurrences.flatMap(({ index, line }) => {
    const snapshot = line?.snapshots[actor];
    return snapshot === undefined ? [] : [[index, snapshot] as const];
  });

function readSaga(rows: Rows, actor: string, occurrences: readonly Occurrence[]): boolean {
  const snapshots = snapshotsOf(actor, occurrences);
  const first = sagaOf(snapshots[0]?.[1]);
  if (first === undefined) return false;
  const rowOf = (step: string, phase: StepRecord['phase']): RowDraft =>
    phase === 'compensate'
      ? rows.row(`${actor} ${step} undo`, {
          label: `undo ${step}`,
          role: 'undo',
          actor,
          undoes: `${actor} ${step}`,
        })
      : rows.row(`${actor} ${step}`, { label: step, role: 'forward', actor });
  for (const { name } of first.steps) rowOf(name, 'perform');
  let told = 0;
  for (const [index, snapshot] of snapshots) {
    const saga = sagaOf(snapshot);
    if (saga === undefined) continue;
    for (const record of saga.history.slice(told))
      rows.close(
        rowOf(record.step, record.phase),
        'attempt',
        index,
        outcomeOf(record.status),
        faultText(record),
      );
    told = saga.history.length;
    const state = stateText(snapshot.value);
    const phase = state.startsWith('compensat') ? 'compensate' : 'perform';
    const step = phase === 'perform' ? saga.steps[saga.position]?.name : saga.pending[0];
    const row = step === undefined ? undefined : rowOf(step, phase);
    const isWaiting = state.endsWith('etrying');
    if (row === undefined || snapshot.status !== 'active') continue;
    if (!isWaiting) rows.close(row, 'wait', index, 'done');
    if (isWaiting && !rows.isOpen(row, 'wait'))
      rows.open(row, { kind: 'wait', label: 'waits to try again', begin: index });
    const isAt = state === 'performing' || state === 'compensating';
    if (isAt && !rows.isOpen(row, 'attempt', saga.attempt))
      rows.open(row, { kind: 'attempt', label: row.label, begin: index, attempt: saga.attempt });
  }
  return true;
}

function readWorkflow(
  rows: Rows,
  actor: string,
  occurrences: readonly Occurrence[],
  isHelper: boolean,
): boolean {
  const snapshots = snapshotsOf(actor, occurrences);
  const first = workflowOf(snapshots[0]?.[1]);
  if (first === undefined) return false;
  const role = isHelper && soundsUndoing(actor) ? 'undo' : 'forward';
  const rowOf = ({ id, service }: { id: string; service?: string }): RowDraft =>
    rows.row(`${actor} ${id}`, {
      label: id,
      role,
      actor,
      ...(service === undefined ? {} : { services: [service] }),
    });
  const stood = new Map<string, string>();
  for (const [index, snapshot] of snapshots) {
    const run = workflowOf(snapshot);
    if (run === undefined) continue;
    for (const step of run.steps) {
      const { status = '', attempt = 1 } = run.progress[step.id] ?? {};
      const now = `${status} ${attempt}`;
      if (stood.get(step.id) === now) continue;
      stood.set(step.id, now);
      const row = rowOf(step);
      if (status === 'pending' && attempt === 1) continue;
      const record = run.history.findLast((each) => each.step === step.id);
      if (status !== 'retrying') rows.close(row, 'wait', index, 'done');
      if (status === 'skipped') row.skipped = true;
      if (['completed', 'failed', 'running', 'retrying'].includes(status)) {
        if (!rows.isOpen(row, 'attempt', attempt) && !row.segments.some((each) => each.attempt === attempt))
          rows.open(row, { kind: 'attempt', label: step.id, begin: index, attempt });
        const outcome = status === 'completed' ? 'done' : 'failed';
        if (status !== 'running') rows.close(row, 'attempt', index, outcome, faultText(record));
      }
      if (status === 'retrying') rows.open(row, { kind: 'wait', label: 'waits to try again', begin: index });
    }
  }
  return true;
}

/** An actor of one's own chart: a row with the states it went through. */
function readStates(rows: Rows, actor: string, occurrences: readonly Occurrence[]): void {
  const row = rows.row(`${actor} states`, {
    label: actor,
    role: 'forward',
    inferred: true,
    services: [labelOf(actor)],
  });
  let state: string | undefined;
  for (const [index, { value, status }] of snapshotsOf(actor, occurrences)) {
    const now = stateText(value) || status;
    if (now === state) continue;
    state = now;
    rows.close(row, 'state', index, 'done');
    rows.open(row, { kind: 'state', label: now, begin: index });
    if (status !== 'active') rows.close(row, 'state', index, soundsBad(now) ? 'failed' : 'done');
  }
}

const typeOf = (occurrence: Occurrence | undefined): string => {
  const sent = occurrence?.line?.action['sent'] as
    { event?: { type?: string; method?: unknown } } | undefined;
  const { type, method } = sent?.event ?? {};
  return typeof method === 'string' ? method : (type ?? occurrence?.kind ?? '');
};

/** What each service did of it: from the message that set it to work until its work ended. */
function readWork(
  rows: Rows,
  { occurrences: members, owner, helpers }: Conversation,
  { occurrences }: Traffic,
  openers: ReadonlyMap<number, number>,
): void {
  const ends = new Map<number, number>();
  for (const index of members) {
    const opener = openers.get(index);
    if (opener !== undefined) ends.set(opener, index);
  }
  for (const index of members) {
    const occurrence = occurrences[index];
    const actor = occurrence?.actor;
    if (actor === undefined || actor === owner || helpers.includes(actor) || occurrence?.kind !== 'deliver')
      continue;
    const end = ends.get(index) ?? index;
    const said = (occurrences[end]?.line?.emitted ?? []).map(({ type }) => type);
    const answers = (occurrences[end]?.line?.sent ?? []).map(({ event }) => event.type);
    const label = typeOf(occurrence);
    const undo = said.some(soundsUndoing) || soundsUndoing(label);
    const service = labelOf(actor);
    const row = rows.row(undo ? `${service} undo` : service, {
      label: undo ? `undo at ${service}` : service,
      role: undo ? 'undo' : 'forward',
      inferred: true,
      services: [service],
      ...(undo ? { undoes: service } : {}),
    });
    rows.open(row, { kind: 'attempt', label: [label, ...said].join(' → '), begin: index });
    const isBad = !undo && [...said, ...answers].some(soundsBad);
    rows.close(row, 'attempt', end, isBad ? 'failed' : 'done');
  }
}

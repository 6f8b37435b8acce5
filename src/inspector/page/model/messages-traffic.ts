import type { EventObject } from 'xstate';
import type { Entry, LetterEntry } from '../../../monitoring/entry.ts';
import type { Line, RecordedMessage } from '../../../monitoring/recording.ts';
import { codeOf, isFor, isOutside, isReply, replyTo } from './messages-address.ts';
import { push } from './messages-lists.ts';
import { isOutcome, sameData } from './messages-same.ts';

/** Something that happened: to an actor, or to a message on its way (then `actor` is absent: the network's doing). */
export interface Occurrence {
  /** Its place among the occurrences, in the order of the recording. */
  readonly index: number;
  readonly kind: string;
  readonly actor?: string;
  readonly step?: number;
  readonly time?: number;
  readonly node?: string;
  /** Absent of a dead letter. */
  readonly line?: Line;
  /** Did it change anything, or make the actor say something? What comes over a bus is often for others. */
  readonly heeded: boolean;
  /** The occurrence of the same actor before it. */
  readonly before?: number;
}

export type ArrowKind = 'message' | 'request' | 'answer' | 'event';
export type Fate = 'delivered' | 'pending' | 'lost' | 'dead';

/** One message on its way from one who said it to one who got it: a copy has an arrow of its own, and an event one for each who heard it. */
export interface Arrow {
  /** Unique here. */
  readonly key: string;
  /** Of the message, in the cluster; not known of every message. */
  readonly id?: string;
  readonly kind: ArrowKind;
  readonly event: EventObject;
  /** Before the network changed it. */
  readonly original?: EventObject;
  /** Where `isOutside`, it is no actor's. */
  readonly from: string;
  readonly to: string;
  /** Occurrences; no source: it came from outside, or from before the recording. */
  readonly source?: number;
  readonly target?: number;
  /** What the network did to it on its way: where it was copied or changed. */
  readonly via?: number;
  readonly fate: Fate;
  /** A second copy, or the same message taken once more. */
  readonly duplicate: boolean;
  /** Why it was not delivered. */
  readonly reason?: string;
}

/** What was said by whom, and what became of it. */
export interface Traffic {
  readonly occurrences: readonly Occurrence[];
  readonly arrows: readonly Arrow[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Writable<Arrow> & { taken: boolean; byCode?: boolean };

interface Emission {
  readonly source: number;
  readonly event: EventObject;
  readonly heard: Set<string>;
}

/** How much earlier than its sender's step a message may be recorded, ms: the step ends when its last consequence has. */
const SLACK = 20;

/** The message of an action of the network or of a delivery. */
export const sentOf = ({ action }: Line): RecordedMessage | undefined => {
  const sent = action['sent'] as RecordedMessage | undefined;
  return typeof sent?.to === 'string' && typeof (sent.event as EventObject | undefined)?.type === 'string'
    ? sent
    : undefined;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const actorOf = (line: Line): string | undefined =>
  text(line.action['actor']) ?? (line.action.kind === 'deliver' ? sentOf(line)?.to : undefined);

/**
 * Job: find out which delivery belongs to which sending. By the message's id where it is known; otherwise by who said what to whom, in the
 * order in which it was said (T1), as tests and older recordings do not number messages.
 *
 * - Every message that was said and every delivery has exactly one arrow that is not a duplicate, or is its end.
 * - In a live recording a delivery may stand before the step that sent it, since a step is written when it has ended.
 */
export function trafficOf(entries: readonly Entry[]): Traffic {
  const matcher = new Matcher();
  for (const entry of entries) matcher.read(entry);
  return matcher.match();
}

class Matcher {
  readonly #occurrences: Occurrence[] = [];
  readonly #letters = new Map<number, LetterEntry>();
  readonly #last = new Map<string, number>();
  readonly #snapshots = new Map<string, unknown>();
  readonly #arrows: Draft[] = [];
  readonly #byId = new Map<string, Draft>();
  readonly #buckets = new Map<string, Draft[]>();
  readonly #emissions = new Map<string, Emission[]>();
  readonly #emissionById = new Map<string, Emission>();
  /** By reply address: the arrow of the request. */
  readonly #requests = new Map<string, Draft>();
  readonly #answers: Draft[] = [];
  #isTest = true;
  read(entry: Entry): void {
    if (entry.kind === 'step') this.#readLine(entry);
    else if (entry.kind === 'letter') {
      const { time, node } = entry;
      this.#letters.set(this.#add({ kind: 'letter', time, node, heeded: true }), entry);
    }
  }

  match(): Traffic {
    for (const occurrence of this.#occurrences) {
      const { line } = occurrence;
      const letter = this.#letters.get(occurrence.index);
      if (letter !== undefined) this.#die(letter, occurrence);
      else if (line !== undefined) this.#happen(line, occurrence);
    }
    this.#findCauses();
    this.#settleAnswers();
    return { occurrences: this.#occurrences, arrows: this.#arrows };
  }

  #readLine(line: Line): void {
    if (line.node !== undefined) this.#isTest = false;
    const { step, time, node } = line;
    const about = {
      step,
      line,
      ...(time === undefined ? {} : { time }),
      ...(node === undefined ? {} : { node }),
    };
    const actor = actorOf(line);
    if (actor === undefined && line.action.kind === 'start') return this.#readStart(line, about);
    const heeded = this.#isHeeded(line, actor);
    const index = this.#add({
      kind: line.action.kind,
      ...about,
      ...(actor === undefined ? {} : { actor }),
      heeded,
    });
    this.#said(line.sent, index);
    for (const event of line.emitted) {
      const key = `${actor ?? ''}\n${event.type}`;
      const emission = { source: index, event, heard: new Set<string>() };
      push(this.#emissions, key, emission);
    }
  }

  /** The first line of a test: all its actors start. */
  #readStart(line: Line, about: Pick<Occurrence, 'step'>): void {
    const index = new Map<string, number>();
    for (const actor of Object.keys(line.snapshots)) {
      index.set(actor, this.#add({ kind: 'start', ...about, line, actor, heeded: true }));
      this.#snapshots.set(actor, line.snapshots[actor]);
    }
    for (const message of line.sent) this.#said([message], index.get(message.from));
  }

  #isHeeded(line: Line, actor: string | undefined): boolean {
    if (actor === undefined) return true;
    const said = line.sent.length > 0 || line.emitted.length > 0 || line.action.kind !== 'deliver';
    const snapshot = line.snapshots[actor];
    if (snapshot === undefined) return said;
    const before = this.#snapshots.get(actor);
    this.#snapshots.set(actor, snapshot);
    return said || !sameData(before, snapshot);
  }

  #add(given: Omit<Occurrence, 'index' | 'before'>): number {
    const index = this.#occurrences.length;
    // What a tested network does is in order as well; dead letters of a live system have nothing to do with each other.
    const lane = given.actor ?? (given.kind === 'letter' ? undefined : '');
    if (lane === undefined) {
      this.#occurrences.push({ index, ...given });
      return index;
    }
    const before = this.#last.get(lane);
    this.#occurrences.push({ index, ...given, ...(before === undefined ? {} : { before }) });
    this.#last.set(lane, index);
    return index;
  }

  #said(messages: readonly RecordedMessage[], source: number | undefined): void {
    for (const message of messages) {
      const arrow = this.#arrow(message, source === undefined ? {} : { source });
      if (isReply(message.to)) {
        arrow.kind = 'answer';
        this.#answers.push(arrow);
      }
      this.#pool(arrow);
    }
  }

  #arrow({ from, to, event, id }: RecordedMessage, more: Partial<Draft>): Draft {
    const arrow: Draft = {
      key: `m${this.#arrows.length}`,
      kind: 'message',
      event,
      from,
      to,
      fate: 'pending',
      duplicate: false,
      taken: false,
      ...(id === undefined ? {} : { id }),
      ...more,
    };
    this.#arrows.push(arrow);
    return arrow;
  }

  #pool(arrow: Draft): void {
    if (arrow.id !== undefined && !arrow.duplicate) this.#byId.set(arrow.id, arrow);
    push(this.#buckets, `${arrow.from}\n${arrow.event.type}`, arrow);
  }

  #happen(line: Line, occurrence: Occurrence): void {
    const sent = sentOf(line);
    if (sent === undefined) return;
    const { index: target } = occurrence;
    switch (line.action.kind) {
      case 'deliver':
        return this.#deliver(line, sent, occurrence);
      case 'lose': {
        const arrow = this.#find(sent, occurrence) ?? this.#arrow(sent, {});
        Object.assign(arrow, { taken: true, fate: 'lost', target });
        return;
      }
      case 'duplicate': {
        const original = this.#seek(sent, occurrence)?.arrow ?? this.#findTaken(sent, undefined);
        const source = original?.source ?? target;
        const copy = this.#arrow(sent, { duplicate: true, source, via: target });
        if (original?.kind !== undefined) copy.kind = original.kind;
        return this.#pool(copy);
      }
      case 'corrupt': {
        const into = line.action['into'] as EventObject | undefined;
        const arrow = this.#find(sent, occurrence);
        if (arrow === undefined || typeof into?.type !== 'string') return;
        arrow.original ??= arrow.event;
        arrow.event = into;
        arrow.via = target;
        return this.#pool(arrow);
      }
      case 'forge':
        return this.#pool(this.#arrow(sent, { source: target }));
    }
  }

  #deliver(line: Line, sent: RecordedMessage, occurrence: Occurrence): void {
    const id = line.message?.id ?? sent.id;
    const message = id === undefined ? sent : { ...sent, id };
    const arrow =
      this.#taken(message, occurrence) ??
      this.#heard(message, occurrence) ??
      this.#again(message) ??
      this.#arrow(message, {});
    Object.assign(arrow, { taken: true, fate: 'delivered', target: occurrence.index, to: sent.to });
    if (id !== undefined) arrow.id ??= id;
    if (arrow.from === '' && line.node !== undefined) arrow.from = codeOf(id);
    const address = replyTo(sent.event);
    if (address === undefined) return;
    if (arrow.kind === 'message') arrow.kind = 'request';
    if (arrow.from === '' && address.startsWith('?')) arrow.from = `?@${address.split('@')[1] ?? ''}`;
    if (!arrow.duplicate) this.#requests.set(address, arrow);
  }

  /** The message that was said and not yet taken. */
  #taken(message: RecordedMessage, occurrence: Occurrence): Draft | undefined {
    const known = message.id === undefined ? undefined : this.#byId.get(message.id);
    if (known !== undefined) return known.taken ? undefined : known;
    return this.#find(message, occurrence);
  }

  #find(message: RecordedMessage, occurrence: Occurrence): Draft | undefined {
    const found = this.#seek(message, occurrence);
    found?.bucket.splice(found.at, 1);
    return found?.arrow;
  }

  #seek(message: RecordedMessage, occurrence: Occurrence) {
    const bucket = this.#buckets.get(`${message.from}\n${message.event.type}`) ?? [];
    const at = bucket.findIndex((arrow) => !arrow.taken && this.#fits(arrow, message, occurrence));
    const arrow = bucket[at];
    return arrow === undefined ? undefined : { bucket, at, arrow };
  }

  #fits(arrow: Draft, { to, event, id }: RecordedMessage, { index, time }: Occurrence): boolean {
    if (id !== undefined && arrow.id !== undefined && id !== arrow.id) return false;
    if (!isFor(arrow.to, to) || !sameData(arrow.event, event)) return false;
    if (arrow.source === undefined || arrow.source < index) return true;
    const said = this.#occurrences[arrow.source]?.time;
    return !this.#isTest && said !== undefined && time !== undefined && said <= time + SLACK;
  }

  /** An event of the bus that this actor has not heard yet. */
  #heard(message: RecordedMessage, occurrence: Occurrence): Draft | undefined {
    const { from, to, event, id } = message;
    const known = id === undefined ? undefined : this.#emissionById.get(id);
    const emission =
      known ??
      this.#emissions
        .get(`${from}\n${event.type}`)
        ?.find((each) => !each.heard.has(to) && this.#isOf(each, event, occurrence));
    if (emission === undefined) return;
    if (id !== undefined) this.#emissionById.set(id, emission);
    const duplicate = emission.heard.has(to);
    emission.heard.add(to);
    return this.#arrow(message, { kind: 'event', source: emission.source, duplicate });
  }

  #isOf(emission: Emission, event: EventObject, { index, time }: Occurrence): boolean {
    if (!sameData(emission.event, event)) return false;
    if (emission.source < index) return true;
    const said = this.#occurrences[emission.source]?.time;
    return said !== undefined && time !== undefined && said <= time + SLACK;
  }

  /** What was taken before comes once more. */
  #again(message: RecordedMessage): Draft | undefined {
    const original = this.#findTaken(message, message.id);
    if (original === undefined) return undefined;
    const { source, kind } = original;
    return this.#arrow(message, { kind, duplicate: true, ...(source === undefined ? {} : { source }) });
  }

  #findTaken({ from, to, event }: RecordedMessage, id: string | undefined): Draft | undefined {
    if (id !== undefined) return this.#byId.get(id);
    if (!this.#isTest) return undefined;
    const has = (arrow: Draft): boolean =>
      arrow.taken && arrow.from === from && isFor(arrow.to, to) && sameData(arrow.event, event);
    return this.#arrows.findLast(has);
  }

  /** The asker did nothing else between the answer and this, and it was at once: work that made something else of what it was told. */
  #isNext({ before, time }: Occurrence, source: number): boolean {
    const answered = this.#occurrences[source]?.time ?? 0;
    return (before ?? -1) < source && (time ?? 0) - answered <= SLACK;
  }

  #die({ message, reason, detail }: LetterEntry, occurrence: Occurrence): void {
    const known = message.id === undefined ? undefined : this.#byId.get(message.id);
    const arrow = known ?? this.#find(message, occurrence) ?? this.#arrow(message, {});
    if (arrow.fate === 'delivered') return;
    const why = detail === undefined ? reason : `${reason}: ${detail}`;
    Object.assign(arrow, { taken: true, fate: 'dead', target: occurrence.index, reason: why });
  }

  /** What was said while a message was handled, by code that is no actor: it follows from taking that message. */
  #findCauses(): void {
    const taken = new Map<string, number>();
    for (const { id, target, fate } of this.#arrows)
      if (id !== undefined && target !== undefined && fate === 'delivered' && !taken.has(id))
        taken.set(id, target);
    for (const arrow of this.#arrows) {
      const cause = this.#occurrences[arrow.target ?? -1]?.line?.message?.cause;
      const source = arrow.source === undefined && cause !== undefined ? taken.get(cause) : undefined;
      if (source === undefined || source === arrow.target) continue;
      arrow.source = source;
      if (!isOutside(arrow.from)) continue;
      arrow.from = this.#occurrences[source]?.actor ?? '';
      arrow.byCode = true;
    }
  }

  /** An answer goes to whoever asked, and is taken by the work that waited for it. */
  #settleAnswers(): void {
    const settling = new Map<string, Occurrence[]>();
    for (const each of this.#occurrences)
      if (each.actor !== undefined && (each.kind === 'settle' || each.kind === 'work'))
        push(settling, each.actor, each);
    const used = new Set<number>();
    for (const answer of this.#answers) {
      if (answer.fate !== 'pending') continue;
      const request = this.#requests.get(answer.to);
      answer.to = request?.from ?? '';
      answer.fate = 'delivered';
      // Which work of the actor it was that asked, nobody knows.
      if (request?.byCode === true) continue;
      const source = answer.source ?? 0;
      const after = (settling.get(answer.to) ?? []).filter(
        ({ index, kind }) => index > source && (kind === 'work' || !used.has(index)),
      );
      const target =
        after.find(({ line }) => isOutcome(line, answer.event)) ??
        after.find(({ kind }) => kind === 'work') ??
        after.find((each) => this.#isNext(each, source));
      if (target === undefined) continue;
      answer.target = target.index;
      if (target.kind === 'settle') used.add(target.index);
    }
  }
}

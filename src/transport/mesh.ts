import { isTroupeError, TroupeError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Codec } from '../message/codec.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Subjects } from '../message/subject.ts';
import type { Clock } from '../ports.ts';
import { Channel, type LossReason } from './channel.ts';
import { overhead, PREFIX, readFrame, writeFrame, type Frame } from './frame.ts';
import type { Link, Unsubscribe } from './transport.ts';

/**
 * Job: between envelopes and a link: a channel to each other node, broadcasts, and the end of the tick at which everything
 * that was said to one destination leaves as one message. Not its job: which node an address is on.
 */
export interface MeshOptions {
  readonly self: string;
  readonly subjects: Subjects;
  readonly link: Link;
  readonly codec: Codec;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly onEnvelope: (envelope: Envelope) => void;
  /** A frame of that node arrived: it lives. */
  readonly onHeard: (node: string) => void;
  /** Bytes that are not ours: why, and their beginning. */
  readonly onRejected: (error: TroupeError, bytes: Uint8Array, subject: string) => void;
  readonly onLost: (envelope: Envelope, reason: LossReason) => void;
  /** Is it a node that would be missed? */
  readonly isMember: (node: string) => boolean;
  /** Nobody listens at that node's inbox just now. */
  readonly onUnheard: (node: string) => void;
}

type Deliver = (envelope: Envelope, subject: string) => void;

interface Arrival {
  readonly bytes: Uint8Array;
  readonly subject: string;
  readonly frame: Frame;
  /** Index in the frame's spans of the envelope to deliver next. */
  next: number;
}

interface Cast {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #channels = new Map<string, Channel>();
  /** Last epochs of nodes taken for dead; node names are never used again, so the oldest can go. */
  readonly #floors = new Map<string, number>();
  readonly #dirty = new Set<Channel>();
  readonly #casts = new Map<string, Cast[]>();
  #waitingCasts = 0;
  #epoch = 0;
  #flushing = false;
  readonly #arrivals: Arrival[] = [];
  #receiving = false;

  constructor(options: MeshOptions) {
    this.#options = options;
    const { link, subjects, self } = options;
    link.subscribe(subjects.node(self), (bytes, subject) => this.#receive(bytes, subject));
    link.subscribe(subjects.cluster, (bytes, subject) => {
      const arrival = this.#read(bytes, subject);
      if (arrival !== undefined && arrival.frame.node !== self)
        this.#deliver(arrival, options.onEnvelope, Infinity);
    });
  }

  /**
   * Send to one node, in order and at most once (transport/channel.ts).
   * @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE
   */
  send(node: string, envelope: Envelope): void {
    const bytes = this.#encode(envelope);
    const channel = this.#channel(node);
    if (channel === undefined) this.#options.onLost(envelope, 'outbox-full');
    else channel.send(envelope, bytes);
  }

  /**
   * Send to everyone who subscribed to a subject: at most once, and not repeated.
   * @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE
   */
  cast(subject: string, envelope: Envelope): void {
    const bytes = this.#encode(envelope);
    if (this.#waitingCasts >= this.#options.limits.outbox)
      return this.#options.onLost(envelope, 'outbox-full');
    const waiting = this.#casts.get(subject);
    if (waiting === undefined) this.#casts.set(subject, [{ envelope, bytes }]);
    else waiting.push({ envelope, bytes });
    this.#waitingCasts++;
    this.#flushSoon();
  }

  /** Receive what is cast to subjects under a pattern, one's own casts included. */
  hear(pattern: string, onEnvelope: Deliver, group?: string): Unsubscribe {
    return this.#options.link.subscribe(
      pattern,
      (bytes, subject) => {
        const arrival = this.#read(bytes, subject);
        if (arrival !== undefined) this.#deliver(arrival, onEnvelope, Infinity);
      },
      group,
    );
  }

  /** That node is dead: report what it did not acknowledge. */
  forget(node: string, reason: LossReason): void {
    const channel = this.#channels.get(node);
    if (channel === undefined) return;
    this.#channels.delete(node);
    this.#dirty.delete(channel);
    this.#floors.set(node, channel.peerEpoch);
    if (this.#floors.size > this.#options.limits.nodes)
      this.#floors.delete(this.#floors.keys().next().value as string);
    channel.close(reason);
  }

  /** Find out whether anybody listens at a node's inbox: `onUnheard` is called if not. */
  probe(node: string): void {
    this.#channel(node)?.probe();
  }

  /** Our connection is back, or that of one other node: what was sent meanwhile did not arrive there. */
  reconnected(node?: string): void {
    if (node !== undefined) return this.#channels.get(node)?.reconnected();
    for (const channel of this.#channels.values()) channel.reconnected();
    this.#flushSoon();
  }

  /** Envelopes not yet acknowledged, and casts not yet published. */
  get pending(): number {
    let sum = this.#waitingCasts;
    for (const channel of this.#channels.values()) sum += channel.pending;
    return sum;
  }

  /** Report everything that is still under way as lost. */
  close(): void {
    this.#loseArrivals();
    for (const channel of this.#channels.values()) channel.acknowledge();
    this.#flush();
    for (const node of [...this.#channels.keys()]) this.forget(node, 'system-stopped');
    for (const { envelope } of [...this.#casts.values()].flat())
      this.#options.onLost(envelope, 'system-stopped');
    this.#casts.clear();
  }

  /** A frame whose turn has come is acknowledged as a whole: what nobody will handle of it is a dead letter here, for it is none there (T2). */
  #loseArrivals(): void {
    const [current] = this.#arrivals;
    this.#arrivals.length = 0;
    const lose = (envelope: Envelope): void => this.#options.onLost(envelope, 'system-stopped');
    if (current !== undefined && current.next > 0) this.#deliver(current, lose, Infinity);
  }

  #encode(envelope: Envelope): Uint8Array {
    const bytes = this.#options.codec.encode(envelope);
    const most = this.#options.link.maxPayload - overhead(this.#options.self) - PREFIX;
    if (bytes.length <= most) return bytes;
    throw new TroupeError(
      'PAYLOAD_TOO_LARGE',
      `The event "${envelope.event.type}" to "${envelope.to}" takes ${bytes.length} bytes, the server takes ${most}: send a reference to the data instead.`,
    );
  }

  #channel(node: string): Channel | undefined {
    const known = this.#channels.get(node);
    if (known !== undefined) return known;
    const { self, subjects, link, limits, clock, onLost, onUnheard } = this.#options;
    if (this.#channels.size >= limits.nodes && !this.#evict()) return undefined;
    const channel: Channel = new Channel({
      self,
      subject: subjects.node(node),
      link,
      limits,
      clock,
      nextEpoch: () => ++this.#epoch,
      floor: this.#floors.get(node) ?? 0,
      onLost,
      onUnheard: () => onUnheard(node),
      onDirty: () => {
        this.#dirty.add(channel);
        this.#flushSoon();
      },
    });
    this.#channels.set(node, channel);
    return channel;
  }

  #accept(frame: Frame): boolean {
    const channel = frame.number === 0 ? this.#channels.get(frame.node) : this.#channel(frame.node);
    return channel?.accept(frame) ?? false;
  }

  /** Make room: a node that is gone may have left a channel behind. */
  #evict(): boolean {
    for (const [node, channel] of this.#channels) {
      if (channel.pending > 0 || this.#options.isMember(node)) continue;
      this.forget(node, 'node-down');
      return true;
    }
    return false;
  }

  #read(bytes: Uint8Array, subject: string): Arrival | undefined {
    try {
      const frame = readFrame(bytes);
      this.#options.onHeard(frame.node);
      return { bytes, subject, frame, next: 0 };
    } catch (cause) {
      this.#reject(cause, bytes, subject);
      return undefined;
    }
  }

  /**
   * Frames for this node are taken one after another, a slice in a tick, and acknowledged when their turn has come: a slow node
   * slows its senders down, and answers to the first envelopes leave while the rest is handled.
   */
  #receive(bytes: Uint8Array, subject: string): void {
    const arrival = this.#read(bytes, subject);
    if (arrival === undefined || arrival.frame.node === this.#options.self) return;
    if (arrival.frame.number === 0 && arrival.frame.spans.length > 0) {
      const unnumbered = 'A frame for one node has no number: it is not part of a sequence.';
      return this.#reject(new TroupeError('MALFORMED_MESSAGE', unnumbered), bytes, subject);
    }
    this.#arrivals.push(arrival);
    if (!this.#receiving) this.#takeArrivals();
  }

  #takeArrivals(): void {
    let left = this.#options.limits.arrivalsPerTick;
    while (left > 0 && this.#arrivals.length > 0) {
      const arrival = this.#arrivals[0] as Arrival;
      if (arrival.next === 0 && !this.#accept(arrival.frame)) arrival.next = arrival.frame.spans.length;
      left = this.#deliver(arrival, this.#options.onEnvelope, left);
      if (arrival.next >= arrival.frame.spans.length) this.#arrivals.shift();
    }
    this.#receiving = this.#arrivals.length > 0;
    if (this.#receiving) this.#options.clock.setImmediate(() => this.#takeArrivals());
  }

  /** @returns how many envelopes may still be delivered in this tick */
  #deliver(arrival: Arrival, deliver: Deliver, most: number): number {
    const { node, spans } = arrival.frame;
    let left = most;
    for (; arrival.next < spans.length && left > 0; left--) {
      const start = spans[arrival.next] as number;
      const end = spans[arrival.next + 1] as number;
      arrival.next += 2;
      this.#hand(arrival, start, end, node, deliver);
    }
    return left;
  }

  /** Nothing may be thrown from here: it would end the connection's read loop, and take the rest of the frame with it (T4). */
  #hand({ bytes, subject }: Arrival, start: number, end: number, node: string, deliver: Deliver): void {
    try {
      deliver(this.#options.codec.decode(bytes, start, end, node), subject);
    } catch (cause) {
      this.#reject(cause, bytes.subarray(start, end), subject);
    }
  }

  #reject(cause: unknown, bytes: Uint8Array, subject: string): void {
    const unreadable = 'The bytes could not be read.';
    const error = isTroupeError(cause) ? cause : new TroupeError('MALFORMED_MESSAGE', unreadable, { cause });
    this.#options.onRejected(error, bytes, subject);
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#options.clock.endOfTick(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (const channel of this.#dirty) {
      this.#dirty.delete(channel);
      channel.flush();
    }
    if (this.#options.link.connected) this.#flushCasts();
  }

  #flushCasts(): void {
    const { link, limits, self } = this.#options;
    const most = Math.min(limits.frame, link.maxPayload) - overhead(self);
    for (const [subject, casts] of this.#casts) {
      let parts: Uint8Array[] = [];
      let size = 0;
      const publish = (): void => {
        if (parts.length > 0) link.publish(subject, writeFrame({ ...UNNUMBERED, node: self }, parts));
        parts = [];
        size = 0;
      };
      for (const { bytes } of casts) {
        if (size + bytes.length + PREFIX > most) publish();
        parts.push(bytes);
        size += bytes.length + PREFIX;
      }
      publish();
    }
    this.#casts.clear();
    this.#waitingCasts = 0;
  }
}

const UNNUMBERED = { epoch: 0, number: 0, ackEpoch: 0, ackNumber: 0, reset: false } as const;

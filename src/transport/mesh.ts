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

  constructor(options: MeshOptions) {
    this.#options = options;
    const { link, subjects, self } = options;
    link.subscribe(subjects.node(self), (bytes, subject) =>
      this.#receive(bytes, subject, (frame) => this.#accept(frame)),
    );
    link.subscribe(subjects.cluster, (bytes, subject) =>
      this.#receive(bytes, subject, (frame) => frame.node !== self),
    );
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
  hear(
    pattern: string,
    onEnvelope: (envelope: Envelope, subject: string) => void,
    group?: string,
  ): Unsubscribe {
    return this.#options.link.subscribe(
      pattern,
      (bytes, subject) =>
        this.#receive(
          bytes,
          subject,
          () => true,
          (envelope) => onEnvelope(envelope, subject),
        ),
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
    this.#flush();
    for (const node of [...this.#channels.keys()]) this.forget(node, 'system-stopped');
    for (const { envelope } of [...this.#casts.values()].flat())
      this.#options.onLost(envelope, 'system-stopped');
    this.#casts.clear();
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
    if (frame.node === this.#options.self) return false;
    this.#options.onHeard(frame.node);
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

  #receive(
    bytes: Uint8Array,
    subject: string,
    accept: (frame: Frame) => boolean,
    deliver: (envelope: Envelope) => void = this.#options.onEnvelope,
  ): void {
    let frame: Frame;
    try {
      frame = readFrame(bytes);
    } catch (cause) {
      return this.#reject(cause, bytes, subject);
    }
    if (!accept(frame)) return;
    for (let i = 0; i < frame.spans.length; i += 2) {
      const envelope = this.#decode(
        bytes,
        frame.spans[i] as number,
        frame.spans[i + 1] as number,
        frame.node,
        subject,
      );
      if (envelope !== undefined) deliver(envelope);
    }
  }

  #decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    node: string,
    subject: string,
  ): Envelope | undefined {
    try {
      return this.#options.codec.decode(bytes, start, end, node);
    } catch (cause) {
      this.#reject(cause, bytes.subarray(start, end), subject);
      return undefined;
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
    this.#options.clock.setImmediate(() => {
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

import type { Limits } from '../limits.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Clock, TimerHandle } from '../ports.ts';
import { overhead, PREFIX, writeFrame, type Frame, type Header } from './frame.ts';
import type { Link } from './transport.ts';

/**
 * Job: carry envelopes to one other node in order and at most once, and know of each whether it arrived.
 * Not its job: who that node is, whether it lives (cluster/membership.ts), what an envelope means.
 *
 * Go-back-N (as in TCP and HDLC): frames carry consecutive numbers, the receiver takes only the next one and
 * acknowledges, the sender repeats from the oldest unacknowledged. Core NATS forgets what is published while a
 * connection is down and what a slow consumer cannot take; this makes up for both.
 *
 * - K1 the receiver takes each frame at most once, in order of its number, within one epoch;
 * - K2 every envelope given to `send` is either acknowledged or reported to `onLost` with its reason, exactly one of them;
 * - K3 at most `window` frames are unacknowledged and at most `outbox` envelopes wait: memory is bounded;
 * - K4 an epoch ends when either side forgot the other; what was not acknowledged then is lost with outcome unknown.
 */
export type LossReason = 'outbox-full' | 'node-down' | 'node-forgot-us' | 'system-stopped';

export interface ChannelOptions {
  readonly self: string;
  readonly subject: string;
  readonly link: Link;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Each greater than the last, for all channels of this node. */
  readonly nextEpoch: () => number;
  /** The other node's last epoch before we took it for dead; frames of it and earlier ones are refused (K4). */
  readonly floor: number;
  readonly onLost: (envelope: Envelope, reason: LossReason) => void;
  /** Nobody listens at the other node's inbox just now. */
  readonly onUnheard: () => void;
  /** This channel has something to send: call `flush` at the end of the tick. */
  readonly onDirty: () => void;
}

interface Item {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

interface Sent {
  readonly number: number;
  readonly items: readonly Item[];
}

/** Frames that may arrive before the sender is told without waiting for the timer. */
const ACK_EVERY = 16;
const MAX_BACKOFF = 8;

export class Channel {
  readonly #options: ChannelOptions;
  #epoch: number;
  #next = 1;
  #queue: Item[] = [];
  #unacknowledged: Sent[] = [];
  #retransmit: TimerHandle;
  #backoff = 1;
  #progress = 0;
  /** After a timeout: frames up to this number may be lost, and nothing new is sent before they are acknowledged. */
  #recovering = 0;

  #peerEpoch = 0;
  #taken = 0;
  #owed = 0;
  /** Epoch that the other node must end; 0 for none. */
  #refused = 0;
  #acknowledgement: TimerHandle;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#epoch = options.nextEpoch();
  }

  /** Envelopes not yet acknowledged. */
  get pending(): number {
    return this.#unacknowledged.reduce((sum, { items }) => sum + items.length, this.#queue.length);
  }

  send(envelope: Envelope, bytes: Uint8Array): void {
    if (this.#queue.length >= this.#options.limits.outbox)
      return this.#options.onLost(envelope, 'outbox-full');
    this.#queue.push({ envelope, bytes });
    this.#options.onDirty();
  }

  /** Send what waits, as far as the window allows, and the acknowledgement that is owed with it. */
  flush(): void {
    const { link, limits } = this.#options;
    let from = 0;
    // What is sent behind a gap is thrown away by the receiver: close the gap first.
    const isOpen = link.connected && !this.#isRecovering;
    while (isOpen && from < this.#queue.length && this.#unacknowledged.length < limits.window) {
      const to = this.#batchEnd(from);
      const sent = { number: this.#next++, items: this.#queue.slice(from, to) };
      from = to;
      this.#unacknowledged.push(sent);
      this.#publish(sent);
    }
    if (from > 0) this.#queue = from === this.#queue.length ? [] : this.#queue.slice(from);
    if (this.#owed >= ACK_EVERY) this.#sendAcknowledgement();
    else if (this.#owed > 0) this.#acknowledgeSoon();
    if (this.#unacknowledged.length > 0) this.#armRetransmit();
  }

  /**
   * Take notice of a frame from the other node.
   * @returns whether its envelopes are to be delivered (K1)
   */
  accept(frame: Frame): boolean {
    if (frame.reset) this.#restart('node-forgot-us', frame.ackEpoch);
    else if (frame.ackEpoch === this.#epoch) this.#acknowledged(frame.ackNumber);
    if (frame.number === 0) return false;
    this.#options.onDirty();
    if (frame.epoch <= this.#options.floor) this.#refused = frame.epoch;
    const isNext = frame.epoch > this.#options.floor && this.#isNext(frame);
    if (isNext) {
      this.#peerEpoch = frame.epoch;
      this.#taken = frame.number;
    }
    this.#owed = isNext ? this.#owed + 1 : ACK_EVERY;
    return isNext;
  }

  /** The other node's last epoch: the floor of the channel that follows this one. */
  get peerEpoch(): number {
    return Math.max(this.#peerEpoch, this.#options.floor);
  }

  /** Our connection or the other node's is back: what was under way may be lost, so send it again now. */
  reconnected(): void {
    this.#backoff = 1;
    this.#repeatAll();
    this.#options.onDirty();
  }

  /** Say now what was taken: soon nobody will be here to say it. */
  acknowledge(): void {
    if (this.#owed > 0) this.#sendAcknowledgement();
  }

  /** Find out whether anybody listens there: `onUnheard` is called if not. */
  probe(): void {
    this.#sendAcknowledgement();
  }

  /** The other node is gone: report everything that was not acknowledged. */
  close(reason: LossReason): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#retransmit);
    clock.clearTimeout(this.#acknowledgement);
    this.#loseAll(reason);
  }

  #isNext({ epoch, number }: Frame): boolean {
    return epoch === this.#peerEpoch ? number === this.#taken + 1 : epoch > this.#peerEpoch && number === 1;
  }

  #batchEnd(from: number): number {
    const { link, limits, self } = this.#options;
    const most = Math.min(limits.frame, link.maxPayload) - overhead(self);
    let size = 0;
    let to = from;
    while (to < this.#queue.length) {
      size += PREFIX + (this.#queue[to] as Item).bytes.length;
      if (size > most && to > from) break;
      to++;
    }
    return to;
  }

  #publish({ number, items }: Sent): void {
    const { link, subject, onUnheard } = this.#options;
    if (!link.connected) return;
    const parts = items.map((item) => item.bytes);
    link.publish(subject, writeFrame(this.#header(number), parts), onUnheard);
    this.#settleDebt();
  }

  #sendAcknowledgement(): void {
    const { link, subject, onUnheard } = this.#options;
    if (!link.connected) return;
    link.publish(subject, writeFrame(this.#header(0), []), onUnheard);
    this.#settleDebt();
  }

  #header(number: number): Header {
    const reset = this.#refused !== 0;
    const ackEpoch = reset ? this.#refused : this.#peerEpoch;
    return {
      node: this.#options.self,
      epoch: this.#epoch,
      number,
      ackEpoch,
      ackNumber: reset ? 0 : this.#taken,
      reset,
    };
  }

  #settleDebt(): void {
    this.#owed = 0;
    this.#refused = 0;
    if (this.#acknowledgement === undefined) return;
    this.#options.clock.clearTimeout(this.#acknowledgement);
    this.#acknowledgement = undefined;
  }

  #acknowledgeSoon(): void {
    this.#acknowledgement ??= this.#options.clock.setTimeout(
      () => {
        this.#acknowledgement = undefined;
        this.#sendAcknowledgement();
      },
      this.#options.limits.acknowledge,
      true,
    );
  }

  #acknowledged(number: number): void {
    let done = 0;
    while (done < this.#unacknowledged.length && (this.#unacknowledged[done] as Sent).number <= number)
      done++;
    if (done === 0) return;
    this.#unacknowledged.splice(0, done);
    this.#backoff = 1;
    this.#progress++;
    if (this.#queue.length > 0) this.#options.onDirty();
    if (!this.#isRecovering) return;
    // Only the frame that was repeated arrived: the others were lost with it. More than that: the receiver is merely slow.
    if (done === 1) this.#repeatAll();
    else this.#repeatOldest();
  }

  get #isRecovering(): boolean {
    const [oldest] = this.#unacknowledged;
    return oldest !== undefined && oldest.number <= this.#recovering;
  }

  #repeatAll(): void {
    this.#recovering = 0;
    for (const sent of this.#unacknowledged) this.#publish(sent);
  }

  #repeatOldest(): void {
    const [oldest] = this.#unacknowledged;
    if (oldest !== undefined) this.#publish(oldest);
  }

  /** One timer while anything is unacknowledged; it fires without effect when there was progress meanwhile. */
  #armRetransmit(): void {
    const seen = this.#progress;
    this.#retransmit ??= this.#options.clock.setTimeout(() => {
      this.#retransmit = undefined;
      if (this.#unacknowledged.length === 0) return;
      if (seen === this.#progress) this.#repeat();
      this.#armRetransmit();
    }, this.#options.limits.retransmit * this.#backoff);
  }

  /** Only the oldest frame: a receiver that is merely slow must not be buried. */
  #repeat(): void {
    this.#backoff = Math.min(this.#backoff * 2, MAX_BACKOFF);
    this.#recovering = this.#next - 1;
    this.#repeatOldest();
  }

  #restart(reason: LossReason, epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#epoch = this.#options.nextEpoch();
    this.#next = 1;
    this.#recovering = 0;
    const lost = this.#unacknowledged;
    this.#unacknowledged = [];
    // The window is empty again: nothing else would remind us of what waits.
    if (this.#queue.length > 0) this.#options.onDirty();
    for (const { items } of lost) for (const { envelope } of items) this.#options.onLost(envelope, reason);
  }

  #loseAll(reason: LossReason): void {
    const lost = [...this.#unacknowledged.flatMap(({ items }) => items), ...this.#queue];
    this.#unacknowledged = [];
    this.#queue = [];
    for (const { envelope } of lost) this.#options.onLost(envelope, reason);
  }
}

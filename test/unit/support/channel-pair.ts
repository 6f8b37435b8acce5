import { defaultLimits, type Limits } from '../../../src/limits.ts';
import type { Envelope } from '../../../src/message/envelope.ts';
import { Channel, type LossReason } from '../../../src/transport/channel.ts';
import { readFrame } from '../../../src/transport/frame.ts';
import type { Link } from '../../../src/transport/transport.ts';
import { virtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

export type Side = 'a' | 'b';
export const sides = ['a', 'b'] as const;
export const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');

/** What one side saw: ids are numbers in the order of `send`. */
export interface Seen {
  sent: number;
  readonly delivered: number[];
  readonly lost: Map<number, LossReason>;
  /** Ids reported lost a second time: K2 allows none. */
  readonly lostAgain: number[];
}

interface End {
  channel: Channel | undefined;
  floor: number;
  epoch: number;
  connected: boolean;
  dirty: boolean;
  readonly seen: Seen;
}

const limits: Limits = {
  ...defaultLimits,
  window: 4,
  outbox: 12,
  frame: 60,
  retransmit: 100,
  acknowledge: 10,
};

const letter = (id: number): Envelope => ({
  kind: 'notification',
  node: 'n',
  seq: id,
  to: 'x',
  clock: 0,
  event: { type: 'N' },
});

const encode = (id: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, id);
  return bytes;
};

const decode = (bytes: Uint8Array, start: number): number => Buffer.from(bytes).readUInt32BE(start);

const end = (): End => ({
  channel: undefined,
  floor: 0,
  epoch: 0,
  connected: true,
  dirty: false,
  seen: { sent: 0, delivered: [], lost: new Map(), lostAgain: [] },
});

/** Two channels, a simulated wire between them, and the part of the mesh that makes and forgets channels. */
export class Pair {
  readonly clock: VirtualClock = virtualClock();
  /** Frames under way to each side, oldest first. */
  readonly wire: Record<Side, Uint8Array[]> = { a: [], b: [] };
  readonly #ends: Record<Side, End> = { a: end(), b: end() };

  seen(side: Side): Seen {
    return this.#ends[side].seen;
  }

  pending(side: Side): number {
    return this.#ends[side].channel?.pending ?? 0;
  }

  send(side: Side, count: number): void {
    const { seen } = this.#ends[side];
    for (let i = 0; i < count; i++) {
      const id = ++seen.sent;
      this.#channel(side).send(letter(id), encode(id));
    }
  }

  /** A frame arrives; `keep` leaves it on the wire: it will arrive again. */
  arrive(side: Side, index: number, keep = false): void {
    const bytes = this.wire[side][index];
    if (bytes === undefined) return;
    if (!keep) this.wire[side].splice(index, 1);
    if (!this.#ends[side].connected) return;
    const frame = readFrame(bytes);
    if (!this.#channel(side).accept(frame)) return;
    for (let i = 0; i < frame.spans.length; i += 2)
      this.#ends[side].seen.delivered.push(decode(bytes, frame.spans[i]!));
  }

  drop(side: Side, index: number): void {
    this.wire[side].splice(index, 1);
  }

  connect(side: Side, connected: boolean): void {
    const mine = this.#ends[side];
    if (mine.connected === connected) return;
    mine.connected = connected;
    if (connected) mine.channel?.reconnected();
  }

  forget(side: Side): void {
    const mine = this.#ends[side];
    if (mine.channel === undefined) return;
    const { channel } = mine;
    mine.floor = channel.peerEpoch;
    mine.channel = undefined;
    channel.close('node-down');
  }

  /** The network is sound again: everything arrives in order until nothing is left to say, or `isDone`. */
  heal(isDone: () => boolean = () => this.#isQuiet): void {
    for (const side of sides) this.connect(side, true);
    for (let round = 0; round < 2_000; round++) {
      this.clock.settle();
      for (const side of sides) while (this.wire[side].length > 0) this.arrive(side, 0);
      if (isDone()) return;
      this.clock.advance(10);
    }
  }

  get #isQuiet(): boolean {
    const nothingLeft = sides.every((side) => this.pending(side) === 0 && this.wire[side].length === 0);
    return nothingLeft && this.clock.pending === 0;
  }

  #channel(side: Side): Channel {
    const mine = this.#ends[side];
    const { seen } = mine;
    return (mine.channel ??= new Channel({
      self: side,
      subject: other(side),
      link: this.#link(side),
      limits,
      clock: this.clock,
      nextEpoch: () => ++mine.epoch,
      floor: mine.floor,
      onLost: ({ seq }, reason) => {
        if (seen.lost.has(seq)) seen.lostAgain.push(seq);
        seen.lost.set(seq, reason);
      },
      onUnheard: () => undefined,
      onDirty: () => this.#flushSoon(side),
    }));
  }

  #flushSoon(side: Side): void {
    const mine = this.#ends[side];
    if (mine.dirty) return;
    mine.dirty = true;
    this.clock.setImmediate(() => {
      mine.dirty = false;
      mine.channel?.flush();
    });
  }

  #link(side: Side): Link {
    const ends = this.#ends;
    return {
      get connected() {
        return ends[side].connected;
      },
      maxPayload: 1024,
      publish: (_subject, bytes) => void this.wire[other(side)].push(bytes.slice()),
      subscribe: () => () => undefined,
      close: async () => undefined,
    };
  }
}

/** Most envelopes one side may hold: the window's frames of at most three envelopes each, and the outbox (K3). */
export const mostPending = limits.window * 3 + limits.outbox;

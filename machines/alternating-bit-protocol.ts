export type Bit = 0 | 1;

/** A message under way. */
export interface Frame {
  readonly type: 'FRAME';
  readonly bit: Bit;
  readonly data: unknown;
  /** Where the acknowledgement goes. */
  readonly replyTo: string;
}

export interface Acknowledgement {
  readonly type: 'ACK';
  /** The bit of the frame that has arrived. */
  readonly bit: Bit;
}

export interface AlternatingBitSenderInput {
  /** The address of this sender. */
  readonly address: string;
  /** The address of the receiver. */
  readonly to: string;
  /** How long to wait for an acknowledgement before the frame is sent again, ms. Default 500. */
  readonly retransmitEvery?: number;
  /** Messages that may wait, the one under way included. Default 1,024. */
  readonly capacity?: number;
  /** Messages to begin with. Default none. */
  readonly outbox?: readonly unknown[];
}

export interface AlternatingBitSenderContext {
  readonly address: string;
  readonly to: string;
  readonly retransmitEvery: number;
  readonly capacity: number;
  /** The bit of the message under way, or of the next one. */
  readonly bit: Bit;
  /** The first is under way. */
  readonly outbox: readonly unknown[];
}

export type AlternatingBitSenderEvent = { readonly type: 'SEND'; readonly data: unknown } | Acknowledgement;

export interface AlternatingBitSenderEmitted {
  /** `acknowledged`: it has arrived. `refused`: too many wait already. */
  readonly type: 'alternating-bit.acknowledged' | 'alternating-bit.refused';
  readonly data: unknown;
}

export interface AlternatingBitReceiverInput {
  /** Who is told RECEIVED {data} of each message, once and in order. Default: nobody; it is also emitted. */
  readonly consumer?: string;
}

export interface AlternatingBitReceiverContext {
  readonly consumer: string | undefined;
  /** The bit of the next new message. */
  readonly expected: Bit;
}

export type AlternatingBitReceiverEvent = Frame;

export interface AlternatingBitReceiverEmitted {
  readonly type: 'alternating-bit.received';
  readonly data: unknown;
}

export const flip = (bit: Bit): Bit => (bit === 0 ? 1 : 0);

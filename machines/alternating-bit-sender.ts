/**
 * The sender of the alternating bit protocol (Bartlett, Scantlebury & Wilkinson, "A note on reliable full-duplex transmission over
 * half-duplex links", 1969): messages arrive once each and in order, over a link that loses and repeats but does not overtake.
 *
 * | event       | idle                     | sending                                                     |
 * |-------------|--------------------------|-------------------------------------------------------------|
 * | SEND {data} | sends FRAME {bit, data}  | waits its turn; refused when `capacity` wait                |
 * | ACK {bit}   | ignored: an old one      | of the frame under way: the next one, or idle; else ignored |
 *
 * In `sending` the frame is sent again every `retransmitEvery` ms. One message at a time is under way, so the throughput is one message
 * per round trip. A sender or receiver that crashes forgets its bit; both must then be started anew.
 */
import { assign, emit, setup } from 'xstate';
import { count, duration } from './check.ts';
import {
  flip,
  type AlternatingBitSenderContext,
  type AlternatingBitSenderEmitted,
  type AlternatingBitSenderEvent,
  type AlternatingBitSenderInput,
  type Frame,
} from './alternating-bit-protocol.ts';
import { bounded, tell, typed } from './vocabulary.ts';

interface Context {
  readonly context: AlternatingBitSenderContext;
}

const base = setup({
  types: typed<{
    context: AlternatingBitSenderContext;
    events: AlternatingBitSenderEvent;
    input: AlternatingBitSenderInput;
    emitted: AlternatingBitSenderEmitted;
  }>(),
  actions: {
    tell,
    enqueue: assign(({ context, event }) => ({
      outbox: 'data' in event ? [...context.outbox, event.data] : context.outbox,
    })),
    dequeue: assign(({ context }) => ({ outbox: context.outbox.slice(1), bit: flip(context.bit) })),
    publishAcknowledged: emit(({ context }) => ({
      type: 'alternating-bit.acknowledged',
      data: context.outbox[0],
    })),
    publishRefused: emit(({ event }) => ({
      type: 'alternating-bit.refused',
      data: 'data' in event ? event.data : undefined,
    })),
  },
  guards: {
    isEmpty: ({ context }) => context.outbox.length === 0,
    hasRoom: ({ context }) => context.outbox.length < context.capacity,
    /** Is this the acknowledgement of the frame under way? */
    isCurrent: ({ context, event }) => 'bit' in event && event.bit === context.bit,
  },
  delays: { retransmitEvery: ({ context }) => context.retransmitEvery },
});

const transmit = {
  type: 'tell',
  params: ({ context: { address, to, bit, outbox } }: Context) => {
    const frame: Frame = { type: 'FRAME', bit, data: outbox[0], replyTo: address };
    return { to, event: frame };
  },
} as const;

const states = {
  idle: base.createStateConfig({ on: { SEND: { target: 'sending', actions: 'enqueue' } } }),
  sending: base.createStateConfig({
    entry: transmit,
    after: { retransmitEvery: { target: 'sending', reenter: true } },
    on: {
      SEND: [{ guard: 'hasRoom', actions: 'enqueue' }, { actions: 'publishRefused' }],
      ACK: { guard: 'isCurrent', target: 'next', actions: ['publishAcknowledged', 'dequeue'] },
    },
  }),
  next: base.createStateConfig({ always: [{ guard: 'isEmpty', target: 'idle' }, { target: 'sending' }] }),
};

/** See the header of the file. Throws `INVALID_OPTION` on a bad `retransmitEvery` or `capacity`. */
export const alternatingBitSender = base.createMachine({
  id: 'alternating-bit-sender',
  options: bounded,
  context: ({ input: { address, to, retransmitEvery = 500, capacity = 1024, outbox = [] } }) => ({
    address,
    to,
    retransmitEvery: duration('alternating-bit', 'retransmitEvery', retransmitEvery),
    capacity: count('alternating-bit', 'capacity', capacity),
    bit: 0,
    outbox,
  }),
  initial: 'next',
  states,
});

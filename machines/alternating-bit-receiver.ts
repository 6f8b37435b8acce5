/**
 * The receiver of the alternating bit protocol; alternating-bit-sender.ts is the other end.
 *
 * | event                      | listening                                                                                  |
 * |----------------------------|--------------------------------------------------------------------------------------------|
 * | FRAME {bit, data, replyTo} | the expected bit: handed on, once; either way ACK {bit}, as the ACK before may be lost     |
 */
import { assign, emit, setup } from 'xstate';
import {
  flip,
  type Acknowledgement,
  type AlternatingBitReceiverContext,
  type AlternatingBitReceiverEmitted,
  type AlternatingBitReceiverEvent,
  type AlternatingBitReceiverInput,
} from './alternating-bit-protocol.ts';
import { bounded, tell, typed } from './vocabulary.ts';

interface Received {
  readonly context: AlternatingBitReceiverContext;
  readonly event: AlternatingBitReceiverEvent;
}

const base = setup({
  types: typed<{
    context: AlternatingBitReceiverContext;
    events: AlternatingBitReceiverEvent;
    input: AlternatingBitReceiverInput | undefined;
    emitted: AlternatingBitReceiverEmitted;
  }>(),
  actions: {
    tell,
    expectNext: assign({ expected: ({ event }) => flip(event.bit) }),
    publish: emit(({ event }) => ({ type: 'alternating-bit.received', data: event.data })),
  },
  guards: {
    /** Is this frame new, and not one that was sent again? */
    isExpected: ({ context, event }) => event.bit === context.expected,
  },
});

const handOn = {
  type: 'tell',
  params: ({ context: { consumer }, event: { data } }: Received) => ({
    to: consumer,
    event: { type: 'RECEIVED', data },
  }),
} as const;

const acknowledge = {
  type: 'tell',
  params: ({ event: { bit, replyTo } }: Received) => {
    const event: Acknowledgement = { type: 'ACK', bit };
    return { to: replyTo, event };
  },
} as const;

/** See the header of the file. */
export const alternatingBitReceiver = base.createMachine({
  id: 'alternating-bit-receiver',
  options: bounded,
  context: ({ input: { consumer } = {} }) => ({ consumer, expected: 0 }),
  initial: 'listening',
  states: {
    listening: {
      on: {
        FRAME: [
          { guard: 'isExpected', actions: [handOn, 'publish', acknowledge, 'expectNext'] },
          { actions: acknowledge },
        ],
      },
    },
  },
});

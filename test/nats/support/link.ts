import { assign, setup } from 'xstate';
import { tell } from 'troupe';
import type { Acknowledgement, Frame } from 'troupe/machines';

export interface LinkInput {
  readonly sender: string;
  readonly receiver: string;
  /** How often each message that comes is passed on, in turn; from the start again when there are more. */
  readonly copies: readonly number[];
}

type Passing = Frame | Acknowledgement;

interface Link extends LinkInput {
  readonly passed: number;
}

interface Info {
  readonly context: Link;
  readonly event: Passing;
}

const to = ({ context: { sender, receiver }, event }: Info): string =>
  event.type === 'FRAME' ? receiver : sender;

/** Tell one copy, if the message has as many as that. */
const copy = (nth: number) => (info: Info) =>
  (info.context.copies[info.context.passed % info.context.copies.length] ?? 1) >= nth ? to(info) : undefined;

const passed = ({ event }: { readonly event: Passing }): Passing =>
  event.type === 'FRAME' ? { ...event, replyTo: 'link' } : event;

const passOn = { actions: ['first', 'second', 'count'] } as const;

/** A link between two ends that loses and repeats, and keeps the order. */
export const link = setup({
  types: { context: {} as Link, events: {} as Passing, input: {} as LinkInput },
  actions: {
    first: tell(copy(1), passed),
    second: tell(copy(2), passed),
    count: assign({ passed: ({ context }) => context.passed + 1 }),
  },
}).createMachine({
  id: 'link',
  context: ({ input }) => ({ ...input, passed: 0 }),
  on: { FRAME: passOn, ACK: passOn },
});

/**
 * The alternating bit protocol (Bartlett, Scantlebury & Wilkinson 1969) over queues that lose what they like: what is received is what
 * was sent, in order and once. Frames are repeated in order by the sender, whose timer may run out at any time; that covers a link that
 * repeats them. The queues are bounded here, so that there is an end to the states.
 *
 *     npx troupe check examples/model-checking/alternating-bit.ts --param messages=4
 */
import { always, defineSystem, eventually, sometimes, type NetworkKind } from 'troupe/testing';
import { alternatingBitReceiver, alternatingBitSender } from 'troupe/machines';
import { pick } from './pick.ts';

const mutants = {
  none: {},
  /** The receiver hands on every frame, also one that was sent again. */
  'no-bit-check': { receiver: alternatingBitReceiver.provide({ guards: { isExpected: () => true } }) },
  /** The sender takes every acknowledgement for that of the frame under way. */
  'any-acknowledgement': { sender: alternatingBitSender.provide({ guards: { isCurrent: () => true } }) },
} as const;

export interface Params {
  /** How many messages are sent. */
  readonly messages?: number;
  readonly mutant?: keyof typeof mutants;
  /** `unordered` is a link that overtakes, for which one bit is not enough. */
  readonly network?: Extract<NetworkKind, 'ordered' | 'unordered'>;
  /** How often the link loses. */
  readonly lose?: number;
  /** How often the link brings something twice, one right behind the other. */
  readonly duplicate?: number;
  /** How many frames and acknowledgements fit on the link. */
  readonly capacity?: number;
}

export const system = ({
  messages = 3,
  mutant = 'none',
  network = 'ordered',
  lose = Infinity,
  duplicate = 0,
  capacity = 4,
}: Params = {}) => {
  const outbox = Array.from({ length: messages }, (_, n) => n + 1);
  const {
    sender = alternatingBitSender,
    receiver = alternatingBitReceiver,
  }: { sender?: typeof alternatingBitSender; receiver?: typeof alternatingBitReceiver } = pick(
    mutants,
    mutant,
  );
  const isAll = (received: readonly unknown[]): boolean => received.length >= messages;
  return defineSystem({
    name: 'alternating-bit',
    network,
    faults: { lose, duplicate },
    actors: {
      sender: { logic: sender, input: { address: 'sender', to: 'receiver', outbox } },
      receiver: { logic: receiver, input: {} },
    },
    /** What was handed on by the receiver. */
    history: {
      initial: [] as readonly unknown[],
      emitted: (received: readonly unknown[], actor: string, event: object) =>
        actor === 'receiver' && 'data' in event ? [...received, event.data] : undefined,
    },
    // One more than there are: a message that is received twice must be seen.
    boundary: (state) => state.network.length <= capacity && received(state).length <= messages + 1,
    properties: [
      always('what is received is a prefix of what was sent', (state) =>
        received(state).every((data, at) => data === outbox[at]),
      ),
      always('what is acknowledged was received', (state) => {
        const { outbox: left } = state.actors['sender']!.context as { outbox: readonly unknown[] };
        return messages - left.length <= received(state).length;
      }),
      sometimes('all is received', (state) => isAll(received(state))),
      // A link that loses everything delivers nothing: the promise is for one that loses only so much.
      ...(lose === Infinity
        ? []
        : [eventually('all is received in the end', (state) => isAll(received(state)))]),
    ],
  });
};

const received = ({ history }: { readonly history: unknown }) => history as readonly unknown[];

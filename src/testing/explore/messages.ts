import { keyOf } from '../../kernel/key.ts';
import { receiverOf } from '../model/participant.ts';
import type { Sent } from '../model/view.ts';
import { Interner } from './interner.ts';
import { Ints } from './ints.ts';
import type { Progress } from './progress.ts';

/** Every message that was ever under way, by number. */
export class Messages {
  readonly sent: Interner<Sent>;
  /** Slots of actors; a sender that is none of the system has -1. */
  readonly sender = new Ints();
  readonly receiver = new Ints();
  /** Which queue of an ordered network it goes to. */
  readonly flow = new Ints();
  /** 1 once some actor in some state has handled it. */
  readonly handled = new Ints();
  readonly #slots: ReadonlyMap<string, number>;
  readonly #flows: Interner<readonly string[]>;

  constructor(slots: ReadonlyMap<string, number>, progress: Progress) {
    this.#slots = slots;
    this.sent = new Interner(progress);
    this.#flows = new Interner(progress);
  }

  /** -1 for a message to nobody of the system: a dead letter. */
  idOf(sent: Sent): number {
    const receiver = this.#slots.get(receiverOf(sent.to));
    if (receiver === undefined) return -1;
    const { from, to, event } = sent;
    const id = this.sent.idOf(sent, keyOf([from, to, event]));
    if (id === this.receiver.length) {
      this.sender.push(this.#slots.get(from) ?? -1);
      this.receiver.push(receiver);
      this.flow.push(this.#flows.idOf([from, to]));
      this.handled.push(0);
    }
    return id;
  }
}

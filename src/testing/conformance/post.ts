import { keyOf } from '../../kernel/key.ts';
import { compact } from '../../message/json.ts';
import type { Line, RecordedMessage } from '../../monitoring/recording.ts';
import type { Divergence } from './replica.ts';

const pairOf = ({ from, to }: Pick<RecordedMessage, 'from' | 'to'>): string => JSON.stringify([from, to]);

/** The sender adds where the answer goes only when the question leaves. */
const contentOf = (event: RecordedMessage['event']): string => {
  const { replyTo, ...rest } = event as RecordedMessage['event'] & { replyTo?: unknown };
  return keyOf(typeof replyTo === 'string' && replyTo.startsWith('?') ? rest : event);
};

/**
 * What was delivered, against what was sent: between two actors the deliveries are a part of what was sent, in its order (T1), each at
 * most once (T2). Senders that were not recorded are believed.
 */
export class Post {
  readonly #sent = new Map<string, string[]>();
  readonly #next = new Map<string, number>();
  readonly #senders = new Set<string>();

  constructor(lines: readonly Line[]) {
    for (const { sent, snapshots } of lines) {
      for (const message of sent) this.#add(message);
      for (const actor of Object.keys(snapshots)) this.#senders.add(actor);
    }
  }

  check({ action }: Line): Divergence | undefined {
    if (action.kind !== 'deliver') return undefined;
    const message = action['sent'] as RecordedMessage;
    if (!this.#senders.has(message.from)) return undefined;
    const pair = pairOf(message);
    const sent = this.#sent.get(pair) ?? [];
    const from = this.#next.get(pair) ?? 0;
    const wanted = contentOf(message.event);
    const at = sent.indexOf(wanted, from);
    if (at >= 0) {
      this.#next.set(pair, at + 1);
      return undefined;
    }
    const earlier = sent.lastIndexOf(wanted, from) >= 0;
    return {
      actor: message.to,
      what: earlier ? 'a message came twice, or out of order' : 'a message came that was never sent',
      expected: `from "${message.from}" in its order, each once`,
      found: compact(message.event),
    };
  }

  #add(message: RecordedMessage): void {
    const pair = pairOf(message);
    const sent = this.#sent.get(pair) ?? [];
    sent.push(contentOf(message.event));
    this.#sent.set(pair, sent);
  }
}

import { TroupeError } from '../../errors.ts';
import type { Envelope } from '../../message/envelope.ts';
import type { Batch } from './batch.ts';
import type { Input, Verdict } from './input.ts';
import type { Surroundings } from '../surroundings.ts';

export interface AnswersOptions {
  readonly around: Surroundings;
  readonly give: (input: Input) => void;
  readonly failed: (input: Input, error: unknown) => void;
  /** The actor may have gone on elsewhere: this is for the actor as it is stored now. */
  readonly stale: (input: Input) => void;
}

/** Job: telling senders what became of their messages, once that is stored. Not its job: what becomes of them (decide.ts). */
export class Answers {
  /** Senders that were looked up and found to owe us a message. */
  readonly known = new Set<string>();
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  conclude({ inputs, verdicts }: Batch): void {
    for (let at = 0; at < inputs.length; at++) {
      const input = inputs[at] as Input;
      const verdict = verdicts[at] as Verdict;
      if (input.kind === 'retired') this.known.delete(input.sender);
      if (verdict.kind === 'failed') this.#options.failed(input, verdict.error);
      else if ('envelope' in input) this.#answer(input.envelope, input, verdict);
    }
  }

  /**
   * Nobody knows whether these were taken. Those that are known by a number or a key can be given again; whoever said the others is told.
   * @returns those that can be given again
   */
  doubted(inputs: readonly Input[]): readonly Input[] {
    return inputs.filter((input) => {
      if (!('envelope' in input) || input.envelope.once !== undefined) return true;
      this.#options.around.dead('actor-stopped', input.envelope, inDoubt(input.envelope));
      return false;
    });
  }

  #answer(envelope: Envelope, input: Input, verdict: Verdict): void {
    const { around } = this.#options;
    switch (verdict.kind) {
      case 'taken':
      case 'duplicate':
        return around.taken(envelope);
      case 'stale':
        return this.#options.stale(input);
      case 'unknown-sender':
        return void this.#lookUp(envelope, input, verdict.sender);
      case 'expired':
        return around.dead('expired', envelope);
      case 'ended':
        return around.dead('actor-stopped', envelope);
      default:
        return undefined;
    }
  }

  async #lookUp(envelope: Envelope, input: Input, sender: string): Promise<void> {
    const { around, give } = this.#options;
    const { once, from } = envelope;
    if (from === undefined || typeof once !== 'object') return;
    const owed = await around.isOwed(from, once[0]).catch(() => undefined);
    // Not known: the sender will say it again.
    if (owed === undefined) return;
    if (!owed) return around.taken(envelope);
    this.known.add(sender);
    give(input);
  }
}

const inDoubt = ({ to, event }: Envelope): TroupeError =>
  new TroupeError(
    'STORE_UNAVAILABLE',
    `"${to}" decided over "${event.type}", and its store does not say whether it took that: whether it took effect is unknown.`,
    { retryable: true },
  );

import { isTroupeError } from '../errors.ts';
import { HIDDEN, Rules, type Redaction, type Root, type Rule } from './redact.ts';
import type { Happening, RecordedMessage, RecordedSnapshot } from './recording.ts';
import { textIn, Walk } from './walk.ts';

export interface ValueOptions {
  readonly redact?: Redaction | undefined;
  /** false: neither contexts nor what is in events. */
  readonly payloads?: boolean | undefined;
  /** Of one value, about: what is longer is cut. */
  readonly bytes: number;
}

/** Nesting of a value that is told of, levels. */
const DEPTH = 16;

/**
 * Job: values of actors as they may leave the node: hidden where rules say so, bounded in depth and size, in a form that JSON has. As much work
 * as what is told, however large the value is. Not its job: who is told (lease.ts).
 */
export class Values {
  readonly #rules: Rules;
  readonly #payloads: boolean;
  readonly #bytes: number;
  /** Is anything hidden? Then texts that quote values are not told either. */
  readonly hidesErrors: boolean;

  /** @throws TroupeError INVALID_OPTION */
  constructor({ redact, payloads = true, bytes }: ValueOptions) {
    this.#rules = new Rules(redact);
    this.#payloads = payloads;
    this.#bytes = bytes;
    this.hidesErrors = !payloads || this.#rules.isAny;
  }

  part(kind: string, root: Root, value: unknown): unknown {
    if (value === undefined) return undefined;
    if (!this.#payloads) return root === 'error' ? nameOf(value) : undefined;
    const rules = this.#rules.of(kind, root);
    if (root === 'error') return this.#error(value, rules);
    return this.#walk().tell(value, rules, DEPTH);
  }

  snapshot(kind: string, snapshot: object): RecordedSnapshot {
    const { status, value, context, output, error } = snapshot as RecordedSnapshot;
    return {
      status,
      value: this.#walk().tell(value, [], DEPTH),
      context: this.part(kind, 'context', context),
      output: this.part(kind, 'output', output),
      error: this.part(kind, 'error', error),
    };
  }

  event<T extends { readonly type: string }>(event: T): T {
    const { type } = event;
    if (!this.#payloads) return { type } as T;
    const told = this.#walk().tell(this.#withoutQuotes(event), this.#rules.of('', 'event'), DEPTH) as T;
    // What is hidden of an event is never its type: it would be none.
    return typeof told === 'object' ? { ...told, type } : ({ type } as T);
  }

  message({ from, to, event, id }: RecordedMessage): RecordedMessage {
    return { from, to, event: this.event(event), ...(id === undefined ? {} : { id }) };
  }

  happening(kind: string, action: Happening): Happening {
    const { sent, event, into, input, outcome, ...rest } = action as Happening & {
      sent?: RecordedMessage;
      event?: { readonly type: string };
      into?: { readonly type: string };
      input?: unknown;
      outcome?: { readonly output: unknown } | { readonly error: unknown };
    };
    return {
      ...rest,
      ...(sent === undefined ? {} : { sent: this.message(sent) }),
      ...(event === undefined ? {} : { event: this.event(event) }),
      ...(into === undefined ? {} : { into: this.event(into) }),
      ...('input' in action ? { input: this.part(kind, 'input', input) } : {}),
      ...(outcome === undefined ? {} : { outcome: this.#outcome(kind, outcome) }),
    };
  }

  #walk(): Walk {
    return new Walk({ room: this.#bytes, fields: FIELDS, hidesErrors: this.hidesErrors });
  }

  #error(value: unknown, rules: readonly Rule[]): unknown {
    return this.#walk().tell(this.hidesErrors ? quoteless(value) : value, rules, DEPTH);
  }

  /** XState tells an actor in an event of the errors of others. */
  #withoutQuotes<T extends { readonly type: string }>(event: T): T {
    if (!this.hidesErrors || !event.type.startsWith('xstate.error.') || !('error' in event)) return event;
    return { ...event, error: quoteless(event.error) };
  }

  #outcome(kind: string, outcome: { output: unknown } | { error: unknown }): object {
    if ('error' in outcome) return { error: this.part(kind, 'error', outcome.error) };
    // As the event by which the actor hears of it.
    const told = this.event({ type: '', output: outcome.output }) as { output?: unknown };
    return { output: told.output };
  }
}

/** Fields of one object that are told of, count. */
const FIELDS = 1_000;

/** What was thrown may quote what is hidden, whatever it is. Of an error, a walk hides the message. */
function quoteless(error: unknown): unknown {
  if (error instanceof Error) return error;
  const [name, code] = [textIn(error, 'name'), textIn(error, 'code')];
  return name === '' ? HIDDEN : { name, message: HIDDEN, ...(code === '' ? {} : { code }) };
}

/** What may be said of an error when nothing that it says may. */
function nameOf(error: unknown): unknown {
  if (error instanceof Error)
    return { name: textIn(error, 'name'), ...(isTroupeError(error) ? { code: error.code } : {}) };
  return '(error)';
}

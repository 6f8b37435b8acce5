import { isTroupeError } from '../errors.ts';
import { below, HIDDEN, Rules, type Redaction, type Root, type Rule } from './redact.ts';
import type { Happening, RecordedMessage, RecordedSnapshot } from './recording.ts';

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

  /** @throws TroupeError INVALID_OPTION */
  constructor({ redact, payloads = true, bytes }: ValueOptions) {
    this.#rules = new Rules(redact);
    this.#payloads = payloads;
    this.#bytes = bytes;
  }

  /** Is anything hidden? Then texts that quote values are not told either. */
  get hidesErrors(): boolean {
    return !this.#payloads || this.#rules.isAny;
  }

  part(kind: string, root: Root, value: unknown): unknown {
    if (value === undefined) return undefined;
    if (!this.#payloads) return root === 'error' ? nameOf(value) : undefined;
    return new Walk(this.#bytes).tell(value, this.#rules.of(kind, root), DEPTH);
  }

  snapshot(kind: string, snapshot: object): RecordedSnapshot {
    const { status, value, context, output, error } = snapshot as RecordedSnapshot;
    return {
      status,
      value: new Walk(this.#bytes).tell(value, [], DEPTH),
      context: this.part(kind, 'context', context),
      output: this.part(kind, 'output', output),
      error: this.part(kind, 'error', error),
    };
  }

  event<T extends { readonly type: string }>(event: T): T {
    const { type } = event;
    if (!this.#payloads) return { type } as T;
    const told = this.part('', 'event', event) as T;
    // What is hidden of an event is never its type: it would be none.
    return typeof told === 'object' ? { ...told, type } : ({ type } as T);
  }

  message({ from, to, event, id }: RecordedMessage): RecordedMessage {
    return { from, to, event: this.event(event), ...(id === undefined ? {} : { id }) };
  }

  happening(kind: string, action: Happening): Happening {
    const { sent, event, input, outcome, ...rest } = action as Happening & {
      sent?: RecordedMessage;
      event?: { readonly type: string };
      input?: unknown;
      outcome?: { readonly output: unknown } | { readonly error: unknown };
    };
    return {
      ...rest,
      ...(sent === undefined ? {} : { sent: this.message(sent) }),
      ...(event === undefined ? {} : { event: this.event(event) }),
      ...('input' in action ? { input: this.part(kind, 'input', input) } : {}),
      ...(outcome === undefined ? {} : { outcome: this.#outcome(kind, outcome) }),
    };
  }

  #outcome(kind: string, outcome: { output: unknown } | { error: unknown }): object {
    if ('error' in outcome) return { error: this.part(kind, 'error', outcome.error) };
    // As the event by which the actor hears of it.
    const told = this.event({ type: '', output: outcome.output }) as { output?: unknown };
    return { output: told.output };
  }
}

const nameOf = (error: unknown): unknown =>
  error instanceof Error
    ? { name: error.name, ...(isTroupeError(error) ? { code: error.code } : {}) }
    : '(error)';

/** One value, told until there is no room left. */
class Walk {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  tell(value: unknown, rules: readonly Rule[], depth: number): unknown {
    if (rules.some(({ isHidden }) => isHidden)) return this.#text(HIDDEN);
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return this.#number(value);
      case 'bigint':
        return this.#bigint(value.toString());
      case 'function':
        return this.#text(`(function ${value.name})`);
      case 'symbol':
        return this.#text(`(${value.toString()})`);
      case 'object':
        return value === null ? null : this.#object(value, rules, depth - 1);
      default:
        this.#left -= 5;
        return value;
    }
  }

  #number(value: number): unknown {
    this.#left -= 8;
    if (Number.isFinite(value)) return Object.is(value, -0) ? { '\0z': 0 } : value;
    return `(${value})`;
  }

  /** Cut, it would be another number. */
  #bigint(digits: string): unknown {
    return digits.length > Math.min(this.#left, DIGITS)
      ? this.#text(`(bigint ${digits})`)
      : { '\0n': this.#text(digits) };
  }

  #text(text: string): string {
    const room = Math.max(0, this.#left);
    this.#left -= text.length + 2;
    if (text.length <= room) return text;
    return `${text.slice(0, room)}… (${text.length - room} more characters)`;
  }

  #object(value: object, rules: readonly Rule[], depth: number): unknown {
    this.#left -= 2;
    if (depth < 0) return '(too deep)';
    if (Array.isArray(value)) return this.#items(value, value.length, rules, depth);
    if (value instanceof Date) return { '\0d': value.getTime() };
    if (value instanceof Set) return { '\0s': this.#items(value as Set<unknown>, value.size, rules, depth) };
    if (value instanceof Map) return this.#map(value as Map<unknown, unknown>, rules, depth);
    if (value instanceof Error) return this.#error(value, rules);
    if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
    if ('sessionId' in value && 'getSnapshot' in value)
      return `(actor ${String((value as { id?: unknown }).id)})`;
    return this.#fields(value, rules, depth);
  }

  /** A rule that does not name a place in a list holds for all of them. */
  #items(values: Iterable<unknown>, size: number, rules: readonly Rule[], depth: number): unknown[] {
    const told: unknown[] = [];
    for (const item of values) {
      if (this.#left <= 0) return [...told, `… (${size - told.length} more)`];
      const own = rules.length === 0 ? rules : [...rules, ...below(rules, String(told.length))];
      told.push(this.tell(item, own, depth));
    }
    return told;
  }

  #map(values: Map<unknown, unknown>, rules: readonly Rule[], depth: number): unknown {
    const told: unknown[] = [];
    for (const [key, item] of values) {
      if (this.#left <= 0) {
        told.push([`…`, `(${values.size - told.length} more)`]);
        break;
      }
      const own = rules.length === 0 ? rules : [...rules, ...below(rules, String(key))];
      told.push([this.tell(key, [], depth), this.tell(item, own, depth)]);
    }
    return { '\0m': told };
  }

  #error(error: Error, rules: readonly Rule[]): unknown {
    return {
      name: this.#text(error.name),
      message: this.tell(error.message, below(rules, 'message'), 1),
      ...(isTroupeError(error) ? { code: error.code } : {}),
    };
  }

  #fields(value: object, rules: readonly Rule[], depth: number): unknown {
    const told: Record<string, unknown> = {};
    let number = 0;
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue;
      if (this.#left <= 0 || number >= FIELDS) {
        // Counting the rest of a huge object would cost what bounding it saves.
        told['…'] = '(more)';
        break;
      }
      number += 1;
      this.#left -= key.length + 4;
      const name = key.startsWith('\0') ? `\0${key}` : key;
      const item = this.tell((value as Record<string, unknown>)[key], below(rules, key), depth);
      // Assigned, it would be the prototype.
      if (name === '__proto__') Object.defineProperty(told, name, { value: item, enumerable: true });
      else told[name] = item;
    }
    return told;
  }
}

/** Digits of a bigint that is told as such, count: as message/special.ts. */
const DIGITS = 4_096;

/** Fields of one object that are told of, count. */
const FIELDS = 1_000;

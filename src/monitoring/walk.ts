import { isTroupeError } from '../errors.ts';
import { below, HIDDEN, type Rule } from './redact.ts';

export interface WalkOptions {
  /** Of all that is told, about, characters: what is more is cut. */
  readonly room: number;
  /** Of one object, count; default: as many as there is room for. */
  readonly fields?: number;
  /** Are the messages of errors hidden, which may quote anything? Default false. */
  readonly hidesErrors?: boolean;
  /** Are marks (message/special.ts) in what is told marks already? Default false: they are somebody's keys. */
  readonly isMarked?: boolean;
}

/** Digits of a bigint that is told as such, count: as message/special.ts. */
const DIGITS = 4_096;
/** Of what is kept for the fields after one, so that none takes all there is, characters. */
const RESERVE = 1_024;
/** Of why something cannot be read, characters. */
const WHY = 100;

/**
 * One value in a form that JSON has (message/special.ts), told until there is no room left: as much work as what is told, however large the value is
 * or however often it holds itself. A value that throws when it is read spoils nothing but itself.
 */
export class Walk {
  readonly #options: WalkOptions;
  /** What is being told, from the outside in. */
  readonly #within: object[] = [];
  #left: number;
  #isCut = false;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#left = options.room;
  }

  /** Was there less room than there is to tell? */
  get isFull(): boolean {
    return this.#isCut || this.#left <= 0;
  }

  /** @param depth levels of nesting; what is deeper is left out */
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
        return this.#text(`(function ${textIn(value, 'name')})`);
      case 'symbol':
        return this.#text(`(${value.toString()})`);
      case 'object':
        return value === null ? null : this.#nested(value, rules, depth - 1);
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

  #nested(value: object, rules: readonly Rule[], depth: number): unknown {
    this.#left -= 2;
    if (depth < 0) return '(too deep)';
    const within = this.#within;
    if (within.includes(value)) return '(circular)';
    within.push(value);
    try {
      return this.#object(value, rules, depth);
    } catch (error) {
      return this.#unreadable(error);
    } finally {
      within.pop();
    }
  }

  #unreadable(error: unknown): string {
    const why = this.#options.hidesErrors === true ? HIDDEN : textIn(error, 'message').slice(0, WHY);
    return this.#text(`(unreadable: ${why})`);
  }

  #object(value: object, rules: readonly Rule[], depth: number): unknown {
    if (Array.isArray(value)) return this.#items(value, value.length, rules, depth);
    if (value instanceof Date) return { '\0d': value.getTime() };
    if (value instanceof Set) return { '\0s': this.#items(value as Set<unknown>, value.size, rules, depth) };
    if (value instanceof Map) return this.#map(value as Map<unknown, unknown>, rules, depth);
    if (value instanceof Error) return this.#error(value, rules);
    if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
    if ('sessionId' in value && 'getSnapshot' in value) return this.#text(`(actor ${textIn(value, 'id')})`);
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
      const own = rules.length === 0 ? rules : [...rules, ...below(rules, keyText(key))];
      told.push([this.tell(key, [], depth), this.tell(item, own, depth)]);
    }
    return { '\0m': told };
  }

  #error(error: Error, rules: readonly Rule[]): unknown {
    const { hidesErrors = false } = this.#options;
    const message = hidesErrors ? HIDDEN : textIn(error, 'message');
    return {
      name: this.#text(textIn(error, 'name')),
      message: this.tell(message, below(rules, 'message'), 1),
      ...(isTroupeError(error) ? { code: error.code } : {}),
    };
  }

  #fields(value: object, rules: readonly Rule[], depth: number): unknown {
    const { fields = Infinity } = this.#options;
    const told: Record<string, unknown> = {};
    let number = 0;
    let last: string | undefined;
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue;
      if (last !== undefined) this.#put(told, value, last, rules, depth, Math.min(RESERVE, this.#left / 4));
      last = key;
      number += 1;
      if (this.#left > 0 && number <= fields) continue;
      // Counting the rest of a huge object would cost what bounding it saves.
      told['…'] = '(more)';
      return told;
    }
    if (last !== undefined) this.#put(told, value, last, rules, depth, 0);
    return told;
  }

  /** @param reserve room that is kept for what comes after it */
  #put(
    told: Record<string, unknown>,
    value: object,
    key: string,
    rules: readonly Rule[],
    depth: number,
    reserve: number,
  ): void {
    const name = key.startsWith('\0') && this.#options.isMarked !== true ? `\0${key}` : key;
    this.#left -= key.length + 4;
    const kept = Math.max(0, Math.floor(reserve));
    this.#left -= kept;
    const item = this.#field(value as Record<string, unknown>, key, below(rules, key), depth);
    if (kept > 0) this.#giveBack(kept);
    // Assigned, it would be the prototype.
    if (name === '__proto__') Object.defineProperty(told, name, { value: item, enumerable: true });
    else told[name] = item;
  }

  #giveBack(room: number): void {
    this.#isCut ||= this.#left <= 0;
    this.#left = Math.max(0, this.#left) + room;
  }

  #field(value: Record<string, unknown>, key: string, rules: readonly Rule[], depth: number): unknown {
    try {
      return this.tell(value[key], rules, depth);
    } catch (error) {
      return this.#unreadable(error);
    }
  }
}

/** Keys that are no text and have none are named by no rule. */
const keyText = (key: unknown): string => (typeof key === 'object' && key !== null ? '' : String(key));

/** A text in something that may hold anything, or throw. */
export function textIn(holder: unknown, key: string): string {
  try {
    const text = (holder as Readonly<Record<string, unknown>> | null | undefined)?.[key];
    return typeof text === 'string' ? text : typeof text === 'number' ? String(text) : '';
  } catch {
    return '';
  }
}

import { TroupeError } from '../errors.ts';

declare const brand: unique symbol;

/**
 * Where a message goes: `id` or `id@node`. An id is one or more segments joined by `/`; a bare id is found
 * anywhere in the cluster, `@node` pins it to one node. Plain strings are accepted wherever an address is.
 */
export type Address = string & { readonly [brand]?: 'address' };

declare const replies: unique symbol;

/** The address that waits for an answer of type `TReply`, as in typed Akka. Put there by `ask`. */
export type ReplyTo<TReply> = string & { readonly [replies]?: (reply: TReply) => void };

export interface ParsedAddress {
  readonly id: string;
  readonly node?: string;
}

const MAX_ADDRESS = 512;
const segment = /^[^\s/@*>\p{Cc}\p{Cs}]+$/u;
const nodeName = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids that the runtime makes itself begin with one of these: `?` ask, `!` subscription, `~` anonymous, `$` node. */
const reserved = /^[?!~$]/;

/** The actors by which a system is looked at: monitoring/. */
export const isInspection = (address: Address): boolean =>
  address.startsWith('$monitor@') || address.startsWith('$inspector');

/** The same as `whole` for ASCII, where it is several times as fast. */
const ascii = /^[!-)+-.0-=?A-~]+(?:\/[!-)+-.0-=?A-~]+)*(?:@[A-Za-z0-9_-]{1,64})?$/;
const whole = /^[^\s/@*>\p{Cc}\p{Cs}]+(?:\/[^\s/@*>\p{Cc}\p{Cs}]+)*(?:@[A-Za-z0-9_-]{1,64})?$/u;

/** Would `parseAddress` accept it? Without taking it apart: every message that arrives is checked. */
export const isAddress = (text: string): boolean =>
  text.length <= MAX_ADDRESS && (ascii.test(text) || whole.test(text));

/**
 * Take an address apart.
 * @throws TroupeError INVALID_ADDRESS naming the value and the rule it breaks.
 */
export function parseAddress(text: string): ParsedAddress {
  if (typeof text !== 'string' || text === '') throw invalid(text, 'it must be a non-empty string');
  if (text.length > MAX_ADDRESS)
    throw invalid(`${text.slice(0, 40)}…`, `it is longer than ${MAX_ADDRESS} characters`);
  const at = text.indexOf('@');
  const id = at < 0 ? text : text.slice(0, at);
  for (const part of id.split('/')) {
    if (part === '') throw invalid(text, 'a segment between "/" is empty');
    if (!segment.test(part))
      throw invalid(text, 'a segment has white space, a control character, a lone surrogate or one of @ * >');
  }
  if (at < 0) return { id };
  const node = text.slice(at + 1);
  if (!nodeName.test(node)) throw invalid(text, 'the node after "@" must be 1 to 64 of A-Z a-z 0-9 _ -');
  return { id, node };
}

/** Put an address together; the inverse of `parseAddress`. */
export const formatAddress = ({ id, node }: ParsedAddress): Address =>
  node === undefined ? id : `${id}@${node}`;

/**
 * Check an id a user chose for an actor or a service.
 * @throws TroupeError INVALID_ADDRESS
 */
export function checkId(id: string): string {
  const parsed = parseAddress(id);
  if (parsed.node !== undefined) throw invalid(id, 'an id is chosen without "@node": the system adds it');
  if (reserved.test(id)) throw invalid(id, 'ids beginning with ? ! ~ or $ belong to the runtime');
  return id;
}

/** @throws TroupeError INVALID_OPTION when a system or node name cannot stand in a subject. */
export function checkName(name: string, what: string): string {
  if (nodeName.test(name)) return name;
  throw new TroupeError(
    'INVALID_OPTION',
    `The ${what} "${name}" must be 1 to 64 characters of A-Z a-z 0-9 _ -.`,
  );
}

const invalid = (text: unknown, rule: string): TroupeError =>
  new TroupeError('INVALID_ADDRESS', `"${String(text)}" is not an address: ${rule}.`);

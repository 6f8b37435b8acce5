/** Addresses as messages have them. */
import type { EventObject } from 'xstate';
import { push } from './messages-lists.ts';

export const isReply = (address: string): boolean => address.startsWith('?') || address.includes('/?');

/** What comes before the number of an instance: `orders` of `orders/1@node-x`. */
export const serviceOf = (address: string): string | undefined => /^(.+)\/\d+@[^/]+$/.exec(address)?.[1];

/** Code that is no actor: `?@<node>` where its node is known from where it wants the answer, else `''`. */
export const isOutside = (address: string): boolean => address === '' || address.startsWith('?@');

/** Code that is no actor stands beside the actors of its node, of which the id of its message tells: `<node>.<number>`. */
export const codeOf = (id = ''): string =>
  id.lastIndexOf('.') > 0 ? `?@${id.slice(0, id.lastIndexOf('.'))}` : '';

export const isFor = (to: string, actor: string): boolean =>
  to === actor || serviceOf(actor) === to || actor.startsWith(`${to}@`);

/** Where the one who asks wants the answer. */
export function replyTo(event: EventObject): string | undefined {
  const { replyTo: address } = event as { readonly replyTo?: unknown };
  return typeof address === 'string' ? address : undefined;
}

/** Actors beside each other that can still be read. */
const READABLE = 20;

const kindOf = (actor: string): string => (serviceOf(actor) ?? actor).replace(/\/.*/, '');

/** Where there are more actors than can be read beside each other: the column that those of a kind share, by actor. */
export function sharedColumns(actors: readonly string[]): ReadonlyMap<string, string> {
  const unique = [...new Set(actors)];
  if (unique.length <= READABLE) return new Map();
  const kinds = new Map<string, string[]>();
  for (const actor of unique) push(kinds, kindOf(actor), actor);
  return new Map(
    [...kinds].flatMap(([kind, of]) =>
      of.length > 1 ? of.map((actor) => [actor, `${of.length} × ${kind}`] as const) : [],
    ),
  );
}

/** Addresses as messages have them. */
import type { EventObject } from 'xstate';

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

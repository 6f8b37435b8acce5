import type { Ticket } from './order.ts';

/** What happened to an order, or is wanted for it; in the past tense: a fact, otherwise a wish. */
export type ShopEventType =
  | 'order.created'
  | 'order.confirmed'
  | 'order.rejected'
  | 'payment.requested'
  | 'payment.completed'
  | 'payment.failed'
  | 'payment.refunded'
  | 'inventory.reserve'
  | 'inventory.reserved'
  | 'inventory.rejected';

/** An event of the bus. Each carries the whole order, so that whoever hears it needs to ask nobody. */
export type ShopEvent<TType extends ShopEventType = ShopEventType> = {
  readonly type: TType;
  readonly ticket: Ticket;
  /** Of `failed` and `rejected`: the code of the refusal. */
  readonly reason?: string;
};

import type { Opening } from './opening.ts';
import type { Card, Ticket } from './order.ts';

/** The services, as those who call them see them. Whatever changes something may be called again: it takes effect once. */
export interface Orders {
  /** Begin to process an order; the outcome is published as `order.confirmed` or `order.rejected`. */
  place(request: { readonly ticket: Ticket; readonly by: 'saga' | 'workflow' }): void;
  /** Refuses with CANCELLED an order that was cancelled before. */
  create(ticket: Ticket<'id'>): { readonly order_id: string };
  confirm(ticket: Ticket<'id'>): void;
  cancel(ticket: Ticket<'id'>): void;
}

export interface Payments {
  /** Refuses with CARD_DECLINED, INSUFFICIENT_FUNDS, or CANCELLED for an order that was refunded before. */
  charge(ticket: Ticket<'id' | 'customer' | 'card' | 'amount'>): { readonly charged: number };
  refund(ticket: Ticket<'id'>): void;
}

export interface Inventory {
  /** Refuses with OUT_OF_STOCK, or CANCELLED for an order that was released before. */
  reserve(ticket: Ticket<'id' | 'items'>): { readonly reserved: number };
  release(ticket: Ticket<'id'>): void;
}

/** The bank behind the payment service: a system of somebody else, and slow at times. */
export interface Bank {
  check(card: Card): { readonly accepted: boolean };
}

export interface Books {
  /** Begin the books of a run. */
  open(request: { readonly run: string; readonly opening: Opening }): void;
}

/** Every node says how it is doing. */
export interface Vitals {
  read(nothing: null): { readonly node: string; readonly sent: number; readonly deadLetters: number };
}

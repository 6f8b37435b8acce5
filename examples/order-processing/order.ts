/** One kind of thing in an order. */
export type Item = {
  readonly sku: string;
  readonly quantity: number;
  /** Of one piece, in cents. */
  readonly price: number;
};

/** Cards for trying things out, as payment providers have them: the number decides what the bank does. */
export const cards = ['ok', 'declined', 'slow'] as const;
export type Card = (typeof cards)[number];

/** A line of the orders file. */
export type Order = {
  readonly id: string;
  readonly customer: string;
  /** `declined` is refused by the bank; `slow` is accepted, after a long while. */
  readonly card: Card;
  readonly items: readonly Item[];
  /** What the items cost together, in cents. */
  readonly amount: number;
};

/**
 * An order on its way through one run, or as much of it as is needed. Every run has books of its own, so the same file
 * can be processed again.
 */
export type Ticket<TField extends keyof Order = keyof Order> = {
  readonly run: string;
  readonly order: Pick<Order, TField>;
};

export const total = (items: readonly Item[]): number =>
  items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);

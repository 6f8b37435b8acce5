import type { Orders } from './run.ts';

/** One order that pays, one that cannot, and one that wants more than there is. */
export const threeOrders: Orders = {
  a: { sku: 'tea', account: 'rich', quantity: 2, price: 30, end: 'completed' },
  b: { sku: 'tea', account: 'poor', quantity: 1, price: 5_000, end: 'cancelled' },
  c: { sku: 'tea', account: 'rich', quantity: 50, price: 10, end: 'rejected' },
};

export const oneOrder: Orders = {
  a: { sku: 'tea', account: 'rich', quantity: 2, price: 30, end: 'completed' },
};

export const oneRefused: Orders = {
  b: { sku: 'tea', account: 'poor', quantity: 1, price: 5_000, end: 'cancelled' },
};

export const laterOrder: Orders = {
  d: { sku: 'tea', account: 'rich', quantity: 1, price: 20, end: 'completed' },
};

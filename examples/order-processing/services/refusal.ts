import { isTroupeError, TroupeError } from 'troupe';
import type { Ticket } from '../order.ts';

/** A definite no: trying again would not help, and nothing has happened. */
export const refusal = (code: string, { order }: Ticket<'id'>, why: string): TroupeError =>
  new TroupeError(code, `The order ${order.id} was refused: ${why}.`);

/** The code of a refusal; undefined for an error that says nothing about whether it happened. */
export const refusalCode = (error: unknown): string | undefined =>
  isTroupeError(error) && !error.retryable ? error.code : undefined;

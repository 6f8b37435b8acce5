import type { TransactionStatus } from './two-phase-commit-protocol.ts';
import type { Tell } from './vocabulary.ts';

interface Received {
  readonly context: { readonly transaction: string };
  readonly event: { readonly type: string };
}

/** Answer STATUS, as whoever takes part in a transaction does. */
export const status = (state: string) =>
  ({
    actions: {
      type: 'tell',
      params: ({ context: { transaction }, event }: Received): Tell => {
        const report: TransactionStatus = { type: 'TRANSACTION', transaction, state };
        return { to: 'replyTo' in event ? (event.replyTo as string | undefined) : undefined, event: report };
      },
    },
  }) as const;

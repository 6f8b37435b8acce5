import { isTroupeError } from 'troupe';

export interface Insisting {
  /** Between two attempts, ms. */
  readonly pause: number;
  /** No attempt begins later than this, ms. Default: it never gives up. */
  readonly patience?: number;
  readonly failed?: (code: string) => void;
}

/** Try again and again, as long as the error says that this may help. */
export async function insistOn<T>(
  attempt: () => Promise<T>,
  { pause, patience = Infinity, failed = () => undefined }: Insisting,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTroupeError(error) || !error.retryable || performance.now() - start > patience) throw error;
      failed(error.code);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

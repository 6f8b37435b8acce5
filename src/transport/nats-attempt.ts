import { connect, type ConnectionOptions, type NatsConnection } from 'nats';
import type { Clock, TimerHandle } from '../ports.ts';
import { isRefusal } from './nats-refusal.ts';

/** A server that has not answered after this is asked once more, ms. */
const DOUBT = 200;
/** Pause before it is asked again, ms: a reset often overtakes the reason (measured: in two of three cases). */
const AGAIN = 50;

/**
 * Connect once. The client takes a server that ends the connection after the TLS handshake for a silent one (2.29.3), and that is how TLS 1.3
 * refuses a client certificate. It hears the reason if it may not reconnect: while the answer is awaited, a second connection asks for it.
 * @throws what the client throws, or the reason for which the server refuses us
 */
export async function attempt(options: ConnectionOptions, clock: Clock): Promise<NatsConnection> {
  // Waiting is the caller's, who knows for how long.
  const once = { ...options, waitOnFirstConnect: false };
  const connecting = connect(once);
  const inquiry = inquire(once, clock);
  try {
    return await Promise.race([connecting, inquiry.refusal]);
  } catch (error) {
    void connecting.then(close, () => undefined);
    throw error;
  } finally {
    inquiry.stop();
  }
}

interface Inquiry {
  /** Rejects with the reason when the server refuses us; never resolves. */
  readonly refusal: Promise<never>;
  stop(): void;
}

function inquire(options: ConnectionOptions, clock: Clock): Inquiry {
  let isOver = false;
  let timer: TimerHandle;
  const refusal = new Promise<never>((_resolve, reject) => {
    const ask = (): void => {
      void connect({ ...options, reconnect: false }).then(close, (error: unknown) => {
        if (isRefusal(error)) reject(error);
        else if (!isOver) timer = clock.setTimeout(ask, AGAIN);
      });
    };
    timer = clock.setTimeout(ask, DOUBT);
  });
  // It may come when nobody waits for it any more.
  refusal.catch(() => undefined);
  return {
    refusal,
    stop() {
      isOver = true;
      clock.clearTimeout(timer);
    },
  };
}

const close = async (connection: NatsConnection): Promise<void> => connection.close();

import {
  createSystem,
  isTroupeError,
  silentLogger,
  type Journal,
  type Limits,
  type Message,
  type Store,
  type System,
} from 'troupe';
import { jetstream, nats, type JetStreamOptions } from 'troupe/nats';

/** Nodes notice soon that another is gone. */
export const limits: Partial<Limits> = { heartbeat: 200, downAfter: 2_000, unheardAfter: 300, redo: 500 };

/** The test's own node: it hosts nothing, says what is to be done, and reads the journal. */
export interface Driver extends AsyncDisposable {
  readonly system: System;
  readonly journal: Journal;
  /** Codes of the errors after which something was said again, with their count. */
  readonly retried: Readonly<Record<string, number>>;
  /** Deliver it, again and again until it was taken. */
  readonly insist: (to: string, event: Message, once: string) => Promise<void>;
}

/** Of one attempt, ms. */
const PATIENCE = 3_000;
const PAUSE = 50;

export async function startDriver(
  servers: string | readonly string[],
  name: string,
  { chosen = limits, ...options }: Pick<JetStreamOptions, 'replicas'> & { chosen?: Partial<Limits> } = {},
): Promise<Driver> {
  const connection = { servers: typeof servers === 'string' ? servers : [...servers] };
  const opened: { journal?: Journal } = {};
  const store = jetstream({ ...connection, ...options });
  const noted: Store = {
    name: store.name,
    open: async (each) => (opened.journal = await store.open(each)),
  };
  const system = await createSystem({
    name,
    node: 'driver',
    limits: chosen,
    log: silentLogger,
    transport: nats(connection),
    store: noted,
  });
  const retried: Record<string, number> = {};
  return {
    system,
    journal: opened.journal!,
    retried,
    insist: async (to, event, once) => {
      for (;;) {
        try {
          return await system.ref(to).deliver(event, { once, timeout: PATIENCE });
        } catch (error) {
          if (!isTroupeError(error) || !error.retryable) throw error;
          retried[error.code] = (retried[error.code] ?? 0) + 1;
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
        }
      }
    },
    [Symbol.asyncDispose]: async () => system.stop(),
  };
}

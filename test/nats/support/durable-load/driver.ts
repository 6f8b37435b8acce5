import { createSystem, silentLogger, type Journal, type Limits, type Message, type System } from 'troupe';
import { jetstream, nats, type JetStreamOptions } from 'troupe/nats';
import { insistOn } from '../insist.ts';
import { noting } from '../noting.ts';

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
  const { store, journal } = noting(jetstream({ ...connection, ...options }));
  const system = await createSystem({
    name,
    node: 'driver',
    limits: chosen,
    log: silentLogger,
    transport: nats(connection),
    store,
  });
  const retried: Record<string, number> = {};
  return {
    system,
    journal: journal(),
    retried,
    insist: async (to, event, once) =>
      insistOn(async () => system.ref(to).deliver(event, { once, timeout: PATIENCE }), {
        pause: PAUSE,
        failed: (code) => void (retried[code] = (retried[code] ?? 0) + 1),
      }),
    [Symbol.asyncDispose]: async () => system.stop(),
  };
}

import { createSystem, silentLogger, type Limits, type Logger, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { hostShop } from './shop.ts';
import { hostSleepers } from './sleeper.ts';
import { hostTalk } from './talk.ts';

/** A node in a process of its own, which hosts what it is told to (nodes.ts is the other end). */
export interface NodeOptions {
  readonly servers: string | readonly string[];
  readonly system: string;
  readonly node: string;
  readonly limits: Partial<Limits>;
  readonly hosts: 'shop' | 'sleepers' | 'talk';
  readonly replicas?: 1 | 3;
  /** ms, after which sleepers leave memory */
  readonly idle?: number;
}

/** What a node says of itself without being asked. */
export type Notice =
  | { readonly kind: 'hosting'; readonly node: string }
  | {
      readonly kind: 'error';
      readonly text: string;
      readonly code: string | undefined;
      readonly address?: string;
    }
  | {
      readonly kind: 'letter';
      readonly reason: string;
      readonly to: string;
      readonly detail: string | undefined;
    }
  | { readonly kind: 'memory'; readonly heap: number; readonly actors: number }
  | { readonly kind: 'failed'; readonly error: string };

const tell = (notice: Notice): void => void process.send?.(notice);

const log: Logger = {
  ...silentLogger,
  error(text, fields) {
    const { error, address } = Object(fields) as { error?: unknown; address?: string };
    const { code } = Object(error) as { code?: string };
    tell({
      kind: 'error',
      text: `${text}: ${String(error)}`,
      code,
      ...(address === undefined ? {} : { address }),
    });
  },
};

async function start(options: NodeOptions): Promise<System> {
  const { servers, system: name, node, limits, hosts, replicas, idle = 1_000 } = options;
  const connection = { servers: typeof servers === 'string' ? servers : [...servers] };
  const system = await createSystem({
    name,
    node,
    limits,
    log,
    transport: nats(connection),
    store: jetstream({ ...connection, ...(replicas === undefined ? {} : { replicas }) }),
  });
  system.onDeadLetter(({ reason, to, detail }) => tell({ kind: 'letter', reason, to, detail }));
  if (hosts === 'shop') await hostShop(system);
  else if (hosts === 'talk') await hostTalk(system);
  else await hostSleepers(system, idle);
  tell({ kind: 'hosting', node: system.node });
  return system;
}

const started = start(JSON.parse(process.argv[2] ?? '{}') as NodeOptions);
started.catch((error: unknown) => tell({ kind: 'failed', error: String(error) }));
process.on('message', () => {
  void started.then((system) => {
    globalThis.gc?.();
    tell({ kind: 'memory', heap: process.memoryUsage().heapUsed, actors: system.stats().actors });
  });
});
// A test that dies must not leave its nodes behind.
process.on('disconnect', () => process.exit());

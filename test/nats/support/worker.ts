import { createSystem, silentLogger, type Limits, type Supervision, type System } from 'troupe';
import { nats } from 'troupe/nats';
import { counter, ledger, teller } from '../../support/actors.ts';
import { traffic } from './traffic.ts';

/** A node in a process of its own, doing what the test's process says over IPC (peer.ts is the other end). */
const logics = { counter, ledger, teller } as const;

export interface Commands {
  spawn(logic: keyof typeof logics, id: string, supervision?: Supervision): Promise<string>;
  serve(logic: keyof typeof logics, name: string, instances: number): Promise<number>;
  /** Send `count` numbered notes to a ledger as fast as the event loop allows. */
  send(to: string, by: string, count: number): Promise<number>;
  /** Begin to send and ask without end; `halt` says what became of it all. */
  begin(to: string, by: string): Promise<void>;
  halt(): Promise<Awaited<ReturnType<ReturnType<typeof traffic>['halt']>>>;
  members(): Promise<number>;
  stats(): Promise<ReturnType<System['stats']>>;
  /** Resolves when the node is about to stop. */
  stop(): Promise<void>;
}

export interface Call {
  readonly id: number;
  readonly command: keyof Commands;
  readonly args: readonly unknown[];
}

export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

async function commandsOf(url: string, node: string, limits: Partial<Limits>): Promise<Commands> {
  const system = await createSystem({ node, transport: nats({ servers: url }), limits, log: silentLogger });
  const ongoing: ReturnType<typeof traffic>[] = [];
  return {
    spawn: async (logic, id, supervision) =>
      (await system.spawn(logics[logic], { id, ...(supervision === undefined ? {} : { supervision }) }))
        .address,
    serve: async (logic, name, instances) =>
      (await system.serve(name, logics[logic], { instances })).instances.length,
    async send(to, by, count) {
      const ref = system.ref(to);
      for (let n = 0; n < count; n++) {
        ref.send({ type: 'NOTE', by, n });
        if (n % 500 === 499) await new Promise((resolve) => void setImmediate(resolve));
      }
      return count;
    },
    begin: async (to, by) => void ongoing.push(traffic(system, to, by)),
    halt: async () => ongoing.pop()!.halt(),
    members: async () => system.members().length,
    stats: async () => system.stats(),
    stop: async () => system.stop(),
  };
}

const [url = '', node = '', limits = '{}'] = process.argv.slice(2);
const commands = await commandsOf(url, node, JSON.parse(limits) as Partial<Limits>);

const answer = (message: Answer): void => void process.send?.(message);

process.on('message', ({ id, command, args }: Call) => {
  const run = commands[command].bind(commands) as (...args: readonly unknown[]) => Promise<unknown>;
  run(...args).then(
    (value) => answer({ id, value }),
    (error: unknown) => answer({ id, error: String(error) }),
  );
});
// A test that dies must not leave its nodes behind.
process.on('disconnect', () => process.exit());
answer({ id: 0, value: 'ready' });

import { fromTransition } from 'xstate';
import { Cell } from './actor/cell.ts';
import type { Logic } from './actor/logic.ts';
import type { Queues } from './durable/queue-store.ts';
import type { Address } from './message/address.ts';
import type { Message } from './message/envelope.ts';
import type { Inspectable } from './monitoring/inspectable.ts';
import { MONITOR } from './monitoring/monitor-protocol.ts';
import type { MonitorsOptions } from './monitors.ts';
import type { Node } from './node.ts';
import type { Logger } from './ports.ts';
import type { Link } from './transport/transport.ts';

type Asked = Message & { readonly replyTo?: Address };

/** A node that answers for itself when it is asked: `$monitor@<node>`. What does that is loaded with the first question. */
export function beLookedAt(options: Omit<MonitorsOptions, 'began'>): void {
  const { node, clock } = options;
  const began = clock.now();
  const load = async () => (await import('./monitors.ts')).createMonitor({ ...options, began });
  let monitor: ReturnType<typeof load> | undefined;
  const logic = fromTransition((state: null, event: Asked) => {
    monitor ??= load();
    monitor.then(
      async (loaded) => loaded.take(event),
      (error: unknown) => options.log.error('the monitor of this node could not be loaded', { error }),
    );
    return state;
  }, null);
  const hidden = spawnHidden(node, MONITOR, logic);
  node.closing.add(() => hidden.stop());
}

/** An actor of the runtime: neither listed, nor counted, nor looked at. */
function spawnHidden(node: Node, id: string, logic: Logic): ReturnType<Inspectable['spawnHidden']> {
  const address = `${id}@${node.name}`;
  const cell = new Cell(node.voice, {
    ...{ id, address, logic, input: undefined, supervision: { directive: 'resume' }, parent: undefined },
    isHidden: true,
  });
  node.registry.add(cell);
  cell.start();
  return { address, stop: () => cell.stop() };
}

/** undefined: no store, or one without queues. */
export const queuesOf = ({ durables }: Node): Queues | undefined =>
  durables.hasJournal ? durables.journal.queues : undefined;

/** What an inspector that is attached to this node needs of it. */
export const inspectableOf = (node: Node, link: Link, log: Logger): Inspectable => ({
  node: node.name,
  clock: node.clock,
  log,
  queues: () => queuesOf(node),
  isConnected: () => link.connected,
  onlyLooks: () =>
    node.registry.size === 0 &&
    node.placement.hosts.length === 0 &&
    Object.keys(node.services.counts()).length === 0,
  spawnHidden: (id, logic) => spawnHidden(node, id, logic),
  ask: async (to, event, timeout) => {
    node.ofRuntime += 1;
    return node.ask(to, event, { timeout });
  },
  tell: (to, event) => {
    node.ofRuntime += 1;
    if (!node.stopped) node.send(to, event);
  },
});

import { checkKnown, TroupeError } from './errors.ts';
import { checkName } from './message/address.ts';
import { subjectsOf } from './message/subject.ts';
import { resolveLimits, type Limits } from './limits.ts';
import { loadDurableActors } from './durable/load.ts';
import type { Store } from './durable/store.ts';
import { beLookedAt, inspectableOf } from './looked-at.ts';
import { makeInspectable } from './monitoring/inspectable.ts';
import { NodeMeter } from './monitoring/meter.ts';
import { Rules } from './monitoring/redact.ts';
import { Node } from './node.ts';
import type { SystemOptions } from './options.ts';
import {
  consoleLogger,
  systemClock,
  systemRandom,
  systemStopwatch,
  type Clock,
  type Logger,
  type Random,
} from './ports.ts';
import { System } from './system.ts';
import type { Link, Transport } from './transport/transport.ts';
import { local } from './transport/local.ts';

/**
 * Start a node of an actor system: alone in this process, or one of many over a transport.
 * @throws TroupeError INVALID_OPTION, NO_SERVER (after `limits.connect` ms)
 */
export async function createSystem(options: SystemOptions = {}): Promise<System> {
  checkKnown(options, KNOWN, 'createSystem');
  const { clock = systemClock, random = systemRandom, log = consoleLogger, transport = local() } = options;
  if (typeof (transport as Partial<Transport>).connect !== 'function') {
    throw new TroupeError(
      'INVALID_OPTION',
      `transport must come from local() or nats({ servers }), got ${typeof transport}.`,
    );
  }
  const name = checkName(options.name ?? 'troupe', 'system name');
  const limits = resolveLimits(options.limits);
  const nodeName = checkName(`${options.node ?? 'node'}-${randomToken(random)}`, 'node name');
  const onEscalated =
    options.onEscalated ??
    ((address, error) => log.error('an actor escalated its failure and was stopped', { address, error }));
  if (options.inspect !== false) new Rules(options.inspect?.redact);
  const stopwatch = options.clock === undefined ? systemStopwatch : () => clock.now();
  const meter = options.inspect === false ? undefined : new NodeMeter({ clock, stopwatch, ...limits });
  const started: { node?: Node } = {};
  const link = await transport.connect({
    name: `${name} ${nodeName}`,
    clock,
    log,
    timeout: limits.connect,
    onStatus: (connected) => {
      started.node?.membership.connection(connected);
      if (connected) started.node?.mesh.reconnected();
    },
    onClosed: (error) => {
      if (error !== undefined) log.error('the connection was closed for good', { error });
      started.node?.close();
    },
  });
  const node = new Node({
    name: nodeName,
    link,
    subjects: subjectsOf(name),
    clock,
    random,
    log,
    limits,
    onEscalated,
    witness: options.record?.attach({ name: nodeName, now: () => clock.now() }),
    meter,
  });
  started.node = node;
  if (options.store !== undefined) await openStore(options.store, { name, limits, clock, log, link, node });
  if (meter !== undefined && options.inspect !== false)
    beLookedAt({ node, clock, stopwatch, log, limits, meter, inspect: options.inspect ?? {} });
  node.membership.start();
  await transport.settle(clock);
  const system = new System(name, node, link, limits);
  makeInspectable(system, inspectableOf(node, link, log));
  return system;
}

interface Opening {
  readonly name: string;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly link: Link;
  readonly node: Node;
}

async function openStore(store: Store, { name, limits, clock, log, link, node }: Opening): Promise<void> {
  const { shards, history, store: timeout } = limits;
  try {
    const [Actors, journal] = await Promise.all([
      loadDurableActors(),
      store.open({ system: name, clock, log, timeout, shards, history }),
    ]);
    node.durables.attach(journal, Actors);
  } catch (error) {
    await link.close();
    throw error;
  }
}

const KNOWN = [
  'name',
  'node',
  'transport',
  'limits',
  'clock',
  'random',
  'log',
  'onEscalated',
  'record',
  'store',
  'inspect',
];

const TOKEN = 8;

function randomToken(random: Random): string {
  return Array.from({ length: TOKEN }, () => Math.floor(random() * 36).toString(36)).join('');
}

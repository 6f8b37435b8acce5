import { Cell } from './actor/cell.ts';
import type { Witness } from './actor/witness.ts';
import type { Limits } from './limits.ts';
import type { Address } from './message/address.ts';
import { queuesOf } from './looked-at.ts';
import { both } from './monitoring/both.ts';
import { Charts } from './monitoring/charts.ts';
import { FRAME_BYTES } from './monitoring/lease.ts';
import type { NodeMeter } from './monitoring/meter.ts';
import { Metrics } from './monitoring/metrics.ts';
import { Monitor } from './monitoring/monitor.ts';
import { monitorOf } from './monitoring/monitor-protocol.ts';
import { processorShare, systemUse } from './monitoring/processor.ts';
import { Tap } from './monitoring/tap.ts';
import { Teller } from './monitoring/teller.ts';
import { Values } from './monitoring/values.ts';
import { Watching } from './monitoring/watching.ts';
import type { Node } from './node.ts';
import type { InspectOptions } from './options.ts';
import type { Clock, Logger, Stopwatch } from './ports.ts';

export interface MonitorsOptions {
  readonly node: Node;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly log: Logger;
  readonly limits: Limits;
  readonly meter: NodeMeter;
  readonly inspect: InspectOptions;
  /** When the node began, ms since the epoch. */
  readonly began: number;
}

/** What an answer may take of a message; the rest is for what is around it. */
const ROOM = 0.75;

/** Values of a line that would fill a frame alone, bytes each. */
const BRIEF = 128;

const createValues = ({ redact, payloads }: InspectOptions, bytes: number): Values =>
  new Values({ redact, payloads, bytes });

/**
 * The monitor of a node, carried to the parts of the node that it concerns; what voice.ts is to actors. Loaded when somebody looks for the first
 * time (looked-at.ts).
 */
export function createMonitor(options: MonitorsOptions): Monitor {
  const { node, clock, stopwatch, log, limits, meter, inspect, began } = options;
  const { registry, letters, services, placement } = node;
  const charts = new Charts(async () => {
    const { toChart } = await import('./inspector/draw/to-chart.ts');
    return toChart;
  });
  const values = createValues(inspect, limits.recorded);
  const brief = createValues(inspect, Math.min(BRIEF, limits.recorded));
  const bytes = Math.min(FRAME_BYTES, Math.ceil(Math.min(limits.payload, limits.frame) / 4));
  const metrics = new Metrics(meter);
  const teller = new Teller({ node: node.name, clock, stopwatch, charts, values, brief, bytes });
  const failed = reporter(log, clock);
  const tap = new Tap({ registry, meter, metrics, teller, stopwatch, failed });
  const say = (to: Address, event: { readonly type: string }): void => {
    node.ofRuntime += 1;
    if (!node.stopped) node.send(to, event, monitorOf(node.name));
  };
  const watching = new Watching({
    ...{ node: node.name, clock, stopwatch, registry, charts, metrics, tap, teller },
    ...{ most: Math.min(MARKS, limits.leases), bytes, failed },
    tell: say,
    counts: () => {
      const { sent, rejected } = node.counts();
      return { sent: sent - node.ofRuntime, rejected, deadLetters: letters.counts() };
    },
    handled: () => meter.handledSoFar,
    began,
    processor: processorShare(systemUse),
    heap: () => process.memoryUsage().heapUsed,
    parentOf: (address) => parentOf(registry.at(address)),
    isThere: (name) => name === node.name || node.membership.has(name),
    turned: turner(node, tap),
  });
  const monitor = new Monitor({
    ...{ node: node.name, registry, services, placement, charts, values, meter, watching },
    now: () => clock.now(),
    records: () => (node.durables.hasJournal ? node.durables.journal : undefined),
    queues: () => queuesOf(node),
    logicOf: (kind) => node.durables.logicOf(kind),
    queueNames: node.durables.queueNames,
    letters,
    page: Math.ceil(Math.min(limits.payload, limits.frame) * ROOM),
    payloads: inspect.payloads !== false,
    replay: inspect.replay === true,
    answer: say,
    fail: (to, error) => {
      node.ofRuntime += 1;
      if (!node.stopped) node.voice.failFrom({ address: monitorOf(node.name) }, to, error);
    },
  });
  node.closing.add(() => watching.close());
  return monitor;
}

/** What cannot be told is often one thing, over and over. */
function reporter(log: Logger, clock: Clock): (error: unknown) => void {
  let last = 0;
  return (error) => {
    if (clock.now() - last < QUIET) return;
    last = clock.now();
    log.error('an inspector could not be told something', { error });
  };
}

/** Who wants a message are bits of a number (monitoring/tap.ts). */
const MARKS = 31;

/** ms */
const QUIET = 10_000;

/** Who looks is told beside who records. */
function turner(node: Node, tap: Tap): (isOn: boolean) => void {
  let before: Witness | undefined;
  let unlisten: (() => void) | undefined;
  return (isOn) => {
    unlisten?.();
    unlisten = isOn ? node.letters.listen((letter) => tap.letter(letter)) : undefined;
    if (isOn) before = node.voice.witness;
    node.voice.witness = isOn ? both(before, tap) : before;
  };
}

const parentOf = (resident: unknown): Address | undefined =>
  resident instanceof Cell ? resident.spec.parent?.address : undefined;

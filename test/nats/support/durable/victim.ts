import { createSystem, silentLogger, type Limits, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { seeded } from '../../../../src/testing/random.ts';
import { cutStore, cutTransport, type Tally } from './decorate.ts';
import { Knife, type Cut } from './knife.ts';
import { hostAll } from './host-all.ts';

/** A node in a process of its own that ends by its own hand (victims.ts is the other end). */
export interface VictimOptions {
  readonly url: string;
  readonly system: string;
  readonly node: string;
  /** Of its name: where actors live follows from that. */
  readonly seed: number;
  readonly limits: Partial<Limits>;
  readonly cut: Cut;
}

/** What a node that lives on says of itself. */
export interface Report extends Tally {
  readonly node: string;
  /** The cut points it has passed, in order. */
  readonly labels: readonly string[];
  /** Messages on their way. */
  readonly pending: number;
}

export type Order =
  | { readonly do: 'start'; readonly options: VictimOptions }
  | { readonly do: 'host' }
  /** Count from now on. */
  | { readonly do: 'arm' }
  | { readonly do: 'report' }
  | { readonly do: 'stop' };

const tally: Tally = { fenced: 0, open: 0 };
let knife: Knife;
let system: System;

async function start({ url, system: name, node, seed, limits, cut }: VictimOptions): Promise<void> {
  knife = new Knife(cut);
  system = await createSystem({
    name,
    node,
    limits,
    random: seeded(seed),
    log: silentLogger,
    transport: cutTransport(nats({ servers: url }), knife),
    store: cutStore(jetstream({ servers: url }), knife, tally),
  });
}

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'start':
      return start(order.options);
    case 'host':
      return hostAll(system);
    case 'arm':
      knife.armed = true;
      return;
    case 'stop':
      return system.stop();
    case 'report':
      return;
  }
}

const reportOf = (): Report => ({
  ...tally,
  node: system.node,
  labels: knife.labels,
  pending: system.stats().pending,
});

process.on('message', (order: Order) => {
  obey(order).then(
    () => process.send?.({ report: reportOf() }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// A test that dies must not leave its nodes behind.
process.on('disconnect', () => process.exit());

import { TroupeError } from './errors.ts';

/** Every bound of a system. Overflow is a typed outcome (an error or a dead letter), never silent growth. */
export interface Limits {
  /** Messages waiting for one actor, count. Beyond it: dead letter `mailbox-full`. */
  readonly mailbox: number;
  /** Actor turns run before the event loop gets its turn, count. */
  readonly turnsPerTick: number;
  /** Messages from other nodes handled before the event loop gets its turn, count. */
  readonly arrivalsPerTick: number;
  /** One encoded message to another node or to the bus, bytes. Beyond it the sender gets PAYLOAD_TOO_LARGE. */
  readonly payload: number;
  /** Nesting of a message, levels. Deeper (or a cycle) is UNSERIALIZABLE. */
  readonly depth: number;
  /** One batch of messages on the wire, bytes. The server's own `max_payload` also holds. */
  readonly frame: number;
  /** Batches sent to one node and not yet acknowledged, count. */
  readonly window: number;
  /** Messages waiting for one node (window full, or disconnected), count. Beyond it: dead letter `outbox-full`. */
  readonly outbox: number;
  /** Wait before an unacknowledged batch is sent again, ms; doubles up to eight times as much. */
  readonly retransmit: number;
  /** Longest wait before received batches are acknowledged, ms. */
  readonly acknowledge: number;
  /** Asks waiting for an answer, count. Beyond it: OVERLOADED. */
  readonly asks: number;
  /** Time an ask may take unless it says otherwise, ms. */
  readonly askTimeout: number;
  /** Time in which the nodes answer who holds an address, ms; those that nobody listens for any more are then left out. */
  readonly resolve: number;
  /** Time that nodes which live but are slow get to answer that, ms. */
  readonly resolveSlow: number;
  /** Addresses remembered with the node that holds them, count. */
  readonly directory: number;
  /** Messages waiting for one address to be resolved, count. */
  readonly unresolved: number;
  /** Time between a node's heartbeats, ms. */
  readonly heartbeat: number;
  /** Silence after which a node is taken for dead, ms. */
  readonly downAfter: number;
  /** How long nobody may be listening at a node before it is taken for dead, ms. */
  readonly unheardAfter: number;
  /** Nodes talked with at a time, count. */
  readonly nodes: number;
  /** Last dead letters kept for reading, count. */
  readonly deadLetters: number;
  /** Time `createSystem` tries to reach the transport, ms. */
  readonly connect: number;
  /** Time `system.stop()` waits for what is on its way, ms. */
  readonly drain: number;
  /** Parts into which the virtual actors of a system are divided, count: each part has one owner. The same on all nodes, and for ever. */
  readonly shards: number;
  /** Messages that a durable actor takes in one commit, count. */
  readonly batch: number;
  /** A state larger than this is committed as what changed, with a whole snapshot now and then, bytes. */
  readonly delta: number;
  /** Commits that are kept of each durable actor, count. At least twice `snapshotEvery`. */
  readonly history: number;
  /** Commits that say what changed, between two that hold the whole state, count. */
  readonly snapshotEvery: number;
  /** Durable senders of which a durable actor remembers what it took last, count. Beyond it those that owe it nothing are forgotten. */
  readonly senders: number;
  /** Idempotency keys a durable actor remembers, count. */
  readonly keys: number;
  /** Without a message for so long, a virtual actor leaves memory, ms. */
  readonly idle: number;
  /** Time one operation of the store may take, ms. */
  readonly store: number;
  /** Time the former owner of a shard gets to finish, ms. */
  readonly handover: number;
  /** Wait before a deed that its receiver has not confirmed is done again, ms; doubles up to thirty-two times as much. */
  readonly redo: number;
  /** Last handled messages that are remembered for an inspector, count; a power of two. */
  readonly ring: number;
  /** How long they are remembered, ms. */
  readonly ringAge: number;
  /** One value (a context, an event) as an inspector is told of it, bytes. What is longer is cut, and says so. */
  readonly recorded: number;
  /** Inspectors that look at a node at a time, count. */
  readonly leases: number;
  /** Attempts to reach an actor that nobody knows, count. Then what was said to it is a dead letter. */
  readonly attempts: number;
}

export const defaultLimits: Limits = {
  mailbox: 100_000,
  turnsPerTick: 10_000,
  arrivalsPerTick: 64,
  payload: 512 * 1024,
  depth: 64,
  frame: 256 * 1024,
  window: 64,
  outbox: 250_000,
  retransmit: 1_000,
  acknowledge: 20,
  asks: 100_000,
  askTimeout: 5_000,
  resolve: 40,
  resolveSlow: 1_000,
  directory: 100_000,
  unresolved: 10_000,
  heartbeat: 500,
  downAfter: 3_000,
  unheardAfter: 500,
  nodes: 1_024,
  deadLetters: 1_000,
  connect: 5_000,
  drain: 5_000,
  shards: 256,
  batch: 256,
  delta: 4 * 1024,
  history: 128,
  snapshotEvery: 50,
  senders: 10_000,
  keys: 1_000,
  idle: 60_000,
  store: 5_000,
  handover: 5_000,
  redo: 1_000,
  ring: 1_024,
  ringAge: 60_000,
  recorded: 16 * 1024,
  leases: 16,
  attempts: 8,
};

/**
 * Defaults overlaid with a user's choices.
 * @throws TroupeError INVALID_OPTION for an unknown name or a value that is not a positive integer.
 */
export function resolveLimits(chosen: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(chosen)) {
    if (!(name in defaultLimits)) {
      const known = Object.keys(defaultLimits).join(', ');
      throw new TroupeError('INVALID_OPTION', `There is no limit named "${name}". Known limits: ${known}.`);
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new TroupeError(
        'INVALID_OPTION',
        `limits.${name} must be a positive integer, got ${String(value)}.`,
      );
    }
  }
  return { ...defaultLimits, ...chosen };
}

/** Bounds of a drawn chart. What is beyond them is left out and said to be. */
export const drawingLimits = {
  /** States in one drawing, count. Deeper ones are drawn as the state they are in. */
  states: 400,
  /** Arrows in one drawing, count. What is beyond is written in the box of its source. */
  arrows: 800,
  /** Transitions told of at one arrow or in one box, count; the rest is counted. */
  rows: 24,
  /** Lines of one of them, count. */
  lines: 6,
  /** Longest line, in characters of a monospaced font. */
  line: 36,
  /** Longest text behind a shortened one (a tooltip), characters. */
  full: 1_000,
  /** Time for the layout of one chart, ms. */
  layout: 20_000,
} as const;

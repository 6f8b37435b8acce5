import type { Logic } from './actor/logic.ts';
import type { Asks } from './actor/asks.ts';
import type { DeadLetters, DeadReason } from './actor/dead-letters.ts';
import type { Host } from './actor/host.ts';
import type { Registry } from './actor/registry.ts';
import type { Undelivered } from './actor/undelivered.ts';
import type { Tally } from './actor/witness.ts';
import type { Control } from './cluster/control.ts';
import type { Placement } from './cluster/placement.ts';
import { overloaded, type Router } from './cluster/router.ts';
import type { Batch } from './durable/cell/batch.ts';
import type { DurableActors } from './durable/actors.ts';
import type { DurableCell } from './durable/cell/cell.ts';
import type { CellSpec } from './durable/cell/spec.ts';
import type { Hosted } from './durable/keeper.ts';
import { Reports } from './durable/cell/reports.ts';
import { Threads } from './durable/threads.ts';
import type { Journal } from './durable/store.ts';
import type { Saying, Surroundings } from './durable/surroundings.ts';
import { isTroupeError, TroupeError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Address } from './message/address.ts';
import { replyAddressOf, type Envelope, type Message } from './message/envelope.ts';
import { kindOf, shardOf } from './message/shard.ts';
import type { Sealer } from './message/sealer.ts';
import type { Clock, Logger, Random } from './ports.ts';
import type { Speaker, Voice } from './voice.ts';

export interface DurablesOptions {
  readonly self: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: Limits;
  readonly sealer: Sealer;
  readonly registry: Registry;
  readonly router: Router;
  readonly placement: Placement;
  readonly letters: DeadLetters;
  readonly undelivered: Undelivered;
  readonly asks: Asks;
  readonly voice: Voice;
  readonly say: (message: Control, node: string) => void;
  readonly escalated: (address: Address, error: unknown) => void;
}

/** The durable actors of a node, carried to the parts of the node that they concern; what voice.ts is to the live ones. */
export class Durables implements Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: Limits;
  /** Work queues that were opened on this node. */
  readonly queueNames = new Set<string>();
  readonly #node: DurablesOptions;
  readonly #quarantined: Reports;
  readonly #threads = new Threads();
  #store: { readonly journal: Journal; readonly actors: DurableActors } | undefined;
  #commits = 0;

  constructor(node: DurablesOptions) {
    this.clock = node.clock;
    this.random = node.random;
    this.log = node.log;
    this.limits = node.limits;
    this.#node = node;
    this.#quarantined = new Reports((address, error) =>
      node.log.error('a durable actor is quarantined: whoever sends to it is told why', { address, error }),
    );
  }

  /** @throws TroupeError NO_STORE */
  assertStore(): Journal {
    return this.journal;
  }

  /** Is there a store? */
  get hasJournal(): boolean {
    return this.#store !== undefined;
  }

  /** @throws TroupeError NO_STORE */
  get journal(): Journal {
    return this.#kept.journal;
  }

  get #kept(): { readonly journal: Journal; readonly actors: DurableActors } {
    if (this.#store !== undefined) return this.#store;
    throw new TroupeError(
      'NO_STORE',
      "This system has no store to keep durable actors in: createSystem({ store: memory() }), file('./data') of 'troupe/file', or jetstream({ servers }) of 'troupe/nats'.",
    );
  }

  /** Where durable actors are kept from now on. @param Actors given, since its code is loaded with the store */
  attach(journal: Journal, Actors: typeof DurableActors): void {
    const actors = new Actors({ around: this, started: (cell) => this.#node.registry.add(cell) });
    this.#store = { journal, actors };
  }

  /**
   * An actor of this node that is kept; it goes on where it was, if it has been before.
   * @throws TroupeError NO_STORE, CORRUPTED, NO_MIGRATION, UNKNOWN_STATE, ACTOR_FAILED, STORE_UNAVAILABLE
   */
  async spawn(spec: Omit<CellSpec, 'shard'>): Promise<DurableCell> {
    return this.#kept.actors.spawn(spec);
  }

  /**
   * Host a kind of virtual actors.
   * @throws TroupeError NO_STORE, DUPLICATE_ID
   */
  host(kind: string, hosted: Hosted): void {
    const { virtual } = this.#kept.actors;
    if (virtual.kinds.has(kind))
      throw new TroupeError(
        'DUPLICATE_ID',
        `This node hosts the kind "${kind}" already: choose another name.`,
      );
    virtual.add(kind, hosted);
    this.#node.placement.attach(virtual);
    this.#node.placement.hostsChanged();
  }

  /** What a kind of virtual actors that this node hosts is made of. */
  logicOf(kind: string): Logic | undefined {
    return this.#store?.actors.virtual.logicOf(kind);
  }

  /** Nodes have come or gone: what was said to actors there is said again, wherever they are now. */
  redo(): void {
    this.#store?.actors.redo();
  }

  /** Decide over what has arrived, store it, and let go of all actors. */
  async stop(): Promise<void> {
    await this.#store?.actors.stop();
  }

  async close(): Promise<void> {
    await this.#store?.journal.close();
  }

  nextId(): string {
    return `${this.#node.self}.${++this.#commits}`;
  }

  check(event: Message): void {
    this.#node.sealer.check(event);
  }

  say(from: Address, { kind, to, event, once, deadline, cause }: Saying): void {
    const { sealer, router } = this.#node;
    const after = cause === undefined ? this.#threads.goOn(from) : undefined;
    router.route(sealer.seal(kind, to, event, { from, cause, after, deadline, once }));
  }

  emitted(from: Address, event: Message): void {
    this.#node.voice.emitted(this.#speaker(from), event);
  }

  taken(envelope: Envelope): void {
    const { self, sealer, router, asks } = this.#node;
    if (typeof envelope.once === 'object') this.#report(envelope, true, false, undefined);
    if (envelope.kind !== 'delivery') return;
    // Not as a response of its own: this is the hot path.
    if (envelope.node === self) asks.settled(envelope.seq, TAKEN);
    else
      router.forward(
        envelope.node,
        sealer.seal('response', replyAddressOf(envelope), TAKEN, { cause: envelope }),
      );
  }

  /** A numbered message of a durable actor was not taken here: it still has it, and says it again unless that is `final`. */
  refused(envelope: Envelope, final: boolean, error: unknown): void {
    this.#report(envelope, false, final, error);
  }

  dead(reason: DeadReason, envelope: Envelope, error?: unknown): void {
    const { undelivered, letters } = this.#node;
    if (reason === 'quarantined' && typeof envelope.once === 'object')
      return this.refused(envelope, false, error);
    const failure = isTroupeError(error) ? error : undefined;
    letters.bury(reason, envelope, failure?.message ?? (error instanceof Error ? error.message : undefined));
    if (envelope.kind === 'request' || envelope.kind === 'delivery')
      undelivered.failAsker(envelope, failure ?? notTaken(envelope, reason, error));
    if (typeof envelope.once === 'object') this.taken(envelope);
  }

  full(envelope: Envelope): void {
    this.#node.undelivered.bury('mailbox-full', envelope, overloaded(envelope));
  }

  unsaid(reason: DeadReason, from: Address, { to, event, kind, once }: Saying, error: unknown): void {
    const letter = this.#node.sealer.seal(kind, to, event, { from, once });
    this.#node.letters.bury(reason, letter, error instanceof Error ? error.message : undefined);
  }

  failed(address: Address, error: unknown, envelope: Envelope | undefined): void {
    this.log.warn('a durable actor failed', { address, error, event: envelope?.event.type });
  }

  quarantined(address: Address, error: unknown): void {
    this.#quarantined.report(address, error);
  }

  escalated(address: Address, error: unknown): void {
    this.#node.escalated(address, error);
  }

  get isWitnessed(): boolean {
    return this.#node.voice.witness !== undefined;
  }

  committed(actor: CellSpec, commit: number, batch: Batch): void {
    const { meter, witness } = this.#node.voice;
    const tally = meter?.of(actor.logic);
    for (const input of tally === undefined ? [] : batch.inputs)
      if (input.kind === 'message') meter?.handles(tally as Tally, actor.address, input.envelope);
    const { address, logic } = actor;
    witness?.committed({ address, logic, correlation: this.#threads.correlation(address) }, commit, batch);
    for (const input of batch.inputs)
      if (input.kind === 'message') this.#threads.took(address, input.envelope);
  }

  ended(cell: DurableCell): void {
    this.#node.voice.witness?.ended(cell.address, 'left');
    this.#threads.ended(cell.address);
    this.#node.registry.remove(cell);
    this.#kept.actors.ended(cell);
    if (cell.spec.shard === undefined) this.#node.voice.released(cell.spec.id);
  }

  #speaker(address: Address): Speaker {
    return { address, goOn: () => this.#threads.goOn(address) };
  }

  hostOf(address: Address, key: string): Host {
    const { voice } = this.#node;
    const speaker = this.#speaker(address);
    return {
      address,
      key,
      tell: (to, event) => voice.tellFrom(speaker, to, event),
      fail: (to, error) => voice.failFrom(speaker, to, error),
      ask: async (to, event, options) => voice.askFrom(speaker, to, event, options),
      watch: async (to, signal) => voice.watch(to, signal),
    };
  }

  isHere(id: string): boolean {
    return this.#node.placement.owner(id) === this.#node.self;
  }

  leftWake(id: string): void {
    const { placement, self, say } = this.#node;
    const owner = placement.owner(id);
    if (owner === undefined) return;
    if (owner === self) return this.#kept.actors.virtual.lookAgain(id);
    // As the answer to a question that was not asked: the owner reads the wakes of the shard.
    const shards = [shardOf(id, this.limits.shards)];
    say({ type: '$released', kind: kindOf(id), shards, number: 0 }, owner);
  }

  reroute(envelope: Envelope): void {
    const { placement, undelivered } = this.#node;
    if (placement.covers(envelope.to)) placement.arrive(envelope);
    else undelivered.bury('actor-stopped', envelope);
  }

  async isOwed(sender: Address, number: number): Promise<boolean> {
    const state = await this.#kept.actors.stateOf(sender);
    return state?.outbox.some((pending) => pending.number === number) === true;
  }

  async owes(sender: Address, receiver: Address): Promise<boolean> {
    const state = await this.#kept.actors.stateOf(sender);
    return (
      state?.outbox.some((pending) => 'to' in pending && `${pending.to}/`.startsWith(`${receiver}/`)) === true
    );
  }

  #report({ once, from, node }: Envelope, found: boolean, final: boolean, error: unknown): void {
    if (typeof once !== 'object' || from === undefined) return;
    const { self, registry, say } = this.#node;
    const [number] = once;
    const reason = error instanceof Error ? error.message : '';
    if (node === self) registry.get(from)?.confirmed?.(number, found, final, error);
    else say({ type: '$took', id: from, number, found, final, reason }, node);
  }
}

const TAKEN: Message = { type: 'taken' };

/** What a sender that waits for an answer, or to know that its message was taken, hears of a message that was not. */
function notTaken({ to, event }: Envelope, reason: DeadReason, cause: unknown): TroupeError {
  if (reason === 'expired')
    return new TroupeError('TIMEOUT', `"${event.type}" reached "${to}" too late.`, { retryable: true });
  if (reason !== 'actor-failed')
    return new TroupeError('ACTOR_STOPPED', `"${to}" has ended and takes no "${event.type}" any more.`);
  const what = cause instanceof Error ? cause.message : String(cause);
  const sentence = /[.!?]$/.test(what) ? what : `${what}.`;
  return new TroupeError(
    'ACTOR_FAILED',
    `"${to}" failed over "${event.type}": ${sentence} It is as it was before.`,
    { cause },
  );
}

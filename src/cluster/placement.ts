import type { Asks } from '../actor/asks.ts';
import type { Keeper } from '../actor/keeper.ts';
import type { Registry } from '../actor/registry.ts';
import type { Resident } from '../actor/resident.ts';
import type { Receiver } from '../actor/turns.ts';
import type { Limits } from '../limits.ts';
import { isAwaited, type Envelope } from '../message/envelope.ts';
import { kindOf, shardOf } from '../message/shard.ts';
import type { Clock } from '../ports.ts';
import type { Control } from './control.ts';
import { Handover } from './handover.ts';
import type { Membership } from './membership.ts';
import { Owners } from './owners.ts';
import { Paths } from './paths.ts';
import type { Flush } from './slot.ts';

export interface PlacementOptions {
  readonly self: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly registry: Registry;
  readonly membership: Membership;
  readonly asks: Asks;
  readonly router: () => Carrier;
  readonly say: (message: Control, node: string) => void;
  /** Shards could not be released as they should. */
  readonly failed: (error: unknown) => void;
}

/** What brings a message to its place when that is known (router.ts). */
export interface Carrier {
  /** Send to another node. @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE */
  send(node: string, envelope: Envelope): void;
  /** The same, where nobody is left who could be thrown at. */
  forward(node: string, envelope: Envelope): void;
  /** Let a receiver of this node handle a message in its turn. */
  give(receiver: Receiver, envelope: Envelope): void;
  /** We know of nobody to bring it to. */
  search(envelope: Envelope): void;
  /** As many wait as may. */
  full(envelope: Envelope): void;
}

/** Somebody who wants to see a virtual actor. */
export interface Visitor {
  /** It lives here. */
  here(resident: Resident | undefined): void;
  /** It lives elsewhere, or is on its way. */
  gone(): void;
}

/** Where virtual actors live: which node has the shard of an id, and what goes there (C3). The parts: owners.ts, paths.ts, handover.ts. */
export class Placement {
  readonly #options: PlacementOptions;
  readonly #owners: Owners;
  readonly #paths: Paths;
  readonly #handover: Handover;
  #keeper: Keeper | undefined;
  #leaving = false;
  /** Members that have not yet said that they send nothing here any more. */
  readonly #senders = new Set<string>();
  #known: readonly string[] = [];

  constructor(options: PlacementOptions) {
    this.#options = options;
    this.#owners = new Owners(options.limits.shards);
    const { self, clock, limits, membership, router, say, failed } = options;
    const common = {
      self,
      clock,
      limits,
      owners: this.#owners,
      say,
      isMember: (node: string) => membership.has(node),
      nobody: (envelope: Envelope) => router().search(envelope),
      full: (envelope: Envelope) => router().full(envelope),
    };
    this.#paths = new Paths({
      ...common,
      isAway: (kind, shard) => this.#handover.isAway(kind, shard),
      send: (node, envelope) => router().send(node, envelope),
      forward: (node, envelope) => router().forward(node, envelope),
      here: ({ kind, shard }, envelope) => this.#handover.message(kind, shard, envelope),
    });
    this.#handover = new Handover({
      ...common,
      keeper: () => this.#keeper,
      isLeaving: () => this.#leaving,
      failed,
      give: (slot, envelope) => router().give(slot, envelope),
      forward: (node, envelope) => this.#forward(node, envelope),
      flushed: (flush) => this.#flushed(flush),
      passed: (place, node) => this.#paths.passed(place, node),
    });
  }

  /** Kinds this node hosts, as it tells the others. */
  get hosts(): readonly string[] {
    return this.#leaving ? [] : [...(this.#keeper?.kinds ?? [])];
  }

  /** Messages that are held back here until an actor has moved. */
  get pending(): number {
    return this.#paths.pending + this.#handover.pending;
  }

  /** From now on this node can host. */
  attach(keeper: Keeper): void {
    this.#keeper = keeper;
    this.hostsChanged();
  }

  /** The keeper's kinds have changed: tell everyone, take what is ours now. */
  hostsChanged(): void {
    this.#options.membership.announce();
    this.refresh();
  }

  /** Where an id lives by this node's view; undefined: nobody hosts its kind. */
  owner(id: string): string | undefined {
    return this.#owners.of(kindOf(id), this.#shard(id));
  }

  /**
   * Is this the id of a virtual actor, or of one within it? Not that of an actor that was spawned under it here, nor one pinned to a node.
   */
  covers(id: string): boolean {
    if (this.#owners.isEmpty && this.#keeper === undefined) return false;
    const kind = kindOf(id);
    if (kind === '' || !(this.#owners.has(kind) || this.#keeper?.kinds.has(kind) === true)) return false;
    if (id.includes('@')) return false;
    if (this.#keeper?.has(id) === true) return true;
    const { registry } = this.#options;
    return registry.get(id) === undefined && registry.get(actorOf(id)) === undefined;
  }

  /**
   * This node sends a message to a virtual actor.
   * @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE when it has to travel and cannot
   */
  send(envelope: Envelope): void {
    this.#paths.send(kindOf(envelope.to), this.#shard(envelope.to), envelope);
  }

  /** A message came from another node. */
  arrive(envelope: Envelope): void {
    this.#handover.message(kindOf(envelope.to), this.#shard(envelope.to), envelope);
  }

  /** See a virtual actor, if it lives here; if it is about to come, then. */
  visit(id: string, visitor: Visitor): void {
    const here = (): void => {
      this.#keeper?.receiver(id);
      visitor.here(this.#options.registry.get(id));
    };
    const visit = { id, here, gone: () => visitor.gone() };
    this.#handover.take(kindOf(id), this.#shard(id), { kind: 'visit', visit, via: undefined });
  }

  /** Members came or went, or what they or we host has changed. */
  refresh(): void {
    const { membership, self } = this.#options;
    const changes = this.#owners.update([{ node: self, hosts: this.hosts }, ...membership.all()]);
    for (const change of changes) this.#handover.changed(change);
    const isOneGone = this.#known.some((node) => !membership.has(node));
    this.#known = membership.all().map(({ node }) => node);
    if (!isOneGone) return;
    this.#handover.departed();
    this.#paths.departed();
  }

  /** This node was stopped for a while, or heard nobody: others may have had what it holds. */
  returned(): void {
    this.#handover.again();
  }

  /** Another node says something about where actors live. */
  handle(sender: string, event: PlacementControl): void {
    switch (event.type) {
      case '$release':
        return this.#handover.asked(sender, event);
      case '$released':
        return this.#handover.answered(sender, event);
      case '$flush':
        return this.#flush(sender, event);
      case '$flushed':
        return this.#paths.flushed(sender, event);
      case '$forwarded':
        return this.#forwarded(event);
      case '$depart':
        this.#options.membership.dismiss(sender);
        return this.#options.say({ type: '$departed' }, sender);
      case '$departed':
        return void this.#senders.delete(sender);
    }
  }

  /**
   * Give all shards away: resolves when others have them and nobody sends anything here for them any more, or after `limits.handover`. What
   * still arrives later is passed on while this node lives.
   */
  async leave(): Promise<void> {
    const { clock, limits, membership, say } = this.#options;
    if (this.#keeper === undefined || this.#leaving) return;
    this.#leaving = true;
    this.hostsChanged();
    for (const { node } of membership.all()) {
      this.#senders.add(node);
      say({ type: '$depart' }, node);
    }
    const deadline = clock.now() + limits.handover;
    while (!this.#hasLeft && clock.now() < deadline)
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 1));
  }

  /** Nothing goes in or out any more: give back what waits. */
  close(lose: (envelope: Envelope) => void): void {
    this.#paths.close(lose);
    this.#handover.close(lose);
  }

  get #hasLeft(): boolean {
    const awaited = [...this.#senders].some((node) => this.#options.membership.has(node));
    return !awaited && this.#handover.isEmpty && this.pending === 0;
  }

  #shard(id: string): number {
    return shardOf(actorOf(id), this.#options.limits.shards);
  }

  #flush(sender: string, { kind, shard, origin, number }: Flush): void {
    const via = sender === origin ? undefined : sender;
    // Nobody we know of hosts the kind, or it is no shard: nothing of it can wait here.
    if (!this.#owners.has(kind) && this.#handover.isAway(kind, shard))
      return this.#flushed({ kind, shard, origin, number });
    this.#handover.take(kind, shard, { kind: 'flush', flush: { kind, shard, origin, number }, via });
  }

  #flushed({ origin, ...flush }: Flush): void {
    const { self, membership, say } = this.#options;
    if (origin === self) this.#paths.flushed(self, flush);
    else if (membership.has(origin)) say({ type: '$flushed', ...flush }, origin);
  }

  /** A question of this node's went on to another node than it was sent to. */
  #forwarded({ number, to }: Extract<Control, { type: '$forwarded' }>): void {
    const { asks, membership, self } = this.#options;
    asks.sentTo(to, number);
    if (to !== self && !membership.has(to)) asks.nodeDown(to);
  }

  /** Whoever asked is told where the answer will come from: should that node die, there is none (T3). */
  #forward(node: string, envelope: Envelope): void {
    const { self, router, say, membership } = this.#options;
    router().forward(node, envelope);
    if (isAwaited(envelope) && envelope.node !== self && membership.has(envelope.node))
      say({ type: '$forwarded', number: envelope.seq, to: node }, envelope.node);
  }
}

type PlacementControl = Extract<
  Control,
  { type: '$release' | '$released' | '$flush' | '$flushed' | '$forwarded' | '$depart' | '$departed' }
>;

/** `kind/key` of an id that may go on to actors within that actor: they live where it lives. */
function actorOf(id: string): string {
  const end = id.indexOf('/', id.indexOf('/') + 1);
  return end < 0 ? id : id.slice(0, end);
}

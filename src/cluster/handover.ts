import type { Keeper } from '../actor/keeper.ts';
import type { Limits } from '../limits.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Clock } from '../ports.ts';
import type { Control } from './control.ts';
import { Grid } from './grid.ts';
import type { Change, Owners } from './owners.ts';
import { Slot, type Flush, type Item } from './slot.ts';

type Release = Extract<Control, { type: '$release' }>;
type Released = Extract<Control, { type: '$released' }>;

export interface HandoverOptions {
  readonly self: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly owners: Owners;
  /** Undefined: this node hosts nothing. */
  readonly keeper: () => Keeper | undefined;
  /** Is this node about to stop? Then it keeps nothing longer than it must. */
  readonly isLeaving: () => boolean;
  readonly isMember: (node: string) => boolean;
  readonly say: (message: Control, node: string) => void;
  /** Let an actor of ours handle a message in its turn. */
  readonly give: (slot: Slot, envelope: Envelope) => void;
  /** Send a message on to the node that has its actor. */
  readonly forward: (node: string, envelope: Envelope) => void;
  readonly nobody: (envelope: Envelope) => void;
  readonly full: (envelope: Envelope) => void;
  /** What the origin sent before this flush has been taken here. */
  readonly flushed: (flush: Flush) => void;
  /** What this node itself said and what waited here for its actor went on to that node. */
  readonly passed: (slot: Slot, node: string) => void;
  readonly failed: (error: unknown) => void;
}

/** Number of an answer that nobody asked for. */
const UNASKED = 0;

/**
 * Job: shards that come to this node and leave it, and the messages that arrive for them meanwhile. Not its job: what a sender holds
 * back (paths.ts); safety (a commit of a node that is not the owner any more is fenced by the store).
 *
 * While all nodes live and answer in time, and whatever their views are meanwhile:
 *
 * - H1 a message that arrives is handled here, waits, or is forwarded once: what was forwarded to us is handled here, also when we think that
 *   the shard is another's. Nothing is lost, nothing goes in circles;
 * - H2 two messages that come here in order from one sender are handled in order: before anything is handled here or forwarded to
 *   another node than before, those nodes that got something earlier have finished with it (`sentTo`);
 * - H3 a node lets go when its own view says that the shard is another's, and says so (`$released`) to those who asked when nothing of
 *   it is left: all was handled, no actor here can commit any more.
 */
export class Handover {
  readonly #options: HandoverOptions;
  readonly #slots: Grid<Slot>;
  #number = 0;

  constructor(options: HandoverOptions) {
    this.#options = options;
    this.#slots = new Grid((place) => new Slot(place, options.keeper as () => Keeper));
  }

  /** Messages that wait here. */
  get pending(): number {
    let sum = 0;
    for (const { queued } of this.#slots.all()) sum += queued;
    return sum;
  }

  /** Does nothing of that shard live or wait here? */
  isAway(kind: string, shard: number): boolean {
    return (this.#slots.find(kind, shard)?.phase ?? 'away') === 'away';
  }

  /** Has this node let go of everything? */
  get isEmpty(): boolean {
    for (const { phase } of this.#slots.all()) if (phase !== 'away') return false;
    return true;
  }

  message(kind: string, shard: number, envelope: Envelope): void {
    const slot = this.#slots.at(kind, shard);
    // No item is made for a message that need not wait: this is the hot path.
    if (slot.phase === 'held') this.#options.give(slot, envelope);
    else this.#take(slot, { kind: 'message', envelope, via: envelope.via });
  }

  take(kind: string, shard: number, item: Item): void {
    this.#take(this.#slots.at(kind, shard), item);
  }

  /** Another node wants these shards: it is answered when nothing of them is left here. */
  asked(node: string, { kind, shards, number }: Release): void {
    const gone: Slot[] = [];
    for (const shard of shards) {
      const slot = this.#slots.at(kind, shard);
      slot.wanted.set(node, number);
      if (this.#isGone(slot)) gone.push(slot);
    }
    this.#answer(kind, gone);
  }

  /** A node that was asked has let go; `heir`: it knows of another that has had it since. */
  answered(node: string, { kind, shards, number, heir }: Released): void {
    const { owners, self } = this.#options;
    if (number === UNASKED) return this.#again(kind, shards);
    const slots: Slot[] = [];
    for (const shard of shards) {
      const slot = this.#slots.find(kind, shard);
      if (slot?.phase !== 'waiting' || slot.asked !== number || !slot.awaited.delete(node)) continue;
      slots.push(slot);
    }
    if (heir !== undefined) {
      const ours = slots.filter(({ shard }) => owners.of(kind, shard) === self);
      this.#ask(kind, ours, number, () => [heir]);
    }
    this.#settle(kind, slots);
  }

  /** The hosts of a kind are others now: acquire and release what follows from it. */
  changed({ kind, former }: Change): void {
    const { limits, owners, self } = this.#options;
    const gained: Slot[] = [];
    const lost: Slot[] = [];
    const waiting: Slot[] = [];
    for (let shard = 0; shard < limits.shards; shard++) {
      const isOurs = owners.of(kind, shard) === self;
      const slot = isOurs ? this.#slots.at(kind, shard) : this.#slots.find(kind, shard);
      if (slot?.phase === 'away' && isOurs) gained.push(slot);
      else if (slot?.phase === 'guest' || (slot?.phase === 'held' && !isOurs)) lost.push(slot);
      else if (slot?.phase === 'waiting' && !isOurs) waiting.push(slot);
    }
    this.#await(kind, gained, ({ shard }) => former(shard));
    for (const slot of waiting) this.#unwanted(slot);
    this.#settle(kind, waiting);
    void this.#release(kind, lost);
  }

  /** Others may have had what we hold, and have left something to be done: they, or we, were not heard for a while. */
  again(): void {
    const kinds = new Map<string, number[]>();
    for (const { kind, phase, shard } of this.#slots.all())
      if (phase === 'held') kinds.set(kind, [...(kinds.get(kind) ?? []), shard]);
    for (const [kind, shards] of kinds) this.#again(kind, shards);
  }

  /** Nodes are gone: nobody waits for their answer. */
  departed(): void {
    const kinds = new Map<string, Slot[]>();
    for (const slot of this.#slots.all()) {
      if (slot.phase !== 'waiting') continue;
      for (const node of slot.awaited) if (!this.#options.isMember(node)) slot.awaited.delete(node);
      kinds.set(slot.kind, [...(kinds.get(slot.kind) ?? []), slot]);
    }
    for (const [kind, slots] of kinds) this.#settle(kind, slots);
    this.again();
  }

  /** Nothing is handled any more: give back what waits. */
  close(lose: (envelope: Envelope) => void): void {
    for (const slot of this.#slots.all()) {
      slot.phase = 'away';
      for (const item of slot.empty()) {
        if (item.kind === 'message') lose(item.envelope);
        else if (item.kind === 'visit') item.visit.gone();
      }
    }
  }

  #take(slot: Slot, item: Item): void {
    if (slot.phase === 'held' || (slot.phase === 'guest' && this.#isGuest(slot, item)))
      return this.#here(slot, item);
    if (slot.phase === 'away') return this.#pass(slot, item);
    if (item.kind === 'message' && this.#isGone(slot) && this.#isGuest(slot, item))
      return this.#keep(slot, [item]);
    // What its own sender sends us goes to the owner, after that of the same sender that we handle here.
    if (slot.phase === 'guest') void this.#release(slot.kind, [slot]);
    if (item.kind === 'message' && slot.queued >= this.#options.limits.unresolved)
      this.#options.full(item.envelope);
    else slot.add(item);
  }

  #here(slot: Slot, item: Item): void {
    if (item.kind === 'message') this.#options.give(slot, item.envelope);
    else if (item.kind === 'flush') this.#options.flushed(item.flush);
    else item.visit.here();
  }

  /** Wait until the nodes that may still have something of these shards have finished. */
  #await(kind: string, slots: readonly Slot[], also: (slot: Slot) => string | undefined): void {
    const { clock, limits } = this.#options;
    const number = ++this.#number;
    for (const slot of slots) {
      slot.phase = 'waiting';
      slot.asked = number;
      slot.awaited.clear();
      slot.known.clear();
    }
    this.#ask(kind, slots, number, (slot) => [...slot.sentTo, also(slot)]);
    this.#settle(kind, slots);
    const late = slots.filter(({ phase }) => phase === 'waiting');
    if (late.length > 0) clock.setTimeout(() => this.#expire(kind, late, number), limits.handover, true);
  }

  #ask(
    kind: string,
    slots: readonly Slot[],
    number: number,
    whom: (slot: Slot) => readonly (string | undefined)[],
  ): void {
    const { isMember, say, self } = this.#options;
    const asks = new Map<string, number[]>();
    for (const slot of slots) {
      for (const node of whom(slot)) {
        if (node === undefined || node === self || slot.known.has(node) || !isMember(node)) continue;
        slot.known.add(node);
        slot.awaited.add(node);
        asks.set(node, [...(asks.get(node) ?? []), slot.shard]);
      }
    }
    for (const [node, shards] of asks) say({ type: '$release', kind, shards, number }, node);
  }

  /** Those that were asked did not answer in time: go on without. */
  #expire(kind: string, slots: readonly Slot[], number: number): void {
    const late = slots.filter(({ phase, asked }) => phase === 'waiting' && asked === number);
    for (const slot of late) slot.awaited.clear();
    this.#settle(kind, late);
  }

  /** What we wait for is another's. It keeps what it has; and of the rest only those matter that we sent something to. */
  #unwanted(slot: Slot): void {
    const owner = this.#options.owners.of(slot.kind, slot.shard);
    for (const node of slot.awaited) if (node === owner || !slot.sentTo.has(node)) slot.awaited.delete(node);
    if (slot.queue.length === 0) slot.awaited.clear();
    const guests = slot.empty((item) => this.#isGuest(slot, item));
    if (guests.length > 0) this.#keep(slot, guests);
    else this.#answer(slot.kind, [slot]);
  }

  /** Go on with those that wait for nobody any more: they are ours, or by now somebody else's. */
  #settle(kind: string, slots: readonly Slot[]): void {
    const { owners, self } = this.#options;
    const settled = slots.filter(({ phase, awaited }) => phase === 'waiting' && awaited.size === 0);
    for (const { sentTo } of settled) sentTo.clear();
    this.#hold(
      kind,
      settled.filter(({ shard }) => owners.of(kind, shard) === self),
    );
    for (const slot of settled) if (slot.phase === 'waiting') this.#leave(slot);
  }

  #hold(kind: string, slots: readonly Slot[]): void {
    if (slots.length === 0) return;
    for (const slot of slots) {
      slot.phase = 'held';
      slot.heir = undefined;
    }
    this.#options.keeper()?.acquired(kind, new Set(slots.map(({ shard }) => shard)));
    for (const slot of slots) for (const item of slot.empty()) this.#take(slot, item);
  }

  async #release(kind: string, slots: readonly Slot[]): Promise<void> {
    if (slots.length === 0) return;
    const { clock, owners, self } = this.#options;
    for (const slot of slots) slot.phase = 'releasing';
    // What was given before has its turn first: the keeper knows nothing of it yet.
    while (slots.some(({ waiting }) => waiting > 0))
      await new Promise<void>((resolve) => clock.setImmediate(resolve));
    await this.#letGo(kind, new Set(slots.map(({ shard }) => shard)));
    const released = slots.filter(({ phase }) => phase === 'releasing');
    const ours = released.filter(({ shard }) => owners.of(kind, shard) === self);
    this.#await(kind, ours, ({ heir }) => heir);
    for (const slot of released) {
      if (ours.includes(slot)) continue;
      slot.heir = owners.of(kind, slot.shard);
      this.#leave(slot);
    }
  }

  /** At most `limits.handover`: whoever takes over does not wait any longer either. */
  async #letGo(kind: string, shards: ReadonlySet<number>): Promise<void> {
    const { clock, failed, keeper, limits } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, limits.handover, true);
      const done = (): void => {
        clock.clearTimeout(timer);
        resolve();
      };
      Promise.resolve(keeper()?.release(kind, shards)).then(done, (error: unknown) => {
        failed(error);
        done();
      });
    });
  }

  /** Nothing of a slot lives here, and it is another's: forward what waits, unless it was forwarded to us. */
  #leave(slot: Slot): void {
    const guests = slot.empty((item) => this.#isGuest(slot, item));
    if (guests.some(({ kind }) => kind === 'message')) return this.#keep(slot, guests);
    slot.phase = 'away';
    this.#notify(slot);
    for (const item of [...guests, ...slot.empty()]) this.#take(slot, item);
    if (this.#isGone(slot)) this.#answer(slot.kind, [slot]);
  }

  /** Is nothing of it here, nor to be handled here? What waits then is only to be forwarded. */
  #isGone({ kind, phase, shard }: Slot): boolean {
    const { owners, self } = this.#options;
    return phase === 'away' || (phase === 'waiting' && owners.of(kind, shard) !== self);
  }

  /** The owner did not ask: it has had it all along, as it sees it. What our actors left to be done is for it to find. */
  #notify({ kind, shard, wanted }: Slot): void {
    const { isMember, owners, say, self } = this.#options;
    const owner = owners.of(kind, shard);
    if (owner === undefined || owner === self || wanted.has(owner) || !isMember(owner)) return;
    say({ type: '$released', kind, shards: [shard], number: UNASKED }, owner);
  }

  #again(kind: string, shards: readonly number[]): void {
    const held = shards.filter((shard) => this.#slots.find(kind, shard)?.phase === 'held');
    if (held.length > 0) this.#options.keeper()?.acquired(kind, new Set(held));
  }

  /** Tell those who asked that nothing of it is here, and who has had it since: the last one that asked. */
  #answer(kind: string, slots: readonly Slot[]): void {
    const { isMember, say } = this.#options;
    const answers = new Map<string, { node: string; number: number; heir?: string; shards: number[] }>();
    for (const slot of slots) {
      for (const [node, number] of slot.wanted) {
        const heir = slot.heir === node || slot.heir === undefined ? {} : { heir: slot.heir };
        const key = `${node} ${number} ${slot.heir ?? ''}`;
        const answer = answers.get(key) ?? { node, number, ...heir, shards: [] };
        answer.shards.push(slot.shard);
        answers.set(key, answer);
        slot.heir = node;
      }
      slot.wanted.clear();
    }
    for (const { node, ...answer } of answers.values())
      if (isMember(node)) say({ type: '$released', kind, ...answer }, node);
  }

  #pass(slot: Slot, item: Item): void {
    const { forward, isMember, nobody, owners, passed, say } = this.#options;
    if (item.kind === 'visit') return item.visit.gone();
    if (item.kind === 'message' && this.#isGuest(slot, item)) return this.#keep(slot, [item]);
    const owner = owners.of(slot.kind, slot.shard);
    // A flush that was forwarded here: what came before it was handled.
    if (item.kind === 'flush' && (owner === undefined || item.via !== undefined))
      return this.#options.flushed(item.flush);
    if (owner === undefined) return item.kind === 'message' ? nobody(item.envelope) : undefined;
    const isElsewhere = [...slot.sentTo].some((node) => node !== owner && isMember(node));
    if (isElsewhere) {
      slot.add(item);
      slot.sentTo.delete(owner);
      return this.#await(slot.kind, [slot], () => undefined);
    }
    slot.sentTo.add(owner);
    passed(slot, owner);
    if (item.kind === 'message') forward(owner, item.envelope);
    else say({ type: '$flush', ...item.flush }, owner);
  }

  /** Has it to be handled here, whoever owns its shard? It was forwarded to us, or we know of no owner. */
  #isGuest({ kind, shard }: Slot, item: Item): boolean {
    const { keeper, owners } = this.#options;
    if (item.kind === 'visit' || keeper()?.kinds.has(kind) !== true) return false;
    return item.via !== undefined || owners.of(kind, shard) === undefined;
  }

  /** Handle what has to be handled here though the shard is another's. The actors stay until views agree, at most for a heartbeat. */
  #keep(slot: Slot, guests: readonly Item[]): void {
    const { clock, isLeaving, limits } = this.#options;
    slot.phase = 'guest';
    for (const item of guests) this.#here(slot, item);
    const letGo = (): void => {
      if (slot.phase === 'guest') void this.#release(slot.kind, [slot]);
    };
    if (slot.queue.length > 0) letGo();
    else clock.setTimeout(letGo, isLeaving() ? 0 : limits.heartbeat, true);
  }
}

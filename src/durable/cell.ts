import type { Logic } from '../actor/logic.ts';
import { isTroupeError } from '../errors.ts';
import type { Listener, Parting, Resident } from '../actor/resident.ts';
import type { Receiver } from '../actor/turns.ts';
import type { Address } from '../message/address.ts';
import type { Envelope } from '../message/envelope.ts';
import type { AnySnapshot } from '../kernel/ref.ts';
import { Answers } from './answers.ts';
import { Failures } from './failures.ts';
import { decideAll, type Batch } from './batch.ts';
import { Listeners } from './listeners.ts';
import type { Deciding } from './decide.ts';
import type { Input, Verdict } from './input.ts';
import type { Deadlines, Live } from './live.ts';
import { deferred, type Deferred } from './deferred.ts';
import { Mailbox } from './mailbox.ts';
import { Performer } from './performer.ts';
import { Persistence } from './persistence.ts';
import type { Position, Wake } from './store.ts';
import { Senders } from './senders.ts';
import type { CellSpec } from './spec.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Job: one durable actor in memory: what it is given, it decides over, stores, and only then does (D1, D2). Not its job: the decision
 * (decide.ts), records (log.ts), doing (performer.ts), being there at all (keeper.ts, system.ts).
 *
 * - S1 at most one commit is under way; what arrives meanwhile is decided over together in the next (group commit);
 * - S2 nobody sees a state, an effect or a confirmation of what is not stored;
 * - S3 when the store refuses a commit the actor is as it was; when another wrote meanwhile (FENCED) it is read again, and what was not
 *   stored is decided over again, here or where the actor is now;
 * - S4 an actor whose records cannot be used is quarantined: it answers everything with that error, and its records are left alone.
 */
export class DurableCell implements Resident {
  readonly spec: CellSpec;
  waiting = 0;
  readonly #around: Surroundings;
  readonly #persistence: Persistence;
  readonly #mailbox = new Mailbox();
  readonly #performer: Performer;
  readonly #deadlines: Deadlines = new WeakMap();
  readonly #listeners = new Listeners();
  readonly #answers: Answers;
  readonly #senders: Senders;
  #busy = true;
  /** Messages to be decided over one at a time: one of them cannot be stored. */
  #alone = 0;
  /** Another may have gone on with it. */
  #isSuspect = false;
  #quarantine: unknown;
  #leaving: Deferred | undefined;
  #ended = false;
  /** When it was last given something, ms since the epoch. */
  lastUsed: number;
  /** It was read from the store, or could not be. */
  opened: Promise<void> = Promise.resolve();

  constructor(around: Surroundings, spec: CellSpec) {
    this.#around = around;
    this.spec = spec;
    this.lastUsed = around.clock.now();
    this.#persistence = new Persistence({
      spec,
      around,
      deadlines: this.#deadlines,
      deciding: () => this.#deciding(),
      isLeaving: () => this.#leaving !== undefined,
    });
    this.#performer = new Performer({
      address: spec.address,
      logic: spec.logic,
      around,
      deadlines: this.#deadlines,
      give: (input) => this.#give(input),
      emptied: () => this.#settleSoon(),
    });
    this.#senders = new Senders({ address: spec.address, around, give: (input) => this.#give(input) });
    const failures = new Failures({
      spec,
      around,
      again: (input, delay) => this.#performer.again(input, delay),
      give: (input) => this.#give(input),
      pause: (delay) => this.#pause(delay),
      end: (error) => this.#end({ reason: 'failed', error }),
    });
    this.#answers = new Answers({
      around,
      give: (input) => this.#give(input),
      failed: (input, error) => failures.over(input, error),
      stale: (input) => this.#stale(input),
    });
  }

  get id(): string {
    return this.spec.id;
  }

  get address(): Address {
    return this.spec.address;
  }

  get logic(): Logic {
    return this.spec.logic;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get snapshot(): object | undefined {
    return this.#persistence.live?.actor.snapshot;
  }

  /** What is stored to wake it, as far as it knows. */
  get wake(): Wake | undefined {
    return this.#persistence.wake;
  }

  /** Does anything keep it in memory? */
  get isIdle(): boolean {
    return (
      !this.#busy &&
      this.#mailbox.isEmpty &&
      this.#listeners.size === 0 &&
      this.#performer.isIdle &&
      !this.#ended
    );
  }

  /**
   * Read what is stored of it, or begin and store that.
   * @throws TroupeError CORRUPTED, NO_MIGRATION, UNKNOWN_STATE, STORE_UNAVAILABLE, ACTOR_FAILED when it cannot start
   */
  async open(): Promise<void> {
    await this.#persistence.load();
    this.#begin();
    if (this.#persistence.first !== undefined) await this.#commit(this.#decide([]));
    if (this.#quarantine !== undefined) throw this.#quarantine;
  }

  /** It cannot be: those who sent to it already are told why. */
  refuse(error: unknown): void {
    this.#busy = false;
    this.#refuseAll(error);
  }

  /** As `open`, for an actor that nobody waits for: it is stored with the first it is told, and what goes wrong is told to those who tell it. */
  activate(): void {
    this.opened = this.#persistence.loadAtLast().then(
      () => {
        this.#begin();
        this.#pump();
        this.#settleSoon();
      },
      (error: unknown) => this.#openFailed(error),
    );
  }

  handle(envelope: Envelope): boolean {
    return this.#take({ kind: 'message', envelope, path: [] }, envelope);
  }

  child(path: readonly string[]): Receiver | undefined {
    const [first = ''] = path;
    const number = first.startsWith('?') ? Number(first.slice(1)) : undefined;
    const handle = (envelope: Envelope): boolean =>
      this.#take(
        number === undefined ? { kind: 'message', envelope, path } : { kind: 'answer', envelope, number },
        envelope,
      );
    return { waiting: 0, handle };
  }

  listen(listener: Listener): () => void {
    return this.#listeners.add(listener, this.#ended ? STOPPED : this.#persistence.live?.actor.snapshot);
  }

  /** A receiver has taken what this actor said under that number; `found` is false: there is none. */
  confirmed(number: number, found: boolean, final: boolean, error: unknown): void {
    if (found) this.#performer.outbox.confirmed(number);
    else this.#performer.outbox.refused(number, final, error);
  }

  /** A wake of that position was found in the store: it is not needed any more when nothing is left to do. */
  woken(position: Position): void {
    this.#isSuspect ||= this.#persistence.woken(position);
    this.#pump();
    this.#settleSoon();
  }

  /** Nodes have come or gone: say again what is not confirmed. */
  redo(): void {
    this.#performer.outbox.redo();
  }

  /** Leave memory; what is stored stays. */
  stop(): void {
    void this.leave();
  }

  /** Decide over what has arrived, store that, and leave memory: resolves when nothing can be stored from here any more. */
  async leave(): Promise<void> {
    if (this.#ended) return;
    if (this.#leaving === undefined) {
      this.#leaving = deferred();
      this.#performer.stopWorks();
      if (!this.#busy) this.#pump();
    }
    return this.#leaving.promise;
  }

  #take(input: Input, envelope: Envelope): boolean {
    this.lastUsed = this.#around.clock.now();
    if (this.#ended) this.#around.reroute(envelope);
    else if (this.#mailbox.size >= this.#around.limits.mailbox) this.#around.full(envelope);
    else this.#give(input);
    return true;
  }

  #give(input: Input): void {
    if (this.#ended) return;
    this.#mailbox.push(input);
    this.waiting += 1;
    this.#pump();
  }

  /** It was read. */
  #begin(): void {
    const { live, first } = this.#persistence;
    if (live === undefined) return;
    if (first === undefined) this.#performer.restore(live);
    this.#busy = false;
    this.#listeners.show(live.actor.snapshot);
  }

  #deciding(): Deciding {
    const { clock, limits } = this.#around;
    return {
      address: this.address,
      now: clock.now(),
      askTimeout: limits.askTimeout,
      keys: limits.keys,
      deadlines: this.#deadlines,
      known: this.#answers.known,
      check: (event) => this.#around.check(event),
    };
  }

  #decide(inputs: readonly Input[]): Batch {
    const { first } = this.#persistence;
    const live = this.#persistence.live as Live;
    const before = { ...live, outbox: this.#performer.outbox.left(live.outbox) };
    return decideAll(before, inputs, this.#deciding(), first);
  }

  #pump(): void {
    if (this.#busy || this.#ended) return;
    if (this.#quarantine !== undefined) return this.#refuseAll(this.#quarantine);
    if (this.#isSuspect) return void this.#refresh();
    const inputs = this.#mailbox.take(this.#alone > 0 ? 1 : this.#around.limits.batch);
    this.waiting -= inputs.length;
    this.#alone -= inputs.length > 0 && this.#alone > 0 ? 1 : 0;
    if (inputs.length === 0) {
      if (this.#leaving !== undefined) void this.#depart();
      return;
    }
    const batch = this.#decide(inputs);
    if (this.#isNews(batch)) void this.#commit(batch);
    else {
      this.#answers.conclude(batch);
      this.#pump();
    }
  }

  /** S3: what is confirmed without a commit must not rest on a state that another has left behind. */
  #stale(input: Input): void {
    this.#isSuspect = true;
    this.#putBack([input.kind === 'answer' ? { ...input, isReread: true } : input]);
  }

  async #refresh(): Promise<void> {
    this.#busy = true;
    this.#isSuspect = false;
    const found = await this.#persistence.refresh();
    switch (found.kind) {
      case 'moved':
        return this.#moved([]);
      case 'refused':
      case 'lost':
        return this.#openFailed(found.error);
      case 'reread':
        return this.#reread([]);
      case 'stored':
        this.#busy = false;
        this.#pump();
        return this.#settleSoon();
    }
  }

  /** Is there anything to store? */
  #isNews({ causes, live }: Batch): boolean {
    const stored = this.#persistence.live;
    return causes.length > 0 || live.taken !== stored?.taken || live.keys !== stored.keys;
  }

  async #commit(batch: Batch): Promise<void> {
    const before = this.#persistence.live?.actor;
    const isFirst = this.#persistence.first !== undefined;
    this.#busy = true;
    const stored = await this.#persistence.store(batch);
    switch (stored.kind) {
      case 'stored':
        return this.#stored(batch, isFirst || before !== batch.live.actor);
      case 'refused':
        return this.#refused(batch, stored.error);
      case 'reread':
        return this.#reread(batch.inputs);
      case 'moved':
        return this.#moved(batch.inputs);
      case 'lost':
        this.#putBack(batch.inputs);
        return this.#openFailed(stored.error);
    }
  }

  #stored(batch: Batch, isNew: boolean): void {
    this.#busy = false;
    this.#performer.perform(batch);
    this.#senders.stored(batch.live.taken);
    this.#answers.conclude(batch);
    if (isNew) this.#listeners.show(batch.live.actor.snapshot);
    this.#pump();
    this.#settleSoon();
  }

  #refused(batch: Batch, error: unknown): void {
    this.#busy = false;
    if (batch.inputs.length > 1) {
      // One of them cannot be stored: which one shows when each is decided over alone.
      this.#alone = batch.inputs.length;
      this.#putBack(batch.inputs);
    } else {
      const verdict: Verdict = { kind: 'failed', error };
      this.#answers.conclude({ ...batch, verdicts: batch.inputs.map(() => verdict) });
      if (this.#persistence.first !== undefined) this.#quarantined(error);
    }
    this.#pump();
  }

  /** Another stored a commit in place of ours: what we were given is decided over again; what came from within begins again. */
  #reread(inputs: readonly Input[]): void {
    this.#performer.forget();
    this.#putBack(inputs.filter((input) => 'envelope' in input));
    this.#begin();
    this.#pump();
  }

  /** The actor is elsewhere now: so is what waits for it. */
  #moved(inputs: readonly Input[]): void {
    this.#putBack(inputs);
    const left = this.#mailbox.take(Number.POSITIVE_INFINITY);
    this.#end({ reason: 'moved' });
    for (const input of left) if ('envelope' in input) this.#around.reroute(input.envelope);
  }

  #putBack(inputs: readonly Input[]): void {
    this.#mailbox.putBack(inputs);
    this.waiting += inputs.length;
  }

  #openFailed(error: unknown): void {
    const isAway = isTroupeError(error) && error.retryable;
    // The store is away, and so is the actor soon: whoever has it next will read it.
    if (isAway && this.#leaving !== undefined && this.spec.shard !== undefined) return this.#moved([]);
    this.#busy = false;
    this.#quarantined(error);
    this.#pump();
  }

  #quarantined(error: unknown): void {
    this.#quarantine = error;
    this.#around.quarantined(this.address, error);
  }

  #refuseAll(error: unknown): void {
    const inputs = this.#mailbox.take(Number.POSITIVE_INFINITY);
    this.waiting -= inputs.length;
    for (const input of inputs)
      if ('envelope' in input) this.#around.dead('quarantined', input.envelope, error);
    this.#end({ reason: 'failed', error });
  }

  #pause(delay: number): void {
    this.#busy = true;
    this.#around.clock.setTimeout(() => {
      this.#busy = false;
      this.#pump();
    }, delay);
  }

  /** When nothing is under way any more: store what was done, so that it is not done again, and forget the wake. */
  #settleSoon(): void {
    if (!this.#isQuiet() || this.#performer.isSettling) return;
    if (this.#isOver) return this.#end({ reason: 'stopped' });
    if (this.#performer.outbox.hasNews || this.#persistence.isWakeLate)
      this.#performer.settleIn(() => void this.#settle());
  }

  #isQuiet(): boolean {
    return !this.#busy && !this.#ended && this.#mailbox.isEmpty && this.#performer.isIdle;
  }

  /** It has ended, all it said is taken, and nobody will send it anything: a virtual actor may yet be sent something. */
  get #isOver(): boolean {
    const isActive = this.#persistence.live?.actor.snapshot.status === 'active';
    return !isActive && this.spec.shard === undefined && !this.#performer.outbox.hasNews;
  }

  async #settle(): Promise<void> {
    if (!this.#isQuiet()) return;
    if (this.#performer.outbox.hasNews) await this.#commit(this.#decide([]));
    if (!this.#isQuiet()) return;
    await this.#persistence.settleWake();
    if (!this.#isQuiet()) return;
    if (this.#isOver) return this.#end({ reason: 'stopped' });
    // The store was away.
    if (this.#leaving === undefined) this.#settleSoon();
  }

  /** Nothing waits and nothing is under way: go. */
  async #depart(): Promise<void> {
    // What was said a moment ago is about to be confirmed: whoever takes over need not say it again.
    await this.#performer.outbox.quiet(PARTING);
    await this.#settle();
    if (this.#busy) return;
    if (!this.#mailbox.isEmpty) return this.#pump();
    this.#end({ reason: this.spec.shard === undefined ? 'stopped' : 'moved' });
  }

  #end(ending: Parting): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#performer.close();
    this.#around.ended(this);
    this.#listeners.end(ending);
    this.#leaving?.resolve();
  }
}

/** Time to wait for confirmations when leaving, ms. */
const PARTING = 200;

const STOPPED: AnySnapshot = { status: 'stopped' };

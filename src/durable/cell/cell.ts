import type { Logic } from '../../actor/logic.ts';
import { isTroupeError } from '../../errors.ts';
import type { Listener, Parting, Resident } from '../../actor/resident.ts';
import type { Receiver } from '../../actor/turns.ts';
import type { Address } from '../../message/address.ts';
import type { Envelope } from '../../message/envelope.ts';
import type { AnySnapshot } from '../../kernel/ref.ts';
import type { Answers } from './answers.ts';
import { decideAll, type Batch } from './batch.ts';
import { Listeners } from './listeners.ts';
import type { Deciding } from './decide.ts';
import type { Input, Verdict } from './input.ts';
import type { Live } from './live.ts';
import { deferred, type Deferred } from './deferred.ts';
import { Mailbox } from './mailbox.ts';
import { assemble } from './parts.ts';
import type { Performer } from './performer.ts';
import type { Persistence, Stored } from './persistence.ts';
import type { Position, Wake } from '../store.ts';
import type { Senders } from './senders.ts';
import { Settling } from './settling.ts';
import type { CellSpec } from './spec.ts';
import type { Surroundings } from '../surroundings.ts';

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
  /** Messages in the queue of turns for it; those in its own mailbox are bounded when they are taken. */
  waiting = 0;
  readonly #around: Surroundings;
  readonly #persistence: Persistence;
  readonly #mailbox = new Mailbox();
  readonly #performer: Performer;
  readonly #listeners = new Listeners();
  readonly #answers: Answers;
  readonly #deciding: () => Deciding;
  readonly #senders: Senders;
  readonly #settling: Settling;
  #busy = true;
  /** Another may have gone on with it. */
  #isSuspect = false;
  #quarantine: unknown;
  #leaving: Deferred | undefined;
  #ended = false;
  /** When it last decided over something, ms since the epoch. */
  lastUsed: number;
  /** It was read from the store, or could not be. */
  opened: Promise<void> = Promise.resolve();

  constructor(around: Surroundings, spec: CellSpec) {
    this.#around = around;
    this.spec = spec;
    this.lastUsed = around.clock.now();
    const { persistence, performer, senders, answers, deciding } = assemble(around, spec, {
      isLeaving: () => this.#leaving !== undefined,
      give: (input) => this.#give(input),
      emptied: () => this.#settling.soon(),
      pause: (delay) => this.#pause(delay),
      failed: (error) => this.#end({ reason: 'failed', error }),
      stale: (input) => this.#stale(input),
    });
    this.#persistence = persistence;
    this.#performer = performer;
    this.#senders = senders;
    this.#answers = answers;
    this.#deciding = deciding;
    this.#settling = new Settling({
      performer,
      persistence,
      isQuiet: () => !this.#busy && !this.#ended && this.#mailbox.isEmpty && performer.isIdle,
      isLeaving: () => this.#leaving !== undefined,
      commit: async () => this.#commit(this.#decide([])),
      over: () => this.#end({ reason: 'stopped' }),
      isSpawned: spec.shard === undefined,
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

  look(): object | undefined {
    return this.#persistence.look(this.#mailbox.size);
  }

  /** What is stored to wake it, as far as it knows. */
  get wake(): Wake | undefined {
    return this.#persistence.wake;
  }

  /** Does anything keep it in memory? */
  get isIdle(): boolean {
    return this.#listeners.size === 0 && this.#settling.isQuiet;
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
        this.#settling.soon();
      },
      (error: unknown) => this.#openFailed(error),
    );
  }

  handle(envelope: Envelope): boolean {
    return this.#take({ kind: 'message', envelope, path: ITSELF });
  }

  child(path: readonly string[]): Receiver | undefined {
    const [first = ''] = path;
    const number = first.startsWith('?') ? Number(first.slice(1)) : undefined;
    const handle = (envelope: Envelope): boolean =>
      this.#take(
        number === undefined ? { kind: 'message', envelope, path } : { kind: 'answer', envelope, number },
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
    this.#settling.soon();
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

  #take(input: Input & { readonly envelope: Envelope }): boolean {
    if (this.#ended) this.#around.reroute(input.envelope);
    else if (this.#mailbox.size >= this.#around.limits.mailbox) this.#around.full(input.envelope);
    else this.#give(input);
    return true;
  }

  #give(input: Input): void {
    if (this.#ended) return;
    this.#mailbox.push(input);
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

  #decide(inputs: readonly Input[]): Batch {
    const { first } = this.#persistence;
    const live = this.#persistence.live as Live;
    const outbox = this.#performer.outbox.left(live.outbox);
    const deciding = this.#deciding();
    if (inputs.length > 0) this.lastUsed = deciding.now;
    return decideAll(outbox === live.outbox ? live : { ...live, outbox }, inputs, deciding, first);
  }

  #pump(): void {
    if (this.#busy || this.#ended) return;
    if (this.#quarantine !== undefined) return this.#refuseAll(this.#quarantine);
    if (this.#isSuspect) return void this.#refresh();
    const inputs = this.#mailbox.next(this.#around.limits.batch);
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
    this.#mailbox.putBack([input.kind === 'answer' ? { ...input, isReread: true } : input]);
  }

  async #refresh(): Promise<void> {
    this.#busy = true;
    this.#isSuspect = false;
    const found = await this.#persistence.refresh();
    switch (found.kind) {
      case 'moved':
      case 'superseded':
        return this.#moved([]);
      case 'refused':
      case 'lost':
        return this.#openFailed(found.error);
      case 'reread':
        return this.#reread([]);
      case 'stored':
        this.#busy = false;
        this.#pump();
        return this.#settling.soon();
    }
  }

  /** Is there anything to store? */
  #isNews({ causes, live }: Batch): boolean {
    const stored = this.#persistence.live;
    return causes.length > 0 || live.taken !== stored?.taken || live.keys !== stored.keys;
  }

  // Not async: this is the hot path.
  #commit(batch: Batch): Promise<void> {
    const isNew = this.#persistence.first !== undefined || this.#persistence.live?.actor !== batch.live.actor;
    this.#busy = true;
    return this.#persistence.store(batch, (stored) => this.#concluded(batch, stored, isNew));
  }

  #concluded(batch: Batch, stored: Stored, isNew: boolean): void {
    switch (stored.kind) {
      case 'stored':
        return this.#stored(batch, isNew);
      case 'refused':
        return this.#refused(batch, stored.error);
      case 'reread':
        return this.#reread(batch.inputs);
      case 'superseded':
        this.#answers.conclude(batch);
        return stored.isMoved ? this.#moved([]) : this.#reread([]);
      case 'moved':
        return this.#moved(stored.isInDoubt === true ? this.#answers.doubted(batch.inputs) : batch.inputs);
      case 'lost':
        this.#mailbox.putBack(batch.inputs);
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
    this.#settling.soon();
  }

  #refused(batch: Batch, error: unknown): void {
    this.#busy = false;
    if (batch.inputs.length > 1) {
      // One of them cannot be stored: which one shows when each is decided over alone.
      this.#mailbox.putBack(batch.inputs, 'one by one');
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
    this.#mailbox.putBack(inputs.filter((input) => 'envelope' in input));
    this.#begin();
    this.#pump();
  }

  /** The actor is elsewhere now: so is what waits for it. */
  #moved(inputs: readonly Input[]): void {
    this.#mailbox.putBack(inputs);
    const left = this.#mailbox.take();
    this.#end({ reason: 'moved' });
    for (const input of left) if ('envelope' in input) this.#around.reroute(input.envelope);
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
    const inputs = this.#mailbox.take();
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

  /** Nothing waits and nothing is under way: go. */
  async #depart(): Promise<void> {
    // What was said a moment ago is about to be confirmed: whoever takes over need not say it again.
    await this.#performer.outbox.quiet(PARTING);
    await this.#settling.now();
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

const ITSELF: readonly string[] = [];
const STOPPED: AnySnapshot = { status: 'stopped' };

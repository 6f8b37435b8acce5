import {
  createActor,
  type ActorOptions,
  type AnyActor,
  type AnyActorRef,
  type EventObject,
  type Subscription,
} from 'xstate';
import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import { deliveredEvent, type Envelope, type Message } from '../message/envelope.ts';
import { ALONE, type Thread } from '../message/sealer.ts';
import type { Clock, Random } from '../ports.ts';
import type { DeadReason } from './dead-letters.ts';
import { guard } from './guard.ts';
import { setHost, type AskOptions, type Ending, type Host } from './host.ts';
import type { Logic } from './logic.ts';
import { withVoice } from './speak.ts';
import type { Listener, Resident } from './resident.ts';
import { decide, type Supervision } from './supervision.ts';
import type { Receiver } from './turns.ts';
import type { Meter, Tally, Witness } from './witness.ts';

/** What cells need of their node: one object for all of them. */
export interface CellContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly mailbox: number;
  /** One object for all: XState copies it, and every further option (`id` too) costs each actor a quarter of a kilobyte. */
  readonly actorOptions: { readonly clock: Clock };
  /** Changes while actors live: an inspector comes and goes. */
  readonly witness: Witness | undefined;
  readonly meter: Meter | undefined;
  /** The message that some actor of the node is handling. */
  readonly current: Envelope | undefined;
  tellFrom(cell: Cell, to: Address, event: Message): void;
  failFrom(cell: Cell, to: Address, error: unknown): void;
  askFrom(cell: Cell, to: Address, event: Message, options: AskOptions): Promise<Message>;
  watch(address: Address, signal: AbortSignal): Promise<Ending>;
  /** The actor emitted an event: publish it. */
  emitted(cell: Cell, event: EventObject): void;
  dead(reason: DeadReason, envelope: Envelope): void;
  /** The actor is back: give it a message that was held meanwhile. */
  redeliver(cell: Cell, envelope: Envelope): void;
  /** The actor failed; `envelope` is what it was handling, if it was a message. */
  failed(cell: Cell, error: unknown, envelope: Envelope | undefined): void;
  /** Its sender wants to know that it was taken. */
  taken(envelope: Envelope): void;
  /** An actor without a parent escalated. */
  escalated(cell: Cell, error: unknown): void;
  ended(cell: Cell, ending: Ending): void;
}

export interface CellSpec {
  readonly id: string;
  readonly address: Address;
  readonly logic: Logic;
  readonly input: unknown;
  readonly supervision: Supervision;
  readonly parent: Cell | undefined;
  /** Of the runtime: nobody counts it, or is told what it does. */
  readonly isHidden?: boolean;
}

/**
 * Job: one live actor: a real XState actor, its supervision (A2), those who watch it (A3), its children.
 * Not its job: when it is its turn (turns.ts), how messages reach it (cluster/router.ts).
 *
 * - A1 events reach the XState actor one at a time; while it waits for a restart they are held, at most `mailbox`;
 * - A4 after the end nothing is handled, and every listener is told once.
 */
export class Cell implements Host, Resident {
  readonly spec: CellSpec;
  /** Messages in the queue of turns for this cell. */
  waiting = 0;
  children: Set<Cell> | undefined;
  readonly #context: CellContext;
  readonly #tally: Tally | undefined;
  #actor: AnyActor | undefined;
  #held: Envelope[] | undefined;
  #restarts: readonly number[] = NONE;
  /** With what each is subscribed to the present actor by: a restart subscribes it to the next. */
  #listeners: Map<Listener, Subscription | undefined> | undefined;
  #handling: Envelope | undefined;
  #failure: { readonly error: unknown } | undefined;
  #starting = false;
  /** A failing transition of this turn was undone: what was said in the turn is not said. */
  #resumed = false;
  #ended = false;
  /** Of the message that it handled last: what keeps no event alive. */
  #node: string | undefined;
  #seq = 0;
  #correlation: string | undefined;
  /** Said since then without a message being handled, count. */
  #alone = 0;
  /** It handled messages of several conversations: to which of them a timer or the end of work belongs, nobody knows. */
  #isShared = false;

  constructor(context: CellContext, spec: CellSpec) {
    this.#context = context;
    this.spec = spec;
    this.#tally = spec.isHidden === true ? undefined : context.meter?.of(spec.logic);
    if (spec.parent !== undefined) (spec.parent.children ??= new Set()).add(this);
  }

  get address(): Address {
    return this.spec.address;
  }

  get id(): string {
    return this.spec.id;
  }

  get logic(): Logic {
    return this.spec.logic;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get snapshot(): object | undefined {
    return this.#actor?.getSnapshot() as object | undefined;
  }

  /** The XState actor; undefined while it waits for a restart and after the end. */
  get actor(): AnyActor | undefined {
    return this.#actor;
  }

  /** The conversation that it goes on with by itself: that of the message it handled last, or in whose turn it was spawned; or its own. */
  get correlation(): string {
    if (this.#node === undefined) return this.spec.address;
    return this.#correlation ?? `${this.#node}.${this.#seq}`;
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  /**
   * It says something, and no message is being handled: a timer or the end of work made it.
   * @returns undefined for one that is in several conversations, and when it has done so often (one that ticks for ever begins a
   * conversation each time)
   */
  goOn(): Thread | undefined {
    if (this.#isShared || ++this.#alone > ALONE) return undefined;
    const cause = this.#node === undefined ? undefined : `${this.#node}.${this.#seq}`;
    return { cause, correlation: this.correlation };
  }

  /**
   * Begin to live.
   * @throws what the actor failed with before it had begun: nobody knows it yet, so nobody supervises it
   */
  start(): void {
    const { current } = this.#context;
    if (current !== undefined) this.#follow(current);
    this.#begin();
    if (this.#failure === undefined) return;
    const { error } = this.#failure;
    this.stop({ reason: 'failed', error });
    throw error;
  }

  #begin(): void {
    const { logic, supervision } = this.spec;
    const resumes = supervision.directive === 'resume' || typeof supervision.directive === 'function';
    const voiced = withVoice(logic);
    const guarded = resumes ? guard(voiced, (error) => this.#resumes(error)) : guard(voiced);
    const actor = createActor(guarded, this.#options()) as AnyActor;
    actor.id = this.spec.id;
    this.#actor = actor;
    setHost(actor.system, this);
    if (this.spec.isHidden !== true) this.#context.witness?.created?.(this, this.spec.input);
    actor.subscribe(this);
    actor.on('*', (event: EventObject) => this.#context.emitted(this, event));
    for (const listener of this.#listeners?.keys() ?? NONE) this.#subscribe(actor, listener);
    this.#starting = true;
    actor.start();
    this.#starting = false;
  }

  #options(): ActorOptions<Logic> {
    const { actorOptions, witness } = this.#context;
    const { input, isHidden } = this.spec;
    const options = input === undefined ? actorOptions : { ...actorOptions, input };
    const inspect = isHidden === true ? undefined : witness?.begins(this, input);
    return inspect === undefined ? options : { ...options, inspect };
  }

  /** @returns false when the actor failed over this message */
  handle(envelope: Envelope): boolean {
    if (this.#ended) this.#context.dead('actor-stopped', envelope);
    else if (this.#held !== undefined) this.#hold(envelope);
    else if (envelope.deadline !== undefined && envelope.deadline < this.#context.clock.now())
      this.#context.dead('expired', envelope);
    else return this.#send(envelope);
    return true;
  }

  child(path: readonly string[]): Receiver | undefined {
    let ref: AnyActorRef | undefined = this.#actor;
    for (const step of path) {
      const { children } = (ref?.getSnapshot() ?? {}) as {
        children?: Readonly<Record<string, AnyActorRef | undefined>>;
      };
      ref = children?.[step];
    }
    return ref === undefined ? undefined : childReceiver(ref);
  }

  listen(listener: Listener): () => void {
    (this.#listeners ??= new Map()).set(listener, undefined);
    if (this.#actor !== undefined) this.#subscribe(this.#actor, listener);
    return () => {
      this.#listeners?.get(listener)?.unsubscribe();
      this.#listeners?.delete(listener);
    };
  }

  /** End the actor and its children; what waits for them becomes dead letters. */
  stop(ending: Ending = { reason: 'stopped' }): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const child of [...(this.children ?? NONE)]) child.stop();
    this.spec.parent?.children?.delete(this);
    const actor = this.#actor;
    this.#actor = undefined;
    actor?.stop();
    for (const envelope of this.#held ?? NONE) this.#context.dead('actor-stopped', envelope);
    this.#held = undefined;
    this.#context.ended(this, ending);
    for (const { end } of this.#listeners?.keys() ?? NONE) end(ending);
    this.#listeners = undefined;
  }

  tell(to: Address, event: Message): void {
    this.#context.tellFrom(this, to, event);
  }

  fail(to: Address, error: unknown): void {
    this.#context.failFrom(this, to, error);
  }

  async ask(to: Address, event: Message, options: AskOptions): Promise<Message> {
    return this.#context.askFrom(this, to, event, options);
  }

  async watch(address: Address, signal: AbortSignal): Promise<Ending> {
    return this.#context.watch(address, signal);
  }

  /** XState reports an actor's error globally, which ends the process, if any observer of it does not take errors. */
  #subscribe(actor: AnyActor, listener: Listener): void {
    const { next } = listener;
    if (next !== undefined) this.#listeners?.set(listener, actor.subscribe({ next, error: () => undefined }));
  }

  #follow({ node, seq, correlation }: Envelope): void {
    if (this.#isShared) return;
    if (this.#node !== undefined && correlation !== this.correlation) {
      this.#isShared = true;
      this.#node = this.#correlation = undefined;
      return;
    }
    this.#node = node;
    this.#seq = seq;
    this.#correlation = correlation;
    this.#alone = 0;
  }

  #send(envelope: Envelope): boolean {
    this.#handling = envelope;
    this.#resumed = false;
    const event = deliveredEvent(envelope);
    const tally = this.#tally;
    const { meter } = this.#context;
    // One that begins to look in the midst of a message sees the next.
    const witness = this.spec.isHidden === true ? undefined : this.#context.witness;
    this.#follow(envelope);
    witness?.handles(this, envelope, event);
    if (tally === undefined || meter === undefined) this.#actor?.send(event);
    else {
      const since = meter.handles(tally, this.spec.address, envelope);
      this.#actor?.send(event);
      if (since !== 0) meter.handled(tally, since);
    }
    witness?.handled(this, this.#failure);
    this.#handling = undefined;
    if (envelope.once !== undefined || envelope.kind === 'delivery') this.#taken(envelope);
    if (this.#failure === undefined) return !this.#resumed;
    this.#superviseFailure(envelope);
    return false;
  }

  /** A message of a durable actor that failed us is not to come again; who waits is told of the failure instead. */
  #taken(envelope: Envelope): void {
    const failed = this.#failure !== undefined || this.#resumed;
    if (!failed || envelope.kind !== 'delivery') this.#context.taken(envelope);
  }

  #superviseFailure(envelope?: Envelope): void {
    const { error } = this.#failure ?? {};
    this.#failure = undefined;
    this.#supervise(error, envelope);
  }

  #hold(envelope: Envelope): void {
    if ((this.#held?.length ?? 0) >= this.#context.mailbox) this.#context.dead('mailbox-full', envelope);
    else this.#held?.push(envelope);
  }

  /** XState's observer: the actor failed. During a turn that is dealt with when the turn is over: the old actor must be out of the way. */
  error(error: unknown): void {
    if (this.#ended) return;
    if (this.#handling !== undefined || this.#starting) this.#failure = { error };
    else this.#supervise(error, undefined);
  }

  /** XState's observer: the actor is done, or was stopped (by us). */
  complete(): void {
    const snapshot = this.#actor?.getSnapshot() as { status?: string; output?: unknown } | undefined;
    if (!this.#ended && snapshot?.status === 'done') this.stop({ reason: 'done', output: snapshot.output });
  }

  #resumes(error: unknown): boolean {
    const { directive } = this.spec.supervision;
    if ((typeof directive === 'function' ? directive(error) : directive) !== 'resume') return false;
    this.#resumed = true;
    this.#context.witness?.resumed?.(this);
    this.#countFailure();
    this.#context.failed(this, error, this.#handling);
    return true;
  }

  #countFailure(): void {
    if (this.#tally !== undefined) this.#tally.failed++;
  }

  #supervise(error: unknown, envelope: Envelope | undefined): void {
    const { clock, random } = this.#context;
    this.#countFailure();
    this.#context.failed(this, error, envelope);
    const verdict = decide(this.spec.supervision, error, this.#restarts, clock.now(), random);
    this.#restarts = verdict.restarts;
    const snapshot = this.#actor?.getSnapshot() as { status?: string } | undefined;
    const lives = snapshot?.status === 'active';
    if (verdict.directive === 'resume' && lives) return;
    if (verdict.directive === 'restart') this.#restart(verdict.delay);
    else if (verdict.directive === 'escalate') this.#escalate(error);
    else this.#giveUp(error);
  }

  #giveUp(error: unknown): void {
    if (this.#tally !== undefined) this.#context.meter?.gaveUp(this.spec.address);
    this.stop({ reason: 'failed', error });
  }

  #restart(delay: number): void {
    const old = this.#actor;
    this.#actor = undefined;
    old?.stop();
    for (const child of [...(this.children ?? NONE)]) child.stop();
    this.#held ??= [];
    this.#context.clock.setTimeout(() => {
      const held = this.#held;
      if (this.#ended || held === undefined) return;
      this.#held = undefined;
      this.#begin();
      if (this.#failure !== undefined) this.#superviseFailure();
      for (const envelope of held) this.#context.redeliver(this, envelope);
    }, delay);
  }

  #escalate(error: unknown): void {
    const { parent } = this.spec;
    this.#giveUp(error);
    if (parent === undefined) this.#context.escalated(this, error);
    else parent.#childFailed(this.address, error);
  }

  #childFailed(child: Address, cause: unknown): void {
    const what = cause instanceof Error ? cause.message : String(cause);
    this.#supervise(
      new TroupeError('ACTOR_FAILED', `The child "${child}" failed and escalated: ${what}`, { cause }),
      undefined,
    );
  }
}

const childReceiver = (child: AnyActorRef): Receiver => ({
  waiting: 0,
  handle(envelope) {
    child.send(deliveredEvent(envelope));
    return true;
  },
});

const NONE: readonly never[] = [];

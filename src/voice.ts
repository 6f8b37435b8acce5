import type { EventObject } from 'xstate';
import type { Asks } from './actor/asks.ts';
import type { Cell, CellContext } from './actor/cell.ts';
import type { DeadLetters, DeadReason } from './actor/dead-letters.ts';
import type { AskOptions, Ending } from './actor/host.ts';
import type { DeliverOptions } from './actor/ref.ts';
import type { Registry } from './actor/registry.ts';
import { shield } from './actor/shield.ts';
import type { Turns } from './actor/turns.ts';
import type { Meter, Witness } from './actor/witness.ts';
import type { Undelivered } from './actor/undelivered.ts';
import type { Directory } from './cluster/directory.ts';
import type { Reach } from './cluster/reach.ts';
import type { Router } from './cluster/router.ts';
import { isTroupeError, TroupeError } from './errors.ts';
import type { Address } from './message/address.ts';
import { isAwaited, type Envelope, type Message } from './message/envelope.ts';
import { toWire } from './message/failure.ts';
import type { Sealer, Thread } from './message/sealer.ts';
import type { Clock, Logger, Random } from './ports.ts';

/** Who speaks. */
export interface Speaker {
  readonly address: Address;
  /** The conversation of what it says while no message is being handled. */
  goOn?(): Thread | undefined;
}

export interface VoiceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly mailbox: number;
  readonly askTimeout: number;
  readonly sealer: Sealer;
  readonly asks: Asks;
  readonly turns: Turns;
  readonly registry: Registry;
  readonly directory: Directory;
  readonly router: Router;
  readonly reach: Reach;
  readonly letters: DeadLetters;
  readonly undelivered: Undelivered;
  readonly publish: (event: Message, cell: Speaker) => void;
  /** Tell the sender of a message that waits for it, or says it again otherwise, that it was taken. */
  readonly taken: (envelope: Envelope) => void;
  readonly onEscalated: (address: Address, error: unknown) => void;
  readonly witness: Witness | undefined;
  readonly meter: Meter | undefined;
}

/** What the actors of a node say and what befalls them, carried to the parts of the node that it concerns. */
export class Voice implements CellContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly mailbox: number;
  readonly actorOptions: { readonly clock: Clock };
  /** Whoever looks at the actors of this node, while somebody does. */
  witness: Witness | undefined;
  readonly meter: Meter | undefined;
  readonly #node: VoiceOptions;

  constructor(node: VoiceOptions) {
    this.clock = node.clock;
    this.random = node.random;
    this.mailbox = node.mailbox;
    this.actorOptions = { clock: node.clock };
    this.witness = node.witness;
    this.meter = node.meter;
    this.#node = node;
  }

  get current(): Envelope | undefined {
    return this.#node.turns.current;
  }

  tellFrom(speaker: Speaker, to: Address, event: Message): void {
    const { address } = speaker;
    const { sealer, turns } = this.#node;
    const special = sealer.check(event);
    const kind = to.startsWith('?') ? 'response' : 'notification';
    const envelope = sealer.seal(kind, to, event, {
      from: address,
      cause: turns.current,
      after: goOn(turns.current, speaker),
      special,
    });
    this.witness?.said(address, envelope);
    turns.say(envelope);
  }

  failFrom(speaker: Speaker, to: Address, error: unknown): void {
    const { address } = speaker;
    const { sealer, turns } = this.#node;
    const event = failureEvent(error);
    const envelope = sealer.seal('failure', to, event, {
      from: address,
      cause: turns.current,
      after: goOn(turns.current, speaker),
    });
    this.witness?.said(address, envelope);
    turns.say(envelope);
  }

  // Not async: one promise per ask instead of four; this is the hot path.
  askFrom(cell: Speaker | undefined, to: Address, event: Message, options: AskOptions): Promise<Message> {
    const { asks, askTimeout, clock, router, sealer, turns } = this.#node;
    const timeout = options.timeout ?? askTimeout;
    // Whether it is an event at all is found out below, where a refusal rejects the promise instead of being thrown.
    const { type } = Object(event) as Message;
    return asks.ask({ to, type, timeout, signal: options.signal }, (seq) => {
      const special = sealer.check(event);
      const deadline = clock.now() + timeout;
      const after = goOn(turns.current, cell);
      const origin = { from: cell?.address, cause: turns.current, after, deadline, special, seq };
      const question = sealer.seal('request', to, event, origin);
      // In its turn an actor's question waits behind what it told before (T1).
      if (cell === undefined) return router.route(question);
      this.witness?.said(cell.address, question);
      turns.say(question);
    });
  }

  deliver(to: Address, event: Message, { timeout, signal, once }: DeliverOptions): Promise<Message> {
    const { asks, askTimeout, clock, router, sealer } = this.#node;
    const ms = timeout ?? askTimeout;
    return asks.ask({ to, type: (Object(event) as Message).type, timeout: ms, signal }, (seq) => {
      const special = sealer.check(event);
      router.route(sealer.seal('delivery', to, event, { deadline: clock.now() + ms, special, seq, once }));
    });
  }

  async watch(address: Address, signal: AbortSignal): Promise<Ending> {
    return this.#node.reach.watch(address, signal);
  }

  emitted(cell: Speaker, event: EventObject): void {
    const { publish, letters, log, sealer, turns } = this.#node;
    this.witness?.emitted(cell.address, event);
    try {
      publish(event, cell);
    } catch (error) {
      const letter = sealer.seal('event', event.type, event, { from: cell.address, cause: turns.current });
      letters.bury('unserializable', letter, error instanceof Error ? error.message : String(error));
      log.error('an emitted event could not be published', { address: cell.address, error });
    }
  }

  redeliver(cell: Cell, envelope: Envelope): void {
    this.#node.turns.take(cell, envelope);
  }

  dead(reason: DeadReason, envelope: Envelope): void {
    this.#node.undelivered.bury(reason, envelope);
  }

  failed({ address }: Cell, error: unknown, envelope: Envelope | undefined): void {
    this.#node.log.warn('an actor failed', { address, error, event: envelope?.event.type });
    if (envelope === undefined || !isAwaited(envelope)) return;
    this.#node.undelivered.failAsker(
      envelope,
      isTroupeError(error) ? error : overFailed(address, envelope, error),
    );
  }

  escalated({ address }: Speaker, error: unknown): void {
    const { log, onEscalated } = this.#node;
    shield(onEscalated, (cause) => log.error('onEscalated failed', { address, error: cause }))(
      address,
      error,
    );
  }

  taken(envelope: Envelope): void {
    this.#node.taken(envelope);
  }

  ended(cell: Cell, { reason }: Ending): void {
    if (cell.spec.isHidden !== true) this.witness?.ended(cell.address, reason);
    this.#node.registry.remove(cell);
    this.released(cell.spec.id);
  }

  /** Others may take the id now. */
  released(id: string): void {
    this.#node.directory.release(id);
  }
}

/** What is said while no message is handled goes on with a conversation of its speaker. */
export const goOn = (current: Envelope | undefined, speaker: Speaker | undefined): Thread | undefined =>
  current === undefined ? speaker?.goOn?.() : undefined;

/** An error as an event, for an address that waits for an answer. */
export const failureEvent = (error: unknown): Message =>
  ({ type: 'failure', error: toWire(error) }) as Message;

function overFailed(address: Address, { event }: Envelope, cause: unknown): TroupeError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new TroupeError('ACTOR_FAILED', `"${address}" failed over "${event.type}": ${what}`, {
    cause,
    retryable: true,
  });
}

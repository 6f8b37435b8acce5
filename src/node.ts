import { Asks } from './actor/asks.ts';
import { DeadLetters, type DeadLetterListener } from './actor/dead-letters.ts';
import type { AskOptions } from './actor/host.ts';
import type { Courier, DeliverOptions, Observer } from './actor/ref.ts';
import { Registry } from './actor/registry.ts';
import { shield } from './actor/shield.ts';
import { Turns, type Receiver } from './actor/turns.ts';
import { NODE, type ActorRow, type Control } from './cluster/control.ts';
import { Controller } from './cluster/controller.ts';
import { Directory } from './cluster/directory.ts';
import { Membership } from './cluster/membership.ts';
import { Observations } from './cluster/observe.ts';
import { Placement } from './cluster/placement.ts';
import { Reach } from './cluster/reach.ts';
import { Router } from './cluster/router.ts';
import { Services } from './cluster/services.ts';
import { Bus } from './coordination/bus.ts';
import { TroupeError } from './errors.ts';
import type { Address } from './message/address.ts';
import { HybridClock } from './message/clock.ts';
import { Undelivered } from './actor/undelivered.ts';
import { Durables } from './durables.ts';
import type { NodeCounts, NodeOptions } from './node-options.ts';
import { failureEvent, goOn, Voice, type Speaker } from './voice.ts';
import { createCodec } from './message/codec.ts';
import { askNumber, isAwaited, type Envelope, type Kind, type Message } from './message/envelope.ts';
import { Sealer } from './message/sealer.ts';
import type { Clock } from './ports.ts';
import { Mesh } from './transport/mesh.ts';

/** Job: the parts of one node wired together, and the making of envelopes. Not its job: what users see (system.ts). */
export class Node implements Courier {
  readonly name: string;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly letters: DeadLetters;
  readonly undelivered: Undelivered;
  readonly voice: Voice;
  readonly services: Services;
  readonly directory: Directory;
  readonly membership: Membership;
  readonly observations: Observations;
  readonly placement: Placement;
  readonly durables: Durables;
  readonly bus: Bus;
  readonly mesh: Mesh;
  readonly turns: Turns;
  readonly #options: NodeOptions;
  readonly #stamps: HybridClock;
  readonly #sealer: Sealer;
  readonly #asks: Asks;
  readonly #router: Router;
  readonly #controller: Controller;
  readonly #reach: Reach;
  /** Messages sent that are of the runtime itself, and of nobody who uses it, count. */
  ofRuntime = 0;
  /** What ends with the node. */
  readonly closing = new Set<() => void>();
  #stopped = false;

  constructor(options: NodeOptions) {
    const { name, clock, limits } = options;
    this.#options = options;
    this.name = name;
    this.clock = clock;
    this.letters = new DeadLetters(limits.deadLetters, () => clock.now());
    this.#stamps = new HybridClock(() => clock.now());
    this.#sealer = new Sealer(name, limits.depth, this.#stamps);
    this.#asks = new Asks(limits.asks, clock, () => this.#sealer.next());
    this.registry = new Registry(name);
    this.undelivered = this.#createUndelivered();
    this.services = new Services(name);
    this.turns = new Turns(limits.turnsPerTick, clock, (envelope) => this.#post(envelope));
    this.mesh = this.#createMesh();
    this.observations = new Observations({ clock, say: (node, message) => this.say(message, node) });
    this.membership = this.#createMembership();
    this.placement = this.#createPlacement();
    this.directory = this.#createDirectory();
    this.#router = this.#createRouter();
    this.bus = this.#createBus();
    this.#controller = new Controller(this, Math.min(limits.frame, limits.payload));
    this.#reach = this.#createReach();
    this.voice = this.#createVoice();
    this.durables = this.#createDurables();
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Messages on their way out: their receiver is looked for, or their arrival is not acknowledged yet. */
  get pending(): number {
    return this.#router.pending + this.placement.pending + this.mesh.pending;
  }

  counts(): NodeCounts {
    return {
      sent: this.#sealer.count,
      delivered: this.turns.handled,
      rejected: this.letters.rejections(),
    };
  }

  send(to: Address, event: Message, from?: Address): void {
    this.#assertRunning(event);
    const special = this.#sealer.check(event);
    const origin = from === undefined ? { cause: this.turns.current, special } : { from, special };
    this.#router.route(this.#sealer.seal('notification', to, event, origin));
  }

  // Not async: one promise per ask instead of four; this is the hot path.
  ask(to: Address, event: Message, options: AskOptions): Promise<Message> {
    if (this.#stopped) return Promise.reject(stoppedError(event));
    return this.voice.askFrom(undefined, to, event, options);
  }

  deliver(to: Address, event: Message, options: DeliverOptions): Promise<void> {
    if (this.#stopped) return Promise.reject(stoppedError(event));
    return this.voice.deliver(to, event, options).then(nothing);
  }

  observe(to: Address, { next, end }: Observer): () => void {
    const failed = this.#reporter('a listener of an actor failed', to);
    const listened = next === undefined ? {} : { next: shield(next, failed) };
    return this.#reach.observe(to, { ...listened, end: shield(end, failed) });
  }

  onDeadLetter(listener: DeadLetterListener): () => void {
    return this.letters.listen(shield(listener, this.#reporter('a listener of dead letters failed')));
  }

  async stop(to: Address): Promise<void> {
    return this.#reach.stop(to);
  }

  publish(event: Message, cell?: Speaker): void {
    this.#assertRunning(event);
    this.#sealer.check(event);
    this.mesh.cast(this.#options.subjects.event(event.type), this.#seal('event', BUS, event, cell));
  }

  /** Something was said to a node, or to all of them. */
  say(message: Control, node?: string): void {
    this.ofRuntime += 1;
    const envelope = this.#seal(message.type === '$beat' ? 'heartbeat' : 'control', NODE, message);
    if (node === undefined) this.mesh.cast(this.#options.subjects.cluster, envelope);
    else this.mesh.send(node, envelope);
  }

  /** A message of the bus for an actor of this node. */
  hand(cell: Receiver, envelope: Envelope): void {
    this.#router.give(cell, envelope);
  }

  /** The actors of all nodes; of nodes that do not answer in time, none. */
  async list(timeout: number): Promise<readonly ActorRow[]> {
    return [...this.#controller.rows(), ...(await this.#reach.list(timeout))];
  }

  /** Nothing goes in or out any more: those who wait are told. */
  close(): void {
    for (const end of this.closing) end();
    this.#stopped = true;
    this.placement.close((envelope) => this.undelivered.lost('system-stopped', envelope));
    this.mesh.close();
    this.#asks.close(
      new TroupeError('SYSTEM_STOPPED', 'The system was stopped while an answer was awaited.'),
    );
  }

  #reporter(what: string, address?: Address): (error: unknown) => void {
    return (error) => this.#options.log.error(what, { address, error });
  }

  #assertRunning(event: Message): void {
    if (this.#stopped) throw stoppedError(event);
  }

  #seal(kind: Kind, to: Address, event: Message, cell?: Speaker): Envelope {
    const { current: cause } = this.turns;
    return this.#sealer.seal(kind, to, event, { from: cell?.address, cause, after: goOn(cause, cell) });
  }

  /** What an actor said: it cannot be thrown back at it, its turn is over. */
  #post(envelope: Envelope): void {
    try {
      this.#router.route(envelope);
    } catch (error) {
      const failure =
        error instanceof TroupeError
          ? error
          : new TroupeError('UNSERIALIZABLE', String(error), { cause: error });
      this.undelivered.bury('unserializable', envelope, failure);
      // An answer that cannot travel: whoever waits for it is told why instead of nothing.
      if (envelope.kind === 'response') this.#post(this.#seal('failure', envelope.to, failureEvent(failure)));
    }
  }

  #arrive(envelope: Envelope): void {
    this.#stamps.witness(envelope.clock);
    if (envelope.to !== NODE) return this.#router.arrive(envelope);
    if (this.#controller.handle(envelope)) return;
    const error = new TroupeError(
      'MALFORMED_MESSAGE',
      `"${envelope.event.type}" is nothing that nodes say to each other.`,
    );
    this.letters.reject(error, EMPTY, NODE);
  }

  #settle(id: string, envelope: Envelope): void {
    if (!this.#asks.settle(askNumber(id), envelope)) this.letters.bury('late-reply', envelope);
    this.durables.taken(envelope);
  }

  #nodeDown(node: string, why: string): void {
    if (why !== 'left') this.#options.log.warn('a node is down', { node, why });
    this.directory.forgetNode(node);
    this.observations.forgetNode(node);
    this.mesh.forget(node, 'node-down');
    this.#asks.nodeDown(node);
    this.durables.redo();
  }

  #sendTo(node: string, envelope: Envelope): void {
    this.mesh.send(node, envelope);
    if (isAwaited(envelope) && envelope.node === this.name) this.#asks.sentTo(node, envelope.seq);
  }

  #hear(pattern: string, receive: (envelope: Envelope) => void, group?: string): () => void {
    return this.mesh.hear(
      pattern,
      (envelope, subject) => {
        this.#stamps.witness(envelope.clock);
        if (envelope.kind === 'event' && subject === this.#options.subjects.event(envelope.event.type))
          receive(envelope);
        else
          this.letters.reject(
            new TroupeError(
              'MALFORMED_MESSAGE',
              `"${envelope.event.type}" came on a subject that is not its own.`,
            ),
            EMPTY,
            subject,
          );
      },
      group,
    );
  }

  #createMesh(): Mesh {
    const { link, subjects, limits, clock } = this.#options;
    return new Mesh({
      self: this.name,
      subjects,
      link,
      codec: createCodec({ ...limits, self: this.name, now: () => clock.now() }),
      limits,
      clock,
      onEnvelope: (envelope) => this.#arrive(envelope),
      onHeard: (node) => this.membership.heard(node),
      onRejected: (error, bytes, subject) => this.letters.reject(error, bytes, subject),
      onLost: (envelope, reason) => this.undelivered.lost(reason, envelope),
      isMember: (node) => this.membership.has(node),
      onUnheard: (node) => {
        this.directory.absent(node);
        this.membership.unheard(node);
      },
    });
  }

  #createMembership(): Membership {
    return new Membership({
      clock: this.clock,
      limits: this.#options.limits,
      services: () => this.services.counts(),
      hosts: () => this.placement.hosts,
      say: (beat, node) => this.say(beat, node),
      ping: (node) => this.say({ type: '$ping' }, node),
      probe: (node) => this.mesh.probe(node),
      onHello: (node) => this.mesh.reconnected(node),
      onDown: (node, why) => this.#nodeDown(node, why),
      onReturn: () => this.placement.returned(),
      onChange: () => {
        this.services.refresh(this.membership.all());
        this.placement.refresh();
      },
    });
  }

  #createPlacement(): Placement {
    const { name: self, clock, registry, membership } = this;
    const parts = { limits: this.#options.limits, registry, membership, asks: this.#asks };
    const say = (message: Control, node: string): void => this.say(message, node);
    const failed = this.#reporter('virtual actors could not be released');
    return new Placement({ self, clock, ...parts, router: () => this.#router, say, failed });
  }

  #createDirectory(): Directory {
    const { link } = this.#options;
    return new Directory({
      self: this.name,
      clock: this.clock,
      limits: this.#options.limits,
      stamps: this.#stamps,
      connected: () => link.connected,
      members: () => this.membership.all().map(({ node }) => node),
      holds: (id) => this.registry.receiver(id) !== undefined,
      probe: (node) => this.mesh.probe(node),
      broadcast: (question) => this.say(question),
      answer: (node, answer) => this.say(answer, node),
    });
  }

  #createUndelivered(): Undelivered {
    const sayFailure = (replyTo: Address, error: TroupeError): void =>
      this.#post(this.#seal('failure', replyTo, failureEvent(error)));
    const refused: Durables['refused'] = (...given) => this.durables.refused(...given);
    return new Undelivered({ self: this.name, letters: this.letters, asks: this.#asks, sayFailure, refused });
  }

  #createVoice(): Voice {
    const { random, log, limits, onEscalated, witness, meter } = this.#options;
    return new Voice({
      clock: this.clock,
      random,
      log,
      mailbox: limits.mailbox,
      askTimeout: limits.askTimeout,
      sealer: this.#sealer,
      asks: this.#asks,
      turns: this.turns,
      registry: this.registry,
      directory: this.directory,
      router: this.#router,
      reach: this.#reach,
      letters: this.letters,
      undelivered: this.undelivered,
      publish: (event, cell) => this.publish(event, cell),
      taken: (envelope) => this.durables.taken(envelope),
      ...{ onEscalated, witness, meter },
    });
  }

  #createDurables(): Durables {
    const { name: self, clock, registry, placement, letters, undelivered, voice } = this;
    const { random, log, limits } = this.#options;
    return new Durables({
      ...{ self, clock, random, log, limits, registry, placement, letters, undelivered, voice },
      sealer: this.#sealer,
      router: this.#router,
      asks: this.#asks,
      say: (message, node) => this.say(message, node),
      escalated: (address, error) => this.voice.escalated({ address }, error),
    });
  }

  #createReach(): Reach {
    const { name: self, clock, registry, directory, membership, observations, placement } = this;
    const say = (message: Control, node: string): void => this.say(message, node);
    const parts = { registry, directory, membership, observations, placement, asks: this.#asks };
    return new Reach({ self, clock, pause: this.#options.limits.resolve, ...parts, say });
  }

  #createRouter(): Router {
    return new Router({
      self: this.name,
      mailbox: this.#options.limits.mailbox,
      unresolved: this.#options.limits.unresolved,
      registry: this.registry,
      turns: this.turns,
      services: this.services,
      directory: this.directory,
      placement: this.placement,
      send: (node, envelope) => this.#sendTo(node, envelope),
      settle: (id, envelope) => this.#settle(id, envelope),
      undelivered: (reason, envelope, error) => this.undelivered.bury(reason, envelope, error),
      misdirected: (node, id) => this.say({ type: '$gone', id }, node),
    });
  }

  #createBus(): Bus {
    return new Bus({
      subjects: this.#options.subjects,
      log: this.#options.log,
      hear: (subject, receive, group) => this.#hear(subject, receive, group),
      publish: (event) => this.publish(event),
      onHandlerFailed: (envelope, error) =>
        this.letters.bury('handler-failed', envelope, error instanceof Error ? error.message : String(error)),
    });
  }
}

/** Where events of the bus are addressed to: whoever subscribed. */
const BUS = '$bus';
const EMPTY = new Uint8Array();

const nothing = (): void => undefined;

const stoppedError = ({ type }: Message): TroupeError =>
  new TroupeError('SYSTEM_STOPPED', `The system is stopped: "${type}" was not sent.`);

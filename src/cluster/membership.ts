import type { Limits } from '../limits.ts';
import type { Clock, TimerHandle } from '../ports.ts';
import type { Control } from './control.ts';

/** Another node of the system, as last heard of. */
export interface Member {
  readonly node: string;
  /** Services it answers for, with the number of instances. */
  readonly services: Readonly<Record<string, number>>;
  /** Kinds of virtual actors it hosts. */
  readonly hosts: readonly string[];
  /** When it was last heard of, ms since the epoch. */
  readonly lastSeen: number;
}

type Beat = Extract<Control, { type: '$beat' }>;

export interface MembershipOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly services: () => Readonly<Record<string, number>>;
  /** Kinds of virtual actors this node hosts. */
  readonly hosts: () => readonly string[];
  /** Tell everyone, or one node. */
  readonly say: (beat: Beat, node?: string) => void;
  readonly ping: (node: string) => void;
  /** Find out whether anybody listens at that node's inbox: `unheard` is called if not. */
  readonly probe?: (node: string) => void;
  /** That node says hello: it is new, or its connection is back. */
  readonly onHello: (node: string) => void;
  readonly onDown: (node: string, why: 'left' | 'silent' | 'unheard') => void;
  readonly onChange: () => void;
  /**
   * Others may have done what nobody here has heard of: this node was stopped or not connected for a while, and they took it for dead; or one
   * that was taken for dead because it was silent is so only now.
   */
  readonly onReturn?: () => void;
}

/**
 * Job: who is there. Heartbeats and suspicion, no leader (C2).
 *
 * A node is taken for dead when it says goodbye, when nothing was heard of it for `downAfter`, or when for `unheardAfter` the
 * server said that nobody listens at its inbox (so a killed process is noticed soon). While our own connection is
 * down, and shortly after, nobody is judged: it is we who cannot hear.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #members = new Map<string, Member>();
  readonly #unheardSince = new Map<string, number>();
  /** Taken for dead because they were silent: they may live on where nobody here hears them. */
  readonly #silent = new Set<string>();
  #timer: TimerHandle;
  #nextBeat = 0;
  #judgeFrom = 0;
  #lastSweep = 0;
  #connected = true;
  #stopped = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Say hello, and go on beating. */
  start(): void {
    this.announce(true);
    this.#sweep();
  }

  /** Tell everyone at once what we serve and host. */
  announce(hello = false): void {
    if (this.#stopped) return;
    this.#options.say(this.#beat(hello, false));
    this.#nextBeat = this.#options.clock.now() + this.#options.limits.heartbeat;
  }

  leave(): void {
    this.#stopped = true;
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.say(this.#beat(false, true));
  }

  all(): readonly Member[] {
    return [...this.#members.values()];
  }

  has(node: string): boolean {
    return this.#members.has(node);
  }

  get size(): number {
    return this.#members.size;
  }

  /** A node's heartbeat arrived. */
  take(node: string, beat: Beat): void {
    if (this.#stopped) return;
    if (beat.leaving) return this.#down(node, 'left');
    const known = this.#members.get(node);
    if (known === undefined && this.#members.size >= this.#options.limits.nodes) return;
    const { services, hosts = [] } = beat;
    const member: Member = { node, services, hosts, lastSeen: this.#options.clock.now() };
    this.#members.set(node, member);
    this.#unheardSince.delete(node);
    this.#silent.delete(node);
    if (beat.hello) this.#options.onHello(node);
    if (beat.hello || known === undefined) this.#options.say(this.#beat(false, false), node);
    if (known === undefined || !isSameOffer(known, member)) this.#options.onChange();
  }

  /** That node hosts nothing any more; its heartbeats will say so. */
  dismiss(node: string): void {
    const member = this.#members.get(node);
    if (member === undefined || member.hosts.length === 0) return;
    this.#members.set(node, { ...member, hosts: [] });
    this.#options.onChange();
  }

  /** Anything of that node arrived. */
  heard(node: string): void {
    const member = this.#members.get(node);
    if (member === undefined) return;
    this.#members.set(node, { ...member, lastSeen: this.#options.clock.now() });
    if (this.#unheardSince.size > 0) this.#unheardSince.delete(node);
  }

  /** The server said that nobody listens at that node's inbox. */
  unheard(node: string): void {
    const now = this.#options.clock.now();
    if (!this.#connected || now < this.#judgeFrom) return;
    if (!this.#members.has(node)) return this.#gone(node);
    const since = this.#unheardSince.get(node) ?? now;
    this.#unheardSince.set(node, since);
    if (now - since >= this.#options.limits.unheardAfter) this.#down(node, 'unheard');
  }

  connection(connected: boolean): void {
    const { clock, limits } = this.#options;
    this.#connected = connected;
    if (!connected) return this.#unheardSince.clear();
    this.#judgeFrom = clock.now() + limits.downAfter;
    this.#forgive();
    this.announce(true);
  }

  /** We could not hear: nobody's silence counts. */
  #forgive(): void {
    const now = this.#options.clock.now();
    this.#unheardSince.clear();
    for (const member of this.#members.values()) this.#members.set(member.node, { ...member, lastSeen: now });
    this.#options.onReturn?.();
  }

  #beat(hello: boolean, leaving: boolean): Beat {
    const { services, hosts } = this.#options;
    return { type: '$beat', services: services(), hosts: hosts(), hello, leaving };
  }

  #sweep(): void {
    const { clock, limits } = this.#options;
    this.#timer = clock.setTimeout(() => this.#sweep(), limits.heartbeat / 2, true);
    const now = clock.now();
    // This process was stopped or busy for long (SIGSTOP, a long computation): what arrived meanwhile is still unread.
    if (now - this.#lastSweep > limits.heartbeat * 2) this.#forgive();
    this.#lastSweep = now;
    if (now >= this.#nextBeat) this.announce();
    if (!this.#connected) return;
    for (const { node, lastSeen } of this.all()) {
      if (now - lastSeen > limits.downAfter) this.#down(node, 'silent');
      else if (now - lastSeen > limits.heartbeat * 1.5 || this.#unheardSince.has(node))
        this.#options.ping(node);
    }
    for (const node of this.#silent) this.#options.probe?.(node);
  }

  #gone(node: string): void {
    this.#options.onDown(node, 'unheard');
    if (this.#silent.delete(node)) this.#options.onReturn?.();
  }

  #down(node: string, why: 'left' | 'silent' | 'unheard'): void {
    this.#unheardSince.delete(node);
    if (!this.#members.delete(node)) return;
    if (why === 'silent' && this.#silent.size < this.#options.limits.nodes) this.#silent.add(node);
    else this.#silent.delete(node);
    this.#options.onDown(node, why);
    this.#options.onChange();
  }
}

const isSameOffer = (a: Member, b: Member): boolean =>
  a.hosts.length === b.hosts.length &&
  a.hosts.every((kind) => b.hosts.includes(kind)) &&
  sameServices(a.services, b.services);

function sameServices(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

import type { Member } from '../../cluster/membership.ts';
import type { Inspectable } from '../../monitoring/inspectable.ts';
import { monitorOf, type Answer, type Request } from '../../monitoring/monitor-protocol.ts';
import type { TimerHandle } from '../../ports.ts';
import { TroupeError } from '../../errors.ts';

/** One node, as an inspector knows it. */
export interface Known {
  readonly node: string;
  /** When it was first heard of, ms since the epoch. */
  readonly since: number;
  lastSeen: number;
  services: Readonly<Record<string, number>>;
  hosts: readonly string[];
  /** ms in which it was not there. */
  missed: number;
  downSince: number | undefined;
}

/** How often it is looked who is there, ms. */
const LOOK = 500;
/** How long one that is gone is shown, ms. */
const REMEMBERED = 600_000;
/** Nodes that are gone and still shown, count. */
const GONE = 100;

type Said<T extends Request['type']> = Extract<Answer, { type: AnswerOf<T> }>;
type AnswerOf<T extends Request['type']> = T extends 'list'
  ? 'rows'
  : T extends 'lease'
    ? 'leased'
    : T extends 'replay' | 'drop'
      ? 'done'
      : T;

/** Job: which nodes there are and were, and asking their monitors. */
export class Nodes {
  readonly #here: Inspectable;
  readonly #members: () => readonly Member[];
  readonly #known = new Map<string, Known>();
  readonly #timeout: number;
  #timer: TimerHandle;
  #looked: number;
  /** Called when nodes come or go. */
  changed: () => void = () => undefined;

  constructor(here: Inspectable, members: () => readonly Member[], timeout: number) {
    this.#here = here;
    this.#members = members;
    this.#timeout = timeout;
    this.#looked = here.clock.now();
    this.#look();
  }

  close(): void {
    this.#here.clock.clearTimeout(this.#timer);
  }

  all(): readonly Known[] {
    this.#refresh();
    return [...this.#known.values()];
  }

  /** Names of those that are there. */
  alive(): readonly string[] {
    return this.all()
      .filter(({ downSince }) => downSince === undefined)
      .map(({ node }) => node);
  }

  /** @throws TroupeError what the monitor says, TIMEOUT, NODE_DOWN; NOT_AVAILABLE for a node that is not to be looked at */
  async ask<T extends Request['type']>(
    node: string,
    request: Extract<Request, { type: T }>,
  ): Promise<Said<T>> {
    try {
      return (await this.#here.ask(monitorOf(node), request, this.#timeout)) as unknown as Said<T>;
    } catch (error) {
      if (
        error instanceof TroupeError &&
        error.code === 'NO_SUCH_ACTOR' &&
        error.message.includes('$monitor')
      )
        throw new TroupeError(
          'NOT_AVAILABLE',
          `The node "${node}" is not to be looked at: it has the option inspect: false, or is of an older version.`,
        );
      throw error;
    }
  }

  /** Of all nodes; those that do not answer are left out. */
  async askAll<T extends Request['type']>(
    request: Extract<Request, { type: T }>,
    nodes = this.alive(),
  ): Promise<readonly (readonly [node: string, answer: Said<T>])[]> {
    const answers = nodes.map(async (node) =>
      this.ask<T>(node, request).then(
        (answer) => [node, answer] as const,
        () => undefined,
      ),
    );
    return (await Promise.all(answers)).filter((answer) => answer !== undefined);
  }

  #look(): void {
    this.#refresh();
    this.#timer = this.#here.clock.setTimeout(() => this.#look(), LOOK, true);
  }

  #refresh(): void {
    const { clock, node: self } = this.#here;
    const now = clock.now();
    const passed = now - this.#looked;
    this.#looked = now;
    const members = new Map(this.#members().map((member) => [member.node, member]));
    const own: Member = { node: self, services: {}, hosts: [], lastSeen: now };
    let isOther = false;
    for (const member of [own, ...members.values()]) isOther = this.#heard(member, now) || isOther;
    for (const known of this.#known.values()) {
      if (known.node === self || members.has(known.node)) continue;
      isOther ||= known.downSince === undefined;
      known.downSince ??= now;
      known.missed += passed;
      if (now - known.downSince > REMEMBERED) this.#known.delete(known.node);
    }
    this.#forget();
    if (isOther) this.changed();
  }

  #heard({ node, services, hosts, lastSeen }: Member, now: number): boolean {
    const known = this.#known.get(node);
    if (known === undefined) {
      this.#known.set(node, { node, since: now, lastSeen, services, hosts, missed: 0, downSince: undefined });
      return true;
    }
    const isBack = known.downSince !== undefined;
    Object.assign(known, { lastSeen, services, hosts, downSince: undefined });
    return isBack;
  }

  #forget(): void {
    const gone = [...this.#known.values()].filter(({ downSince }) => downSince !== undefined);
    for (const { node } of gone.slice(0, Math.max(0, gone.length - GONE))) this.#known.delete(node);
  }
}

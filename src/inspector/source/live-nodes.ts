import type { Member } from '../../cluster/membership.ts';
import type { Inspectable } from '../../monitoring/inspectable.ts';
import { isCommandNode } from '../../monitoring/command-node.ts';
import { MONITOR, monitorOf, opened, type Answer, type Request } from '../../monitoring/monitor-protocol.ts';
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
  /** Was there ever anything in it to look at? */
  isUsed: boolean;
}

/** How often it is looked who is there, ms. */
const LOOK = 500;
/** Nodes are heard of at least twice a second, unless their heartbeat was set to another: silent for so long, one is in doubt, ms. */
const SILENT = 2_000;
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
  /** Since when others cannot be reached, ms since the epoch. */
  cutSince: number | undefined;
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

  /** It said that there is something in it to look at. */
  used(node: string): void {
    const known = this.#known.get(node);
    if (known !== undefined) known.isUsed = true;
  }

  /** Has a command joined with it, and is nothing in it? Then it is no loss when it goes. */
  isIdleCommand(node: string): boolean {
    return isCommandNode(node) && this.#known.get(node)?.isUsed !== true;
  }

  isSilent({ node, lastSeen, downSince }: Known): boolean {
    const { clock, node: self } = this.#here;
    return node !== self && downSince === undefined && clock.now() - lastSeen > SILENT;
  }

  /** @throws TroupeError what the monitor says, TIMEOUT, NODE_DOWN, DISCONNECTED; NOT_AVAILABLE for a node that is not to be looked at */
  async ask<T extends Request['type']>(
    node: string,
    request: Extract<Request, { type: T }>,
  ): Promise<Said<T>> {
    if (this.cutSince !== undefined && node !== this.#here.node)
      throw new TroupeError(
        'DISCONNECTED',
        'There is no connection to the other nodes of the system just now.',
        {
          retryable: true,
        },
      );
    try {
      const said: unknown = await this.#here.ask(monitorOf(node), request, this.#timeout);
      return opened(said as Answer) as Said<T>;
    } catch (error) {
      if (!(error instanceof TroupeError) || !error.message.includes(MONITOR)) throw error;
      throw new TroupeError(...inWords(error, node), { cause: error, retryable: error.retryable });
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
    const wasCut = this.cutSince !== undefined;
    this.cutSince = this.#here.isConnected() ? undefined : (this.cutSince ?? now);
    const members = new Map(this.#members().map((member) => [member.node, member]));
    const own: Member = { node: self, services: {}, hosts: [], lastSeen: now };
    let isOther = wasCut !== (this.cutSince !== undefined);
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
      const isUsed = isUsedBy(services, hosts);
      const known = { node, since: now, lastSeen, services, hosts, missed: 0, downSince: undefined, isUsed };
      this.#known.set(node, known);
      return true;
    }
    known.isUsed ||= isUsedBy(services, hosts);
    const isBack = known.downSince !== undefined;
    Object.assign(known, { lastSeen, services, hosts, downSince: undefined });
    return isBack;
  }

  #forget(): void {
    const gone = [...this.#known.values()].filter(({ downSince }) => downSince !== undefined);
    for (const { node } of gone.slice(0, Math.max(0, gone.length - GONE))) this.#known.delete(node);
  }
}

const isUsedBy = (services: Member['services'], hosts: Member['hosts']): boolean =>
  Object.keys(services).length > 0 || hosts.length > 0;

/** Who looks knows nodes, and nothing of how they are asked. */
function inWords({ code, message }: TroupeError, node: string): readonly [code: string, message: string] {
  switch (code) {
    case 'NO_SUCH_ACTOR':
      return [
        'NOT_AVAILABLE',
        `The node "${node}" is not to be looked at: it has the option inspect: false, or is of an older version.`,
      ];
    case 'NODE_DOWN':
      return [code, `The node "${node}" is down.`];
    case 'TIMEOUT':
      return [code, `The node "${node}" does not answer.`];
    default:
      return [code, message];
  }
}

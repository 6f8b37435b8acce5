import { isTroupeError } from '../../errors.ts';
import type { DroppedEntry } from '../../monitoring/entry.ts';
import type { Frame, Leased } from '../../monitoring/monitor-protocol.ts';
import type { Clock } from '../../ports.ts';
import type { Reach } from '../protocol.ts';

/** Nodes that are named as missing, count. */
const NAMED = 20;
/** So long it takes to ask: no gap in what the first of several nodes tell at once, ms. */
const SHORT = 250;

interface Told {
  tells: boolean;
  /** Why it does not. */
  why: string;
  /** When it was heard of last while it told, ms since the epoch. */
  heard: number | undefined;
  /** Number of its last frame. */
  frame: number;
  /** Of the conversations, what it could tell of. */
  share: number | undefined;
}

/**
 * Job: how whole that is which a watcher is told: which nodes hold its lease, when they did not, and which share of the conversations all of them can
 * tell of. Not its job: asking them (live-watching.ts).
 */
export class Reached {
  readonly #clock: Clock;
  readonly #began: number;
  /** When the first node began to tell, ms since the epoch. */
  #first: number | undefined;
  readonly #nodes = new Map<string, Told>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  /** These are the nodes that there are. */
  keep(alive: readonly string[]): void {
    for (const node of this.#nodes.keys()) if (!alive.includes(node)) this.#nodes.delete(node);
    for (const node of alive) this.#of(node);
  }

  /** A node holds the lease. @returns the gap before that, if there is one */
  answered(node: string, { sampling, share, began }: Leased): DroppedEntry | undefined {
    const now = this.#clock.now();
    const told = this.#of(node);
    const gap = began === undefined ? undefined : this.#before(told, began, now);
    this.#first ??= now;
    if (began !== undefined) told.frame = 0;
    Object.assign(told, { tells: true, why: '', heard: now, share });
    return gap && { kind: 'dropped', node, sampling, time: now, ...gap };
  }

  failed(node: string, error: unknown): void {
    const told = this.#nodes.get(node);
    if (told === undefined) return;
    told.tells = false;
    told.why = isTroupeError(error) ? error.code : 'FAILED';
  }

  /** A node tells something. @returns the gap before it, if frames of it were lost */
  framed({ node, number, share }: Frame): DroppedEntry | undefined {
    const now = this.#clock.now();
    const told = this.#of(node);
    const since = number > told.frame + 1 ? told.heard : undefined;
    Object.assign(told, { tells: true, why: '', heard: now, frame: number, share });
    return since === undefined
      ? undefined
      : { kind: 'dropped', node, lines: 0, sampling: share ?? 1, time: now, since };
  }

  /** The least share that a node can tell of, if any has said one. */
  get share(): number | undefined {
    const shares = [...this.#nodes.values()].flatMap(({ share }) => (share === undefined ? [] : share));
    return shares.length === 0 ? undefined : Math.min(...shares);
  }

  /** Something else is wanted: what was said of shares holds no longer. */
  forgetShares(): void {
    for (const told of this.#nodes.values()) told.share = undefined;
  }

  /** @param isCounted the node that looks, and has nothing to tell, is none of them */
  reach(isCounted: (node: string) => boolean): Reach {
    const all = [...this.#nodes].filter(([node]) => isCounted(node));
    const missing = all.filter(([, { tells }]) => !tells);
    return {
      nodes: all.length,
      told: all.length - missing.length,
      missing: missing.slice(0, NAMED).map(([node, { why }]) => ({ node, why })),
    };
  }

  #of(node: string): Told {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const told: Told = { tells: false, why: '', heard: undefined, frame: 0, share: undefined };
    this.#nodes.set(node, told);
    return told;
  }

  #before(
    { heard }: Told,
    { up, handled }: NonNullable<Leased['began']>,
    now: number,
  ): Pick<DroppedEntry, 'since' | 'lines'> | undefined {
    if (heard !== undefined) return { since: heard, lines: 0 };
    // It came later, and knows what it has done since.
    if (now - up > this.#began) return handled === 0 ? undefined : { since: now - up, lines: handled };
    const since = this.#first ?? now;
    return now - since < SHORT ? undefined : { since, lines: 0 };
  }
}

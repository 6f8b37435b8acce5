import type { Limits } from '../limits.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Clock, TimerHandle } from '../ports.ts';
import type { Control } from './control.ts';
import { Grid, type Place } from './grid.ts';
import type { Owners } from './owners.ts';

/** The way that what this node sends to one shard takes. */
interface Path extends Place {
  /** Where the last message went. */
  node: string | undefined;
  /** The former way is being emptied: what is sent meanwhile, and the number of the question. */
  held: Envelope[] | undefined;
  number: number;
  timer: TimerHandle;
}

export interface PathsOptions {
  readonly self: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly owners: Owners;
  readonly isMember: (node: string) => boolean;
  /** Does nothing of the shard live, wait or come at this node? */
  readonly isAway: (kind: string, shard: number) => boolean;
  readonly say: (message: Control, node: string) => void;
  /** Send to another node. @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE */
  readonly send: (node: string, envelope: Envelope) => void;
  /** The same, where nobody is left who could be thrown at. */
  readonly forward: (node: string, envelope: Envelope) => void;
  /** It is for an actor of this node. */
  readonly here: (place: Place, envelope: Envelope) => void;
  readonly nobody: (envelope: Envelope) => void;
  readonly full: (envelope: Envelope) => void;
}

/**
 * Job: what this node itself sends to virtual actors stays in order per actor (T1) when the actor moves. Before the first message goes the
 * new way, a flush goes the old one, behind all messages before it; the node that takes it in the end says so, and until then what
 * is sent is held, at most `unresolved` messages per shard.
 */
export class Paths {
  readonly #options: PathsOptions;
  readonly #paths = new Grid<Path>((place) => ({
    ...place,
    node: undefined,
    held: undefined,
    number: 0,
    timer: undefined,
  }));
  #number = 0;

  constructor(options: PathsOptions) {
    this.#options = options;
  }

  /** Messages that are held. */
  get pending(): number {
    let sum = 0;
    for (const { held } of this.#paths.all()) sum += held?.length ?? 0;
    return sum;
  }

  /** @throws TroupeError UNSERIALIZABLE, PAYLOAD_TOO_LARGE when it goes to another node at once and cannot */
  send(kind: string, shard: number, envelope: Envelope): void {
    const { owners, self, isAway, isMember } = this.#options;
    const path = this.#paths.at(kind, shard);
    if (path.held !== undefined) return this.#hold(path.held, envelope);
    const owner = owners.of(kind, shard);
    if (path.node === owner || path.node === undefined) return this.#go(path, owner, envelope);
    if (path.node === self) return this.#go(path, isAway(kind, shard) ? owner : self, envelope);
    if (!isMember(path.node)) return this.#go(path, owner, envelope);
    path.held = [envelope];
    this.#flush(path, path.node);
  }

  /** What this node sent to a shard when it had it has been taken by that node. */
  flushed(node: string, { kind, shard, number }: Place & { readonly number: number }): void {
    const path = this.#paths.find(kind, shard);
    if (path?.held !== undefined && path.number === number) this.#resume(path, node);
  }

  /** What waited at this node for a shard went on to that node. */
  passed({ kind, shard }: Place, node: string): void {
    const path = this.#paths.find(kind, shard);
    if (path?.node === this.#options.self) path.node = node;
  }

  /** Nodes are gone. Who was to forward a flush may be among them: it is sent again. */
  departed(): void {
    for (const path of this.#paths.all()) {
      if (path.held === undefined || path.node === undefined) continue;
      if (this.#options.isMember(path.node)) this.#flush(path, path.node);
      else this.#resume(path, undefined);
    }
  }

  /** Nothing is sent any more: give back what is held. */
  close(lose: (envelope: Envelope) => void): void {
    for (const path of this.#paths.all()) {
      this.#options.clock.clearTimeout(path.timer);
      for (const envelope of path.held ?? []) lose(envelope);
      path.held = undefined;
    }
  }

  #hold(held: Envelope[], envelope: Envelope): void {
    if (held.length >= this.#options.limits.unresolved) this.#options.full(envelope);
    else held.push(envelope);
  }

  #flush(path: Path, node: string): void {
    const { clock, limits, self, say } = this.#options;
    const { kind, shard } = path;
    path.number = ++this.#number;
    say({ type: '$flush', kind, shard, origin: self, number: path.number }, node);
    clock.clearTimeout(path.timer);
    path.timer = clock.setTimeout(() => this.#resume(path, undefined), limits.handover, true);
  }

  /** @param taker where all that was sent before has arrived; undefined: not known, and not waited for any longer */
  #resume(path: Path, taker: string | undefined): void {
    const { clock, forward, here, isMember, nobody, owners, self } = this.#options;
    clock.clearTimeout(path.timer);
    const held = path.held ?? [];
    path.held = undefined;
    // Not to the owner if that is another: what the taker still waits with would come after it.
    const isThere = taker !== undefined && (taker === self || isMember(taker));
    const node = isThere ? taker : owners.of(path.kind, path.shard);
    path.node = node;
    for (const envelope of held) {
      if (node === undefined) nobody(envelope);
      else if (node === self) here(path, envelope);
      else forward(node, envelope);
    }
  }

  #go(path: Path, node: string | undefined, envelope: Envelope): void {
    const { here, nobody, self, send } = this.#options;
    path.node = node;
    if (node === undefined) nobody(envelope);
    else if (node === self) here(path, envelope);
    else send(node, envelope);
  }
}

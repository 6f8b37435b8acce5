import type { EventObject, InspectionEvent } from 'xstate';
import type { DeadLetter } from '../actor/dead-letters.ts';
import type { Registry } from '../actor/registry.ts';
import type { Live, Witness } from '../actor/witness.ts';
import type { Address } from '../message/address.ts';
import { correlationOf, type Envelope } from '../message/envelope.ts';
import type { Stopwatch } from '../ports.ts';
import { linesOf, type Decided } from './commits.ts';
import type { Lease } from './lease.ts';
import { kindOf, type NodeMeter } from './meter.ts';
import type { Metrics } from './metrics.ts';
import { shareOf } from './sampling.ts';
import { inConversation, Track, type Draft } from './track.ts';
import type { Teller } from './teller.ts';

export interface TapOptions {
  readonly registry: Registry;
  readonly meter: NodeMeter;
  readonly metrics: Metrics;
  readonly teller: Teller;
  readonly stopwatch: Stopwatch;
  /** Telling failed: a fault of ours, and none of the actor's. */
  readonly failed: (error: unknown) => void;
}

/** One live actor that is looked at. */
interface Watching {
  readonly actor: Live;
  readonly track: Track;
  readonly stop: () => void;
}

/**
 * Job: seeing what the actors of a node do, for those who hold a lease (lease.ts), and as little of the rest as can be: an actor is inspected (XState)
 * while it is wanted, or the conversation that it is in. Not its job: what is told of it (teller.ts), and for how long (monitor.ts).
 *
 * What is wanted of a message is a set of leases, kept as the bits of a number; the others are no worse for it.
 */
export class Tap implements Witness {
  readonly #options: TapOptions;
  readonly #watched = new Map<Address, Watching>();
  #leases: readonly Lease[] = [];

  constructor(options: TapOptions) {
    this.#options = options;
  }

  /** These are who is told from now on. */
  serve(leases: readonly Lease[]): void {
    this.#leases = leases;
    this.refocus();
  }

  /** What is wanted has changed. */
  refocus(): void {
    const { registry } = this.#options;
    for (const { actor, stop } of this.#watched.values()) if (!this.#isWanted(actor)) stop();
    if (this.#leases.length === 0) return;
    for (const resident of registry.all())
      if ('actor' in resident && this.#isWanted(resident as unknown as Live))
        this.#watch(resident as unknown as Live);
  }

  begins(): undefined {
    // XState would go on telling when nobody looks any more: see `created`.
    return undefined;
  }

  created(actor: Live, input: unknown): void {
    this.#safely(() => {
      // It begins again: what it failed over without a message, a timer, is over.
      this.#watched.get(actor.address)?.track.close();
      this.#watched.get(actor.address)?.stop();
      if (this.#isWanted(actor)) this.#watch(actor, input);
    });
  }

  // Not through a function of its own: this is the path of every message that is handled while anybody looks.
  handles(actor: Live, envelope: Envelope, event: EventObject): void {
    try {
      const { address } = actor;
      this.#flowed(actor, envelope);
      const mark = this.#marksOf(address, correlationOf(envelope));
      const known = this.#watched.get(address);
      if (mark !== 0) (known ?? this.#watch(actor))?.track.handles(envelope, event, mark);
      else if (known === undefined) return;
      else if (this.#isWanted(actor)) known.track.handles(envelope, event, mark);
      else known.stop();
    } catch (error) {
      this.#options.failed(error);
    }
  }

  handled({ address }: Live, failure: { readonly error: unknown } | undefined): void {
    const watching = this.#watched.get(address);
    if (watching === undefined) return;
    // XState says nothing of the end of a step over which the actor failed.
    if (failure !== undefined) this.#safely(() => watching.track.fail(failure.error));
  }

  resumed({ address }: Live): void {
    this.#watched.get(address)?.track.unsay();
  }

  said(from: Address, envelope: Envelope): void {
    this.#watched.get(from)?.track.said(envelope);
  }

  emitted(from: Address, event: EventObject): void {
    this.#watched.get(from)?.track.emits(event);
  }

  committed(
    { address, logic, correlation }: Pick<Live, 'address' | 'logic' | 'correlation'>,
    commit: number,
    decided: object,
  ): void {
    this.#safely(() => {
      let last = correlation;
      for (const line of linesOf(address, commit, decided as Decided)) {
        last = line.message?.correlation ?? last;
        const mark = this.#marksOf(address, last);
        if (mark === 0) continue;
        const told = inConversation({ correlation: last }, line);
        this.#options.teller.line(this.#chosen(mark), { address, logic, isDurable: true }, told);
      }
    });
  }

  ended(address: Address, reason: string): void {
    this.#safely(() => {
      const watching = this.#watched.get(address);
      watching?.track.close();
      watching?.stop();
      this.#options.teller.ended(this.#leases, address, reason);
    });
  }

  letter(letter: DeadLetter): void {
    this.#safely(() => this.#options.teller.letter(this.#leases, letter));
  }

  #isWanted({ address, correlation }: Live): boolean {
    if (this.#leases.length === 0) return false;
    const share = shareOf(correlation);
    return this.#leases.some((lease) => lease.selects(address, correlation) || share < lease.sampling.share);
  }

  #watch(actor: Live, input?: unknown): Watching | undefined {
    const { address, actor: root } = actor;
    const known = this.#watched.get(address);
    if (known !== undefined || root === undefined) return known;
    const track = new Track({
      address,
      stopwatch: this.#options.stopwatch,
      write: (line, mark) => this.#write(actor, line, mark),
    });
    const inspection = root.system.inspect({
      next: (event: InspectionEvent) => this.#safely(() => track.inspect(event, input)),
    });
    const stop = (): void => {
      inspection.unsubscribe();
      this.#watched.delete(address);
      if (!track.isOpen) return;
      // What is under way ends when nobody looks.
      track.abandon();
      for (const lease of this.#leases) lease.omit(address);
    };
    const watching: Watching = { actor, track, stop };
    this.#watched.set(address, watching);
    return watching;
  }

  /** @param given what `handles` found; undefined for what set the actor going without a message: a timer, the end of work */
  #write(actor: Live, line: Draft, given: number | undefined): void {
    const { address, logic, correlation } = actor;
    const mark = given ?? this.#marksOf(address, correlation);
    if (mark !== 0)
      this.#options.teller.line(this.#chosen(mark), { address, logic }, inConversation(actor, line));
  }

  /** Who wants it. */
  #marksOf(address: Address, correlation: string): number {
    const share = shareOf(correlation);
    let mark = 0;
    for (let at = 0; at < this.#leases.length; at += 1)
      if (this.#leases[at]?.wants(address, correlation, share) === true) mark |= 1 << at;
    return mark;
  }

  #chosen(mark: number): readonly Lease[] {
    return this.#leases.filter((_, at) => (mark & (1 << at)) !== 0);
  }

  #flowed({ logic }: Live, { from }: Envelope): void {
    const { meter, metrics, registry } = this.#options;
    metrics.flowed(from === undefined ? '' : nameOf(from, registry), meter.of(logic));
  }

  #safely(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#options.failed(error);
    }
  }
}

/** Of an actor elsewhere only its address is known: what stands before its key. */
function nameOf(from: Address, registry: Registry): string {
  const here = registry.at(from);
  if (here !== undefined) return kindOf(here.logic);
  const [key, node] = [from.indexOf('/'), from.indexOf('@')];
  if (key < 0 && node < 0) return from;
  return from.slice(0, key < 0 ? node : node < 0 ? key : Math.min(key, node));
}

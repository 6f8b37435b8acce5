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
import { Track, type Draft } from './track.ts';
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
  readonly track: Track;
  readonly stop: () => void;
  /** Only for the message that it handles now. */
  readonly isBrief: boolean;
}

/**
 * Job: seeing what the actors of a node do, for those who hold a lease (lease.ts), and as little of the rest as can be: an actor is inspected (XState)
 * while all of it is wanted, or for the one message that is. Not its job: what is told of it (teller.ts), and for how long (monitor.ts).
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
    for (const [address, { stop, isBrief }] of this.#watched)
      if (!isBrief && !this.#isWanted(address)) {
        stop();
        this.#watched.delete(address);
      }
    if (this.#leases.length === 0) return;
    for (const resident of registry.all())
      if ('actor' in resident && this.#isWanted(resident.address)) this.#watch(resident as unknown as Live);
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
      this.#watched.delete(actor.address);
      if (this.#isWanted(actor.address)) this.#watch(actor, input);
    });
  }

  handles(actor: Live, envelope: Envelope, event: EventObject): void {
    this.#safely(() => {
      const { address } = actor;
      this.#flowed(actor, envelope);
      const mark = this.#marksOf(address, correlationOf(envelope));
      const watching =
        this.#watched.get(address) ?? (mark === 0 ? undefined : this.#watch(actor, undefined, true));
      watching?.track.handles(envelope, event, mark);
    });
  }

  handled({ address }: Live, failure: { readonly error: unknown } | undefined): void {
    const watching = this.#watched.get(address);
    if (watching === undefined) return;
    // XState says nothing of the end of a step over which the actor failed.
    if (failure !== undefined) this.#safely(() => watching.track.fail(failure.error));
    if (!watching.isBrief) return;
    watching.stop();
    this.#watched.delete(address);
    if (!watching.track.isOpen) return;
    // It was busy, and will handle the message when nobody looks.
    watching.track.abandon();
    for (const lease of this.#leases) lease.omit(address);
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

  committed({ address, logic }: Pick<Live, 'address' | 'logic'>, commit: number, decided: object): void {
    this.#safely(() => {
      for (const line of linesOf(address, commit, decided as Decided)) {
        const { message } = line;
        const mark = this.#marksOf(address, message?.correlation);
        if (mark !== 0)
          this.#options.teller.line(this.#chosen(mark), { address, logic, isDurable: true }, line);
      }
    });
  }

  ended(address: Address, reason: string): void {
    this.#safely(() => {
      const watching = this.#watched.get(address);
      watching?.track.close();
      watching?.stop();
      this.#watched.delete(address);
      this.#options.teller.ended(this.#leases, address, reason);
    });
  }

  letter(letter: DeadLetter): void {
    this.#safely(() => this.#options.teller.letter(this.#leases, letter));
  }

  #isWanted(address: Address): boolean {
    const share = this.#leases.length === 0 ? 1 : shareOf(address);
    return this.#leases.some((lease) => lease.selects(address) || share < lease.sampling.share);
  }

  #watch(actor: Live, input?: unknown, isBrief = false): Watching | undefined {
    const { address, logic, actor: root } = actor;
    const known = this.#watched.get(address);
    if (known !== undefined || root === undefined) return known;
    const track = new Track({
      address,
      stopwatch: this.#options.stopwatch,
      write: (line, mark) => this.#write({ address, logic }, line, mark),
    });
    const inspection = root.system.inspect({
      next: (event: InspectionEvent) => this.#safely(() => track.inspect(event, input)),
    });
    const watching: Watching = { track, isBrief, stop: () => inspection.unsubscribe() };
    this.#watched.set(address, watching);
    return watching;
  }

  /** @param given what `handles` found; undefined for what set the actor going without a message: a timer, the end of work */
  #write(who: Pick<Live, 'address' | 'logic'>, line: Draft, given: number | undefined): void {
    const mark = given ?? this.#marksOf(who.address, undefined);
    if (mark !== 0) this.#options.teller.line(this.#chosen(mark), who, line);
  }

  /** Who wants it. What is in no conversation is chosen by its actor. */
  #marksOf(address: Address, correlation: string | undefined): number {
    const share = shareOf(correlation ?? address);
    let mark = 0;
    for (const [at, lease] of this.#leases.entries())
      if (lease.wants(address, correlation ?? '', share)) mark |= 1 << at;
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
  const end = /[/@]/.exec(from)?.index ?? from.length;
  return from.slice(0, end);
}

import type { Asks } from '../actor/asks.ts';
import type { Ending } from '../actor/host.ts';
import type { Observer } from '../actor/ref.ts';
import type { Registry } from '../actor/registry.ts';
import type { Address } from '../message/address.ts';
import type { Clock } from '../ports.ts';
import { collect } from './census.ts';
import type { ActorRow, Control } from './control.ts';
import type { Directory } from './directory.ts';
import type { Membership } from './membership.ts';
import { follow } from './follow.ts';
import type { Follower, Observations } from './observe.ts';
import type { Placement } from './placement.ts';

export interface ReachOptions {
  readonly self: string;
  readonly registry: Registry;
  readonly directory: Directory;
  readonly membership: Membership;
  readonly observations: Observations;
  readonly placement: Placement;
  readonly clock: Clock;
  /** Wait before somebody who moves about is looked for again, ms. */
  readonly pause: number;
  readonly asks: Asks;
  readonly say: (message: Control, node: string) => void;
}

/** Observe, watch, stop and list actors wherever they are. */
export class Reach {
  readonly #options: ReachOptions;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  observe(to: Address, observer: Observer): () => void {
    const { self, registry, observations, placement } = this.#options;
    if (placement.covers(to)) return this.#follow(to, observer);
    const { id, node } = split(to);
    const here = node === undefined || node === self ? registry.get(id) : undefined;
    if (here !== undefined) return observations.here(here, staying(observer));
    let stop = (): void => undefined;
    let wanted = true;
    void this.#locate(to).then((holder) => {
      if (!wanted) return;
      stop = this.#observeAt(holder, id, observer);
    });
    return () => {
      wanted = false;
      stop();
    };
  }

  async watch(address: Address, signal: AbortSignal): Promise<Ending> {
    return new Promise((resolve) => {
      const stop = this.observe(address, { end: resolve });
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  async stop(to: Address): Promise<void> {
    const { self, registry, say, placement } = this.#options;
    if (placement.covers(to))
      // Whatever it left this life for: it is in memory again only when somebody wants it.
      return new Promise((resolve) => void this.#attach(to, { end: () => resolve() }, true));
    const { id } = split(to);
    const node = await this.#locate(to);
    if (node === undefined) return;
    if (node === self) return registry.get(id)?.stop();
    await new Promise<void>((resolve) => {
      this.#observeAt(node, id, { end: () => resolve() });
      say({ type: '$stop', id }, node);
    });
  }

  /** The actors of the other nodes; of a node that does not answer in time (ms, per page), those it told of until then. */
  async list(timeout: number): Promise<readonly ActorRow[]> {
    const { self, membership, asks, say } = this.#options;
    const answers = membership.all().map(async ({ node }) => {
      const question = { to: node, type: '$list', timeout, signal: undefined };
      return collect(async (from) =>
        asks.ask(question, (number) => say({ type: '$list', from, replyTo: `?${number}@${self}` }, node)),
      );
    });
    return (await Promise.all(answers)).flat();
  }

  /** A node that is no member is not there: nobody would tell us that it ended. */
  #observeAt(node: string | undefined, id: string, observer: Observer): () => void {
    const { self, registry, observations, membership } = this.#options;
    const here = node === self ? registry.get(id) : undefined;
    if (here !== undefined) return observations.here(here, staying(observer));
    if (node !== undefined && membership.has(node)) return observations.there(node, id, staying(observer));
    observer.end({ reason: node === undefined || node === self ? 'no-such-actor' : 'node-down' });
    return () => undefined;
  }

  #follow(id: string, observer: Observer): () => void {
    const { clock, pause } = this.#options;
    const attach = (end: Follower['end']): (() => void) => this.#attach(id, { ...observer, end }, false);
    return follow({ clock, pause, attach, end: observer.end });
  }

  /** @param stops end the actor where it is found */
  #attach(id: string, follower: Follower, stops: boolean): () => void {
    const { self, observations, placement, say } = this.#options;
    const owner = placement.owner(id);
    if (owner === undefined) return nowhere(follower);
    if (owner === self) return this.#attachHere(id, follower, stops);
    const stop = observations.there(owner, id, follower);
    if (stops) say({ type: '$stop', id }, owner);
    return stop;
  }

  #attachHere(id: string, follower: Follower, stops: boolean): () => void {
    const { observations, placement } = this.#options;
    let wanted = true;
    let stop = (): void => undefined;
    placement.visit(id, {
      here: (resident) => {
        if (!wanted) return;
        stop = resident === undefined ? nowhere(follower) : observations.here(resident, follower);
        if (stops) resident?.stop();
      },
      gone: () => (wanted ? follower.end({ reason: 'moved' }) : undefined),
    });
    return () => {
      wanted = false;
      stop();
    };
  }

  async #locate(to: Address): Promise<string | undefined> {
    const { self, registry, directory } = this.#options;
    const { id, node } = split(to);
    if (node !== undefined) return node;
    if (registry.get(id) !== undefined) return self;
    return directory.locate(id) ?? (await directory.resolve(id));
  }
}

function nowhere(follower: Follower): () => void {
  follower.end({ reason: 'no-such-actor' });
  return () => undefined;
}

/** For actors that never move: to have left is to have been stopped. */
const staying = ({ end, ...rest }: Observer): Follower => ({
  ...rest,
  end: (parting) => end(parting.reason === 'moved' ? { reason: 'stopped' } : parting),
});

function split(to: Address): { readonly id: string; readonly node: string | undefined } {
  const at = to.indexOf('@');
  return at < 0 ? { id: to, node: undefined } : { id: to.slice(0, at), node: to.slice(at + 1) };
}

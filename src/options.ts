import type { DeadReason } from './actor/dead-letters.ts';
import type { InputOf, Logic } from './actor/logic.ts';
import type { Ref } from './actor/ref.ts';
import type { Supervision } from './actor/supervision.ts';
import type { Limits } from './limits.ts';
import type { Address } from './message/address.ts';
import type { NodeCounts } from './node-options.ts';
import type { Recorder } from './monitoring/recorder.ts';
import type { Redaction } from './monitoring/redact.ts';
import type { Clock, Logger, Random } from './ports.ts';
import type { Transport } from './transport/transport.ts';
import type { StoredActor } from './durable/cell/log.ts';
import type { Store } from './durable/store.ts';
import type { Frozen } from './kernel/freeze.ts';

export interface SystemOptions {
  /** Systems of one name reach each other over one transport; others never meet. Default `troupe`. */
  readonly name?: string;
  /** What to call this node; a random part is added, so that no two nodes ever share a name. Default `node`. */
  readonly node?: string;
  /** How to reach other nodes. Default: everything in this process, no server needed. */
  readonly transport?: Transport;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  /** An actor without a parent escalated its failure, and was stopped. Default: an error in the log. */
  readonly onEscalated?: (address: Address, error: unknown) => void;
  /** Record what the actors of this node do: `createRecorder({ write, system })`. Default: nothing is recorded, at no cost. */
  readonly record?: Recorder;
  /** What an inspector may see of this node; false: nothing, and nothing is counted for it. Default: everything. */
  readonly inspect?: false | InspectOptions;
  /** Where durable actors are kept: `memory()`, `file()` of 'troupe/file', `jetstream()` of 'troupe/nats'. Default: nowhere, there are none. */
  readonly store?: Store;
}

/** What leaves a node when somebody looks at it (`troupe inspect`). */
export interface InspectOptions {
  /**
   * Values that are never told, by kind of actor (the machine's id, or `*`): `{ order: ['context.card', 'event.password'] }`. A path begins with
   * context, event, input, output or error; `*` in it is any key. What begins with `event` holds for all events, whoever they are for.
   */
  readonly redact?: Redaction;
  /** false: neither contexts nor what is in events is told, only their types. Default true. */
  readonly payloads?: boolean;
  /**
   * true: whoever reaches this node may have it put dead letters of its work queues back, or drop them, with the rights that it has itself. Default
   * false: an inspector needs rights of its own on the store, or has to be in the process.
   */
  readonly replay?: boolean;
}

export interface DurableOptions {
  /** Of the machine: stored with every commit. Default: the `version` of the machine, or "0". */
  readonly version?: string;
  /**
   * Turn what another version of the machine stored (its state value, context, children, timers) into what this one understands. Without it
   * an actor stored by another version is refused with NO_MIGRATION, and left as it is.
   */
  readonly migrate?: (stored: StoredActor) => Frozen;
}

export interface CommonSpawnOptions {
  /** What becomes of the actor when it fails. Default: restart at once, at most 10 times a minute. */
  readonly supervision?: Supervision;
  /** Patterns of bus events that the actor is sent: `order.created`, `order.*`, `order.>`. */
  readonly subscribe?: readonly string[];
}

type InputOption<TLogic extends Logic> =
  undefined extends InputOf<TLogic>
    ? { readonly input?: InputOf<TLogic> }
    : { readonly input: InputOf<TLogic> };

export type SpawnOptions<TLogic extends Logic> = CommonSpawnOptions &
  InputOption<TLogic> & {
    /** Unique in the cluster. Default: an address of this node that nobody else can have. */
    readonly id?: string;
    /** The actor of this node that it belongs to: it is stopped with it, and escalates to it. Its id goes before the child's. */
    readonly parent?: { readonly address: Address } | Address;
    /** Keep the actor in the system's store: spawned again under its id, it goes on where it was. Needs an `id`; excludes `parent` and `subscribe`. */
    readonly durable?: boolean | DurableOptions;
  };

export type HostOptions<TLogic extends Logic> = DurableOptions & {
  readonly supervision?: Supervision;
  /** Without a message for so long an actor leaves memory, ms. Default `limits.idle`. */
  readonly idle?: number;
} & (undefined extends InputOf<TLogic>
    ? { readonly input?: (key: string) => InputOf<TLogic> }
    : {
        /** What the actor of a key begins with. */
        readonly input: (key: string) => InputOf<TLogic>;
      });

/** One kind of virtual actors, as hosted by this node. */
export interface HostHandle<TLogic extends Logic = Logic> {
  readonly kind: string;
  /** @throws TroupeError INVALID_ADDRESS when the key cannot be part of an address */
  ref(key: string): Ref<TLogic>;
}

export type ServeOptions<TLogic extends Logic> = CommonSpawnOptions &
  InputOption<TLogic> & {
    /** Instances on this node. Default 1. */
    readonly instances?: number;
  };

export type Arguments<TLogic extends Logic, TOptions> =
  undefined extends InputOf<TLogic> ? [options?: TOptions] : [options: TOptions];

export interface ServiceHandle {
  readonly name: string;
  readonly instances: readonly Ref[];
  /** End the instances of this node; those of others go on. */
  stop(): Promise<void>;
}

export interface SystemStats extends NodeCounts {
  /** Live actors of this node. */
  readonly actors: number;
  /** Other nodes. */
  readonly members: number;
  /** Messages to other nodes that are not acknowledged yet, or whose receiver is still being looked for. */
  readonly pending: number;
  readonly deadLetters: Readonly<Partial<Record<DeadReason, number>>>;
}

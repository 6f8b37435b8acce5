import type { Parting } from '../actor/resident.ts';
import type { WireView } from '../actor/view.ts';
import { isAddress } from '../message/address.ts';
import type { Stamp } from '../message/clock.ts';
import type { WireError } from '../errors.ts';

/** Where nodes talk to each other. */
export const NODE = '$node';

/** What nodes say to each other. Not for actors; kind `control` (`heartbeat` for `$beat`). */
export type Control =
  | {
      readonly type: '$beat';
      readonly services: Readonly<Record<string, number>>;
      /** Kinds of virtual actors it hosts. */
      readonly hosts?: readonly string[];
      readonly hello: boolean;
      readonly leaving: boolean;
    }
  /** Are you there? The acknowledgement is the answer. */
  | { readonly type: '$ping' }
  /** Who holds these addresses? With `stamps`: I want to, unless somebody does or claimed it earlier. */
  | {
      readonly type: '$who';
      readonly query: number;
      readonly ids: readonly string[];
      readonly stamps: readonly Stamp[];
    }
  | { readonly type: '$have'; readonly query: number; readonly ids: readonly string[] }
  /** I hold no such actor: forget that I did. */
  | { readonly type: '$gone'; readonly id: string }
  | {
      readonly type: '$observe';
      readonly id: string;
      readonly observation: number;
      readonly snapshots: boolean;
    }
  | { readonly type: '$unobserve'; readonly observation: number }
  | { readonly type: '$snapshot'; readonly observation: number; readonly view: WireView }
  | {
      readonly type: '$ended';
      readonly observation: number;
      readonly reason: Parting['reason'];
      readonly output: unknown;
      readonly error: WireError | undefined;
    }
  | { readonly type: '$stop'; readonly id: string }
  /** What your durable actor said under that number was taken here, or not (`final`: nor will it ever be). */
  | {
      readonly type: '$took';
      readonly id: string;
      readonly number: number;
      readonly found: boolean;
      readonly final: boolean;
      readonly reason: string;
    }
  /** These shards are mine, as I see it: let go of them, and say so. */
  | {
      readonly type: '$release';
      readonly kind: string;
      readonly shards: readonly number[];
      readonly number: number;
    }
  /** Nothing of these shards is left here; `heir`, as far as I know, has had them since. */
  | {
      readonly type: '$released';
      readonly kind: string;
      readonly shards: readonly number[];
      readonly number: number;
      readonly heir?: string;
    }
  /** Goes the way of the messages of `origin` to a shard, behind them. */
  | {
      readonly type: '$flush';
      readonly kind: string;
      readonly shard: number;
      readonly origin: string;
      readonly number: number;
    }
  /** All that you sent to that shard before your flush has arrived here, where it is handled. */
  | {
      readonly type: '$flushed';
      readonly kind: string;
      readonly shard: number;
      readonly number: number;
    }
  /** Your message of that number went on to that node. */
  | { readonly type: '$forwarded'; readonly number: number; readonly to: string }
  /** I host nothing any more: say when you send me nothing any more. */
  | { readonly type: '$depart' }
  | { readonly type: '$departed' }
  | {
      readonly type: '$list';
      /** Where the page of the list that is wanted begins. */
      readonly from: number;
      readonly replyTo: string;
    };

/** One actor as `troupe ps` shows it. */
export interface ActorRow {
  readonly address: string;
  readonly node: string;
  /** The machine's id, or the kind of logic. */
  readonly kind: string;
  readonly status: string;
  /** State value, as text; shortened when it is very long, as is `kind`. */
  readonly state: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
/** Every instance takes a place in each node's ring: a foreign count must not fill its memory. */
export const MAX_INSTANCES = 10_000;
const isInstances = (value: unknown): boolean => isCount(value) && (value as number) <= MAX_INSTANCES;
/** Every kind takes a table of owners in each node. */
const MAX_KINDS = 1_000;
const isKind = (value: unknown): boolean =>
  isText(value) && isAddress(value as string) && !/[/@]/.test(value as string);
const isHosts = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= MAX_KINDS && value.every(isKind);
/** Every shard takes a place in each node's tables. */
const MAX_SHARDS = 2 ** 16;
const isShard = (value: unknown): boolean => isCount(value) && (value as number) < MAX_SHARDS;
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isListOf = (is: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(is);
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shapes: Readonly<Record<Control['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  $beat: {
    services: (value) => isFields(value) && Object.values(value).every(isInstances),
    hosts: (value) => value === undefined || isHosts(value),
    hello: isFlag,
    leaving: isFlag,
  },
  $ping: {},
  $who: { query: isCount, ids: isListOf(isText), stamps: isListOf(isCount) },
  $have: { query: isCount, ids: isListOf(isText) },
  $gone: { id: isText },
  $observe: { id: isText, observation: isCount, snapshots: isFlag },
  $unobserve: { observation: isCount },
  $snapshot: {
    observation: isCount,
    view: (value) => isFields(value) && isText(value.status) && isListOf(isText)(value.tags),
  },
  $ended: { observation: isCount, reason: isText },
  $stop: { id: isText },
  $took: { id: isText, number: isCount, found: isFlag, final: isFlag, reason: isText },
  $release: { kind: isKind, shards: isListOf(isShard), number: isCount },
  $released: {
    kind: isKind,
    shards: isListOf(isShard),
    number: isCount,
    heir: (value) => value === undefined || isText(value),
  },
  $flush: { kind: isKind, shard: isShard, origin: isText, number: isCount },
  $flushed: { kind: isKind, shard: isShard, number: isCount },
  $forwarded: { number: isCount, to: isText },
  $depart: {},
  $departed: {},
  $list: { from: isCount, replyTo: isText },
};

/** Is this foreign event one of ours, in its shape? Field by field, since it came from outside. */
export function isControl(event: { readonly type: string }): event is Control {
  const shape = (shapes as Readonly<Record<string, (typeof shapes)[Control['type']] | undefined>>)[
    event.type
  ];
  return (
    shape !== undefined &&
    Object.entries(shape).every(([field, is]) => is((event as unknown as Fields)[field]))
  );
}

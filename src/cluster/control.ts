import type { Ending } from '../actor/host.ts';
import type { WireView } from '../actor/view.ts';
import type { Stamp } from '../message/clock.ts';
import type { WireError } from '../errors.ts';

/** Where nodes talk to each other. */
export const NODE = '$node';

/** What nodes say to each other. Not for actors; kind `control` (`heartbeat` for `$beat`). */
export type Control =
  | {
      readonly type: '$beat';
      readonly services: Readonly<Record<string, number>>;
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
      readonly reason: Ending['reason'];
      readonly output: unknown;
      readonly error: WireError | undefined;
    }
  | { readonly type: '$stop'; readonly id: string }
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
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isListOf = (is: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(is);
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shapes: Readonly<Record<Control['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  $beat: {
    services: (value) => isFields(value) && Object.values(value).every(isInstances),
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

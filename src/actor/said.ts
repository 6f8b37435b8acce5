import type { EventObject } from 'xstate';

/**
 * What a word of Troupe (`tell`, `reply`) says, as data. A word is an action that carries under this symbol a pure function
 * giving that data, so that an engine can know what would be said without saying it. A registered symbol: a user's file may
 * bring another copy of this package.
 */
export const saying: unique symbol = Symbol.for('troupe.saying') as never;

/** An actor logic that carries this symbol asks another actor: `input` is `{ to, event }`, its output is the answer. */
export const asking: unique symbol = Symbol.for('troupe.asking') as never;

export type Said =
  | { readonly kind: 'send'; readonly to: string; readonly event: EventObject }
  | { readonly kind: 'reply'; readonly to: string; readonly event: EventObject }
  | { readonly kind: 'refuse'; readonly to: string; readonly error: unknown };

interface Info {
  readonly context: unknown;
  readonly event: EventObject;
}

/** What a word says to this event in this context; undefined: nothing this time. */
export type Saying = (info: Info, params: unknown) => Said | undefined;

/** What the action would say; undefined for an action that is no word of Troupe. */
export const sayingOf = (action: unknown): Saying | undefined =>
  typeof action === 'function' && saying in action ? (action[saying] as Saying) : undefined;

/** A chart's own `tell` carries this symbol: it is silent until a system gives it its voice. */
export const silent: unique symbol = Symbol.for('troupe.silent') as never;

import type { AnyActorLogic, EventObject } from 'xstate';
import type { Path } from './effect.ts';

interface Named {
  readonly id: string;
  readonly path: Path;
  /** Tells an actor of the kernel from any other that a chart may hold. */
  readonly system: unknown;
  readonly _parent: Self | undefined;
  getSnapshot: () => unknown;
}

/** Who an actor is to itself. One per place in the tree, for all time, so that a context may keep it. */
export interface Self extends Named {
  readonly logic?: undefined;
}

/** An actor that XState has made but the kernel never starts: a name for one child, with what it was made of. */
export interface Ref extends Named {
  readonly logic: AnyActorLogic;
  readonly src: unknown;
  readonly systemId?: string;
  readonly options: { readonly id?: string; readonly input?: unknown };
  readonly _syncSnapshot?: boolean;
}

/** A snapshot of any logic, as far as the kernel reads it. */
export interface AnySnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output?: unknown;
  readonly error?: unknown;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly input?: unknown;
  /** Of a chart; undefined for a child whose logic nobody provided. */
  readonly children?: Readonly<Record<string, Ref | undefined>>;
}

const none: readonly (Ref | undefined)[] = Object.freeze([]);

/** The children as XState names them. */
export const refsOf = ({ children }: AnySnapshot): readonly (Ref | undefined)[] =>
  children === undefined ? none : Object.values(children);

/** What becomes known of an actor that is no more, to those who still hold its ref. */
export const gone: AnySnapshot = Object.freeze({ status: 'stopped', output: undefined, error: undefined });

/** Parameters of `raise` and `sendTo`. XState fills in a target that is only now invoked after it has shown the action. */
export interface Sending {
  readonly event: EventObject;
  readonly id: string | undefined;
  readonly delay: number | undefined;
  readonly to?: Self | Ref;
}

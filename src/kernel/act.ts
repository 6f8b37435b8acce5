import type { EventObject } from 'xstate';
import { sayingOf } from '../actor/said.ts';
import type { Deed } from './effect.ts';
import type { Ref, Self, Sending } from './ref.ts';

/**
 * What a transition does. `now`: within the transition, as the user's own actions; `after`: when its snapshot is in place, as all that
 * XState defers.
 */
export type Act =
  | { readonly when: 'now' | 'after'; readonly what: 'deed'; readonly deed: Deed }
  | { readonly when: 'now' | 'after'; readonly what: 'start'; readonly ref: Ref }
  | { readonly when: 'now'; readonly what: 'relay'; readonly to: Self | Ref; readonly event: EventObject }
  | { readonly when: 'after'; readonly what: 'stop'; readonly ref: Ref }
  | { readonly when: 'after'; readonly what: 'send'; readonly sending: Sending };

/** An action as XState hands it over for execution. */
export interface Executed {
  readonly type: string;
  readonly info: { readonly context: unknown; readonly event: EventObject };
  readonly params: never;
  readonly exec: unknown;
}

const after = (deed: Deed): Act => ({ when: 'after', what: 'deed', deed });

const now = (deed: Deed): Act => ({ when: 'now', what: 'deed', deed });

/** XState's own actions. Anything else is a word of Troupe or an action of the user's. */
const builtins: Readonly<Record<string, (params: never) => Act | undefined>> = {
  // An immediate `raise` has been taken by the macrostep already.
  'xstate.raise': (sending: Sending) =>
    typeof sending.delay === 'number' ? { when: 'after', what: 'send', sending } : undefined,
  'xstate.sendTo': (sending: Sending) => ({ when: 'after', what: 'send', sending }),
  'xstate.cancel': ({ sendId }: { sendId: string }) => after({ kind: 'cancel', id: sendId }),
  'xstate.emit': ({ event }: { event: EventObject }) => after({ kind: 'emit', event }),
  'xstate.log': ({ label, value }: { label?: string; value: unknown }) => now({ kind: 'log', label, value }),
  // Without a logic of that name there is no ref: XState then starts nothing.
  'xstate.spawnChild': ({ actorRef: ref }: { actorRef: Ref | undefined }) =>
    ref && { when: 'after', what: 'start', ref },
  'xstate.stopChild': (ref: Ref | undefined) => ref && { when: 'after', what: 'stop', ref },
};

/** An action of the user's own. */
export type Action = (info: Readonly<Record<string, unknown>>, params: unknown) => unknown;

/** Beside the deeds and not in them: a deed is data. */
const executions = new WeakMap<
  Deed,
  { readonly exec: Action; readonly info: object; readonly params: unknown }
>();

/**
 * Runs the user's action that a deed names, with the context and event of its transition; undefined for any other deed, for an action
 * nobody provided, and for a deed that was not decided in this process (see `actionOf`).
 * @returns takes what the action is to be told instead: `self` and `system` of the kernel know nothing once the decision is made
 */
export function executionOf(deed: Deed): ((instead?: object) => void) | undefined {
  const execution = executions.get(deed);
  return execution && ((instead) => void execution.exec({ ...execution.info, ...instead }, execution.params));
}

/** The event that an action acts on; undefined as for `executionOf`. */
export const seenBy = (deed: Deed): EventObject | undefined =>
  (executions.get(deed)?.info as Partial<Executed['info']> | undefined)?.event;

/**
 * The action a chart has under a name, to run it again in another process. Undefined when it has none: an inline action has no name,
 * though its deed shows that of its function.
 */
export function actionOf(logic: object, type: string): Action | undefined {
  const { actions = {} } =
    (logic as { implementations?: { actions?: Record<string, unknown> } }).implementations ?? {};
  const action = Object.hasOwn(actions, type) ? actions[type] : undefined;
  // What carries `resolve` is made of XState's words, and is no single deed.
  return typeof action === 'function' && !('resolve' in action) ? (action as Action) : undefined;
}

/** What an action does; undefined when that is nothing. */
export function actOf({ type, info, params, exec }: Executed): Act | undefined {
  const builtin = type.startsWith('xstate.') ? builtins[type] : undefined;
  if (builtin !== undefined) return builtin(params);
  const saying = sayingOf(exec);
  if (saying === undefined) {
    const deed: Deed = { kind: 'action', type, params };
    if (typeof exec === 'function') executions.set(deed, { exec: exec as Action, info, params });
    return now(deed);
  }
  const said = saying(info, params);
  return said && now(said);
}

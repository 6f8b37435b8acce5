import type { ActorLogic, EventObject, Snapshot } from 'xstate';

/** What a test tells a controlled actor to do. */
export type Order =
  | { readonly type: 'resolve'; readonly output: unknown }
  | { readonly type: 'reject'; readonly error: unknown };

/** Keeps the input, so that a test can see what the work was asked to do. */
export type Controlled = Snapshot<unknown> & { readonly input: unknown };

/**
 * Stands in for work done elsewhere: it does nothing until the test settles it, and then settles at once. Promises would
 * do so a tick later, and the test would have to wait.
 */
export const controlled: ActorLogic<Controlled, EventObject> = {
  getInitialSnapshot: (_scope, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
  transition: (snapshot, event): Controlled => {
    const order = event as Order | { readonly type: 'xstate.stop' | 'xstate.init' };
    const { input } = snapshot;
    if (order.type === 'resolve') return { status: 'done', output: order.output, error: undefined, input };
    if (order.type === 'reject') return { status: 'error', output: undefined, error: order.error, input };
    if (order.type === 'xstate.stop')
      return { status: 'stopped', output: undefined, error: undefined, input };
    return snapshot;
  },
};

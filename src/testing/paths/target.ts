import type { ActorView } from '../model/view.ts';

/** States to go to: a state value or part of one (`'open'`, `{ a: 'b' }`, `'a.b'`), a status (`'done'`), or what satisfies a predicate. */
export type Target = string | Readonly<Record<string, unknown>> | ((state: ActorView) => boolean);

export const isTarget = (view: ActorView, target: Target): boolean =>
  typeof target === 'function' ? target(view) : view.matches(target) || view.status === target;

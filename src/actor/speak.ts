import type { AnyStateMachine } from 'xstate';
import type { Tell } from '../../machines/vocabulary.ts';
import { hostOf } from './host.ts';
import type { Logic } from './logic.ts';
import { saying, silent } from './said.ts';

const say = (_info: unknown, { to, event }: Tell) =>
  to === undefined ? undefined : ({ kind: 'send', to, event } as const);

/** The action `tell` that the library's charts name but do not have: charts are pure, this is the runtime speaking for them. */
export const speak: (args: { readonly system: object }, params: Tell) => void = Object.assign(
  ({ system }: { readonly system: object }, { to, event }: Tell) => {
    if (to !== undefined) hostOf(system, 'tell').tell(to, event);
  },
  { [saying]: say },
);

const speaking = new WeakMap<object, Logic>();

/**
 * The logic with its placeholder `tell` given a voice, so that a chart of `troupe/machines` can be spawned as it is. Made once per
 * machine: `provide` builds the whole machine anew.
 */
export function withVoice(logic: Logic): Logic {
  const { implementations } = logic as Partial<AnyStateMachine>;
  const tell: unknown = implementations?.actions['tell'];
  if (typeof tell !== 'function' || !(silent in tell)) return logic;
  let machine = speaking.get(logic);
  if (machine === undefined) {
    machine = (logic as unknown as AnyStateMachine).provide({ actions: { tell: speak } }) as Logic;
    speaking.set(logic, machine);
  }
  return machine;
}

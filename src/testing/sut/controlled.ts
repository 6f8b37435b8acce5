import type { ActorLogic, AnyActorLogic, AnyStateMachine, EventObject, Snapshot } from 'xstate';
import { withVoice } from '../../actor/speak.ts';
import { isPure } from '../../kernel/state.ts';
import type { Outcome } from '../../kernel/step.ts';
import { isChart } from '../cover/chart.ts';

type Controlled = Snapshot<unknown> & { readonly input: unknown };

type Order =
  | { readonly type: 'troupe.settle'; readonly outcome: Outcome }
  | { readonly type: 'xstate.init' | 'xstate.stop' };

/**
 * Stands in for work: it does nothing until it is told how to end, and then ends at once. A promise would do so a tick later, and nobody
 * could tell it how.
 */
const controlled: ActorLogic<Controlled, EventObject> = {
  getInitialSnapshot: (_scope, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
  transition: (snapshot, event): Controlled => {
    const order = event as Order;
    if (order.type === 'xstate.stop') return { ...snapshot, status: 'stopped' } as Controlled;
    if (order.type !== 'troupe.settle') return snapshot;
    return 'error' in order.outcome
      ? ({ ...snapshot, status: 'error', error: order.outcome.error } as Controlled)
      : ({ ...snapshot, status: 'done', output: order.outcome.output } as Controlled);
  },
};

/** What ends controlled work. */
export const settling = (outcome: Outcome): EventObject =>
  ({ type: 'troupe.settle', outcome }) as EventObject;

interface InvokeConfig {
  readonly src: unknown;
}

interface Node {
  config: { readonly invoke?: InvokeConfig | readonly InvokeConfig[] };
  readonly states: Readonly<Record<string, Node>>;
}

const substitute = (logic: AnyActorLogic): AnyActorLogic => {
  if (isChart(logic)) return controllable(logic);
  return isPure(logic) ? logic : (controlled as AnyActorLogic);
};

/**
 * A machine whose work waits to be told how it ends: promises, callbacks and observables that it names or invokes, and those of charts it
 * invokes. Logic that is written inside `spawn()` or `spawnChild()` cannot be replaced, and runs.
 */
export function controllable(machine: AnyStateMachine): AnyStateMachine {
  const voiced = withVoice(machine) as unknown as AnyStateMachine;
  const actors = Object.entries(voiced.implementations.actors as Record<string, AnyActorLogic>);
  const copy = voiced.provide({
    actors: Object.fromEntries(actors.map(([src, logic]) => [src, substitute(logic)])),
  });
  replaceInline(copy.root);
  return copy;
}

/** XState reads logic that is written in the config from there; the states of the copy have configs of their own. */
function replaceInline(node: Node): void {
  const { invoke } = node.config;
  const replaced = (config: InvokeConfig): InvokeConfig =>
    typeof config === 'object' && typeof config.src === 'object' && config.src !== null
      ? { ...config, src: substitute(config.src as AnyActorLogic) }
      : config;
  if (invoke !== undefined)
    node.config = {
      ...node.config,
      invoke: Array.isArray(invoke)
        ? (invoke as readonly InvokeConfig[]).map(replaced)
        : replaced(invoke as InvokeConfig),
    };
  for (const child of Object.values(node.states)) replaceInline(child);
}

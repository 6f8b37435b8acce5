import { isDeepStrictEqual } from 'node:util';
import type { AnyActorLogic } from 'xstate';
import type { Frozen } from '../../../src/kernel/freeze.ts';
import { start } from '../../../src/kernel/step.ts';
import { build } from './build-chart.ts';
import { drawn } from './compare.ts';
import { Draw } from './draw.ts';
import { randomChart, type Action, type Chart, type Node } from './random-chart.ts';
import { Twins, type Seen } from './restored.ts';
import { decide } from './stepped.ts';
import type { Stimulus } from './observed.ts';

/** Without what a durable actor may not do: a `spawn` that keeps a ref in context. It spawns with an action instead. */
export function durableChart(chart: Chart): Chart {
  const actions = (all: readonly Action[]): readonly Action[] =>
    all.map((action): Action => {
      if (action[0] === 'spawn') return ['spawnChild', action[1], action[2]];
      return action[0] === 'choose' ? ['choose', action[1], actions(action[2])] : action;
    });
  const branches = <T extends { readonly actions: readonly Action[] }>(all: readonly T[]): T[] =>
    all.map((branch) => ({ ...branch, actions: actions(branch.actions) }));
  const node = (each: Node): Node => ({
    ...each,
    nodes: each.nodes.map(node),
    entry: actions(each.entry),
    exit: actions(each.exit),
    initially: actions(each.initially),
    always: branches(each.always),
    done: branches(each.done),
    on: each.on.map((on) => ({ ...on, branches: branches(on.branches) })),
    after: each.after.map((after) => ({ ...after, branches: branches(after.branches) })),
    invoke: each.invoke.map((invoke) => ({
      ...invoke,
      done: branches(invoke.done),
      error: invoke.error && branches(invoke.error),
      snapshot: invoke.snapshot && branches(invoke.snapshot),
    })),
  });
  return {
    ...chart,
    spawns: [],
    root: node(chart.root),
    actors: Object.fromEntries(Object.entries(chart.actors).map(([src, each]) => [src, durableChart(each)])),
  };
}

export interface Difference {
  readonly after: readonly Stimulus[];
  readonly original: Seen;
  readonly restored: Seen;
}

/** `endless`: a decision led on and on (E8 of src/kernel/live.ts), as it would in every step to come: each takes long. */
export type Outcome = 'same' | 'endless' | Difference;

/** Transitions of one decision. */
const enough = 200;

const steps = 15;

/** A random chart under random events that is stored, and now and then comes back from what was stored. */
export function run(seed: number, count: (feature: string) => void = () => undefined): Outcome {
  const draw = new Draw(seed);
  const logic = build(
    durableChart(randomChart(draw)),
    () => undefined,
    undefined,
    count,
  ) as unknown as AnyActorLogic;
  const after: Stimulus[] = [];
  const [first, , begun] = start(logic, 1);
  if (begun.length > enough) return 'endless';
  const twins = new Twins(first);
  for (let at = 0; at < steps && twins.state.snapshot.status === 'active'; at += 1) {
    const stimulus = drawn(draw, twins);
    after.push(stimulus);
    if (decide(twins.state, stimulus)[2].length > enough) return 'endless';
    const [original, restored] = twins.do(stimulus, draw.chance(0.3));
    if (!isDeepStrictEqual(original, restored)) return { after, original, restored };
    tally(twins.frozen, count);
  }
  return 'same';
}

/** What the states held that were stored. */
function tally(frozen: Frozen, count: (feature: string) => void, depth = 0): void {
  const mark = (feature: string, is: unknown) => {
    if (is !== undefined && is !== false) count(feature);
  };
  const { status, value, input, own, history, order, names, systemId, synced, timers, children } = frozen;
  mark(`stored ${status}${depth === 0 ? '' : ' child'}`, true);
  for (const [feature, is] of Object.entries({ history, order, names, systemId, synced, input, own }))
    mark(`stored ${feature}`, is);
  mark('stored transition logic', value === undefined && 'context' in frozen);
  for (const { targeted, lost } of timers)
    mark(lost === true ? 'stored lost timer' : targeted ? 'stored targeted timer' : 'stored timer', true);
  for (const child of Object.values(children)) tally(child, count, depth + 1);
  mark('stored grandchild', depth === 2);
}

import {
  and,
  assign,
  createMachine,
  fromTransition,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyStateMachine,
  type EventObject,
  type Snapshot,
} from 'xstate';
import { reckoned, Words, type Args, type Context, type Count } from './chart-words.ts';
import type { Branch, Chart, Invoke, Node } from './random-chart.ts';

/** Work that is not a chart. It ends when it is told to, and remembers nothing else. */
export const work = (heard: (self: AnyActorRef, event: EventObject) => void): AnyActorLogic => {
  const logic = {
    start: () => undefined,
    getInitialSnapshot: (_scope: unknown, input: unknown) => ({ ...active, input }),
    getPersistedSnapshot: (snapshot: Snapshot<unknown>) => snapshot,
    transition: (snapshot: object, event: EventObject, { self }: { self: AnyActorRef }) => {
      const { type, output, error } = event as EventObject & { output?: unknown; error?: unknown };
      if (type === 'test.resolve') return { ...snapshot, status: 'done', output, input: undefined };
      if (type === 'test.reject') return { ...snapshot, status: 'error', error, input: undefined };
      if (type === 'xstate.stop') return { ...snapshot, status: 'stopped' };
      heard(self, event);
      return snapshot;
    },
  };
  return logic;
};

const active = { status: 'active', output: undefined, error: undefined } as const;

/** Transition logic: counts what it hears, and says so. */
const summing = fromTransition(
  (state: { readonly heard: number }, event: EventObject, scope) => {
    if (event.type === 'A') scope.emit({ type: 'summed' });
    if (event.type === 'p.y') throw new Error('p.y is not for sums');
    return { heard: state.heard + 1 };
  },
  ({ input }) => ({ heard: (input as number | undefined) ?? 0 }),
);

/** Left to itself, transition logic that was stopped looks as if it ran. */
const sum = {
  ...summing,
  transition: (snapshot: never, event: EventObject, scope: never) =>
    event.type === 'xstate.stop'
      ? { ...(snapshot as object), status: 'stopped' }
      : summing.transition(snapshot, event, scope),
} as unknown as AnyActorLogic;

const nodesOf = (node: Node): Node[] => [node, ...node.nodes.flatMap(nodesOf)];

class Builder {
  readonly #chart: Chart;
  readonly #count: Count;
  readonly #words: Words;
  readonly #types: ReadonlyMap<string, Node['type']>;

  constructor(chart: Chart, count: Count) {
    this.#chart = chart;
    this.#count = count;
    this.#words = new Words(chart.id, count);
    this.#types = new Map(nodesOf(chart.root).map(({ id, type }) => [id, type]));
  }

  config(): object {
    const { id, root, spawns, initialThrows } = this.#chart;
    return {
      ...this.#node(root),
      id,
      context: ({
        spawn,
        input,
      }: {
        spawn: (src: string, options: object) => AnyActorRef;
        input?: unknown;
      }) => {
        if (initialThrows === true) throw new Error(`${id} has no context`);
        const kids = spawns.map((src, at) => spawn(src, { id: `c${at}` }));
        return { n: (input as number | undefined) ?? 0, seen: '', found: null, spawned: 0, kid: kids[0] };
      },
      output: ({ context }: Args) => ({ n: context.n }),
      options: { maxIterations: 30 },
    };
  }

  #node({ id, type, nodes, fallback, ...node }: Node): object {
    if (type === 'shallow' || type === 'deep')
      return { id, type: 'history', history: type, ...(fallback === undefined ? {} : { target: fallback }) };
    const on: [string, unknown][] = node.on.map(({ event, branches }) => [
      event,
      this.#branches(branches, event),
    ]);
    const first = nodes[0];
    return {
      id,
      ...(type === 'compound' || type === 'atomic' ? {} : { type }),
      ...(nodes.length === 0
        ? {}
        : { states: Object.fromEntries(nodes.map((each) => [each.id, this.#node(each)])) }),
      ...(type === 'compound' && first !== undefined
        ? { initial: { target: first.id, actions: this.#words.actions(node.initially) } }
        : {}),
      entry: this.#words.actions(node.entry),
      exit: this.#words.actions(node.exit),
      on: Object.fromEntries(on),
      always: node.always.map((branch) => this.#branch(branch, 'always')),
      after: Object.fromEntries(
        node.after.map(({ delay, branches }) => [delay, this.#branches(branches, 'after')]),
      ),
      invoke: node.invoke.map((each) => this.#invoke(each)),
      ...(node.done.length === 0 ? {} : { onDone: this.#branches(node.done, 'done.state') }),
      ...(node.output ? { output: ({ context }: Args) => ({ from: id, n: context.n }) } : {}),
    };
  }

  #invoke({ id, src, named, done, error, snapshot }: Invoke): object {
    return {
      id,
      src,
      ...(named ? { systemId: 'named' } : {}),
      input: ({ context }: Args) => context.n,
      ...(done.length === 0 ? {} : { onDone: this.#branches(done, 'done.actor') }),
      ...(error === null ? {} : { onError: this.#branches(error, 'error.actor') }),
      ...(snapshot === null ? {} : { onSnapshot: this.#branches(snapshot, 'snapshot') }),
    };
  }

  /** No branches: the event is forbidden. */
  #branches(branches: readonly Branch[], on: string): unknown {
    if (branches.length === 0) this.#count('forbidden');
    return branches.length === 0 ? undefined : branches.map((branch) => this.#branch(branch, on));
  }

  #branch({ guard, targets, reenter, actions }: Branch, on: string): object {
    const mark = () => {
      this.#count(`transition on ${on}`);
      if (targets.length > 1) this.#count('several targets');
      if (targets.length === 0) this.#count('no target');
      if (reenter) this.#count('reenter');
      for (const target of targets) this.#count(`to ${this.#types.get(target)}`);
    };
    const alive = ({ event }: Args) => event.type !== 'dead';
    const wanted = guard === undefined ? undefined : this.#words.guard(guard);
    const given = on.endsWith('*')
      ? wanted === undefined
        ? alive
        : and([alive as never, wanted as never])
      : wanted;
    return {
      ...(given === undefined ? {} : { guard: given }),
      ...(targets.length === 0 ? {} : { target: targets.map((target) => `#${target}`) }),
      reenter,
      actions: [assign(() => (mark(), {})), ...this.#words.actions(actions)],
    };
  }
}

/** The chart as a machine. `heard` gets what is sent to its work; `wrap` is applied to every logic of a child. */
export function build(
  chart: Chart,
  heard: (self: AnyActorRef, event: EventObject) => void,
  wrap: (logic: AnyActorLogic) => AnyActorLogic = (logic) => logic,
  count: Count = () => undefined,
): AnyStateMachine {
  const charts = Object.entries(chart.actors).map(
    ([src, each]) => [src, wrap(build(each, heard, wrap, count) as unknown as AnyActorLogic)] as const,
  );
  const implementations = {
    actions: {
      note: () => undefined,
      addTo: assign(({ context }, { by }: { by: number }) => ({
        n: ((context as unknown as Context).n + by) % 7,
      })),
    },
    guards: {
      less: ({ context }: Args, { than }: { than: number }) => (count('guard with params'), context.n < than),
      saw: ({ context }: Args, { type, now }: { type: string; now: string }) =>
        context.seen === type || now === type,
    },
    delays: { short: 10, reckoned },
    actors: { ...Object.fromEntries(charts), work: wrap(work(heard)), sum: wrap(sum) },
  };
  return createMachine(new Builder(chart, count).config() as never, implementations as never);
}

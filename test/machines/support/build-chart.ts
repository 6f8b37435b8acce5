import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  forwardTo,
  fromTransition,
  log,
  not,
  or,
  raise,
  sendTo,
  stateIn,
  stopChild,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyStateMachine,
  type EventObject,
  type Snapshot,
} from 'xstate';
import { reply, tell } from '../../../src/actor/words.ts';
import type { Action, Branch, Chart, Guard, Invoke, Node, To } from './random-chart.ts';

/** What every random chart keeps. */
interface Context {
  readonly n: number;
  readonly seen: string;
  readonly found: unknown;
  /** Made so far, which gives the next one its name. */
  readonly spawned: number;
  readonly kid: AnyActorRef | undefined;
}

interface Args {
  readonly context: Context;
  readonly event: EventObject & { readonly hops?: number };
  readonly self: AnyActorRef;
  readonly system: { get: (id: string) => AnyActorRef | undefined };
}

/** Told what happens as it happens, to know what the charts exercise. */
export type Count = (feature: string) => void;

/** An event that has been passed on too often goes dead: the charts would go round for ever. */
const onward = (type: string, { event }: Pick<Args, 'event'>): EventObject => {
  const hops = event.hops ?? (event.type.startsWith('xstate.') ? 1 : 3);
  return { type: hops > 0 ? type : 'dead', hops: hops - 1 } as EventObject;
};

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
  return logic as unknown as AnyActorLogic;
};

const active = { status: 'active', output: undefined, error: undefined } as const;

/** Transition logic: counts what it hears, and says so. */
const summing = fromTransition(
  (state: { readonly heard: number }, event: EventObject, scope) => {
    if (event.type === 'A') scope.emit({ type: 'summed' } as never);
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

/** While an actor comes to be it has no snapshot; XState's development build says so by throwing. */
function snapshotOf(
  self: AnyActorRef,
): { value?: unknown; context?: Context; children?: object } | undefined {
  try {
    return self.getSnapshot() as never;
  } catch {
    return undefined;
  }
}

const childOf = (self: AnyActorRef, id: string): AnyActorRef | undefined =>
  (snapshotOf(self)?.children as Record<string, AnyActorRef> | undefined)?.[id];

class Builder {
  readonly #chart: Chart;
  readonly #count: Count;

  constructor(chart: Chart, count: Count) {
    this.#chart = chart;
    this.#count = count;
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
        ? { initial: { target: first.id, actions: this.#actions(node.initially) } }
        : {}),
      entry: this.#actions(node.entry),
      exit: this.#actions(node.exit),
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
    return branches.length === 0 ? undefined : branches.map((branch) => this.#branch(branch, on));
  }

  #branch({ guard, targets, reenter, actions }: Branch, on: string): object {
    const mark = () => this.#count(`transition on ${on}`);
    const alive = ({ event }: Args) => event.type !== 'dead';
    const wanted = guard === undefined ? undefined : this.#guard(guard);
    const given = on.endsWith('*')
      ? wanted === undefined
        ? alive
        : and([alive as never, wanted as never])
      : wanted;
    if (reenter) this.#count('reenter');
    return {
      ...(given === undefined ? {} : { guard: given }),
      ...(targets.length === 0 ? {} : { target: targets.map((target) => `#${target}`) }),
      reenter,
      actions: [assign(() => (mark(), {})), ...this.#actions(actions)],
    };
  }

  #guard(guard: Guard): unknown {
    const count = this.#count;
    switch (guard[0]) {
      case 'less':
        return { type: 'less', params: { than: guard[1] } };
      case 'odd':
        return ({ context }: Args) => (count('guard inline'), context.n % 2 === 1);
      case 'seen':
        return { type: 'saw', params: ({ event }: Args) => ({ type: guard[1], now: event.type }) };
      case 'in':
        return stateIn(`#${guard[1]}`);
      case 'kid':
        return ({ context }: Args) => {
          if (context.kid === undefined) return false;
          count('guard on a child');
          return lives(context.kid) === (guard[1] === 'active');
        };
      case 'throws':
        return ({ context }: Args) => {
          if (context.n !== guard[1]) return context.n > guard[1];
          count('guard throws');
          throw new Error(`guard at ${context.n}`);
        };
      case 'not':
        return not(this.#guard(guard[1]) as never);
      case 'and':
        return and([this.#guard(guard[1]) as never, this.#guard(guard[2]) as never]);
      case 'or':
        return or([this.#guard(guard[1]) as never, this.#guard(guard[2]) as never]);
    }
  }

  #actions(actions: readonly Action[]): unknown[] {
    return actions.map((action) => this.#action(action));
  }

  #action(action: Action): unknown {
    const delayed = (delay: string) =>
      /^\d/.test(delay) ? Number(delay) : delay === 'reckonedInline' ? reckoned : delay;
    const options = (delay: string, id: string | null) => ({
      delay: delayed(delay) as never,
      ...(id === null ? {} : { id }),
    });
    switch (action[0]) {
      case 'note':
        return {
          type: 'note',
          params: ({ context, event }: Args) => ({ n: context.n, at: action[1], on: event.type }),
        };
      case 'inline':
        return function inline() {};
      case 'add':
        return assign({ n: ({ context }) => ((context as Context).n + action[1]) % 7 });
      case 'addTo':
        return { type: 'addTo', params: { by: action[1] } };
      case 'see':
        return assign(({ event }) => ({ seen: event.type }));
      case 'emit':
        return emit(({ context }) => ({ type: 'said', n: (context as Context).n, at: action[1] }));
      case 'log':
        return log(
          ({ context }) => (context as Context).n,
          action[1] % 2 === 0 ? `at ${action[1]}` : undefined,
        );
      case 'throw':
        return assign(({ context }) => {
          if ((context as Context).n !== action[1]) return {};
          this.#count('assign throws');
          throw new Error(`assign at ${action[1]}`);
        });
      case 'tell':
        return tell(
          (({ context }: Args) => (context.n % 3 === 0 ? undefined : `peer${action[1]}`)) as never,
          (({ context }: Args) => ({ type: 'told', n: context.n })) as never,
        );
      case 'reply':
        return reply((({ context }: Args) => ({ type: 'answer', n: context.n })) as never);
      case 'refuse':
        return reply(() => new Error('refused'));
      case 'raise':
        return raise((args: unknown) => onward(action[1], args as Args));
      case 'raiseLater':
        return raise((args: unknown) => onward(action[1], args as Args), options(action[2], action[3]));
      case 'send':
        return sendTo(this.#to(action[1]) as never, ((args: Args) => onward(action[2], args)) as never);
      case 'sendLater':
        return sendTo(
          this.#to(action[1]) as never,
          ((args: Args) => onward(action[2], args)) as never,
          options(action[3], action[4]),
        );
      case 'forward':
        return forwardTo((args: Args) => {
          const { hops = 2 } = args.event;
          const to = this.#to(action[1]);
          const found = typeof to === 'function' ? to(args) : args.self;
          return hops > 2 && found !== args.self
            ? found
            : (childOf(args.self, 'sink') ?? args.context.kid ?? stray(args));
        });
      case 'cancel':
        return cancel(action[1]);
      default:
        return this.#family(action);
    }
  }

  /** Actions that deal with children. */
  #family(action: Action): unknown {
    switch (action[0]) {
      case 'spawnChild':
        return enqueueActions(({ context, enqueue }) => {
          if ((context as Context).spawned > 4) return;
          enqueue.assign({ spawned: ({ context: now }: { context: Context }) => now.spawned + 1 } as never);
          enqueue.spawnChild(action[1] as never, {
            id: `k${(context as Context).spawned}`,
            syncSnapshot: action[2],
            input: (context as Context).n as never,
          });
        });
      case 'spawn':
        return assign(({ context, spawn }) => {
          const { spawned } = context as Context;
          if (spawned > 4) return {};
          this.#count('spawn in assign');
          const options = {
            syncSnapshot: action[2],
            input: spawned,
            ...(spawned % 2 === 0 ? {} : { id: `k${spawned}` }),
          };
          return { spawned: spawned + 1, kid: spawn(action[1] as never, options as never) as AnyActorRef };
        });
      case 'stop':
        return stopChild((({ context }: Args) => context.kid) as never);
      case 'stopSpawned':
        return stopChild((({ context }: Args) => `k${context.spawned - 1}`) as never);
      case 'peek':
        return assign(({ context }) => {
          const { kid } = context as Context;
          if (kid === undefined || !lives(kid))
            return { found: kid === undefined ? 'no kid' : 'kid is over' };
          this.#count('reads a child');
          const { value, context: its } = kid.getSnapshot() as {
            value?: unknown;
            context?: Partial<Context>;
          };
          return { found: [value ?? null, its?.n ?? null] };
        });
      case 'whois':
        return assign(({ system }) => {
          const named = system.get('named') as AnyActorRef | undefined;
          if (named !== undefined) this.#count('system.get finds');
          return { found: named?.id ?? null };
        });
      case 'lookUp':
        return assign(({ self }) => {
          const snapshot = snapshotOf(self);
          return { found: [snapshot?.value ?? null, snapshot?.context?.n ?? null] };
        });
      case 'choose':
        return enqueueActions(({ check, enqueue }) => {
          if (check(this.#guard(action[1]) as never))
            for (const each of this.#actions(action[2])) enqueue(each as never);
        });
      default:
        throw new Error(`Nobody knows the action ${JSON.stringify(action)}.`);
    }
  }

  #to(to: To): string | ((args: Args) => AnyActorRef) {
    switch (to) {
      case 'self':
        return ({ self }) => self;
      case 'parent':
        return '#_parent';
      case 'kid':
        return ({ context, self }) => context.kid ?? self;
      case 'named':
        return ({ system, self }) => system.get('named') ?? self;
      case 'invoked':
        return ({ self }) => childOf(self, `${this.#chart.id}.i0`) ?? self;
      default:
        return to;
    }
  }
}

/** What a child was when it ended is known only for as long as its parent keeps it. */
const lives = (actor: AnyActorRef): boolean => (actor.getSnapshot() as Snapshot<unknown>).status === 'active';

const stray = ({ self }: Args): AnyActorRef => self;

const reckoned = ({ context }: { context: unknown }): number => 15 + (context as Context).n;

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
  return createMachine(
    new Builder(chart, count).config() as never,
    implementations as never,
  ) as unknown as AnyStateMachine;
}

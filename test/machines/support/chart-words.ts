import {
  and,
  assign,
  cancel,
  emit,
  enqueueActions,
  forwardTo,
  log,
  not,
  or,
  raise,
  sendTo,
  stateIn,
  stopChild,
  type AnyActorRef,
  type EventObject,
  type Snapshot,
} from 'xstate';
import { reply, tell } from '../../../src/actor/words.ts';
import type { Action, Guard, To } from './random-chart.ts';

/** What every random chart keeps. */
export interface Context {
  readonly n: number;
  readonly seen: string;
  readonly found: unknown;
  /** Made so far, which gives the next one its name. */
  readonly spawned: number;
  readonly kid: AnyActorRef | undefined;
}

export interface Args {
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

/** What the guards and actions of a random chart mean in XState. */
export class Words {
  readonly #id: string;
  readonly #count: Count;

  constructor(id: string, count: Count) {
    this.#id = id;
    this.#count = count;
  }

  guard(guard: Guard): unknown {
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
        return not(this.guard(guard[1]) as never);
      case 'and':
        return and([this.guard(guard[1]) as never, this.guard(guard[2]) as never]);
      case 'or':
        return or([this.guard(guard[1]) as never, this.guard(guard[2]) as never]);
    }
  }

  /** In order. */
  actions(actions: readonly Action[]): unknown[] {
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
          enqueue.assign({ spawned: ({ context: now }: { context: Context }) => now.spawned + 1 });
          enqueue.spawnChild(action[1] as never, {
            id: `k${(context as Context).spawned}`,
            syncSnapshot: action[2],
            input: (context as Context).n,
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
          if (check(this.guard(action[1]) as never))
            for (const each of this.actions(action[2])) enqueue(each as never);
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
        return ({ self }) => childOf(self, `${this.#id}.i0`) ?? self;
      default:
        return to;
    }
  }
}

/** What a child was when it ended is known only for as long as its parent keeps it. */
const lives = (actor: AnyActorRef): boolean => (actor.getSnapshot() as Snapshot<unknown>).status === 'active';

const stray = ({ self }: Args): AnyActorRef => self;

export const reckoned = ({ context }: { context: unknown }): number => 15 + (context as Context).n;

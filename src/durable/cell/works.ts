import { createActor, setup, type AnyActorLogic, type AnyActorRef, type EventObject } from 'xstate';
import { setHost, type Host } from '../../actor/host.ts';
import type { Message } from '../../message/envelope.ts';
import type { Outcome } from '../../kernel/step.ts';
import type { Clock } from '../../ports.ts';

interface Hearing {
  readonly settled: (outcome: Outcome) => void;
  readonly said: (event: Message) => void;
  /** What an observable shows, where somebody wants to see it (`onSnapshot`). */
  readonly shown?: ((context: unknown) => void) | undefined;
}

interface Context extends Hearing {
  readonly input: unknown;
}

type Ended = EventObject & { readonly output?: unknown; readonly error?: unknown };
type Shown = EventObject & { readonly snapshot: { readonly context?: unknown } };

/**
 * Job: the promises, callbacks and observables that work for one durable actor, each under an XState actor of its own. Not its job:
 * remembering them (they are in the actor's state), what comes of them (cell.ts).
 */
export class Works {
  readonly #clock: Clock;
  readonly #running = new Map<number, AnyActorRef>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#running.size;
  }

  has(number: number): boolean {
    return this.#running.has(number);
  }

  start(number: number, logic: AnyActorLogic, input: unknown, host: Host, hearing: Hearing): void {
    const settled = (outcome: Outcome): void => {
      if (this.#running.delete(number)) hearing.settled(outcome);
    };
    const { said } = hearing;
    const actor = createActor(parentOf(logic, hearing.shown !== undefined), {
      input: { input, settled, said, shown: hearing.shown && butFirst(hearing.shown) },
      clock: this.#clock,
    });
    setHost(actor.system, host);
    actor.subscribe({ error: (error) => settled({ error }) });
    this.#running.set(number, actor);
    actor.start();
  }

  /** Its signal is aborted, and nothing more is heard of it. */
  stop(number: number): void {
    const actor = this.#running.get(number);
    this.#running.delete(number);
    (actor as { stop?: () => void } | undefined)?.stop?.();
  }

  /** Stop all but these. */
  keep(works: readonly { readonly number: number }[]): void {
    if (this.#running.size === 0) return;
    const wanted = new Set(works.map(({ number }) => number));
    for (const number of [...this.#running.keys()]) if (!wanted.has(number)) this.stop(number);
  }

  stopAll(): void {
    for (const number of [...this.#running.keys()]) this.stop(number);
  }

  forward(number: number, event: EventObject): void {
    const { children } = (this.#running.get(number)?.getSnapshot() ?? {}) as {
      readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
    };
    children?.['work']?.send(event);
  }
}

/** The first is from before it began: the actor has seen that when it decided to begin. */
function butFirst(shown: (context: unknown) => void): (context: unknown) => void {
  let isFirst = true;
  return (context) => {
    if (!isFirst) shown(context);
    isFirst = false;
  };
}

type Parent = ReturnType<typeof makeParent>;

const parents = { shown: new WeakMap<AnyActorLogic, Parent>(), unseen: new WeakMap<AnyActorLogic, Parent>() };

/** Made once per logic: making a machine costs more than all else here. */
function parentOf(logic: AnyActorLogic, isShown: boolean): Parent {
  const made = parents[isShown ? 'shown' : 'unseen'];
  let parent = made.get(logic);
  if (parent === undefined) made.set(logic, (parent = makeParent(logic, isShown)));
  return parent;
}

/** XState runs such logic only under a parent; this one passes on what it hears. */
function makeParent(work: AnyActorLogic, isShown: boolean) {
  const base = setup({
    types: {},
    actors: { work },
    actions: {
      done: ({ context, event }) => (context as Context).settled({ output: (event as Ended).output }),
      failed: ({ context, event }) => (context as Context).settled({ error: (event as Ended).error }),
      said: ({ context, event }) => (context as Context).said(event as EventObject),
      shown: ({ context, event }) => (context as Context).shown?.((event as Shown).snapshot.context),
    },
  });
  return base.createMachine({
    context: ({ input }) => input,
    invoke: {
      id: 'work',
      src: 'work',
      input: ({ context }: { context: Context }) => context.input,
      onDone: { actions: 'done' },
      onError: { actions: 'failed' },
      ...(isShown ? { onSnapshot: { actions: 'shown' } } : {}),
    },
    on: { '*': { actions: 'said' } },
  });
}

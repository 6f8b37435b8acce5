import { createActor, type AnyActor, type AnyActorRef, type AnyStateMachine, type EventObject } from 'xstate';
import { setHost, type Host } from '../../actor/host.ts';
import { TroupeError } from '../../errors.ts';
import { controllable, settling } from './controlled.ts';
import type { Observation, Sut } from './sut.ts';
import { Timers } from './timers.ts';

/** A live actor on a path. */
export interface ActorRun {
  readonly actor: AnyActor;
  readonly timers: Timers;
  /** What it said and emitted since it was last looked at. */
  readonly said: { readonly to: string; readonly event: unknown }[];
  readonly emitted: EventObject[];
}

/**
 * A live XState actor as a system under test. Timers run out and work ends when the path says so; what it tells others is recorded. Actions
 * are the machine's own: give their stand-ins with `machine.provide({ actions })`.
 */
export const actorSut = (machine: AnyStateMachine, input?: unknown): Sut<ActorRun> => {
  const ready = controllable(machine);
  return {
    start: () => startRun(ready, input),
    send: ({ actor }, event) => actor.send(event),
    fire: ({ timers }, { path, id }) => timers.fire(path, id),
    settle: ({ actor }, { path, outcome }) => descendant(actor, path).send(settling(outcome)),
    observe,
    stop: ({ actor }) => void actor.stop(),
  };
};

function startRun(machine: AnyStateMachine, input: unknown): ActorRun {
  const actor = createActor(machine, { input }) as AnyActor;
  const run: ActorRun = { actor, timers: new Timers(actor), said: [], emitted: [] };
  setHost(actor.system, recorder(run));
  actor.on('*', (event: EventObject) => void run.emitted.push(event));
  // An actor that nobody observes reports its failure to the whole process.
  actor.subscribe({ error: () => undefined });
  actor.start();
  return run;
}

/** Hears what a machine says, in place of the system that would send it. */
const recorder = ({ said }: ActorRun): Host => ({
  address: 'sut',
  tell: (to, event) => void said.push({ to, event }),
  fail: (to, error) => void said.push({ to, event: error }),
  ask: async () => Promise.reject(unreachable('ask')),
  watch: async () => Promise.reject(unreachable('watch')),
});

const unreachable = (word: string): TroupeError =>
  new TroupeError(
    'INVALID_OPTION',
    `"${word}" was spawned inside an action, where it cannot be controlled: name it in setup({ actors }) instead.`,
  );

function descendant(actor: AnyActorRef, path: readonly string[]): AnyActorRef {
  let found = actor;
  for (const id of path) {
    const { children } = found.getSnapshot() as { children?: Readonly<Record<string, AnyActorRef>> };
    const child = children?.[id];
    if (child === undefined)
      throw new TroupeError('NO_SUCH_ACTOR', `There is no child "${path.join('/')}" whose work could end.`);
    found = child;
  }
  return found;
}

interface LiveSnapshot extends Observation {
  readonly children?: never;
}

function observe({ actor, timers, said, emitted }: ActorRun): Observation {
  const { status, value, context, output, error, children } = actor.getSnapshot() as Omit<
    LiveSnapshot,
    'children'
  > & {
    readonly children: Readonly<Record<string, AnyActorRef | undefined>>;
  };
  return {
    ...{ status, value, context, output, error },
    children: Object.keys(children)
      .filter((id) => (children[id]?.getSnapshot() as { status?: string } | undefined)?.status === 'active')
      .sort(),
    timers: timers.names(),
    said: said.splice(0),
    emitted: emitted.splice(0),
  } as Observation;
}

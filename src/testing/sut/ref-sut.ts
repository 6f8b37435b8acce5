import type { EventObject } from 'xstate';
import type { Ending } from '../../actor/host.ts';
import type { View } from '../../actor/logic.ts';
import type { Ref } from '../../actor/ref.ts';
import { differences } from './difference.ts';
import type { Observation, Sut, TimerMove, WorkMove } from './sut.ts';

/** An actor of a Troupe system on a path. */
export interface RefRun {
  readonly ref: Ref;
  readonly ending: Promise<Ending>;
}

export interface RefSutOptions {
  /** Which parts are compared. Default: value, context and status; output and error when it ends. */
  readonly observe?: readonly (keyof Observation)[];
  /** Let a timer of the actor run out, for instance by a clock of its system. */
  readonly fire?: (ref: Ref, timer: TimerMove) => unknown;
  /** Let work of the actor end. */
  readonly settle?: (ref: Ref, work: WorkMove) => unknown;
  /** Time the actor gets to reach the state the chart is in, ms. Default 5000. */
  readonly timeout?: number;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a ref of any chart: what it is sent comes from the paths of that chart
type SomeRef = Ref<any>;

const usual: readonly (keyof Observation)[] = ['status', 'value', 'context', 'output', 'error'];

/**
 * An actor of a Troupe system as a system under test, in this process or, over NATS, in another: it is known by its ref alone. It is
 * stopped at the end of a path.
 *
 * @param start spawns a fresh actor, of this or another node, and returns its ref; called once per path
 */
export const refSut = (start: () => Promise<SomeRef> | SomeRef, options: RefSutOptions = {}): Sut<RefRun> => {
  const { fire, settle, timeout = 5_000, observe = usual } = options;
  return {
    start: async () => {
      const ref = (await start()) as Ref;
      // The actor must be there before it is sent anything, and its end must not be missed.
      await ref.snapshot({ timeout });
      return { ref, ending: new Promise<Ending>((resolve) => void ref.watch(resolve)) };
    },
    send: ({ ref }, event: EventObject) => ref.send(event),
    ...(fire === undefined ? {} : { fire: ({ ref }: RefRun, timer: TimerMove) => fire(ref, timer) }),
    ...(settle === undefined ? {} : { settle: ({ ref }: RefRun, work: WorkMove) => settle(ref, work) }),
    observe: async (run, expected) =>
      expected.status === 'active' ? atRest(run, expected, observe, timeout) : atEnd(run, timeout, observe),
    stop: async ({ ref }) => ref.stop(),
  };
};

const part = (whole: Observation, names: readonly (keyof Observation)[]): Observation =>
  Object.fromEntries(names.filter((name) => name in whole).map((name) => [name, whole[name]]));

const viewed = ({ status, value, context }: View, names: readonly (keyof Observation)[]): Observation =>
  part({ status, value, context }, names);

/** The first snapshot that is as expected; the last one there is when none comes in time. */
async function atRest(
  { ref, ending }: RefRun,
  expected: Required<Observation>,
  names: readonly (keyof Observation)[],
  timeout: number,
): Promise<Observation> {
  let last: Observation = {};
  const asExpected = (view: View): boolean => {
    last = viewed(view, names);
    return differences(expected, last).length === 0;
  };
  try {
    return viewed(await ref.waitFor(asExpected, { timeout }), names);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'TIMEOUT') return part(ended(await ending), names);
    return last;
  }
}

async function atEnd(
  { ref, ending }: RefRun,
  timeout: number,
  names: readonly (keyof Observation)[],
): Promise<Observation> {
  const lives = ref
    .waitFor(() => false, { timeout })
    .then(
      () => undefined,
      () => undefined,
    );
  const first = await Promise.race([ending, lives]);
  return first === undefined ? late(ref, ending, names) : part(ended(first), names);
}

/** The wait was over, by its timeout or because the actor ended in the same moment. */
async function late(
  ref: Ref,
  ending: Promise<Ending>,
  names: readonly (keyof Observation)[],
): Promise<Observation> {
  return ref.snapshot().then(
    (view) => viewed(view, names),
    async () => part(ended(await ending), names),
  );
}

const ended = ({ reason, output, error }: Ending): Observation => {
  if (reason === 'done') return { status: 'done', output };
  return { status: reason === 'failed' ? 'error' : reason, error };
};

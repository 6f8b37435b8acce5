import type { EventObject } from 'xstate';
import { TroupeError } from '../../errors.ts';
import type { ActorView } from '../model/view.ts';
import type { Observation, Sut, TimerMove, WorkMove } from './sut.ts';

/** What becomes of an event, by its type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the event of this type, as the machine declares it
export type Handlers<T> = Readonly<Record<string, (subject: T, event: any) => unknown>>;

export interface ClassSutOptions<T> {
  /** A fresh object for each path. */
  readonly create: () => T | Promise<T>;
  /** Calls for events. One without a call is an error on a path, and ignored where the chart ignores it. */
  readonly events: Handlers<T>;
  /** Lets a timer run out. */
  readonly timer?: (subject: T, timer: TimerMove) => unknown;
  /** Lets work end. */
  readonly work?: (subject: T, work: WorkMove) => unknown;
  /** What of its state is compared with the chart: any of `value`, `context`, `status`, `output`, and so on. */
  readonly state?: (subject: T) => Observation | Promise<Observation>;
  /** Throws where the object is not as the chart says. */
  readonly check?: (subject: T, expected: ActorView) => unknown;
  readonly dispose?: (subject: T) => unknown;
}

/**
 * A plain class as a system under test. With neither `state` nor `check`, only exceptions show that it is wrong.
 */
export const classSut = <T>(options: ClassSutOptions<T>): Sut<T> => {
  const { create, events, timer, work, state, check, dispose } = options;
  return {
    start: create,
    send: (subject, event: EventObject) => {
      const handle = events[event.type];
      if (handle !== undefined) return handle(subject, event);
      throw new TroupeError(
        'NO_SUCH_METHOD',
        `The class has no call for "${event.type}": give events: { ${event.type}: (subject, event) => … }.`,
      );
    },
    ...(timer === undefined ? {} : { fire: timer }),
    ...(work === undefined ? {} : { settle: work }),
    ...(state === undefined ? {} : { observe: (subject: T) => state(subject) }),
    ...(check === undefined ? {} : { check }),
    ...(dispose === undefined ? {} : { stop: dispose }),
  };
};

import type { AnyActor, AnyActorRef, EventObject } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { timerName } from './expected.ts';

interface Timer {
  readonly source: AnyActorRef;
  readonly target: AnyActorRef;
  readonly event: EventObject;
  readonly delay: number;
  readonly id: string;
}

/** The part of XState's actor system that runs timers. */
interface Timed {
  scheduler: unknown;
  _relay(source: AnyActorRef, target: AnyActorRef, event: EventObject): void;
}

/** Ids of the children from the root down to an actor. */
const pathOf = (actor: AnyActorRef): readonly string[] => {
  const parent = actor._parent;
  return parent === undefined ? [] : [...pathOf(parent), actor.id];
};

/**
 * The timers of a live actor and its children, which run out when they are told to. XState asks the scheduler of its system anew each time,
 * so it can be replaced before the actor starts.
 */
export class Timers {
  readonly #system: Timed;
  #timers: readonly Timer[] = [];

  constructor(actor: AnyActor) {
    this.#system = actor.system as unknown as Timed;
    this.#system.scheduler = {
      schedule: (
        source: AnyActorRef,
        target: AnyActorRef,
        event: EventObject,
        delay: number,
        id?: string,
      ) => {
        const name = id ?? `${event.type}@${pathOf(target).join('/')}`;
        this.#drop((timer) => timer.source === source && timer.id === name);
        this.#timers = [...this.#timers, { source, target, event, delay, id: name }];
      },
      cancel: (source: AnyActorRef, id: string) =>
        this.#drop((timer) => timer.source === source && timer.id === id),
      cancelAll: (source: AnyActorRef) => this.#drop((timer) => timer.source === source),
    };
  }

  /** As in an observation. */
  names(): readonly string[] {
    return this.#timers.map(({ source, id, delay }) => timerName(pathOf(source), id, delay)).sort();
  }

  fire(path: readonly string[], id: string): void {
    const timer = this.#timers.find(
      (each) => each.id === id && pathOf(each.source).join('/') === path.join('/'),
    );
    if (timer === undefined)
      throw new TroupeError(
        'NO_SUCH_TIMER',
        `There is no timer "${[...path, id].join('/')}" to run out; running: ${this.names().join(', ') || 'none'}.`,
      );
    this.#drop((each) => each === timer);
    this.#system._relay(timer.source, timer.target, timer.event);
  }

  #drop(unwanted: (timer: Timer) => boolean): void {
    this.#timers = this.#timers.filter((timer) => !unwanted(timer));
  }
}

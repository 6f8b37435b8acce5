import type { EventObject } from 'xstate';
import { asking } from '../../actor/said.ts';
import type { Effect, Path, Taken } from '../../kernel/effect.ts';
import { isPure, type ActorState } from '../../kernel/state.ts';
import { fire, settle, start, step, type Decision, type Outcome } from '../../kernel/step.ts';
import type { ActorSpec, Question } from './spec.ts';
import type { Output } from './trace.ts';
import type { ActorView, Sent } from './view.ts';
import { crashedView, viewOf } from './views.ts';

/** An actor of a system: at rest, or dead with what it had saved. */
export type Participant =
  { readonly alive: true; readonly state: ActorState } | { readonly alive: false; readonly saved: unknown };

export interface Reaction {
  readonly participant: Participant;
  readonly output: Output;
  readonly taken: readonly Taken[];
  /** Did anything come of it? A message that is not handled was not for this actor in this state. */
  readonly handled: boolean;
}

/** The address under which the child at `path` of an actor awaits its answer. */
const answerAddress = (name: string, path: Path): string => `${name}?${path.join('/')}`;

/** The actor a message goes to, whether to itself or to a question of its. */
export const receiverOf = (to: string): string => {
  const at = to.indexOf('?');
  return at < 0 ? to : to.slice(0, at);
};

const FAILURE = 'failure';

/**
 * One actor of a system, as all engines see it: what it does when something happens to it. Pure: every reaction is a function of the
 * participant and the stimulus.
 */
export class Role {
  readonly name: string;
  readonly spec: ActorSpec;

  constructor(name: string, spec: ActorSpec) {
    this.name = name;
    this.spec = spec;
  }

  begin(): Reaction {
    return this.#reaction(undefined, start(this.spec.logic, this.spec.input));
  }

  deliver(actor: Participant, { to, event }: Sent): Reaction {
    const at = to.indexOf('?');
    return at < 0
      ? this.#with(actor, (state) => step(state, event))
      : this.#with(actor, (state) => this.#answered(state, to.slice(at + 1).split('/'), event));
  }

  choose(actor: Participant, event: EventObject): Reaction {
    return this.#with(actor, (state) => step(state, event));
  }

  fire(actor: Participant, path: Path, timer: string): Reaction {
    return this.#with(actor, (state) => fire(state, path, timer));
  }

  settle(actor: Participant, path: Path, outcome: Outcome): Reaction {
    return this.#with(actor, (state) => settle(state, path, outcome));
  }

  /** Die: what is not durable is gone. */
  crash(actor: Participant): Participant {
    if (!actor.alive) return actor;
    const { durable = false } = this.spec;
    if (durable === false) return { alive: false, saved: undefined };
    const saved = durable === true ? actor.state : durable.save(actor.state.snapshot);
    return { alive: false, saved };
  }

  restart(actor: Participant): Reaction {
    const { durable = false, logic, input } = this.spec;
    if (actor.alive || durable === false) return this.begin();
    if (durable === true)
      return {
        participant: { alive: true, state: actor.saved as ActorState },
        output: { sent: [], emitted: [] },
        taken: [],
        handled: true,
      };
    return this.#reaction(undefined, start(logic, durable.load(input, actor.saved)));
  }

  view(actor: Participant): ActorView {
    return actor.alive ? viewOf(this.name, actor.state) : crashedView(this.name);
  }

  /** What the environment may say to it; whether the chart heeds it shows when it is tried. */
  choices(actor: Participant): readonly EventObject[] {
    const { choices = [] } = this.spec;
    if (!actor.alive || actor.state.snapshot.status !== 'active') return [];
    return typeof choices === 'function' ? choices(this.view(actor)) : choices;
  }

  /** Timers that run, anywhere in the actor's tree. */
  timers(
    actor: Participant,
  ): readonly { readonly path: Path; readonly id: string; readonly delay: number }[] {
    if (!actor.alive) return [];
    return within(actor.state).flatMap(({ path, state }) =>
      state.timers.map(({ id, delay }) => ({ path, id, delay })),
    );
  }

  /** How the work of the actor that is under way may end. */
  settlements(actor: Participant): readonly { readonly path: Path; readonly outcome: Outcome }[] {
    const { outcomes } = this.spec;
    if (!actor.alive || outcomes === undefined) return [];
    const view = this.view(actor);
    return within(actor.state).flatMap(({ path, state }) => {
      if (isPure(state.logic) || state.snapshot.status !== 'active') return [];
      const ends = outcomes[state.src]?.(state.snapshot.input as never, view) ?? [];
      return ends.map((outcome) => ({ path, outcome }));
    });
  }

  #with(actor: Participant, decide: (state: ActorState) => Decision): Reaction {
    if (!actor.alive) return { participant: actor, output: silence, taken: [], handled: false };
    return this.#reaction(actor, decide(actor.state));
  }

  #reaction(before: Participant | undefined, [state, effects, taken]: Decision): Reaction {
    if (before?.alive === true && state === before.state && effects.length === 0 && taken.length === 0)
      return { participant: before, output: silence, taken, handled: false };
    const output = effects.length === 0 ? silence : this.#output(effects, state);
    return { participant: { alive: true, state }, output, taken, handled: true };
  }

  #answered(state: ActorState, path: Path, event: EventObject): Decision {
    const child = at(state, path);
    if (child === undefined) return [state, [], []];
    const question = this.#question(child);
    if (event.type === FAILURE) return settle(state, path, { error: (event as { error?: unknown }).error });
    const outcome = question?.outcome === undefined ? { output: event } : question.outcome(event);
    return outcome === undefined ? [state, [], []] : settle(state, path, outcome);
  }

  #question({
    logic,
    src,
    snapshot: { input },
  }: Pick<ActorState, 'logic' | 'src' | 'snapshot'>): Question | undefined {
    const custom = this.spec.asks?.[src];
    if (custom !== undefined) return custom(input as never);
    return asking in logic ? (input as Question) : undefined;
  }

  #output(effects: readonly Effect[], state: ActorState): Output {
    const sent: Sent[] = [];
    const emitted: EventObject[] = [];
    const from = this.name;
    for (const { from: path, deed } of effects) {
      if (deed.kind === 'send' || deed.kind === 'reply') sent.push({ from, to: deed.to, event: deed.event });
      else if (deed.kind === 'refuse')
        sent.push({ from, to: deed.to, event: { type: FAILURE, error: deed.error } as EventObject });
      else if (deed.kind === 'emit') emitted.push(deed.event);
      else if (deed.kind === 'invoke') sent.push(...this.#asked([...path, deed.id], state));
    }
    return sent.length === 0 && emitted.length === 0 ? silence : { sent, emitted };
  }

  /** The message of a question. Work that was stopped before the decision was over asks nothing. */
  #asked(path: Path, state: ActorState): Sent[] {
    const child = at(state, path);
    const question = child && this.#question(child);
    if (question === undefined) return [];
    const replyTo = answerAddress(this.name, path);
    return [{ from: this.name, to: question.to, event: { ...question.event, replyTo } as EventObject }];
  }
}

const silence: Output = Object.freeze({ sent: [], emitted: [] });

const at = (state: ActorState, path: Path): ActorState | undefined => {
  let found: ActorState | undefined = state;
  for (const id of path) found = found?.children[id];
  return found;
};

interface Place {
  readonly path: Path;
  readonly state: ActorState;
}

const within = (state: ActorState, path: Path = []): Place[] => [
  { path, state },
  ...Object.entries(state.children).flatMap(([id, child]) => within(child, [...path, id])),
];

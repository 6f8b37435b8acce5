import { keyOf } from '../../kernel/key.ts';
import type { TakenTransition } from '../../kernel/effect.ts';
import { matches } from '../../message/subject.ts';
import type { Action } from '../model/action.ts';
import type { Participant, Reaction, Role } from '../model/participant.ts';
import type { Output } from '../model/trace.ts';
import type { Sent } from '../model/view.ts';
import { asked } from './asked.ts';
import { FREE, tollOf } from './environments.ts';
import type { Entry } from './histories.ts';
import { ABSENT, PairMap } from './pair-map.ts';
import type { Step } from './step.ts';
import type { Tables } from './tables.ts';

/** What an actor in one state may do without a message, and what may be done to it. */
export interface Own {
  /** Choices of the environment and ends of work. */
  readonly moves: readonly Step[];
  readonly timeouts: readonly Step[];
  readonly crash: Step | undefined;
  readonly restart: Step | undefined;
}

const NONE = -1;

/** The parts of a step that the reaction does not tell. */
interface Cause {
  readonly message?: number;
  readonly toll?: number;
}

/**
 * What actors do, asked of the charts once for each distinct (state of the actor, stimulus): a reaction is a function of the two. It
 * is asked twice then, for a chart that answers differently is no function (it reads a clock, a random number or a variable).
 */
export class Reactions {
  /** All transitions that any chart took. */
  readonly taken = new Set<TakenTransition>();
  readonly #tables: Tables;
  readonly #deliveries = new PairMap();
  readonly #own: Own[] = [];
  readonly #mortal: ReadonlySet<string>;
  readonly #subscribers: readonly (readonly [string, readonly string[]])[];

  constructor(tables: Tables) {
    const { actors, mortal } = tables.system;
    this.#tables = tables;
    this.#mortal = new Set(mortal ?? Object.keys(actors));
    this.#subscribers = Object.entries(actors).flatMap(([name, { subscribe }]) =>
      subscribe === undefined ? [] : [[name, subscribe] as const],
    );
  }

  /** The step by which an actor gets a message; undefined when the message is not for it in this state. */
  delivery(local: number, message: number): Step | undefined {
    let id = this.#deliveries.get(local, message);
    if (id === ABSENT) {
      id = this.#deliver(local, message)?.id ?? NONE;
      this.#deliveries.add(local, message, id);
    }
    return id === NONE ? undefined : this.#tables.steps.all[id];
  }

  own(local: number): Own {
    return (this.#own[local] ??= this.#find(local));
  }

  begin(slot: number): Step {
    const role = this.#tables.roles[slot] as Role;
    return this.#react(slot, { kind: 'restart', actor: role.name }, () => role.begin(), {}).step;
  }

  #deliver(local: number, message: number): Step | undefined {
    const { messages, locals, kind } = this.#tables;
    const actor = locals.at(local);
    if (!actor.alive) return undefined;
    const role = locals.role(local);
    const sent = messages.sent.at(message);
    const { step, handled } = this.#react(
      locals.slot.at(local),
      { kind: 'deliver', sent },
      () => role.deliver(actor, sent),
      { message },
    );
    if (handled) messages.handled.set(message, 1);
    return handled || kind === 'ordered' ? step : undefined;
  }

  #find(local: number): Own {
    const { locals, system } = this.#tables;
    const actor = locals.at(local);
    const role = locals.role(local);
    const mortal = this.#mortal.has(role.name);
    if (!actor.alive)
      return {
        moves: [],
        timeouts: [],
        crash: undefined,
        restart: mortal ? this.#restart(local, actor, role) : undefined,
      };
    return {
      moves: [...this.#choices(local, actor, role), ...this.#settlements(local, actor, role)],
      timeouts: system.timers === 'never' ? [] : this.#timeouts(local, actor, role),
      crash: mortal ? this.#crash(local, actor, role) : undefined,
      restart: undefined,
    };
  }

  #choices(local: number, actor: Participant, role: Role): Step[] {
    return asked(`choices of "${role.name}"`, () => role.choices(actor)).flatMap((event) => {
      const action = { kind: 'choose', actor: role.name, event } as const;
      const { step, handled } = this.#of(local, action, () => role.choose(actor, event));
      return handled ? [step] : [];
    });
  }

  #settlements(local: number, actor: Participant, role: Role): Step[] {
    return asked(`outcomes of "${role.name}"`, () => role.settlements(actor)).map(({ path, outcome }) => {
      const action = { kind: 'settle', actor: role.name, path, outcome } as const;
      return this.#of(local, action, () => role.settle(actor, path, outcome)).step;
    });
  }

  #timeouts(local: number, actor: Participant, role: Role): Step[] {
    return role.timers(actor).map(({ path, id }) => {
      const action = { kind: 'timeout', actor: role.name, path, timer: id } as const;
      return this.#of(local, action, () => role.fire(actor, path, id)).step;
    });
  }

  #crash(local: number, actor: Participant, role: Role): Step {
    const { locals, steps } = this.#tables;
    const slot = locals.slot.at(local);
    const dead = asked(`durable.save of "${role.name}"`, () => role.crash(actor));
    const next = locals.idOf(slot, dead);
    return steps.add({ kind: 'crash', actor: role.name }, { slot, next, toll: tollOf('crash') });
  }

  #restart(local: number, actor: Participant, role: Role): Step {
    const action = { kind: 'restart', actor: role.name } as const;
    return this.#of(local, action, () => role.restart(actor), { toll: tollOf('restart') }).step;
  }

  #of(
    local: number,
    action: Action,
    react: () => Reaction,
    cause: Cause = {},
  ): { step: Step; handled: boolean } {
    return this.#react(this.#tables.locals.slot.at(local), action, react, cause);
  }

  #react(
    slot: number,
    action: Action,
    react: () => Reaction,
    { message = -1, toll = FREE }: Cause,
  ): { step: Step; handled: boolean } {
    const { locals, networks, histories, steps, kind, roles } = this.#tables;
    const name = (roles[slot] as Role).name;
    const reaction = asked(`The description of "${name}"`, react);
    const { participant, output, taken, handled } = reaction;
    for (const { transition } of taken) this.taken.add(transition);
    const consumed = kind === 'ordered' || kind === 'unordered';
    const next = locals.idOf(slot, participant);
    const again = asked(`The description of "${name}"`, react);
    const step = steps.add(action, {
      slot,
      next,
      output,
      change: networks.changeId({ take: consumed ? message : -1, add: this.#joining(name, output) }),
      record: histories.recordId(entriesOf(name, output, handled && message >= 0 ? action : undefined)),
      toll,
      message: kind === 'duplicating' ? message : -1,
      wavering:
        again.handled !== handled ||
        !saysTheSame(again.output, output) ||
        locals.idOf(slot, again.participant) !== next,
    });
    return { step, handled };
  }

  /** What goes under way: what was said to actors of the system, then what subscribers get of what was emitted. */
  #joining(name: string, { sent, emitted }: Output): number[] {
    const published = emitted.flatMap((event) =>
      this.#subscribers
        .filter(([, patterns]) => patterns.some((pattern) => matches(pattern, event.type)))
        .map(([to]): Sent => ({ from: name, to, event })),
    );
    return [...sent, ...published].map((each) => this.#tables.messages.idOf(each)).filter((id) => id >= 0);
  }
}

const entriesOf = (actor: string, { sent, emitted }: Output, delivery: Action | undefined): Entry[] => [
  ...(delivery?.kind === 'deliver' ? [{ kind: 'delivered', sent: delivery.sent } as const] : []),
  ...emitted.map((event) => ({ kind: 'emitted', actor, event }) as const),
  ...sent.map((each) => ({ kind: 'sent', sent: each }) as const),
];

const saysTheSame = (one: Output, other: Output): boolean =>
  one === other || keyOf([one.sent, one.emitted]) === keyOf([other.sent, other.emitted]);

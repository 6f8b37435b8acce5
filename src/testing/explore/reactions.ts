import { keyOf } from '../../kernel/key.ts';
import type { TakenTransition } from '../../kernel/effect.ts';
import { atAnotherTime } from '../another-time.ts';
import { matches } from '../../message/subject.ts';
import type { Action } from '../model/action.ts';
import type { Participant, Reaction, Role } from '../model/participant.ts';
import type { Output } from '../model/trace.ts';
import type { Sent } from '../model/view.ts';
import { asked, listed } from './asked.ts';
import { FREE, tollOf } from './environments.ts';
import type { Entry } from './histories.ts';
import { changedState } from './intact.ts';
import { ABSENT, PairMap } from './pair-map.ts';
import { Samples } from './samples.ts';
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

/** States of actors that are all verified, count, */
const FIRST = 1_000;
/** and of the others one in so many. */
const STRIDE = 16;

/** The parts of a step that the reaction does not tell. */
interface Cause {
  /** The state it happened in. */
  readonly local?: number;
  readonly message?: number;
  readonly toll?: number;
  /** Did nothing come of it when it was asked for first? */
  readonly flickers?: boolean;
}

/**
 * What actors do, asked of the charts once for each distinct (state of the actor, stimulus): a reaction is a function of the two. Samples
 * are asked again (samples.ts), for a chart that answers differently is no function (it reads a clock, a random number or a variable).
 */
export class Reactions {
  /** All transitions that any chart took. */
  readonly taken = new Set<TakenTransition>();
  readonly #tables: Tables;
  readonly #samples = new Samples();
  readonly #verified: boolean[] = [];
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
    return this.#react(slot, { kind: 'restart', actor: role.name }, () => role.begin());
  }

  #deliver(local: number, message: number): Step | undefined {
    const { messages, locals, kind } = this.#tables;
    const actor = locals.at(local);
    if (!actor.alive) return undefined;
    this.#verify(local);
    const slot = locals.slot.at(local);
    const sent = messages.sent.at(message);
    const react = (): Reaction => locals.role(local).deliver(actor, sent);
    const { reaction, flickers } = this.#answer(slot, react);
    if (reaction.handled) messages.handled.set(message, 1);
    else if (kind !== 'ordered') return undefined;
    return this.#step(slot, { kind: 'deliver', sent }, react, reaction, { local, message, flickers });
  }

  #find(local: number): Own {
    const { locals, system } = this.#tables;
    const actor = locals.at(local);
    this.#verify(local);
    const role = locals.role(local);
    const mortal = this.#tables.environments.mayHappen('crash') && this.#mortal.has(role.name);
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
    const slot = this.#tables.locals.slot.at(local);
    return listed(`choices of "${role.name}"`, () => role.choices(actor)).flatMap((event) => {
      const react = (): Reaction => role.choose(actor, event);
      const { reaction, flickers } = this.#answer(slot, react);
      const action = { kind: 'choose', actor: role.name, event } as const;
      return reaction.handled ? [this.#step(slot, action, react, reaction, { local, flickers })] : [];
    });
  }

  #settlements(local: number, actor: Participant, role: Role): Step[] {
    const slot = this.#tables.locals.slot.at(local);
    return asked(`outcomes of "${role.name}"`, () => role.settlements(actor)).map(({ path, outcome }) => {
      const action = { kind: 'settle', actor: role.name, path, outcome } as const;
      return this.#react(slot, action, () => role.settle(actor, path, outcome), { local });
    });
  }

  #timeouts(local: number, actor: Participant, role: Role): Step[] {
    const slot = this.#tables.locals.slot.at(local);
    return role.timers(actor).map(({ path, id }) => {
      const action = { kind: 'timeout', actor: role.name, path, timer: id } as const;
      return this.#react(slot, action, () => role.fire(actor, path, id), { local });
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
    const toll = tollOf('restart');
    return this.#react(this.#tables.locals.slot.at(local), action, () => role.restart(actor), {
      local,
      toll,
    });
  }

  #react(slot: number, action: Action, react: () => Reaction, cause?: Cause): Step {
    return this.#step(slot, action, react, this.#ask(slot, react), cause);
  }

  #ask(slot: number, react: () => Reaction): Reaction {
    return asked(`The description of "${this.#tables.roles[slot]?.name ?? ''}"`, react);
  }

  #step(slot: number, action: Action, react: () => Reaction, reaction: Reaction, cause: Cause = {}): Step {
    const { message = -1, toll = FREE, flickers = false } = cause;
    const { locals, networks, histories, steps, kind, roles } = this.#tables;
    const { name } = roles[slot] as Role;
    const { participant, output, taken, handled } = reaction;
    for (const { transition } of taken) this.taken.add(transition);
    const consumed = kind === 'ordered' || kind === 'unordered';
    const next = locals.idOf(slot, participant);
    return steps.add(action, {
      slot,
      next,
      output,
      change: networks.changeId({ take: consumed ? message : -1, add: this.#joining(name, output) }),
      record: histories.recordId(entriesOf(name, output, handled && message >= 0 ? action : undefined)),
      toll,
      message: kind === 'duplicating' ? message : -1,
      wavering:
        flickers || (this.#samples.isDue(slot, taken) && this.#wavers(slot, reaction, next, react, cause)),
    });
  }

  /**
   * Before an actor reacts for the first time in a state: whoever changed that state is not this actor.
   * @throws TroupeError MODEL_FAILED
   */
  #verify(local: number): void {
    if (this.#verified[local] === true || (local > FIRST && local % STRIDE !== 0)) return;
    this.#verified[local] = true;
    const { locals } = this.#tables;
    if (locals.idOf(locals.slot.at(local), locals.at(local)) !== local)
      throw changedState(locals.role(local).name);
  }

  /** What comes of it; asked for once more where that is nothing, for a guard that throws dice may say no at first. */
  #answer(slot: number, react: () => Reaction): { readonly reaction: Reaction; readonly flickers: boolean } {
    const reaction = this.#ask(slot, react);
    if (reaction.handled || !this.#samples.isDue(slot, [])) return { reaction, flickers: false };
    const again = atAnotherTime(() => this.#ask(slot, react));
    return { reaction: again, flickers: again.handled };
  }

  /** Is the reaction another one when it is asked for again, or has it changed what it was a reaction of? */
  #wavers(
    slot: number,
    { handled, output }: Reaction,
    next: number,
    react: () => Reaction,
    { local = -1, message = -1 }: Cause,
  ): boolean {
    const { locals, messages } = this.#tables;
    if (local >= 0 && locals.idOf(slot, locals.at(local)) !== local) return true;
    if (message >= 0 && messages.idOf(messages.sent.at(message)) !== message) return true;
    const again = atAnotherTime(() => this.#ask(slot, react));
    return (
      again.handled !== handled ||
      !saysTheSame(again.output, output) ||
      locals.idOf(slot, again.participant) !== next
    );
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

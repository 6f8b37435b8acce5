import type { EventObject } from 'xstate';
import { matches } from '../../message/subject.ts';
import { asked } from '../explore/asked.ts';
import { receiverOf, Role } from '../model/participant.ts';
import type { System } from '../model/spec.ts';
import type { Output } from '../model/trace.ts';
import type { ActorView, Sent, SystemState } from '../model/view.ts';
import type { Dice } from './dice.ts';
import { Player } from './player.ts';

/** A ledger whose history is of a type only its system knows. */
interface AnyLedger {
  readonly initial: unknown;
  readonly sent?: (history: unknown, sent: Sent) => unknown;
  readonly delivered?: (history: unknown, sent: Sent) => unknown;
  readonly emitted?: (history: unknown, actor: string, event: EventObject) => unknown;
}

/**
 * Who takes part in a run, what its ledger says, and how the network is split: the state of the run but for the messages under way.
 * Properties read it while it changes: what they get from it is good until the next action.
 */
export class Stage implements SystemState {
  readonly players: ReadonlyMap<string, Player>;
  readonly actors: Readonly<Record<string, ActorView>>;
  history: unknown;
  partition: readonly string[] | undefined;
  /** Did an actor end in status `error`: did a guard or an action throw? */
  failed = false;
  readonly #list: () => readonly Sent[];
  readonly #ledger: AnyLedger;
  readonly #subscribers: readonly (readonly [name: string, patterns: readonly string[]])[];

  /** @param list the messages under way */
  constructor(system: System, dice: Dice, list: () => readonly Sent[]) {
    this.players = new Map(
      Object.entries(system.actors).map(([name, spec]) => [name, new Player(new Role(name, spec), dice)]),
    );
    this.#list = list;
    this.actors = views(this.players);
    this.#ledger = (system.history as AnyLedger | undefined) ?? { initial: undefined };
    this.history = this.#ledger.initial;
    this.#subscribers = Object.entries(system.actors).flatMap(([name, { subscribe = [] }]) =>
      subscribe.length === 0 ? [] : [[name, subscribe] as const],
    );
  }

  get network(): readonly Sent[] {
    return this.#list();
  }

  /** A copy that stays as it is. */
  copy(): SystemState {
    const { actors, network, history, partition } = this;
    return { actors: { ...actors }, network, history, partition };
  }

  noteDelivery(sent: Sent): void {
    const { delivered } = this.#ledger;
    if (delivered === undefined) return;
    this.history = asked('history.delivered', () => delivered(this.history, sent)) ?? this.history;
  }

  /** What an actor said is noted; returns what of it goes under way. What is for nobody of the system is a dead letter. */
  note(actor: string, { sent, emitted }: Output): readonly Sent[] {
    const published = emitted.length === 0 ? sent : [...sent, ...this.#publish(actor, emitted)];
    const { sent: record } = this.#ledger;
    if (record !== undefined)
      for (const message of sent)
        this.history = asked('history.sent', () => record(this.history, message)) ?? this.history;
    return published;
  }

  knows = (to: string): boolean => this.players.has(receiverOf(to));

  #publish(from: string, emitted: readonly EventObject[]): Sent[] {
    const { emitted: record } = this.#ledger;
    return emitted.flatMap((event) => {
      if (record !== undefined)
        this.history = asked('history.emitted', () => record(this.history, from, event)) ?? this.history;
      return this.#subscribers
        .filter(([, patterns]) => patterns.some((pattern) => matches(pattern, event.type)))
        .map(([to]) => ({ from, to, event }));
    });
  }
}

/** The views of actors, each made when it is first asked for. */
function views(players: ReadonlyMap<string, Player>): Readonly<Record<string, ActorView>> {
  const actors: Readonly<Record<string, ActorView>> = {};
  for (const [name, player] of players)
    Object.defineProperty(actors, name, { enumerable: true, get: () => player.view });
  return actors;
}

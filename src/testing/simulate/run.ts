import type { EventObject } from 'xstate';
import type { Taken } from '../../kernel/effect.ts';
import { asked } from '../explore/asked.ts';
import type { Action } from '../model/action.ts';
import type { Reaction } from '../model/participant.ts';
import type { System } from '../model/spec.ts';
import type { Output } from '../model/trace.ts';
import type { Sent } from '../model/view.ts';
import { Blows } from './blows.ts';
import { corruptions } from './corruption.ts';
import type { Dice, Lane } from './dice.ts';
import { Heap } from './heap.ts';
import type { Mail, Office } from './mail.ts';
import { isNews } from './news.ts';
import type { Due, Occasion } from './occasion.ts';
import type { Plan } from './options.ts';
import { Perils } from './perils.ts';
import type { Player } from './player.ts';
import { Pool } from './pool.ts';
import { Queues } from './queues.ts';
import { Stage } from './stage.ts';
import { counterOf, noCounts, type Counts } from './tally.ts';
import { between, MS, patience, power, tie } from './time.ts';

/** Who looks on, and ends the run by answering `true`. */
export interface Spectator {
  /** The actors have started. */
  opened(stage: Stage, opening: Output): boolean;
  /** Something happened; `time` in µs. */
  happened(stage: Stage, action: Action, output: Output, time: number): boolean;
  took(taken: readonly Taken[]): void;
}

/**
 * How a run ended. `final`: nothing can happen any more but faults; `settled`: what can happen changes nothing; `open`: more can happen;
 * `steps`, `time`: at its bound; `boundary`: at that of the system; `spectator`: somebody had seen enough.
 */
export type Ending = 'final' | 'settled' | 'open' | 'steps' | 'time' | 'boundary' | 'spectator';

export const silence: Output = Object.freeze({ sent: [], emitted: [] });

/** The share of a run's steps after which no fault happens by chance any more, so that it can come to rest. */
const STORM = 0.5;

/** One run of a system: a discrete-event simulation in which the dice decide everything that is open. Times are in µs. */
export class Run implements Office {
  now = 0;
  steps = 0;
  ending: Ending | undefined;
  readonly dice: Dice;
  readonly perils: Perils;
  readonly counts: Counts = noCounts();
  readonly stage: Stage;
  readonly plan: Plan;
  readonly system: System;
  readonly mail: Mail;
  readonly #blows: Blows;
  readonly #spectator: Spectator;
  readonly #heap = new Heap<Due>();
  /** Timers that are due while messages are about to arrive, where the system says that messages are faster. */
  readonly #put: Occasion[] = [];
  #order = 0;

  constructor(system: System, plan: Plan, dice: Dice, spectator: Spectator) {
    this.system = system;
    this.plan = plan;
    this.dice = dice;
    this.#spectator = spectator;
    const kind = system.network ?? 'ordered';
    const isSet = kind === 'duplicating' || kind === 'monotone';
    const meaningless = [
      ...(kind === 'ordered' ? [] : ['reorder']),
      ...(isSet ? ['duplicate'] : []),
    ] as const;
    this.perils = new Perils(plan, dice, meaningless as never);
    this.mail = kind === 'ordered' ? new Queues(this) : new Pool(this, isSet);
    this.stage = new Stage(system, dice, () => this.mail.list());
    this.#blows = new Blows(this);
  }

  get over(): boolean {
    return this.ending !== undefined;
  }

  /** Let it run from its start to its end. */
  go(): Ending {
    this.#open();
    const storm = Math.ceil(this.plan.steps * STORM);
    while (this.ending === undefined) {
      if (this.steps >= this.plan.steps) this.ending = 'steps';
      else {
        if (this.steps >= storm) this.perils.calm();
        if (!this.#blows.fall(this.#isQuiet())) this.#next();
      }
    }
    return this.ending;
  }

  playerOf = (name: string): Player | undefined => this.stage.players.get(name);

  schedule(time: number, what: Occasion, at = 0): void {
    this.#heap.push({ time, tie: at, order: this.#order++, what });
  }

  travel(lane: Lane, from: string, to: Player): number {
    const slowness = Math.max(to.slowness, this.playerOf(from)?.slowness ?? 1);
    return slowness * between(this.dice, lane, this.plan.delay);
  }

  lateness(lane: Lane): number {
    return Math.round(this.plan.delay[1] * MS * 2 * power(this.dice, lane));
  }

  isCut(from: string, { name }: Player): boolean {
    const { partition } = this.stage;
    return partition !== undefined && partition.includes(from) !== partition.includes(name);
  }

  corruption(sent: Sent, lane: Lane): EventObject | undefined {
    const corrupt = this.system.byzantine?.corrupt ?? corruptions;
    const all = asked('byzantine.corrupt', () => corrupt(sent));
    return all[this.dice.pick(lane, Math.max(1, all.length))];
  }

  deliver(sent: Sent, player: Player, reaction: Reaction): void {
    if (reaction.handled) this.stage.noteDelivery(sent);
    else this.counts.unheeded += 1;
    this.react({ kind: 'deliver', sent }, player, reaction);
  }

  isNews = (player: Player, reaction: Reaction): boolean => isNews(player, reaction, this.mail.list());

  hit(action: Extract<Action, { readonly sent: Sent }>): void {
    this.#happened(action, silence);
  }

  /** Something happened to an actor: what follows from it is set going. */
  react(action: Action, player: Player, reaction: Reaction): void {
    this.#become(player, reaction);
    if (reaction.handled) this.mail.changed(player);
    this.#happened(action, reaction.output);
  }

  /** Something happened to no actor, or to one that said nothing about it. */
  befall(action: Action): void {
    this.#happened(action, silence);
  }

  #open(): void {
    for (const player of this.stage.players.values()) {
      const { name } = player;
      player.slowness = 2 ** this.perils.slowness(name);
      if (player.chosen) player.patience = patience(this.dice, this.dice.lane(`patience ${name}`));
      if (player.works) player.effort = power(this.dice, this.dice.lane(`effort ${name}`));
      if (this.plan.skew > 0) player.clock = this.#clock(this.dice.lane(`clock ${name}`));
    }
    const opening = { sent: [] as Sent[], emitted: [] as EventObject[] };
    for (const player of this.stage.players.values()) {
      const reaction = player.role.begin();
      opening.sent.push(...reaction.output.sent);
      opening.emitted.push(...reaction.output.emitted);
      this.#become(player, reaction);
    }
    const { boundary } = this.system;
    if (boundary !== undefined && !asked('boundary', () => boundary(this.stage))) this.ending = 'boundary';
    else if (this.#spectator.opened(this.stage, opening)) this.ending = 'spectator';
  }

  #clock(lane: Lane): number {
    const grains = 1_000;
    const share = this.dice.pick(lane, 2 * grains + 1);
    // 0 on the lane is the true clock, odd numbers run slow and even ones fast.
    const part = (Math.ceil(share / 2) / grains) * this.plan.skew;
    return share % 2 === 1 ? 1 + part : 1 - part;
  }

  /** Is nothing about to happen? Much of a real outage falls into the time in which everybody waits. */
  #isQuiet(): boolean {
    const next = this.#heap.first;
    return next === undefined || next.time - this.now > this.plan.outage * MS;
  }

  #next(): void {
    const due = this.#heap.pop();
    if (due === undefined) return this.#idle();
    if (due.time > this.plan.time * MS) {
      this.ending = 'time';
      return;
    }
    this.now = due.time;
    this.#occur(due.what);
    if (this.#put.length > 0 && this.mail.arriving === 0)
      for (const what of this.#put.splice(0)) this.schedule(this.now, what);
  }

  #occur(what: Occasion): void {
    switch (what.kind) {
      case 'head':
      case 'letter':
      case 'again':
        return this.mail.move(what);
      case 'restart':
      case 'heal':
        return this.#blows.end(what);
      default:
        if (what.life === what.player.life) this.#stir(what);
    }
  }

  /** An actor does something of itself. */
  #stir(what: Extract<Occasion, { readonly life: number }>): void {
    const { player } = what;
    if (what.kind === 'choose') return this.#choose(player);
    if (what.kind === 'settle') {
      if (player.awaits(what.work)) this.#settle(player, what.work);
      return;
    }
    const { path, timer } = what.timer;
    if (!player.runs(what.timer)) return;
    if (this.system.timers === 'quiet' && this.mail.arriving > 0) return void this.#put.push(what);
    const action: Action = { kind: 'timeout', actor: player.name, path, timer: timer.id };
    this.react(action, player, player.role.fire(player.participant, path, timer.id));
  }

  #choose(player: Player): void {
    player.awaited = false;
    const choices = player.choices();
    if (choices.length === 0) return;
    const first = this.dice.pick(player.lanes.picks, choices.length + 1, 1) - 1;
    if (first < 0) return;
    for (let step = 0; step < choices.length; step++) {
      const event = choices[(first + step) % choices.length] as EventObject;
      const reaction = player.role.choose(player.participant, event);
      if (reaction.handled)
        return this.react({ kind: 'choose', actor: player.name, event }, player, reaction);
    }
  }

  #settle(player: Player, { path }: { readonly path: readonly string[] }): void {
    const outcomes = player.outcomes(path);
    if (outcomes.length === 0) return;
    const outcome = outcomes[this.dice.pick(player.lanes.ends, outcomes.length)];
    if (outcome === undefined) return;
    const reaction = player.role.settle(player.participant, path, outcome);
    this.react({ kind: 'settle', actor: player.name, path, outcome }, player, reaction);
  }

  #become(player: Player, { participant, output, taken }: Reaction): void {
    const armed = player.become(participant);
    if (participant.alive && participant.state.snapshot.status === 'error') this.stage.failed = true;
    if (this.system.timers !== 'never')
      for (const timer of armed) {
        const time =
          this.now + Math.max(0, Math.round(timer.timer.delay * MS * player.clock * player.slowness));
        const what: Occasion = { kind: 'timeout', player, life: player.life, timer };
        this.schedule(time, what, tie(this.dice, player.lanes.ties));
      }
    if (taken.length > 0) this.#spectator.took(taken);
    this.#say(player, output);
    if (player.works) this.#begin(player);
    if (player.chosen && !player.awaited && participant.alive) {
      player.awaited = true;
      const wait = player.patience * between(this.dice, player.lanes.pauses, this.plan.pause);
      this.schedule(this.now + wait, { kind: 'choose', player, life: player.life });
    }
  }

  #say(player: Player, output: Output): void {
    if (output.sent.length === 0 && output.emitted.length === 0) return;
    for (const sent of this.stage.note(player.name, output)) {
      this.counts.sent += 1;
      if (this.stage.knows(sent.to)) this.mail.add(sent);
      else this.counts.deadLetters += 1;
    }
  }

  #begin(player: Player): void {
    for (const work of player.begun()) {
      const takes =
        player.slowness * player.effort * between(this.dice, player.lanes.durations, this.plan.work);
      this.schedule(this.now + takes, { kind: 'settle', player, life: player.life, work });
    }
  }

  #happened(action: Action, output: Output): void {
    this.steps += 1;
    this.counts[counterOf[action.kind]] += 1;
    const { boundary } = this.system;
    if (boundary !== undefined && !asked('boundary', () => boundary(this.stage))) this.ending = 'boundary';
    else if (this.#spectator.happened(this.stage, action, output, this.now)) this.ending = 'spectator';
  }

  /** Nothing is due: is that the end? Where a choice was declined, it is not. */
  #idle(): void {
    const rest = this.mail.rest();
    if (this.over || rest === 'moved') return;
    const isOpen = [...this.stage.players.values()].some(
      (player) =>
        player.chosen &&
        player.choices().some((event) => player.role.choose(player.participant, event).handled),
    );
    this.ending = isOpen ? 'open' : rest;
  }
}

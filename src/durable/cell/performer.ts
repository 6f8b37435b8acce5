import type { Logic } from '../../actor/logic.ts';
import { actionOf, executionOf } from '../../kernel/act.ts';
import type { Address } from '../../message/address.ts';
import type { Message } from '../../message/envelope.ts';
import type { Path } from '../../kernel/effect.ts';
import type { Outcome } from '../../kernel/step.ts';
import type { TimerHandle } from '../../ports.ts';
import { Alarm } from './alarm.ts';
import type { Batch, Doing } from './batch.ts';
import type { Pending, Work } from '../commit.ts';
import { actedOn } from './deeds.ts';
import type { Input } from './input.ts';
import { actorAt, samePath, type Deadlines, type Live } from './live.ts';
import { Outbox } from './outbox.ts';
import type { Surroundings } from '../surroundings.ts';
import { Works } from './works.ts';

export interface PerformerOptions {
  readonly address: Address;
  readonly logic: Logic;
  readonly around: Surroundings;
  readonly deadlines: Deadlines;
  /** Something happened that the actor is to decide over. */
  readonly give: (input: Input) => void;
  /** All it said is confirmed. */
  readonly emptied: () => void;
}

/** Quiet after which what was done is stored as done, ms: a busy actor stores it with its next commit instead. */
const SETTLE = 100;

/**
 * Job: doing what was decided, once it is stored; and after a crash, again what may not have been done. Not its job: deciding.
 */
export class Performer {
  readonly outbox: Outbox;
  readonly #options: PerformerOptions;
  readonly #works: Works;
  readonly #alarm: Alarm;
  #live: Live | undefined;
  #settling: TimerHandle;

  constructor(options: PerformerOptions) {
    const { address, around, deadlines, give, emptied } = options;
    this.#options = options;
    this.#works = new Works(around.clock);
    this.#alarm = new Alarm(around.clock, deadlines, give);
    const unasked = (number: number, error: unknown): void =>
      give({ kind: 'settled', number, outcome: { error } });
    this.outbox = new Outbox({ address, surroundings: around, unasked, emptied });
  }

  get isIdle(): boolean {
    return this.outbox.isEmpty && this.#works.size === 0;
  }

  get isSettling(): boolean {
    return this.#settling !== undefined;
  }

  /** Do what was decided: it is stored. */
  perform({ live, doings }: Batch): void {
    this.#live = live;
    this.outbox.stored(live.outbox);
    for (const doing of doings) this.#do(doing);
    this.#works.keep(live.works);
    this.#alarm.set(live);
  }

  /** The actor was read from the store: what is not known to be done is done again. */
  restore(live: Live): void {
    this.#live = live;
    for (const pending of live.outbox) this.#redo(pending, live);
    this.resume(live);
  }

  /** Start the works again that were stopped. */
  resume(live: Live): void {
    this.#live = live;
    for (const work of live.works) if (!this.#works.has(work.number)) this.#start(work);
    this.#alarm.set(live);
  }

  /** What was said is not confirmed any more as far as this node knows: the state that is read next tells. */
  forget(): void {
    this.outbox.close();
    this.#alarm.clear();
  }

  stopWorks(): void {
    this.#works.stopAll();
    this.#alarm.clear();
  }

  close(): void {
    this.stopWorks();
    this.outbox.close();
    this.#options.around.clock.clearTimeout(this.#settling);
  }

  /** The actor failed over something of its own, and is as it was before: try it once more after a while, ms. */
  again(input: Input, delay: number): void {
    const { clock } = this.#options.around;
    clock.setTimeout(() => {
      const work =
        input.kind === 'settled'
          ? this.#live?.works.find(({ number }) => number === input.number)
          : undefined;
      if (work !== undefined) this.#start(work);
      else if (input.kind === 'timer') this.#options.give(input);
    }, delay);
  }

  settleIn(settle: () => void): void {
    this.#settling = this.#options.around.clock.setTimeout(
      () => {
        this.#settling = undefined;
        settle();
      },
      SETTLE,
      true,
    );
  }

  #do({ effect: { from, deed }, pending, work, cause }: Doing): void {
    const { around, address } = this.#options;
    switch (deed.kind) {
      case 'send':
      case 'reply':
      case 'refuse':
        if (pending !== undefined && 'to' in pending) this.outbox.say(pending, cause);
        return;
      case 'emit':
        around.emitted(address, deed.event, cause);
        return this.#did(pending);
      case 'action':
        this.#run(deed.type, executionOf(deed));
        return this.#did(pending);
      case 'log':
        return around.log.info(deed.label ?? 'a durable actor says', { address, value: deed.value });
      case 'invoke':
        if (pending !== undefined && 'to' in pending) this.outbox.say(pending, cause);
        else if (work !== undefined) this.#start(work);
        return;
      case 'forward': {
        const path = [...from, deed.id];
        const found = this.#live?.works.find((each) => samePath(each.path, path));
        if (found !== undefined) this.#works.forward(found.number, deed.event);
        return;
      }
      default:
        return undefined;
    }
  }

  #did(pending: Pending | undefined): void {
    if (pending !== undefined) this.outbox.did(pending.number);
  }

  #redo(pending: Pending, live: Live): void {
    const { around, address, logic } = this.#options;
    if ('to' in pending) return this.outbox.say(pending);
    if (pending.kind === 'emit') around.emitted(address, pending.event, undefined);
    else {
      const { from, type, params, event } = pending;
      const actor = actorAt(live.actor, from);
      const run = actionOf(actor?.logic ?? logic, type);
      this.#run(
        type,
        run && (() => run({ context: actor?.snapshot.context, event: actedOn(event) }, params)),
      );
    }
    this.outbox.did(pending.number);
  }

  #run(type: string, run: (() => void) | undefined): void {
    const { around, address } = this.#options;
    try {
      run?.();
    } catch (error) {
      around.log.error('a custom action of a durable actor failed', { address, action: type, error });
    }
  }

  #start({ number, path, due }: Work): void {
    const { around, address, give } = this.#options;
    const child = this.#live && actorAt(this.#live.actor, path);
    if (due !== undefined || child === undefined || child.snapshot.status !== 'active') return;
    const parent = path.slice(0, -1);
    const said = (event: Message): void => give({ kind: 'event', path: parent, event });
    const shown = (context: unknown): void => said(snapshotEvent(path, context));
    const settled = (outcome: Outcome): void => give({ kind: 'settled', number, outcome });
    const host = around.hostOf(address, `${address}#${number}`);
    this.#works.start(number, child.logic, child.snapshot.input, host, {
      settled,
      said,
      shown: child.synced ? shown : undefined,
    });
  }
}

/** As XState tells a parent what its child shows. */
const snapshotEvent = (path: Path, context: unknown): Message & { readonly snapshot: object } => ({
  type: `xstate.snapshot.${path.at(-1)}`,
  snapshot: { status: 'active', context, output: undefined, error: undefined },
});

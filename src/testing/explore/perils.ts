import type { Byzantine } from '../model/spec.ts';
import type { Sent } from '../model/view.ts';
import { listed } from './asked.ts';
import { cutToll, tollOf } from './environments.ts';
import type { Model, Visit } from './model.ts';
import type { Step } from './step.ts';
import type { Tables } from './tables.ts';
import { StateView } from './view.ts';

/** The faults of one message under way. */
interface MessageFaults {
  readonly lose: Step;
  readonly duplicate: Step;
  readonly corrupt: readonly Step[];
}

const [LOSE, DUPLICATE, CORRUPT, FORGE] = [
  tollOf('lose'),
  tollOf('duplicate'),
  tollOf('corrupt'),
  tollOf('forge'),
];
const [CRASH, RESTART, HEAL] = [tollOf('crash'), tollOf('restart'), tollOf('heal')];

/** The faults that are possible in a state. Each has a step of its own, made when it is first possible. */
export class Perils {
  readonly #model: Model;
  readonly #tables: Tables;
  readonly #byzantine: Byzantine;
  readonly #messages: MessageFaults[] = [];
  readonly #forged: Step[] = [];
  readonly #heal: Step;
  readonly #cuts: readonly Step[];
  readonly #view: StateView;

  constructor(model: Model) {
    const { steps, environments, system } = model.tables;
    this.#model = model;
    this.#tables = model.tables;
    this.#byzantine = system.byzantine ?? {};
    this.#heal = steps.add({ kind: 'heal' }, { toll: HEAL });
    this.#cuts = environments.cuts.map((side, cut) =>
      steps.add({ kind: 'partition', side }, { toll: cutToll(cut) }),
    );
    this.#view = new StateView(model);
  }

  visit(vector: Int32Array, visit: Visit): void {
    const environment = vector[this.#model.environment] as number;
    this.#visitMessages(vector, environment, visit);
    if (this.#byzantine.forge !== undefined && this.#may(environment, FORGE)) this.#forge(vector, visit);
    this.#visitActors(vector, environment, visit);
    if (this.#may(environment, HEAL)) this.#model.take(vector, this.#heal, visit);
    for (const cut of this.#cuts) if (this.#may(environment, cut.toll)) this.#model.take(vector, cut, visit);
  }

  #may = (environment: number, toll: number): boolean =>
    this.#tables.environments.after(environment, toll) >= 0;

  #visitMessages(vector: Int32Array, environment: number, visit: Visit): void {
    const { kind, networks, messages } = this.#tables;
    const lose = this.#may(environment, LOSE);
    const copies = kind === 'ordered' || kind === 'unordered';
    const duplicate = copies && this.#may(environment, DUPLICATE);
    const corrupt = this.#byzantine.corrupt !== undefined && this.#may(environment, CORRUPT);
    if (!lose && !duplicate && !corrupt) return;
    const network = vector[this.#model.network] as number;
    const { arena } = networks;
    const end = networks.end(network);
    let before = -1;
    for (let at = networks.start(network); at < end; at += 1) {
      const message = arena[at] as number;
      const rank = kind === 'ordered' ? messages.flow.at(message) : message;
      if (rank === before) continue;
      before = rank;
      const faults = (this.#messages[message] ??= this.#faultsOf(message));
      if (lose) this.#model.take(vector, faults.lose, visit);
      if (duplicate) this.#model.take(vector, faults.duplicate, visit);
      if (corrupt) for (const step of faults.corrupt) this.#model.take(vector, step, visit);
    }
  }

  #visitActors(vector: Int32Array, environment: number, visit: Visit): void {
    const mayCrash = this.#may(environment, CRASH);
    const mayRestart = this.#may(environment, RESTART);
    if (!mayCrash && !mayRestart) return;
    for (let slot = 0; slot < this.#model.actors; slot += 1) {
      const { crash, restart } = this.#model.reactions.own(vector[slot] as number);
      if (crash !== undefined && mayCrash) this.#model.take(vector, crash, visit);
      if (restart !== undefined && mayRestart) this.#model.take(vector, restart, visit);
    }
  }

  #faultsOf(message: number): MessageFaults {
    const { steps, networks, messages } = this.#tables;
    const sent = messages.sent.at(message);
    const change = (take: number, add: readonly number[], replace = false): number =>
      networks.changeId({ take, add, replace });
    return {
      lose: steps.add({ kind: 'lose', sent }, { change: change(message, []), toll: LOSE }),
      duplicate: steps.add(
        { kind: 'duplicate', sent },
        { change: change(message, [message, message], true), toll: DUPLICATE },
      ),
      corrupt: listed('byzantine.corrupt', () => this.#byzantine.corrupt?.(sent) ?? []).map((into) => {
        const other = messages.idOf({ ...sent, event: into });
        const corrupted = change(message, [other], true);
        return steps.add({ kind: 'corrupt', sent, into }, { change: corrupted, toll: CORRUPT });
      }),
    };
  }

  /** What is forged depends on the whole state, so it is asked anew for each. What goes to nobody is a dead letter. */
  #forge(vector: Int32Array, visit: Visit): void {
    const view = this.#view.show(vector);
    for (const sent of listed('byzantine.forge', () => this.#byzantine.forge?.(view) ?? []))
      this.#model.take(vector, this.#forgery(sent), visit);
  }

  #forgery(sent: Sent): Step {
    const { steps, networks, messages } = this.#tables;
    const message = messages.idOf(sent);
    const make = (): Step => {
      const change = networks.changeId({ take: -1, add: message < 0 ? [] : [message] });
      return steps.add({ kind: 'forge', sent }, { change, toll: FORGE });
    };
    // Dead letters are not numbered; each is a step of its own.
    return message < 0 ? make() : (this.#forged[message] ??= make());
  }
}

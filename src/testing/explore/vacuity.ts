import { tolls } from './environments.ts';
import type { Model } from './model.ts';
import { transitionsOf, type ChartTransition } from './transitions.ts';
import { keyOf } from '../../kernel/key.ts';
import type { Faults } from '../model/spec.ts';

/** A kind of message that was under way and that its receiver never had a use for. */
export interface Unhandled {
  readonly to: string;
  readonly type: string;
}

/** What a search never saw: a verdict says nothing about it. */
export interface Vacuity {
  /** `sometimes` properties without a witness. */
  readonly unreached: readonly string[];
  /** Transitions no actor with that chart ever took. */
  readonly untaken: readonly ChartTransition[];
  /** Faults with a budget that never happened. */
  readonly unused: readonly (keyof Faults)[];
  readonly unhandled: readonly Unhandled[];
}

export function vacuityOf(model: Model, witnessed: ReadonlySet<string>): Vacuity {
  const { properties } = model.tables.system;
  return {
    unreached: properties.filter((p) => p.kind === 'sometimes' && !witnessed.has(p.name)).map((p) => p.name),
    untaken: untaken(model),
    unused: unused(model),
    unhandled: unhandled(model),
  };
}

/** Actors of one chart, also of its copies with other implementations, cover it together. */
function untaken({ tables, reactions }: Model): ChartTransition[] {
  const all = new Map<string, ChartTransition>();
  const taken = new Set<string>();
  const logics = new Set(tables.roles.map(({ spec }) => spec.logic));
  for (const logic of logics)
    for (const [place, transition] of transitionsOf(logic)) {
      const key = keyOf(place);
      all.set(key, place);
      if (reactions.taken.has(transition)) taken.add(key);
    }
  return [...all].filter(([key]) => !taken.has(key)).map(([, place]) => place);
}

function unused({ tables, paid }: Model): (keyof Faults)[] {
  const { faults = {} } = tables.system;
  const parted = paid.subarray(tolls.length).includes(1);
  const given = Object.entries(faults).filter(([, budget]) => budget > 0) as [keyof Faults, number][];
  return given
    .map(([fault]) => fault)
    .filter((fault) => (fault === 'partition' ? !parted : paid[tolls.indexOf(fault)] !== 1));
}

function unhandled({ tables: { messages, roles } }: Model): Unhandled[] {
  const kinds = new Map<string, Unhandled & { handled: boolean }>();
  for (const [id, { event }] of messages.sent.values.entries()) {
    const to = roles[messages.receiver.at(id)]?.name ?? '';
    const key = keyOf([to, event.type]);
    const handled = kinds.get(key)?.handled === true || messages.handled.at(id) === 1;
    kinds.set(key, { to, type: event.type, handled });
  }
  return [...kinds.values()].filter(({ handled }) => !handled).map(({ to, type }) => ({ to, type }));
}

import { createHash } from 'node:crypto';
import { keyOf, stateKey } from '../../kernel/key.ts';
import type { Participant } from '../model/participant.ts';
import type { Model } from './model.ts';

/** How many different values something had. */
export interface Variety {
  /** `value`, `context.NAME`, `timers`, `children`, `output`, `status`; for messages their type. */
  readonly name: string;
  readonly values: number;
  /** Not all states were looked at: there may be more values. */
  readonly sampled?: true;
  /** Did a new value turn up among the last quarter of the states that were found? */
  readonly growing: boolean;
}

export interface ActorVariety extends Variety {
  readonly fields: readonly Variety[];
}

/** What the states of a system consist of: where a state space that is too large has its size from. */
export interface Explanation {
  readonly states: number;
  /** Most states of its own first; the same within. */
  readonly actors: readonly ActorVariety[];
  /** Different contents of the network. */
  readonly network: Variety & {
    /** Most messages under way at once. */
    readonly longest: number;
    /** Different messages, by type. */
    readonly messages: readonly Variety[];
  };
  readonly history: Variety;
  /** Budgets spent and partitions. */
  readonly faults: Variety;
  /** Everything that grows, as `ACTOR.FIELD`, `messages TYPE`, `network`, `history`. */
  readonly growing: readonly string[];
}

/** States looked at for each actor, count: of more, every so many-th, so that explaining needs little memory. */
const MOST = 10_000;

export function explain(model: Model): Explanation {
  const { messages, networks, histories, environments, progress, roles } = model.tables;
  const late = progress.states * 0.75;
  const actors = roles.map(({ name }, slot) => ({ name, ...own(model, slot, late) })).sort(mostFirst);
  const types = new Tally(late);
  for (const [id, { event }] of messages.sent.values.entries())
    types.add(event.type, String(id), messages.sent.born[id] ?? 0);
  let longest = 0;
  for (let id = 0; id < networks.count; id += 1)
    longest = Math.max(longest, networks.end(id) - networks.start(id));
  const network = {
    name: 'network',
    values: networks.count,
    growing: networks.grown > late,
    longest,
    messages: types.result(),
  };
  const { values, born } = histories.values;
  const history = { name: 'history', values: values.length, growing: (born.at(-1) ?? 0) > late };
  const faults = { name: 'faults', values: environments.count, growing: false };
  const growing = growingOf(actors, network, history);
  return { states: progress.states, actors, network, history, faults, growing };
}

/** The states of one actor, and the variety of their fields. */
function own({ tables: { locals } }: Model, slot: number, late: number): Omit<ActorVariety, 'name'> {
  const { values: all, born } = locals.participants;
  const ids = Int32Array.from(all.keys()).filter((id) => locals.slot.at(id) === slot);
  const stride = Math.ceil(ids.length / MOST);
  const fields = new Tally(late);
  for (let at = 0; at < ids.length; at += stride) {
    const id = ids[at] as number;
    const participant = locals.at(id);
    for (const [field, key] of fieldsOf(participant, () => locals.keyOf(slot, participant)))
      fields.add(field, key, born[id] ?? 0);
  }
  return {
    values: ids.length,
    growing: (born[ids.at(-1) ?? 0] ?? 0) > late,
    fields: fields.result().map((field) => (stride > 1 ? { ...field, sampled: true } : field)),
  };
}

const mostFirst = (a: Variety, b: Variety): number => b.values - a.values;

const growingOf = (
  actors: Explanation['actors'],
  network: Explanation['network'],
  history: Variety,
): string[] => [
  ...actors.flatMap(({ name, fields }) => fields.filter(isGrowing).map((field) => `${name}.${field.name}`)),
  ...network.messages.filter(isGrowing).map(({ name }) => `messages ${name}`),
  ...[network, history].filter(isGrowing).map(({ name }) => name),
];

const isGrowing = ({ growing }: Variety): boolean => growing;

/** Keys longer than this are kept as a digest, characters. */
const DIGEST = 40;

/** Counts different values by name. */
class Tally {
  readonly #seen = new Map<string, { readonly keys: Set<string>; last: number }>();
  readonly #late: number;

  constructor(late: number) {
    this.#late = late;
  }

  add(name: string, key: string, born: number): void {
    let entry = this.#seen.get(name);
    if (entry === undefined) this.#seen.set(name, (entry = { keys: new Set(), last: 0 }));
    const short = key.length <= DIGEST ? key : createHash('sha1').update(key).digest('base64');
    if (entry.keys.has(short)) return;
    entry.keys.add(short);
    entry.last = born;
  }

  /** What never changes explains nothing. */
  result(): Variety[] {
    return [...this.#seen]
      .map(([name, { keys, last }]) => ({ name, values: keys.size, growing: last > this.#late }))
      .filter(({ values }) => values > 1)
      .sort(mostFirst);
  }
}

function fieldsOf(participant: Participant, savedKey: () => string): (readonly [string, string])[] {
  if (!participant.alive) return [['saved', savedKey()]];
  const { snapshot, children, timers } = participant.state;
  const { status, value, context, output } = snapshot;
  const isRecord = typeof context === 'object' && context !== null;
  return [
    ['status', status],
    ['value', keyOf(value)],
    ['output', keyOf(output)],
    ...Object.entries(isRecord ? context : { '': context }).map(
      ([name, field]) => [name === '' ? 'context' : `context.${name}`, keyOf(field)] as const,
    ),
    ['timers', keyOf(timers)],
    ['children', keyOf(Object.entries(children).map(([id, child]) => [id, stateKey(child)]))],
  ];
}

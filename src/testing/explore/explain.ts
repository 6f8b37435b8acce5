import { keyOf, stateKey } from '../../kernel/key.ts';
import type { Participant } from '../model/participant.ts';
import type { Model } from './model.ts';

/** How many different values something had. */
export interface Variety {
  /** `value`, `context.NAME`, `timers`, `children`, `output`, `status`; for messages their type. */
  readonly name: string;
  readonly values: number;
  /** Did a new value turn up among the last quarter of the states that were found? */
  readonly growing: boolean;
}

/** What the states of a system consist of: where a state space that is too large has its size from. */
export interface Explanation {
  readonly states: number;
  /** Most states of its own first; the same within. */
  readonly actors: readonly (Variety & { readonly fields: readonly Variety[] })[];
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

/** Values looked at for each actor, count: of more, every so many-th. */
const MOST = 50_000;

export function explain(model: Model): Explanation {
  const { locals, messages, networks, histories, environments, progress, roles } = model.tables;
  const late = progress.states * 0.75;
  const actors = roles
    .map(({ name }, slot) => {
      const own = locals.participants.values
        .map((participant, id) => ({ participant, born: locals.participants.born[id] ?? 0, id }))
        .filter(({ id }) => locals.slot.at(id) === slot);
      const stride = Math.ceil(own.length / MOST);
      const fields = new Tally(late);
      for (const { participant, born } of own.filter((_, at) => at % stride === 0))
        for (const [field, key] of fieldsOf(participant, () => locals.keyOf(slot, participant)))
          fields.add(field, key, born);
      return {
        name,
        values: own.length,
        growing: own.some(({ born }) => born > late),
        fields: fields.result(),
      };
    })
    .sort(mostFirst);
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
    if (entry.keys.has(key)) return;
    entry.keys.add(key);
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

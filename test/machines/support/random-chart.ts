import type { Draw } from './draw.ts';

/**
 * Charts as data, so that one can be built twice, printed, and shrunk. Everything XState 5 can do that does not leave the process; what
 * each word means is in build-chart.ts.
 */
export interface Chart {
  readonly id: string;
  readonly root: Node;
  /** Charts it can have as children, by `src`; `work` and `sum` are there as well. */
  readonly actors: Readonly<Record<string, Chart>>;
  /** What the context factory spawns. */
  readonly spawns: readonly string[];
  readonly initialThrows?: boolean;
}

export interface Node {
  readonly id: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'shallow' | 'deep';
  readonly nodes: readonly Node[];
  readonly on: readonly { readonly event: string; readonly branches: readonly Branch[] }[];
  readonly always: readonly Branch[];
  readonly after: readonly { readonly delay: string; readonly branches: readonly Branch[] }[];
  readonly entry: readonly Action[];
  readonly exit: readonly Action[];
  readonly invoke: readonly Invoke[];
  readonly done: readonly Branch[];
  /** Where a history state leads at first. */
  readonly fallback?: string;
  readonly output: boolean;
  /** Actions of the initial transition. */
  readonly initially: readonly Action[];
}

/** No branch at all: the event is forbidden. */
export interface Branch {
  readonly guard?: Guard;
  readonly targets: readonly string[];
  readonly reenter: boolean;
  readonly actions: readonly Action[];
}

export type Guard =
  | readonly ['less', number]
  | readonly ['odd']
  | readonly ['seen', string]
  | readonly ['in', string]
  | readonly ['kid', string]
  | readonly ['throws', number]
  | readonly ['not', Guard]
  | readonly ['and' | 'or', Guard, Guard];

export type Action =
  | readonly ['note' | 'inline' | 'add' | 'addTo' | 'emit' | 'log' | 'throw' | 'tell', number]
  | readonly ['see' | 'reply' | 'refuse' | 'stop' | 'stopSpawned' | 'peek' | 'whois' | 'lookUp']
  | readonly ['raise', string]
  | readonly ['raiseLater', string, string, string | null]
  | readonly ['send', To, string]
  | readonly ['sendLater', To, string, string, string | null]
  | readonly ['forward', To]
  | readonly ['cancel', string]
  | readonly ['spawnChild' | 'spawn', string, boolean]
  | readonly ['choose', Guard, readonly Action[]];

export type To = 'self' | 'parent' | 'kid' | 'lost' | 'named' | (string & {});

export interface Invoke {
  readonly id: string;
  readonly src: string;
  readonly named: boolean;
  readonly done: readonly Branch[];
  readonly error: readonly Branch[] | null;
  readonly snapshot: readonly Branch[] | null;
}

export const eventTypes = ['A', 'B', 'C', 'p.x', 'p.y'] as const;
const descriptors = [...eventTypes, ...eventTypes, '*', 'p.*'] as const;
const delays = ['10', '20', 'short', 'reckoned', 'reckonedInline'] as const;
const timerIds = ['t1', 't2'] as const;

/** Draws one chart. `depth` counts the levels of children that are charts themselves. */
class Maker {
  readonly #draw: Draw;
  readonly #id: string;
  readonly #sources: readonly string[];
  readonly #isRoot: boolean;
  #ids: string[] = [];
  #targets: string[] = [];
  #invokes = 0;
  #room: number;

  constructor(draw: Draw, id: string, sources: readonly string[], isRoot: boolean) {
    this.#draw = draw;
    this.#id = id;
    this.#sources = sources;
    this.#isRoot = isRoot;
    this.#room = 3 + draw.below(isRoot ? 10 : 5);
  }

  make(): Node {
    const shape = this.#shape(0);
    return this.#furnish(shape, true);
  }

  /** First which states there are, then what they do: a transition may lead anywhere. */
  #shape(level: number, only?: Node['type']): Node {
    const draw = this.#draw;
    const id = `${this.#id}${this.#ids.length}`;
    this.#ids.push(id);
    this.#room -= 1;
    const roomy = this.#room > 1 && level < 4;
    const inner = draw.chance(0.3) ? 'parallel' : 'compound';
    const leaf = draw.chance(level > 0 ? 0.18 : 0) ? 'final' : 'atomic';
    const type = only ?? (level === 0 || (roomy && draw.chance(0.45)) ? inner : leaf);
    if (level > 0) this.#targets.push(id);
    const nodes: Node[] = [];
    if (type === 'compound' || type === 'parallel') {
      const count = 2 + draw.below(type === 'parallel' ? 2 : 3);
      const first = type === 'compound' ? this.#shape(level + 1) : this.#region(level + 1);
      nodes.push(first);
      for (let at = 1; at < count; at += 1)
        nodes.push(type === 'parallel' ? this.#region(level + 1) : this.#shape(level + 1));
      if (draw.chance(0.4)) nodes.push(this.#past());
    }
    return { ...bare, id, type, nodes };
  }

  #region(level: number): Node {
    return this.#shape(level, this.#room > 2 && this.#draw.chance(0.8) ? 'compound' : undefined);
  }

  #past(): Node {
    const id = `${this.#id}${this.#ids.length}`;
    this.#ids.push(id);
    this.#targets.push(id);
    return { ...bare, id, type: this.#draw.chance(0.5) ? 'shallow' : 'deep' };
  }

  #furnish(node: Node, isRoot: boolean): Node {
    const draw = this.#draw;
    if (node.type === 'shallow' || node.type === 'deep') return node;
    const nodes = node.nodes.map((each) => this.#furnish(each, false));
    const entry = this.#actions(0.45);
    const exit = this.#actions(0.3);
    if (node.type === 'final') return { ...node, entry, exit, output: draw.chance(0.6) };
    const inner = node.nodes.length > 0;
    return {
      ...node,
      nodes,
      entry,
      exit,
      on: draw.some(3, () => ({ event: draw.of(descriptors), branches: this.#branches(2) })),
      always: draw.chance(0.12) ? this.#branches(2, true) : [],
      after: draw.chance(0.3) ? [{ delay: draw.of(delays), branches: this.#branches(2) }] : [],
      invoke: draw.chance(0.25) ? [this.#invoke(), ...(draw.chance(0.2) ? [this.#invoke()] : [])] : [],
      done: inner && draw.chance(0.6) ? this.#branches(1) : [],
      output: isRoot,
      initially: inner && draw.chance(0.2) ? this.#actions(1) : [],
    };
  }

  #branches(most: number, guarded = false): Branch[] {
    const draw = this.#draw;
    if (!guarded && draw.chance(0.06)) return [];
    return [
      this.#branch(guarded || draw.chance(0.4)),
      ...draw.some(most - 1, () => this.#branch(guarded || draw.chance(0.3))),
    ];
  }

  #branch(guarded: boolean): Branch {
    const draw = this.#draw;
    const targets = draw.chance(0.7) ? [draw.of(this.#targets)] : [];
    if (targets.length > 0 && draw.chance(0.08)) targets.push(draw.of(this.#targets));
    const actions = this.#actions(0.5);
    return {
      ...(guarded ? { guard: this.#guard(2) } : {}),
      targets,
      reenter: draw.chance(0.2),
      actions,
    };
  }

  #guard(depth: number): Guard {
    const draw = this.#draw;
    if (depth > 0 && draw.chance(0.2)) return ['not', this.#guard(depth - 1)];
    if (depth > 0 && draw.chance(0.2))
      return [draw.of(['and', 'or'] as const), this.#guard(depth - 1), this.#guard(depth - 1)];
    return draw.of<() => Guard>([
      () => ['less', draw.below(5)],
      () => ['less', draw.below(5)],
      () => ['odd'],
      () => ['odd'],
      () => ['seen', draw.of(eventTypes)],
      () => ['in', draw.of(this.#ids)],
      () => ['kid', draw.of(['active', 'done'])],
      () => (draw.chance(0.3) ? ['throws', draw.below(5)] : ['odd']),
    ])();
  }

  #actions(chance: number): Action[] {
    const draw = this.#draw;
    return draw.chance(chance) ? [this.#action(2), ...draw.some(2, () => this.#action(2))] : [];
  }

  #action(depth: number): Action {
    const draw = this.#draw;
    const later = () => (draw.chance(0.5) ? draw.of(timerIds) : null);
    return draw.of<() => Action>([
      () => [draw.of(['note', 'inline', 'add', 'addTo', 'emit', 'log', 'tell'] as const), draw.below(5)],
      () => [draw.of(['note', 'add', 'addTo', 'emit'] as const), draw.below(5)],
      () => [draw.of(['see', 'reply', 'refuse', 'peek', 'whois', 'lookUp'] as const)],
      () => [draw.of(['stop', 'stopSpawned'] as const)],
      () => ['raise', draw.of(eventTypes)],
      () => ['raiseLater', draw.of(eventTypes), draw.of(delays), later()],
      () => ['send', this.#to(), draw.of(eventTypes)],
      () => ['send', this.#to(), draw.of(eventTypes)],
      () => ['sendLater', this.#to(), draw.of(eventTypes), draw.of(delays), later()],
      () => ['forward', this.#to()],
      () => ['cancel', draw.of(timerIds)],
      () => [draw.of(['spawnChild', 'spawn'] as const), draw.of(this.#sources), draw.chance(0.3)],
      () => (draw.chance(0.2) ? ['throw', draw.below(5)] : ['add', 1]),
      () => (depth > 0 ? ['choose', this.#guard(1), [this.#action(depth - 1)]] : ['see']),
    ])();
  }

  #to(): To {
    const draw = this.#draw;
    const parent = this.#isRoot && !draw.chance(0.05) ? 'self' : 'parent';
    const invoked = `${this.#id}.i${draw.below(2)}`;
    return draw.of(['self', parent, parent, 'kid', 'named', 'invoked', draw.chance(0.2) ? invoked : 'lost']);
  }

  #invoke(): Invoke {
    const draw = this.#draw;
    const id = `${this.#id}.i${this.#invokes++}`;
    return {
      id,
      src: draw.of(this.#sources),
      named: draw.chance(0.2),
      done: this.#branches(1),
      error: draw.chance(0.7) ? this.#branches(1) : null,
      snapshot: draw.chance(0.2) ? this.#branches(1) : null,
    };
  }
}

const bare: Omit<Node, 'id' | 'type'> = {
  nodes: [],
  on: [],
  always: [],
  after: [],
  entry: [],
  exit: [],
  invoke: [],
  done: [],
  output: false,
  initially: [],
};

export function randomChart(draw: Draw, id = 'm', depth = 2): Chart {
  const below = depth === 0 ? [] : draw.some(2, () => draw.of(['a', 'b'])).filter((src) => src !== id);
  const actors = Object.fromEntries(
    [...new Set(below)].map((src) => [src, randomChart(draw, `${id}${src}`, depth - 1)]),
  );
  const names = Object.keys(actors);
  const sources = [...names, ...names, 'work', 'sum'];
  return {
    id,
    root: new Maker(draw, id, sources, depth === 2).make(),
    actors,
    spawns: draw.chance(0.2) ? [draw.of(sources)] : [],
    ...(draw.chance(0.01) ? { initialThrows: true } : {}),
  };
}

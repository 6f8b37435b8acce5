/** What lies on a drawn chart: what is going on, what was tested, what is wrong. Everything can be left out. */
export interface Overlay {
  /** Ids of the states it is in. */
  readonly active?: readonly string[];
  /** Edge ids of the transitions that were taken last. */
  readonly last?: readonly string[];
  /** Would an event of this type do anything now? Types that are not here are drawn as usual. */
  readonly events?: Readonly<Record<string, boolean>>;
  /** By edge id: what is said of a delay that is running ("3.2 s"). */
  readonly timers?: Readonly<Record<string, string>>;
  /** How often states were visited, by id, and transitions taken, by edge id; what is not here, never. */
  readonly coverage?: {
    readonly states: Readonly<Record<string, number>>;
    readonly transitions: Readonly<Record<string, number>>;
  };
  /** By state id or edge id. */
  readonly problems?: readonly { readonly at: string; readonly text: string }[];
  /** States whose content is not drawn: marked, so that a reader knows. The geometry has to be laid out so. */
  readonly collapsed?: readonly string[];
}

/** The same, looked up quickly. */
export class Marks {
  readonly active: ReadonlySet<string>;
  readonly last: ReadonlySet<string>;
  readonly collapsed: ReadonlySet<string>;
  readonly problems: ReadonlyMap<string, string>;
  readonly #overlay: Overlay;

  constructor(overlay: Overlay) {
    this.#overlay = overlay;
    this.active = new Set(overlay.active);
    this.last = new Set(overlay.last);
    this.collapsed = new Set(overlay.collapsed);
    const problems = new Map<string, string>();
    for (const { at, text } of overlay.problems ?? []) {
      const before = problems.get(at);
      problems.set(at, before === undefined ? text : `${before}\n${text}`);
    }
    this.problems = problems;
  }

  timer(edge: string): string | undefined {
    const { timers } = this.#overlay;
    return timers !== undefined && Object.hasOwn(timers, edge) ? timers[edge] : undefined;
  }

  /** undefined: not known. */
  visits(kind: 'states' | 'transitions', id: string): number | undefined {
    const counts = this.#overlay.coverage?.[kind];
    return counts === undefined ? undefined : Object.hasOwn(counts, id) ? (counts[id] ?? 0) : 0;
  }

  /** `enabled` or `disabled`, for a transition of a state that is active. */
  chance(source: string, event: string): string | undefined {
    const { events } = this.#overlay;
    if (events === undefined || !this.active.has(source) || !Object.hasOwn(events, event)) return undefined;
    return events[event] === true ? 'enabled' : 'disabled';
  }
}

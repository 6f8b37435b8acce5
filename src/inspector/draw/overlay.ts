import { counted } from '../../counted.ts';
import { classes, type Element, type Shape } from './shape.ts';

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
  /** How often states were entered, by id, to be written beside them. */
  readonly visits?: Readonly<Record<string, number>>;
  /** States whose content is not drawn: marked, so that a reader knows. The geometry has to be laid out so. */
  readonly collapsed?: readonly string[];
}

type Texts = Readonly<Record<string, string>>;

/** What an overlay says of one state, transition or arrow. */
interface Said {
  readonly classes: string;
  /** Goes on after its title. */
  readonly title: string;
  /** Parts that are drawn only now, by class, and what is written in them. */
  readonly parts: Texts;
}

/** Parts that a drawing has in any case, and that are shown when there is something to show. */
const parts = new Set(['mark', 'count', 'lamp', 'underline', 'strike', 'countdown']);
/** Of a character of a timer, px. */
const ADVANCE = 6.6;

const own = <Value>(values: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;

const timesText = (count: number | undefined): string =>
  count === undefined ? '' : `\n${count === 0 ? 'never' : counted(count, 'time')}`;

class Marks {
  readonly #overlay: Overlay;
  readonly #active: ReadonlySet<string>;
  readonly #last: ReadonlySet<string>;

  constructor(overlay: Overlay) {
    this.#overlay = overlay;
    this.#active = new Set(overlay.active);
    this.#last = new Set(overlay.last);
  }

  of({ attrs, edges, trigger }: Element): Said | undefined {
    const { 'data-state': state, 'data-edge': edge } = attrs;
    if (state !== undefined) return this.#state(String(state));
    if (edge !== undefined) return this.#edge(String(edge), trigger);
    return edges === undefined ? undefined : this.#arrow(edges);
  }

  isActive(state: string | number | undefined): boolean {
    return this.#active.has(String(state));
  }

  #state(id: string): Said {
    const count = this.#covered('states', id);
    const visits = own(this.#overlay.visits, id);
    const isActive = this.#active.has(id);
    return {
      classes: classes(isActive && 'active', count === 0 && 'missed'),
      title: timesText(count),
      parts: {
        ...(isActive ? { mark: '' } : {}),
        ...(visits === undefined ? {} : { count: `${visits}×` }),
      },
    };
  }

  #edge(id: string, trigger: Element['trigger']): Said {
    const count = this.#covered('transitions', id);
    const chance = trigger === undefined ? undefined : this.#chance(...trigger);
    const timer = own(this.#overlay.timers, id);
    const isLast = this.#last.has(id);
    return {
      classes: classes(isLast && 'last', count === 0 && 'missed', chance),
      title: `${timesText(count)}${chance === undefined ? '' : `\n${chance}`}`,
      parts: {
        ...(chance === 'enabled' ? { lamp: '' } : {}),
        ...(isLast ? { underline: '' } : count === 0 ? { strike: '' } : {}),
        ...(timer === undefined ? {} : { countdown: timer }),
      },
    };
  }

  #arrow(edges: readonly string[]): Said {
    const isMissed = edges.every((id) => this.#covered('transitions', id) === 0);
    const isLast = edges.some((id) => this.#last.has(id));
    return { classes: classes(isLast && 'last', isMissed && 'missed'), title: '', parts: {} };
  }

  /** undefined: not known. */
  #covered(kind: 'states' | 'transitions', id: string): number | undefined {
    const { coverage } = this.#overlay;
    return coverage && (own(coverage[kind], id) ?? 0);
  }

  /** For a transition of a state that is active. */
  #chance(source: string, event: string): string | undefined {
    const isEnabled = this.#active.has(source) ? own(this.#overlay.events, event) : undefined;
    return isEnabled === undefined ? undefined : isEnabled ? 'enabled' : 'disabled';
  }
}

/** Texts are squeezed into their place, so that no font can make them overflow. */
const write = (drawn: Element, text: string): Element => {
  const { tag, attrs, children } = drawn;
  if (tag !== 'text')
    return {
      ...drawn,
      children: children.map((child) => (typeof child === 'string' ? child : write(child, text))),
    };
  const room = Number(attrs['textLength']);
  return {
    ...drawn,
    attrs:
      room > 0
        ? { ...attrs, textLength: Math.min(room, Math.round(text.length * ADVANCE * 10) / 10) }
        : attrs,
    children: [text],
  };
};

/** A drawing of `drawChart`, with what goes on now. The page does it as well: for each step, and a timer that counts. */
export function layOn(drawing: Element, overlay: Overlay): Element {
  const marks = new Marks(overlay);
  const lay = (drawn: Element, parent: Said | undefined): readonly Element[] => {
    const name = String(drawn.attrs['class']);
    const text = parent?.parts[name];
    if (parts.has(name) && text === undefined) return [];
    if (text !== undefined && text !== '') return [write(drawn, text)];
    const said = marks.of(drawn);
    const children = drawn.children.flatMap((child): readonly Shape[] =>
      typeof child !== 'string'
        ? lay(child, said)
        : drawn.tag === 'title'
          ? [`${child}${parent?.title ?? ''}`]
          : [child],
    );
    const attrs = {
      ...drawn.attrs,
      ...(said === undefined ? {} : { class: classes(name, said.classes) }),
      ...(marks.isActive(drawn.attrs['data-state']) ? { 'aria-current': 'true' } : {}),
    };
    return [{ tag: drawn.tag, attrs, children }];
  };
  return lay(drawing, undefined)[0] ?? drawing;
}

import { useSignal } from '../signal.ts';
import { useMemo } from 'preact/hooks';
import { childrenOf, statesOf, type ChartState } from '../../draw/chart.ts';
import { edgeIds } from '../../draw/edges.ts';
import type { Overlay } from '../../draw/overlay.ts';
import type { ChartPicture } from '../../protocol.ts';
import { cut, triggerText } from './words.ts';

interface Twig {
  readonly id: string;
  readonly level: number;
  readonly state?: ChartState;
  readonly text: string;
  /** What it does besides its transitions. */
  readonly notes: readonly string[];
  readonly event?: string;
  readonly source?: string;
  readonly canOpen: boolean;
}

const MOST = 2_000;

/** States and transitions in document order, each transition under its state. */
function twigsOf({ chart, texts }: ChartPicture, closed: ReadonlySet<string>): readonly Twig[] {
  const names = new Map(statesOf(chart.root).map((state) => [state.id, state.key]));
  const ids = edgeIds(chart);
  const twigs: Twig[] = [];
  const visit = (state: ChartState, level: number): void => {
    const children = childrenOf(state);
    const canOpen = children.length + state.transitions.length > 0;
    twigs.push({
      id: state.id,
      level,
      state,
      text: state.key === '' ? '(empty)' : state.key,
      notes: texts[state.id] ?? [],
      canOpen,
    });
    if (closed.has(state.id) || twigs.length > MOST) return;
    state.transitions.forEach((transition, at) => {
      const to = transition.targets.map((target) => names.get(target) ?? target).join(', ');
      const id = ids.get(state.id)?.[at] ?? `${state.id}:${at}`;
      const text = `${texts[id]?.[1] ?? triggerText(transition)}${to === '' ? '' : ` → ${to}`}`;
      twigs.push({
        id,
        level: level + 1,
        text,
        notes: [],
        event: transition.event,
        source: state.id,
        canOpen: false,
      });
    });
    for (const child of children) visit(child, level + 1);
  };
  visit(chart.root, 1);
  return twigs;
}

const kinds: Readonly<Record<string, string>> = {
  parallel: '∥ parallel',
  final: '◎ final',
  history: 'H history',
};

const Facts = ({
  twig: { id, state, notes, event, source },
  overlay,
  isActive,
}: {
  readonly twig: Twig;
  readonly overlay: Overlay;
  readonly isActive: boolean;
}) => {
  const chance =
    event === undefined || source === undefined || overlay.active?.includes(source) !== true
      ? undefined
      : overlay.events?.[event];
  const timer = overlay.timers?.[id];
  const problems = overlay.problems?.filter(({ at }) => at === id) ?? [];
  return (
    <>
      {state !== undefined && state.type in kinds ? <span class="soft"> {kinds[state.type]}</span> : null}
      {isActive ? <strong class="fact"> ● current</strong> : null}
      {overlay.last?.includes(id) === true ? <strong class="fact"> ➜ taken last</strong> : null}
      {chance === true ? <span class="fact"> ○ possible now</span> : null}
      {timer === undefined ? null : <span class="fact"> ◷ {timer}</span>}
      {notes.map((note) => (
        <span key={note} class="soft">
          {' '}
          · {cut(note, 160)}
        </span>
      ))}
      {problems.map(({ text }) => (
        <span key={text} class="tone-warn">
          {' '}
          ▲ {text}
        </span>
      ))}
    </>
  );
};

/** The chart without a picture: what a screen reader reads, and what is shown when there is no layout. */
export const Outline = ({
  picture,
  overlay,
}: {
  readonly picture: ChartPicture;
  readonly overlay: Overlay;
}) => {
  const { chart } = picture;
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const current = useSignal(chart.root.id);
  const twigs = useMemo(() => twigsOf(picture, closed.value), [picture, closed.value]);
  const active = new Set(overlay.active);
  const toggle = (id: string, isOpen: boolean): void => {
    const next = new Set(closed.value);
    if (isOpen) next.delete(id);
    else next.add(id);
    closed.value = next;
  };
  const at = Math.max(
    0,
    twigs.findIndex(({ id }) => id === current.value),
  );
  const move = (event: KeyboardEvent): void => {
    const twig = twigs[at];
    if (twig === undefined) return;
    const isClosed = closed.value.has(twig.id);
    const up = (): number => twigs.slice(0, at).findLastIndex(({ level }) => level < twig.level);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: twigs.length - 1 }[event.key];
    if (next !== undefined) focus(next, event);
    else if (event.key === 'ArrowRight' && twig.canOpen && isClosed) toggle(twig.id, true);
    else if (event.key === 'ArrowRight' && twig.canOpen) focus(at + 1, event);
    else if (event.key === 'ArrowLeft' && twig.canOpen && !isClosed) toggle(twig.id, false);
    else if (event.key === 'ArrowLeft') focus(Math.max(0, up()), event);
    else return;
    event.preventDefault();
  };
  const focus = (index: number, event: KeyboardEvent): void => {
    const twig = twigs[Math.max(0, Math.min(twigs.length - 1, index))];
    if (twig === undefined) return;
    current.value = twig.id;
    (event.currentTarget as Element)
      .querySelectorAll<HTMLElement>('[role=treeitem]')
      [twigs.indexOf(twig)]?.focus();
  };
  return (
    <ul class="outline" role="tree" aria-label={`Outline of ${chart.id}`} onKeyDown={move}>
      {twigs.map((twig, index) => (
        <li
          key={twig.id}
          role="treeitem"
          aria-level={twig.level}
          aria-expanded={twig.canOpen ? !closed.value.has(twig.id) : undefined}
          aria-current={active.has(twig.id) ? 'true' : undefined}
          class={twig.state === undefined ? 'edge' : 'state'}
          tabIndex={index === at ? 0 : -1}
          style={{ '--level': String(twig.level - 1) }}
          onFocus={() => (current.value = twig.id)}
          onClick={() => twig.canOpen && toggle(twig.id, closed.value.has(twig.id))}
        >
          <span aria-hidden="true" class="soft">
            {twig.canOpen
              ? closed.value.has(twig.id)
                ? '▸ '
                : '▾ '
              : twig.state === undefined
                ? '⤷ '
                : '  '}
          </span>
          <span title={cut(twig.state?.description ?? twig.id, 500)}>{cut(twig.text, 200)}</span>
          <Facts twig={twig} overlay={overlay} isActive={active.has(twig.id)} />
        </li>
      ))}
    </ul>
  );
};
